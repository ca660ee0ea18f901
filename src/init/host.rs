//! The names of the host, which [`uname`](crate::system::uname) tells.
#![forbid(unsafe_code)]

use crate::{Errno, Result, path::PathLike, sys};

/// `__NEW_UTS_LEN`: the longest name. The kernel takes the length as an `int`,
/// so a length beyond that must not reach it.
const LONGEST: usize = 64;

/// Sets the host's name: 64 bytes at most, any but NUL.
///
/// It belongs to the UTS namespace.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is longer than 64 bytes, or holds a NUL
///   byte.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_ADMIN` in
///   the namespace's user namespace).
/// - The rest: sethostname(2).
///
/// # Python
/// `socket.sethostname(name)`.
///
/// # See also
/// [sethostname(2)](https://man7.org/linux/man-pages/man2/sethostname.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// assert_eq!(init::sethostname(&[b'a'; 65]), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn sethostname<P: PathLike>(name: P) -> Result<()> {
    sys::power::sethostname(checked(name.fspath())?)
}

/// Sets the name of the host's NIS domain, which has nothing to do with DNS: 64
/// bytes at most, any but NUL.
///
/// It belongs to the UTS namespace.
///
/// # Errors
/// Those of [`sethostname`].
///
/// # Python
/// None.
///
/// # See also
/// [setdomainname(2)](https://man7.org/linux/man-pages/man2/setdomainname.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// assert_eq!(init::setdomainname("a\0b"), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn setdomainname<P: PathLike>(name: P) -> Result<()> {
    sys::power::setdomainname(checked(name.fspath())?)
}

#[inline]
fn checked(name: &[u8]) -> Result<&[u8]> {
    match name.len() > LONGEST || name.contains(&0) {
        true => Err(Errno::EINVAL),
        false => Ok(name),
    }
}
