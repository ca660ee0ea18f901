//! Processes by descriptor: unlike a number, it never means another process.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::Pid;
use crate::{
    Result,
    fd::{AsFd, OwnedFd, RawFd},
    signal::Signal,
    sys,
};

flags! {
    /// Flags for [`pidfd_open`].
    ///
    /// # Python
    /// `os.PIDFD_NONBLOCK`, whose value is here.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, process::{self, Pid, PidfdFlags}};
    ///
    /// let child = std::process::Command::new("/bin/true").spawn().unwrap();
    /// let pidfd = process::pidfd_open(Pid(child.id() as i32), PidfdFlags::NONBLOCK);
    /// // Linux 5.10 knows the flag, and 5.3 the call.
    /// assert!(matches!(pidfd, Ok(_) | Err(Errno::EINVAL | Errno::ENOSYS)));
    /// ```
    pub struct PidfdFlags: u32 {
        /// `PIDFD_NONBLOCK`: waiting for it fails with `EAGAIN` instead. Linux 5.10.
        #[doc(alias = "PIDFD_NONBLOCK")]
        const NONBLOCK = uapi::O_NONBLOCK;
        /// `PIDFD_THREAD`: a thread, not a whole process. Linux 6.9.
        #[doc(alias = "PIDFD_THREAD")]
        const THREAD = uapi::O_EXCL;
    }

    /// Whom [`pidfd_send_signal`] means; none of them: what the descriptor is of. Linux 6.9.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, process::{self, PidfdFlags, PidfdSignalFlags}, signal::Signal};
    ///
    /// let me = process::pidfd_open(process::getpid(), PidfdFlags::empty())?;
    /// let sent = process::pidfd_send_signal(&me, Signal::URG, PidfdSignalFlags::THREAD_GROUP);
    /// // Linux 6.9 knows the flag.
    /// assert!(matches!(sent, Ok(()) | Err(Errno::EINVAL)));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct PidfdSignalFlags: u32 {
        /// `PIDFD_SIGNAL_THREAD`: the one thread.
        #[doc(alias = "PIDFD_SIGNAL_THREAD")]
        const THREAD = 1;
        /// `PIDFD_SIGNAL_THREAD_GROUP`: the process.
        #[doc(alias = "PIDFD_SIGNAL_THREAD_GROUP")]
        const THREAD_GROUP = 2;
        /// `PIDFD_SIGNAL_PROCESS_GROUP`: every process of the group that it leads.
        #[doc(alias = "PIDFD_SIGNAL_PROCESS_GROUP")]
        const PROCESS_GROUP = 4;
    }
}

/// Opens a descriptor of the process `pid`.
///
/// It is ready to read, for poll(2) and its kin, when the process has ended.
/// It is close-on-exec. Linux 5.3.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such process.
/// - [`EINVAL`](crate::Errno::EINVAL): `pid` is not positive, is a thread's
///   (Linux 6.9: `ENOENT`), or an unknown flag.
/// - [`EMFILE`](crate::Errno::EMFILE), [`ENFILE`](crate::Errno::ENFILE): too many descriptors.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older.
///
/// # Python
/// `os.pidfd_open(pid, flags=0)`.
///
/// # See also
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, Pid, PidfdFlags, WaitIdType, WaitOptions};
/// use rawos::fd::AsFd as _;
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let pidfd = process::pidfd_open(Pid(child.id() as i32), PidfdFlags::empty())?;
/// let which = WaitIdType::Pidfd(pidfd.as_fd());
/// let ended = process::waitid(which, WaitOptions::EXITED)?.unwrap();
/// assert_eq!(ended.si_status, 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pidfd_open(pid: Pid, flags: PidfdFlags) -> Result<OwnedFd> {
    sys::pidfd::pidfd_open(pid, flags)
}

/// Sends `signal` to the process of `pidfd`; `Signal(0)` only asks whether it
/// could. Linux 5.1.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): the process has ended and was waited for.
/// - [`EPERM`](crate::Errno::EPERM): the caller may not.
/// - [`EINVAL`](crate::Errno::EINVAL): `signal` is not 0 to 64, or an unknown flag.
/// - [`EBADF`](crate::Errno::EBADF): `pidfd` is no process's.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older.
///
/// # Python
/// `signal.pidfd_send_signal(pidfd, sig, siginfo=None, flags=0)`.
///
/// # See also
/// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::{self, PidfdFlags, PidfdSignalFlags}, signal::Signal};
///
/// let me = process::pidfd_open(process::getpid(), PidfdFlags::empty())?;
/// let sent = process::pidfd_send_signal(&me, Signal::URG, PidfdSignalFlags::empty());
/// assert_eq!(sent, Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pidfd_send_signal<Fd: AsFd>(
    pidfd: Fd,
    signal: Signal,
    flags: PidfdSignalFlags,
) -> Result<()> {
    sys::pidfd::pidfd_send_signal(pidfd.as_fd(), signal, flags)
}

/// Duplicates the descriptor `target` of the process of `pidfd` into this one.
///
/// The duplicate is close-on-exec. The caller must be allowed to trace the
/// process. Linux 5.6.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `pidfd` is no process's, or `target` is
///   not open there.
/// - [`EPERM`](crate::Errno::EPERM): the caller may not.
/// - [`ESRCH`](crate::Errno::ESRCH): the process has ended.
/// - [`EMFILE`](crate::Errno::EMFILE): too many descriptors.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older.
///
/// # Python
/// None.
///
/// # See also
/// [pidfd_getfd(2)](https://man7.org/linux/man-pages/man2/pidfd_getfd.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, process::{self, PidfdFlags}};
///
/// let me = process::pidfd_open(process::getpid(), PidfdFlags::empty())?;
/// let (reader, writer) = fd::pipe()?;
/// let copy = process::pidfd_getfd(&me, writer.as_raw_fd())?;
/// fd::write_all(&copy, b"x")?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pidfd_getfd<Fd: AsFd>(pidfd: Fd, target: RawFd) -> Result<OwnedFd> {
    sys::pidfd::pidfd_getfd(pidfd.as_fd(), target)
}
