//! Making and removing directories.
#![forbid(unsafe_code)]

use super::{AtFlags, Mode};
use crate::{
    Result,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
};

/// Creates the directory `path`.
///
/// The kernel clears from `mode` (0 to 0o1777) the bits set in the umask.
/// Missing parents are not created.
///
/// # Errors
/// - [`EEXIST`](crate::Errno::EEXIST): `path` exists, perhaps as a dangling symlink.
/// - [`ENOENT`](crate::Errno::ENOENT): a parent is missing.
/// - [`EINVAL`](crate::Errno::EINVAL): `path` holds a NUL byte.
/// - The rest: mkdir(2).
///
/// # Python
/// `os.mkdir(path, mode=0o777)`; with `dir_fd=`, see [`mkdirat`]. Python
/// raises `ValueError` where this returns `EINVAL` for a NUL byte.
///
/// # See also
/// [mkdir(2)](https://man7.org/linux/man-pages/man2/mkdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// assert_eq!(fs::mkdir("/proc", Mode::IRWXU), Err(Errno::EEXIST));
/// ```
#[inline]
pub fn mkdir<P: PathLike>(path: P, mode: Mode) -> Result<()> {
    mkdirat(CWD, path, mode)
}

/// Creates the directory `path`, which starts from `dir_fd` if it is relative.
///
/// As [`mkdir`] otherwise.
///
/// # Errors
/// Those of [`mkdir`], and [`EBADF`](crate::Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.mkdir(path, mode, dir_fd=dir_fd)`.
///
/// # See also
/// [mkdirat(2)](https://man7.org/linux/man-pages/man2/mkdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}};
///
/// let root = fs::open("/", OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
/// assert_eq!(fs::mkdirat(&root, "proc", Mode::IRWXU), Err(Errno::EEXIST));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn mkdirat<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, mode: Mode) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| sys::fs::mkdirat(dir_fd, path, mode))
}

/// Removes the empty directory `path`.
///
/// # Errors
/// - [`ENOTEMPTY`](crate::Errno::ENOTEMPTY): there is something in it.
/// - [`ENOTDIR`](crate::Errno::ENOTDIR): it is no directory, perhaps a symlink to one.
/// - [`EBUSY`](crate::Errno::EBUSY): it is a mount point.
/// - [`EINVAL`](crate::Errno::EINVAL): the last component is `.`, or `path` holds a NUL byte.
/// - The rest: rmdir(2).
///
/// # Python
/// `os.rmdir(path)`; with `dir_fd=`, see [`unlinkat`](super::unlinkat) with
/// [`AtFlags::REMOVEDIR`].
///
/// # See also
/// [rmdir(2)](https://man7.org/linux/man-pages/man2/rmdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::rmdir("/dev/null"), Err(Errno::ENOTDIR));
/// ```
#[inline]
pub fn rmdir<P: PathLike>(path: P) -> Result<()> {
    path.with_c_str(|path| sys::fs::unlinkat(CWD, path, AtFlags::REMOVEDIR))
}
