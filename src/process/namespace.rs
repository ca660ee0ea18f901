//! What a process shares with others, and how to stop that.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::alone::alone;
use crate::{Result, fd::AsFd, sys};

flags! {
    /// What [`unshare`] and [`setns`] are about: `os.CLONE_*`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::CloneFlags;
    ///
    /// let apart = CloneFlags::NEWNS | CloneFlags::NEWPID;
    /// assert_eq!(apart.bits(), 0x2002_0000);
    /// ```
    pub struct CloneFlags: u32 {
        /// `CLONE_FILES`: the table of descriptors.
        #[doc(alias = "CLONE_FILES")]
        const FILES = uapi::CLONE_FILES;
        /// `CLONE_FS`: root, current directory and umask.
        #[doc(alias = "CLONE_FS")]
        const FS = uapi::CLONE_FS;
        /// `CLONE_NEWCGROUP`: the cgroup namespace. Linux 4.6.
        #[doc(alias = "CLONE_NEWCGROUP")]
        const NEWCGROUP = uapi::CLONE_NEWCGROUP;
        /// `CLONE_NEWIPC`: the namespace of System V IPC and message queues.
        #[doc(alias = "CLONE_NEWIPC")]
        const NEWIPC = uapi::CLONE_NEWIPC;
        /// `CLONE_NEWNET`: the network namespace.
        #[doc(alias = "CLONE_NEWNET")]
        const NEWNET = uapi::CLONE_NEWNET;
        /// `CLONE_NEWNS`: the mount namespace.
        #[doc(alias = "CLONE_NEWNS")]
        const NEWNS = uapi::CLONE_NEWNS;
        /// `CLONE_NEWPID`: the PID namespace, of children to come.
        #[doc(alias = "CLONE_NEWPID")]
        const NEWPID = uapi::CLONE_NEWPID;
        /// `CLONE_NEWTIME`: the time namespace, of children to come. Linux 5.6.
        #[doc(alias = "CLONE_NEWTIME")]
        const NEWTIME = uapi::CLONE_NEWTIME;
        /// `CLONE_NEWUSER`: the user namespace.
        #[doc(alias = "CLONE_NEWUSER")]
        const NEWUSER = uapi::CLONE_NEWUSER;
        /// `CLONE_NEWUTS`: the namespace of host and domain name.
        #[doc(alias = "CLONE_NEWUTS")]
        const NEWUTS = uapi::CLONE_NEWUTS;
        /// `CLONE_SIGHAND`: signal handlers, which threads always share.
        #[doc(alias = "CLONE_SIGHAND")]
        const SIGHAND = uapi::CLONE_SIGHAND;
        /// `CLONE_SYSVSEM`: the list of semaphore values to undo.
        #[doc(alias = "CLONE_SYSVSEM")]
        const SYSVSEM = uapi::CLONE_SYSVSEM;
        /// `CLONE_THREAD`: the process itself, which threads always share.
        #[doc(alias = "CLONE_THREAD")]
        const THREAD = uapi::CLONE_THREAD;
        /// `CLONE_VM`: memory, which threads always share.
        #[doc(alias = "CLONE_VM")]
        const VM = uapi::CLONE_VM;
    }
}

/// Stops sharing what `flags` says: the calling thread, and children it makes
/// from now on, get a copy or a new namespace of their own.
///
/// Other threads keep what they have. With tables of their own, though, a
/// descriptor of one thread would be nothing or another file in the next: so
/// `FILES` is for a process with one thread, which shares its table with a
/// process cloned that way. [`raw::syscall`](crate::raw::syscall()) does it all
/// the same.
///
/// # Errors
/// - [`ENOTSUP`](crate::Errno::ENOTSUP): the process has other threads, and
///   `flags` has `FILES`.
/// - [`EINVAL`](crate::Errno::EINVAL): the process has other threads, and
///   `flags` has `THREAD`, `SIGHAND`, `VM` or `NEWUSER`; or the kernel does not
///   know a flag.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN`), which `FILES`, `FS` and `NEWUSER` do not need.
/// - [`ENOSPC`](crate::Errno::ENOSPC): there are too many namespaces.
/// - The rest: unshare(2).
///
/// # Python
/// `os.unshare(flags)`.
///
/// # See also
/// [unshare(2)](https://man7.org/linux/man-pages/man2/unshare.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, CloneFlags}};
///
/// // This thread has a current directory of its own from now on.
/// assert_eq!(process::unshare(CloneFlags::FS), Ok(()));
/// assert_eq!(process::unshare(CloneFlags::from_bits_retain(1)), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn unshare(flags: CloneFlags) -> Result<()> {
    if flags.contains(CloneFlags::FILES) {
        alone()?;
    }
    sys::creds::unshare(flags)
}

/// Moves the calling thread into the namespace `fd`, a file of `/proc/PID/ns`,
/// or into those of the process whose pidfd `fd` is.
///
/// For a namespace, `kinds` is its one kind, to be sure, or nothing for any;
/// for a pidfd (Linux 5.8), `kinds` says which ones. With `NEWPID` and
/// `NEWTIME` it is children to come that move.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): the namespace is of another kind, or `fd`
///   is neither; `kinds` is empty for a pidfd; or the process has other threads,
///   and it is a user, time or (unless `FS` is unshared) mount namespace.
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_ADMIN`).
/// - [`ESRCH`](crate::Errno::ESRCH): the pidfd's process has ended.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
/// - The rest: setns(2).
///
/// # Python
/// `os.setns(fd, nstype=0)`.
///
/// # See also
/// [setns(2)](https://man7.org/linux/man-pages/man2/setns.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, process::{self, CloneFlags}};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(process::setns(&reader, CloneFlags::empty()), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn setns<Fd: AsFd>(fd: Fd, kinds: CloneFlags) -> Result<()> {
    sys::creds::setns(fd.as_fd(), kinds)
}
