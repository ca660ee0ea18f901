//! Extended attributes: named values of a file beside its content.
//!
//! Here: reading one. Next door: `set.rs`, setting and removing; `list.rs`,
//! their names.
//! Each call comes as in C: plain for a path, `l` for a symlink itself, `f`
//! for a descriptor.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use linux_raw_sys::general as uapi;

use crate::{
    Result,
    fd::{AsFd, Buffer},
    path::PathLike,
    sys::{self, xattr::Target},
};

mod list;
mod set;
pub use self::list::{XattrNames, flistxattr, listxattr, llistxattr};
#[cfg(feature = "alloc")]
pub use self::list::{flistxattr_alloc, listxattr_alloc, llistxattr_alloc};
pub use self::set::{fremovexattr, fsetxattr, lremovexattr, lsetxattr, removexattr, setxattr};

/// The most bytes that the value of an extended attribute can have.
///
/// # Python
/// `os.XATTR_SIZE_MAX`.
pub const XATTR_SIZE_MAX: usize = uapi::XATTR_SIZE_MAX as usize;

flags! {
    /// Flags for [`setxattr`]; empty creates the attribute or replaces it.
    ///
    /// # Python
    /// `os.XATTR_CREATE`, `os.XATTR_REPLACE`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs::{self, Mode, OFlags, XattrFlags}};
    ///
    /// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR | Mode::IWUSR)?;
    /// let set = fs::fsetxattr(&file, "user.rawos", b"1", XattrFlags::REPLACE);
    /// // There is none, or the file system has no place for any.
    /// assert!(matches!(set, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct XattrFlags: u32 {
        /// `XATTR_CREATE`: fail if the attribute exists (`EEXIST`).
        #[doc(alias = "XATTR_CREATE")]
        const CREATE = uapi::XATTR_CREATE;
        /// `XATTR_REPLACE`: fail if it does not (`ENODATA`).
        #[doc(alias = "XATTR_REPLACE")]
        const REPLACE = uapi::XATTR_REPLACE;
    }
}

/// Reads the value of the extended attribute `name` of the file at `path`, following symlinks,
/// into `buf`.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes. A name has a namespace in front: `user.`, `trusted.`,
/// `security.`, `system.`.
///
/// # Errors
/// - [`ENODATA`](crate::Errno::ENODATA): there is no such attribute, or it may
///   not be seen.
/// - [`ERANGE`](crate::Errno::ERANGE): the value does not fit in `buf`, also if
///   that is empty, or `name` is empty or longer than 255 bytes (from 4096 on,
///   [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG)).
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): the file system has no
///   attributes, or none with this namespace.
/// - [`EINVAL`](crate::Errno::EINVAL): `path` or `name` holds a NUL byte.
/// - The rest: getxattr(2).
///
/// # Python
/// `os.getxattr(path, attribute)`; of a descriptor, [`fgetxattr`]; with
/// `follow_symlinks=False`, [`lgetxattr`]; as bytes, `getxattr_alloc`.
///
/// # See also
/// [getxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let value = fs::getxattr("/proc", "user.rawos", &mut [0; 64]);
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// ```
#[inline]
pub fn getxattr<P: PathLike, N: PathLike, B: Buffer>(
    path: P,
    name: N,
    buf: B,
) -> Result<B::Output> {
    path.with_c_str(|path| {
        let target = Target::Path(path);
        name.with_c_str(|name| sys::fill(buf, |room| sys::xattr::getxattr(target, name, room)))
    })
}

/// Reads the value of the extended attribute `name` of the file at `path`, of a symlink itself,
/// into `buf`.
///
/// # Errors
/// Those of [`getxattr`].
///
/// # Python
/// `os.getxattr(path, attribute, follow_symlinks=False)`.
///
/// # See also
/// [lgetxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let value = fs::lgetxattr("/proc/self", "user.rawos", &mut [0; 64]);
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// ```
#[inline]
pub fn lgetxattr<P: PathLike, N: PathLike, B: Buffer>(
    path: P,
    name: N,
    buf: B,
) -> Result<B::Output> {
    path.with_c_str(|path| {
        let target = Target::Link(path);
        name.with_c_str(|name| sys::fill(buf, |room| sys::xattr::getxattr(target, name, room)))
    })
}

/// Reads the value of the extended attribute `name` of the open file `fd` into
/// `buf`.
///
/// # Errors
/// Those of [`getxattr`] but the path's; [`EBADF`](crate::Errno::EBADF): `fd` is
/// not open, or only with `O_PATH`. `EINTR` is retried.
///
/// # Python
/// `os.getxattr(fd, attribute)`.
///
/// # See also
/// [fgetxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc", OFlags::RDONLY, Mode::empty())?;
/// let value = fs::fgetxattr(&file, "user.rawos", &mut [0; 64]);
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn fgetxattr<Fd: AsFd, N: PathLike, B: Buffer>(fd: Fd, name: N, buf: B) -> Result<B::Output> {
    let target = Target::Fd(fd.as_fd());
    name.with_c_str(|name| sys::fill(buf, |room| sys::xattr::getxattr(target, name, room)))
}

/// The value of the extended attribute `name` of the file at `path`, following
/// symlinks.
///
/// # Errors
/// Those of [`getxattr`]; `ERANGE` for a bad `name` only.
///
/// # Python
/// `os.getxattr(path, attribute)`.
///
/// # See also
/// [getxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let value = fs::getxattr_alloc("/proc", "user.rawos");
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn getxattr_alloc<P: PathLike, N: PathLike>(path: P, name: N) -> Result<Vec<u8>> {
    path.with_c_str(|path| {
        name.with_c_str(|name| collect(|vec| getxattr(path, name, crate::fd::spare_capacity(vec))))
    })
}

/// The value of the extended attribute `name` of the file at `path`, of a
/// symlink itself.
///
/// # Errors
/// Those of [`lgetxattr`]; `ERANGE` for a bad `name` only.
///
/// # Python
/// `os.getxattr(path, attribute, follow_symlinks=False)`.
///
/// # See also
/// [lgetxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let value = fs::lgetxattr_alloc("/proc/self", "user.rawos");
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn lgetxattr_alloc<P: PathLike, N: PathLike>(path: P, name: N) -> Result<Vec<u8>> {
    path.with_c_str(|path| {
        name.with_c_str(|name| collect(|vec| lgetxattr(path, name, crate::fd::spare_capacity(vec))))
    })
}

/// The value of the extended attribute `name` of the open file `fd`.
///
/// # Errors
/// Those of [`fgetxattr`]; `ERANGE` for a bad `name` only.
///
/// # Python
/// `os.getxattr(fd, attribute)`.
///
/// # See also
/// [fgetxattr(2)](https://man7.org/linux/man-pages/man2/getxattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc", OFlags::RDONLY, Mode::empty())?;
/// let value = fs::fgetxattr_alloc(&file, "user.rawos");
/// assert!(matches!(value, Err(Errno::ENODATA | Errno::EOPNOTSUPP)));
/// # Ok::<(), Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn fgetxattr_alloc<Fd: AsFd, N: PathLike>(fd: Fd, name: N) -> Result<Vec<u8>> {
    let fd = fd.as_fd();
    name.with_c_str(|name| collect(|vec| fgetxattr(fd, name, crate::fd::spare_capacity(vec))))
}

/// Calls `read` with room for a small result, then for any: the kernel has no
/// larger ones, so it does not matter if it grows in between.
#[cfg(feature = "alloc")]
#[inline]
fn collect(mut read: impl FnMut(&mut Vec<u8>) -> Result<usize>) -> Result<Vec<u8>> {
    let mut vec = Vec::with_capacity(256);
    match read(&mut vec) {
        Err(crate::Errno::ERANGE) => {
            vec.reserve_exact(XATTR_SIZE_MAX);
            read(&mut vec)?;
            vec.shrink_to_fit();
        }
        result => drop(result?),
    }
    Ok(vec)
}
