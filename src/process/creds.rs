//! The users and groups the process acts as.
//!
//! Here: what they are. Next door: `set_ids.rs` changes them; `groups.rs` has the
//! supplementary groups, and what sets all of it.
#![forbid(unsafe_code)]

use crate::{Result, sys};

/// The real user id of the process, strictly of the calling thread.
///
/// Only a seccomp filter makes the call fail; `u32::MAX`, which no user has,
/// stands for that.
///
/// # Python
/// `os.getuid()`.
///
/// # See also
/// [getuid(2)](https://man7.org/linux/man-pages/man2/getuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (real, _, _) = process::getresuid()?;
/// assert_eq!(process::getuid(), real);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn getuid() -> u32 {
    sys::creds::getuid()
}

/// The effective user id of the process, strictly of the calling thread.
///
/// Only a seccomp filter makes the call fail; `u32::MAX`, which no user has,
/// stands for that.
///
/// # Python
/// `os.geteuid()`.
///
/// # See also
/// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (_, effective, _) = process::getresuid()?;
/// assert_eq!(process::geteuid(), effective);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn geteuid() -> u32 {
    sys::creds::geteuid()
}

/// The real group id of the process, strictly of the calling thread.
///
/// Only a seccomp filter makes the call fail; `u32::MAX`, which no group has,
/// stands for that.
///
/// # Python
/// `os.getgid()`.
///
/// # See also
/// [getgid(2)](https://man7.org/linux/man-pages/man2/getgid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (real, _, _) = process::getresgid()?;
/// assert_eq!(process::getgid(), real);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn getgid() -> u32 {
    sys::creds::getgid()
}

/// The effective group id of the process, strictly of the calling thread.
///
/// Only a seccomp filter makes the call fail; `u32::MAX`, which no group has,
/// stands for that.
///
/// # Python
/// `os.getegid()`.
///
/// # See also
/// [getegid(2)](https://man7.org/linux/man-pages/man2/getegid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (_, effective, _) = process::getresgid()?;
/// assert_eq!(process::getegid(), effective);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn getegid() -> u32 {
    sys::creds::getegid()
}

/// The real, effective and saved user id of the process, strictly of the
/// calling thread.
///
/// # Errors
/// None of its own; a seccomp filter may deny the call.
///
/// # Python
/// `os.getresuid()`.
///
/// # See also
/// [getresuid(2)](https://man7.org/linux/man-pages/man2/getresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (real, effective, _saved) = process::getresuid()?;
/// assert_eq!((real, effective), (process::getuid(), process::geteuid()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getresuid() -> Result<(u32, u32, u32)> {
    sys::creds::getresuid()
}

/// The real, effective and saved group id of the process, strictly of the
/// calling thread.
///
/// # Errors
/// None of its own; a seccomp filter may deny the call.
///
/// # Python
/// `os.getresgid()`.
///
/// # See also
/// [getresgid(2)](https://man7.org/linux/man-pages/man2/getresuid.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let (real, effective, _saved) = process::getresgid()?;
/// assert_eq!((real, effective), (process::getgid(), process::getegid()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getresgid() -> Result<(u32, u32, u32)> {
    sys::creds::getresgid()
}
