//! The names of a file's extended attributes.
#![forbid(unsafe_code)]

use core::{ffi::CStr, iter::FusedIterator};

#[cfg(feature = "alloc")]
use crate::fs::Names;
use crate::{
    Result,
    fd::{AsFd, Buffer},
    path::PathLike,
    sys::{self, xattr::Target},
};

/// The names in the bytes that [`listxattr`] read: each ends with a NUL.
///
/// Bytes after the last NUL are no name and are left out, as Python does.
///
/// # Examples
/// ```
/// use rawos::fs::XattrNames;
///
/// let names = XattrNames::new(b"user.a\0user.b\0");
/// assert!(names.eq([c"user.a", c"user.b"]));
/// ```
#[derive(Clone, Debug)]
pub struct XattrNames<'a> {
    rest: &'a [u8],
}

impl<'a> XattrNames<'a> {
    /// The names in `list`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::XattrNames;
    ///
    /// assert_eq!(XattrNames::new(b"").next(), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(list: &'a [u8]) -> Self {
        Self { rest: list }
    }
}

impl<'a> Iterator for XattrNames<'a> {
    type Item = &'a CStr;

    #[inline]
    fn next(&mut self) -> Option<&'a CStr> {
        let name = CStr::from_bytes_until_nul(self.rest).ok()?;
        self.rest = self.rest.get(name.count_bytes() + 1..).unwrap_or_default();
        Some(name)
    }
}

impl FusedIterator for XattrNames<'_> {}

/// Reads the names of the extended attributes of the file at `path`, following
/// symlinks, into `buf`.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes, which [`XattrNames`] takes apart. Names that the process may not
/// see are missing; 65536 bytes are always enough.
///
/// # Errors
/// - [`ERANGE`](crate::Errno::ERANGE): the names do not fit in `buf`, also if
///   that is empty.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): the file system has no attributes;
///   most that have none list none.
/// - The rest: listxattr(2).
///
/// # Python
/// `os.listxattr(path)`, where `None` is `"."`; of a descriptor, [`flistxattr`];
/// with `follow_symlinks=False`, [`llistxattr`]; as a list, `listxattr_alloc`.
///
/// # See also
/// [listxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, XattrNames};
///
/// let mut buf = [0; 4096];
/// let len = fs::listxattr("/proc", &mut buf)?;
/// assert!(XattrNames::new(&buf[..len]).all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn listxattr<P: PathLike, B: Buffer>(path: P, buf: B) -> Result<B::Output> {
    path.with_c_str(|path| sys::fill(buf, |room| sys::xattr::listxattr(Target::Path(path), room)))
}

/// Reads the names of the extended attributes of the file at `path`, of a
/// symlink itself, into `buf`.
///
/// # Errors
/// Those of [`listxattr`].
///
/// # Python
/// `os.listxattr(path, follow_symlinks=False)`.
///
/// # See also
/// [llistxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, XattrNames};
///
/// let mut buf = [0; 4096];
/// let len = fs::llistxattr("/proc/self", &mut buf)?;
/// assert!(XattrNames::new(&buf[..len]).all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn llistxattr<P: PathLike, B: Buffer>(path: P, buf: B) -> Result<B::Output> {
    path.with_c_str(|path| sys::fill(buf, |room| sys::xattr::listxattr(Target::Link(path), room)))
}

/// Reads the names of the extended attributes of the open file `fd` into `buf`.
///
/// # Errors
/// Those of [`listxattr`] but the path's; [`EBADF`](crate::Errno::EBADF): `fd` is
/// not open, or only with `O_PATH`. `EINTR` is retried.
///
/// # Python
/// `os.listxattr(fd)`.
///
/// # See also
/// [flistxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags, XattrNames};
///
/// let file = fs::open("/proc", OFlags::RDONLY, Mode::empty())?;
/// let mut buf = [0; 4096];
/// let len = fs::flistxattr(&file, &mut buf)?;
/// assert!(XattrNames::new(&buf[..len]).all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn flistxattr<Fd: AsFd, B: Buffer>(fd: Fd, buf: B) -> Result<B::Output> {
    let target = Target::Fd(fd.as_fd());
    sys::fill(buf, |room| sys::xattr::listxattr(target, room))
}

/// The names of the extended attributes of the file at `path`, following
/// symlinks.
///
/// # Errors
/// Those of [`listxattr`] but `ERANGE`.
///
/// # Python
/// `os.listxattr(path)`.
///
/// # See also
/// [listxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// assert!(fs::listxattr_alloc(".")?.iter().all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn listxattr_alloc<P: PathLike>(path: P) -> Result<Names> {
    path.with_c_str(|path| {
        names(super::collect(|vec| listxattr(path, crate::fd::spare_capacity(vec)))?)
    })
}

/// The names of the extended attributes of the file at `path`, of a symlink
/// itself.
///
/// # Errors
/// Those of [`llistxattr`] but `ERANGE`.
///
/// # Python
/// `os.listxattr(path, follow_symlinks=False)`.
///
/// # See also
/// [llistxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let names = fs::llistxattr_alloc("/proc/self")?;
/// assert!(names.iter().all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn llistxattr_alloc<P: PathLike>(path: P) -> Result<Names> {
    path.with_c_str(|path| {
        names(super::collect(|vec| llistxattr(path, crate::fd::spare_capacity(vec)))?)
    })
}

/// The names of the extended attributes of the open file `fd`.
///
/// # Errors
/// Those of [`flistxattr`] but `ERANGE`.
///
/// # Python
/// `os.listxattr(fd)`.
///
/// # See also
/// [flistxattr(2)](https://man7.org/linux/man-pages/man2/listxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let file = fs::open("/proc", OFlags::RDONLY, Mode::empty())?;
/// assert!(fs::flistxattr_alloc(&file)?.iter().all(|name| name != c"user.rawos"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn flistxattr_alloc<Fd: AsFd>(fd: Fd) -> Result<Names> {
    let fd = fd.as_fd();
    names(super::collect(|vec| flistxattr(fd, crate::fd::spare_capacity(vec)))?)
}

/// The names in `list` as a list.
#[cfg(feature = "alloc")]
#[inline]
fn names(list: alloc::vec::Vec<u8>) -> Result<Names> {
    let mut names = Names::new();
    XattrNames::new(&list).try_for_each(|name| names.push(name))?;
    Ok(names)
}
