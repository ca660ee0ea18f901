//! The end of the process.
#![forbid(unsafe_code)]

use crate::sys;

/// Ends the whole process at once with `status`, of which the parent sees the
/// low 8 bits.
///
/// Nothing is flushed and no destructor runs; every thread ends. Should the
/// kernel refuse (a seccomp filter), the process traps.
///
/// # Python
/// `os._exit(n)`.
///
/// # See also
/// [_exit(2)](https://man7.org/linux/man-pages/man2/_exit.2.html)
///
/// # Examples
/// ```
/// rawos::process::_exit(0);
/// ```
#[inline]
pub fn _exit(status: i32) -> ! {
    sys::process::exit_group(status)
}
