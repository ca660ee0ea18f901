//! Who the process is.
#![forbid(unsafe_code)]

use crate::sys;

/// A process id as the kernel gives it.
///
/// # Examples
/// ```
/// use rawos::process::{self, Pid};
///
/// assert_eq!(process::getpid(), Pid(std::process::id() as i32));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
