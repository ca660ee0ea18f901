//! Who the process is: its id, its process group, its session.
#![forbid(unsafe_code)]

use crate::{Result, sys};

/// A process id as the kernel gives it; 0 is the calling process, where a call
/// takes a [`Pid`].
///
/// # Examples
/// ```
/// use rawos::process::{self, Pid};
///
/// assert_eq!(process::getpid(), Pid(std::process::id() as i32));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct Pid(pub i32);

/// The id of this process, in its own PID namespace.
///
/// Asked of the kernel every time: a copy would be wrong after a fork.
///
/// # Python
/// `os.getpid()`.
///
/// # See also
/// [getpid(2)](https://man7.org/linux/man-pages/man2/getpid.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::process::getpid().0 as u32, std::process::id());
/// ```
#[inline]
#[must_use]
pub fn getpid() -> Pid {
    Pid(sys::process::getpid())
}

/// The id of the parent; 0 if the parent is in another PID namespace.
///
/// When the parent ends, another process takes its place: the nearest
/// subreaper, or process 1.
///
/// # Python
/// `os.getppid()`.
///
/// # See also
/// [getppid(2)](https://man7.org/linux/man-pages/man2/getppid.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::process::getppid().0 as u32, std::os::unix::process::parent_id());
/// ```
#[inline]
#[must_use]
pub fn getppid() -> Pid {
    Pid(sys::creds::getppid())
}

/// The process group of the process `pid`.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such process.
/// - The rest: getpgid(2).
///
/// # Python
/// `os.getpgid(pid)`.
///
/// # See also
/// [getpgid(2)](https://man7.org/linux/man-pages/man2/getpgid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, Pid}};
///
/// assert_eq!(process::getpgid(Pid(0)), Ok(process::getpgrp()));
/// assert_eq!(process::getpgid(Pid(-1)), Err(Errno::ESRCH));
/// ```
#[inline]
pub fn getpgid(pid: Pid) -> Result<Pid> {
    sys::creds::getpgid(pid.0).map(Pid)
}

/// The process group of this process.
///
/// # Python
/// `os.getpgrp()`.
///
/// # See also
/// [getpgrp(2)](https://man7.org/linux/man-pages/man2/getpgid.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, Pid};
///
/// assert_eq!(process::getpgrp(), process::getpgid(Pid(0))?);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn getpgrp() -> Pid {
    // Only a seccomp filter makes it fail; then it shows as a negative id.
    Pid(sys::creds::getpgid(0).unwrap_or_else(|errno| -errno.raw()))
}

/// Moves the process `pid`, this one or a child that has not called `execve`
/// yet, to the process group `pgid`; 0 is the one of its own id.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the group is not in the session of the
///   process, or the process leads its session.
/// - [`EACCES`](crate::Errno::EACCES): the child has called `execve`.
/// - [`ESRCH`](crate::Errno::ESRCH): `pid` is not this process or a child of it.
/// - [`EINVAL`](crate::Errno::EINVAL): `pgid` is negative.
///
/// # Python
/// `os.setpgid(pid, pgrp)`.
///
/// # See also
/// [setpgid(2)](https://man7.org/linux/man-pages/man2/setpgid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, Pid}};
///
/// assert_eq!(process::setpgid(Pid(0), Pid(-1)), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn setpgid(pid: Pid, pgid: Pid) -> Result<()> {
    sys::creds::setpgid(pid.0, pgid.0)
}

/// Makes this process the leader of a process group of its own.
///
/// # Errors
/// [`EPERM`](crate::Errno::EPERM): it leads its session.
///
/// # Python
/// `os.setpgrp()`.
///
/// # See also
/// [setpgrp(2)](https://man7.org/linux/man-pages/man2/setpgid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, Pid}};
///
/// let leads = process::getsid(Pid(0))? == process::getpid();
/// let expected = if leads { Err(Errno::EPERM) } else { Ok(()) };
/// assert_eq!(process::setpgrp(), expected);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn setpgrp() -> Result<()> {
    setpgid(Pid(0), Pid(0))
}

/// The session of the process `pid`, which is the id of its leader.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such process.
/// - The rest: getsid(2).
///
/// # Python
/// `os.getsid(pid)`.
///
/// # See also
/// [getsid(2)](https://man7.org/linux/man-pages/man2/getsid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, Pid}};
///
/// assert!(process::getsid(Pid(0)).is_ok());
/// assert_eq!(process::getsid(Pid(-1)), Err(Errno::ESRCH));
/// ```
#[inline]
pub fn getsid(pid: Pid) -> Result<Pid> {
    sys::creds::getsid(pid.0).map(Pid)
}

/// Makes this process the leader of a new session and of a new process group
/// in it, without a controlling terminal; returns the session's id.
///
/// # Errors
/// [`EPERM`](crate::Errno::EPERM): the process leads its process group, as a
/// program does that a shell started. A child of it does not.
///
/// # Python
/// `os.setsid()`, which returns nothing.
///
/// # See also
/// [setsid(2)](https://man7.org/linux/man-pages/man2/setsid.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let leads = process::getpgrp() == process::getpid();
/// let expected = if leads { Err(Errno::EPERM) } else { Ok(process::getpid()) };
/// assert_eq!(process::setsid(), expected);
/// ```
#[inline]
pub fn setsid() -> Result<Pid> {
    sys::creds::setsid().map(Pid)
}
