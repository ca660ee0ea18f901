//! Setting and removing an extended attribute.
#![forbid(unsafe_code)]

use super::XattrFlags;
use crate::{
    Result,
    errno::retry,
    fd::AsFd,
    path::PathLike,
    sys::{self, xattr::Target},
};

/// Sets the extended attribute `name` of the file at `path`, following symlinks,
/// to `value`.
///
/// `value` has up to 65536 bytes ([`XATTR_SIZE_MAX`](super::XATTR_SIZE_MAX)); most
/// file systems take less.
///
/// # Errors
/// - [`EEXIST`](crate::Errno::EEXIST): `CREATE`, and the attribute exists.
/// - [`ENODATA`](crate::Errno::ENODATA): `REPLACE`, and it does not.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): the file system has no
///   attributes, or none with this namespace.
/// - [`EPERM`](crate::Errno::EPERM): a `user.` attribute of something that is no
///   file or directory, or another namespace without the privilege.
/// - [`E2BIG`](crate::Errno::E2BIG), [`ENOSPC`](crate::Errno::ENOSPC): `value`
///   is too long, or too long for this file system.
/// - [`ERANGE`](crate::Errno::ERANGE): `name` is empty or longer than 255 bytes (from
///   4096 on, [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG)).
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown flag, or a NUL byte in `path`
///   or `name`.
/// - The rest: setxattr(2).
///
/// # Python
/// `os.setxattr(path, attribute, value, flags=0)`; of a descriptor,
/// [`fsetxattr`]; with `follow_symlinks=False`, [`lsetxattr`].
///
/// # See also
/// [setxattr(2)](https://man7.org/linux/man-pages/man2/setxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, XattrFlags}};
///
/// let set = fs::setxattr("/no/such/file", "user.rawos", b"1", XattrFlags::empty());
/// assert_eq!(set, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn setxattr<P: PathLike, N: PathLike>(
    path: P,
    name: N,
    value: &[u8],
    flags: XattrFlags,
) -> Result<()> {
    path.with_c_str(|path| {
        let target = Target::Path(path);
        name.with_c_str(|name| sys::xattr::setxattr(target, name, value, flags))
    })
}

/// Sets the extended attribute `name` of the file at `path`, of a symlink itself,
/// to `value`.
///
/// # Errors
/// Those of [`setxattr`].
///
/// # Python
/// `os.setxattr(path, attribute, value, flags, follow_symlinks=False)`.
///
/// # See also
/// [lsetxattr(2)](https://man7.org/linux/man-pages/man2/setxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, XattrFlags}};
///
/// let set = fs::lsetxattr("/no/such/file", "user.rawos", b"1", XattrFlags::empty());
/// assert_eq!(set, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn lsetxattr<P: PathLike, N: PathLike>(
    path: P,
    name: N,
    value: &[u8],
    flags: XattrFlags,
) -> Result<()> {
    path.with_c_str(|path| {
        let target = Target::Link(path);
        name.with_c_str(|name| sys::xattr::setxattr(target, name, value, flags))
    })
}

/// Sets the extended attribute `name` of the open file `fd` to `value`.
///
/// # Errors
/// Those of [`setxattr`] but the path's; [`EBADF`](crate::Errno::EBADF): `fd` is
/// not open, or only with `O_PATH`. `EINTR` is retried.
///
/// # Python
/// `os.setxattr(fd, attribute, value, flags)`.
///
/// # See also
/// [fsetxattr(2)](https://man7.org/linux/man-pages/man2/setxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags, XattrFlags}};
///
/// let place = fs::open("/", OFlags::PATH, Mode::empty())?;
/// let set = fs::fsetxattr(&place, "user.rawos", b"1", XattrFlags::empty());
/// assert_eq!(set, Err(Errno::EBADF));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn fsetxattr<Fd: AsFd, N: PathLike>(
    fd: Fd,
    name: N,
    value: &[u8],
    flags: XattrFlags,
) -> Result<()> {
    let target = Target::Fd(fd.as_fd());
    name.with_c_str(|name| retry(|| sys::xattr::setxattr(target, name, value, flags)))
}

/// Removes the extended attribute `name` of the file at `path`, following
/// symlinks.
///
/// # Errors
/// - [`ENODATA`](crate::Errno::ENODATA): there is no such attribute.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP), [`EPERM`](crate::Errno::EPERM),
///   [`ERANGE`](crate::Errno::ERANGE): as for [`setxattr`].
/// - [`EINVAL`](crate::Errno::EINVAL): a NUL byte in `path` or `name`.
/// - The rest: removexattr(2).
///
/// # Python
/// `os.removexattr(path, attribute)`; of a descriptor, [`fremovexattr`];
/// with `follow_symlinks=False`, [`lremovexattr`].
///
/// # See also
/// [removexattr(2)](https://man7.org/linux/man-pages/man2/removexattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let removed = fs::removexattr("/no/such/file", "user.rawos");
/// assert_eq!(removed, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn removexattr<P: PathLike, N: PathLike>(path: P, name: N) -> Result<()> {
    path.with_c_str(|path| {
        let target = Target::Path(path);
        name.with_c_str(|name| sys::xattr::removexattr(target, name))
    })
}

/// Removes the extended attribute `name` of the file at `path`, of a symlink
/// itself.
///
/// # Errors
/// Those of [`removexattr`].
///
/// # Python
/// `os.removexattr(path, attribute, follow_symlinks=False)`.
///
/// # See also
/// [lremovexattr(2)](https://man7.org/linux/man-pages/man2/removexattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let removed = fs::lremovexattr("/no/such/file", "user.rawos");
/// assert_eq!(removed, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn lremovexattr<P: PathLike, N: PathLike>(path: P, name: N) -> Result<()> {
    path.with_c_str(|path| {
        let target = Target::Link(path);
        name.with_c_str(|name| sys::xattr::removexattr(target, name))
    })
}

/// Removes the extended attribute `name` of the open file `fd`.
///
/// # Errors
/// Those of [`removexattr`] but the path's; [`EBADF`](crate::Errno::EBADF): `fd` is
/// not open, or only with `O_PATH`. `EINTR` is retried.
///
/// # Python
/// `os.removexattr(fd, attribute)`.
///
/// # See also
/// [fremovexattr(2)](https://man7.org/linux/man-pages/man2/removexattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}};
///
/// let place = fs::open("/", OFlags::PATH, Mode::empty())?;
/// let removed = fs::fremovexattr(&place, "user.rawos");
/// assert_eq!(removed, Err(Errno::EBADF));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn fremovexattr<Fd: AsFd, N: PathLike>(fd: Fd, name: N) -> Result<()> {
    let target = Target::Fd(fd.as_fd());
    name.with_c_str(|name| retry(|| sys::xattr::removexattr(target, name)))
}
