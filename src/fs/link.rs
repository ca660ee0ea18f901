//! Names of files: removing and renaming them.
#![forbid(unsafe_code)]

use super::AtFlags;
use crate::{
    Errno, Result,
    fd::{AsFd, Buffer, CWD},
    path::PathLike,
    sys,
};

/// Removes the name `path` of a file; the file goes with its last name and
/// last open descriptor.
///
/// A symlink is removed itself.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no such name.
/// - [`EISDIR`](Errno::EISDIR): it is a directory; see [`rmdir`](super::rmdir).
/// - [`EPERM`](Errno::EPERM), [`EACCES`](Errno::EACCES): the
///   directory around, or its sticky bit, forbids it.
/// - The rest: unlink(2).
///
/// # Python
/// `os.unlink(path)`, `os.remove(path)`; with `dir_fd=`, see [`unlinkat`].
///
/// # See also
/// [unlink(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::unlink("/proc"), Err(Errno::EISDIR));
/// assert_eq!(fs::unlink("/no/such/file"), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn unlink<P: PathLike>(path: P) -> Result<()> {
    unlinkat(CWD, path, AtFlags::empty())
}

/// Removes the name `path` of a file: [`unlink`] under its other name.
///
/// # Errors
/// Those of [`unlink`].
///
/// # Python
/// `os.remove(path)`.
///
/// # See also
/// [unlink(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::remove("/proc"), Err(Errno::EISDIR));
/// ```
#[inline]
pub fn remove<P: PathLike>(path: P) -> Result<()> {
    unlink(path)
}

/// Removes the name `path`, which starts from `dir_fd` if it is relative: of a
/// file, or with [`AtFlags::REMOVEDIR`] of an empty directory.
///
/// # Errors
/// Those of [`unlink`] or [`rmdir`](super::rmdir), and
/// [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.unlink(path, dir_fd=dir_fd)`, `os.rmdir(path, dir_fd=dir_fd)`.
///
/// # See also
/// [unlinkat(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AtFlags}};
///
/// assert_eq!(fs::unlinkat(CWD, "/dev/null", AtFlags::REMOVEDIR), Err(Errno::ENOTDIR));
/// ```
#[inline]
pub fn unlinkat<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, flags: AtFlags) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| sys::fs::unlinkat(dir_fd, path, flags))
}

/// Renames `src` to `dst`, in one step for everyone who looks.
///
/// A file at `dst` is replaced, and an empty directory by a directory. If both
/// are names of the same file, nothing happens.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no `src`, or no directory for `dst`.
/// - [`EISDIR`](Errno::EISDIR): `dst` is a directory and `src` is none.
/// - [`ENOTDIR`](Errno::ENOTDIR): `src` is a directory and `dst` is none.
/// - [`ENOTEMPTY`](Errno::ENOTEMPTY): `dst` is a directory with something in it.
/// - [`EXDEV`](Errno::EXDEV): the two are on different file systems.
/// - [`EINVAL`](Errno::EINVAL): `dst` is inside `src`, or a path holds a NUL byte.
/// - The rest: rename(2).
///
/// # Python
/// `os.rename(src, dst)`; with `src_dir_fd=` and `dst_dir_fd=`, see [`renameat`].
///
/// # See also
/// [rename(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::rename("/no/such/file", "/tmp/new"), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn rename<P: PathLike, Q: PathLike>(src: P, dst: Q) -> Result<()> {
    renameat(CWD, src, CWD, dst)
}

/// Renames `src` to `dst`: [`rename`] under its other name, the same on Linux.
///
/// # Errors
/// Those of [`rename`].
///
/// # Python
/// `os.replace(src, dst)`.
///
/// # See also
/// [rename(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::replace("/no/such/file", "/tmp/new"), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn replace<P: PathLike, Q: PathLike>(src: P, dst: Q) -> Result<()> {
    rename(src, dst)
}

/// Renames `src` to `dst`; relative paths start from their directory descriptor.
///
/// As [`rename`] otherwise.
///
/// # Errors
/// Those of [`rename`], and [`EBADF`](Errno::EBADF): a descriptor is not open.
///
/// # Python
/// `os.rename(src, dst, src_dir_fd=…, dst_dir_fd=…)`.
///
/// # See also
/// [renameat(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs};
///
/// assert_eq!(fs::renameat(CWD, "no such file", CWD, "new"), Err(Errno::ENOENT));
/// ```
#[doc(alias = "renameat2")]
#[inline]
pub fn renameat<Fd: AsFd, P: PathLike, DstFd: AsFd, Q: PathLike>(
    src_dir_fd: Fd,
    src: P,
    dst_dir_fd: DstFd,
    dst: Q,
) -> Result<()> {
    let (src_dir_fd, dst_dir_fd) = (src_dir_fd.as_fd(), dst_dir_fd.as_fd());
    src.with_c_str(|src| {
        dst.with_c_str(|dst| sys::fs::renameat2(src_dir_fd, src, dst_dir_fd, dst, 0))
    })
}

/// Reads where the symlink `path` points, into `buf`.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes, without a NUL. No target is longer than 4095 bytes.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): it is no symlink, or `path` holds a NUL byte.
/// - [`ENOENT`](Errno::ENOENT): there is no such file.
/// - [`ERANGE`](Errno::ERANGE): `buf` may be too small: it would be filled to
///   its end.
/// - The rest: readlink(2).
///
/// # Python
/// `os.readlink(path)`; with `dir_fd=`, see [`readlinkat`].
///
/// # See also
/// [readlink(2)](https://man7.org/linux/man-pages/man2/readlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let mut target = [0; 64];
/// let len = fs::readlink("/proc/self", &mut target)?;
/// assert_eq!(target[..len], *std::process::id().to_string().as_bytes());
/// assert_eq!(fs::readlink("/proc/self", &mut [0; 1]), Err(Errno::ERANGE));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn readlink<P: PathLike, B: Buffer>(path: P, buf: B) -> Result<B::Output> {
    readlinkat(CWD, path, buf)
}

/// Reads where the symlink `path` points, which starts from `dir_fd` if it is
/// relative.
///
/// As [`readlink`] otherwise. An empty path is `dir_fd` itself, a symlink
/// opened with `PATH | NOFOLLOW`.
///
/// # Errors
/// Those of [`readlink`], and [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.readlink(path, dir_fd=dir_fd)`.
///
/// # See also
/// [readlinkat(2)](https://man7.org/linux/man-pages/man2/readlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{fs::{self, Mode, OFlags}};
///
/// let proc = fs::open("/proc", OFlags::PATH, Mode::empty())?;
/// assert!(fs::readlinkat(&proc, "self", &mut [0; 64])? > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
pub fn readlinkat<Fd: AsFd, P: PathLike, B: Buffer>(
    dir_fd: Fd,
    path: P,
    buf: B,
) -> Result<B::Output> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| {
        sys::fill(buf, |room| {
            let len = room.len();
            let target = sys::fs::readlinkat(dir_fd, path, room)?;
            // The kernel cuts silently what does not fit.
            if target.len() == len { Err(Errno::ERANGE) } else { Ok(target) }
        })
    })
}
