//! Who logged in.
#![forbid(unsafe_code)]

use super::{PasswdReader, number::id};
#[cfg(feature = "alloc")]
use crate::sys;
use crate::{
    Errno, Result, fd,
    fs::{self, Mode, OFlags},
};

/// The name of the user who logged in to the session the process belongs to,
/// which `su` and `sudo` do not change.
///
/// The kernel knows the id (`/proc/self/loginuid`), `/etc/passwd` the name.
/// `buf` is to hold a line of that file; the result is in it.
///
/// # Errors
/// - [`ENXIO`](Errno::ENXIO): nobody logged in (the process is of a service, of
///   a container), or the kernel does not tell.
/// - [`ENOENT`](Errno::ENOENT): `/etc/passwd` does not have the user, or is
///   missing.
/// - [`ERANGE`](Errno::ERANGE): a line does not fit in `buf`.
/// - The rest: those of [`open`](crate::fs::open()) and
///   [`read`](crate::fd::read()).
///
/// # Python
/// `os.getlogin()`, which asks the terminal and `utmp` too where the kernel
/// does not know, as glibc does.
///
/// # See also
/// [getlogin(3)](https://man7.org/linux/man-pages/man3/getlogin.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, user};
///
/// let mut buf = [0; 4096];
/// match user::getlogin(&mut buf) {
///     Ok(name) => assert!(!name.is_empty()),
///     Err(errno) => assert!(matches!(errno, Errno::ENXIO | Errno::ENOENT)),
/// }
/// ```
#[inline]
pub fn getlogin(buf: &mut [u8]) -> Result<&[u8]> {
    let uid = loginuid()?;
    let mut reader = PasswdReader::open(c"/etc/passwd", buf)?;
    let len = match reader.find_uid(uid)? {
        Some(user) => user.name.len(),
        None => return Err(Errno::ENOENT),
    };
    Ok(reader.into_line(len))
}

/// The name of the user who logged in; see [`getlogin`].
///
/// # Errors
/// Those of [`getlogin`], `ERANGE` for a line of 4096 bytes or more, and
/// [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
///
/// # Python
/// `os.getlogin()`.
///
/// # See also
/// [getlogin(3)](https://man7.org/linux/man-pages/man3/getlogin.3.html)
///
/// # Examples
/// ```
/// use rawos::user;
///
/// let mut buf = [0; 4096];
/// assert_eq!(user::getlogin_alloc().as_deref(), user::getlogin(&mut buf).as_deref());
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn getlogin_alloc() -> Result<alloc::vec::Vec<u8>> {
    sys::to_vec(getlogin(&mut [0; 4096])?)
}

/// The id the kernel has kept since the login.
#[inline]
fn loginuid() -> Result<u32> {
    let file = match fs::open(c"/proc/self/loginuid", OFlags::RDONLY, Mode::empty()) {
        Err(Errno::ENOENT) => return Err(Errno::ENXIO),
        result => result?,
    };
    match id(fd::read_up_to(&file, &mut [0; 16])?.trim_ascii_end()) {
        Some(u32::MAX) | None => Err(Errno::ENXIO),
        Some(uid) => Ok(uid),
    }
}
