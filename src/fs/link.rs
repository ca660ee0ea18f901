//! Names of files: making, removing and reading links.
//!
//! Next door: `rename.rs`.
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

/// Gives the file at `src` the second name `dst` (a hard link).
///
/// A symlink `src` is followed, as Python documents it and link(2) does not;
/// [`linkat`] without flags links the symlink itself.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): there is something at `dst`.
/// - [`ENOENT`](Errno::ENOENT): there is no `src`, or no directory for `dst`.
/// - [`EPERM`](Errno::EPERM): `src` is a directory, or the system protects it
///   from other users' links.
/// - [`EXDEV`](Errno::EXDEV): the two are on different mounts.
/// - [`EMLINK`](Errno::EMLINK): the file has too many names.
/// - The rest: link(2).
///
/// # Python
/// `os.link(src, dst)`, which did not follow on Linux in older versions; with
/// `src_dir_fd=`, `dst_dir_fd=` or `follow_symlinks=False`, see [`linkat`].
///
/// # See also
/// [link(2)](https://man7.org/linux/man-pages/man2/link.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::link("/no/such/file", "/tmp/new"), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn link<P: PathLike, Q: PathLike>(src: P, dst: Q) -> Result<()> {
    linkat(CWD, src, CWD, dst, AtFlags::SYMLINK_FOLLOW)
}

/// Gives the file at `src` the second name `dst`; relative paths start from
/// their directory descriptor.
///
/// `flags`: [`AtFlags::SYMLINK_FOLLOW`], without which a symlink `src` is
/// linked itself; [`AtFlags::EMPTY_PATH`], an empty `src` is `src_dir_fd`
/// itself (`ENOENT` without privilege, before Linux 6.10).
///
/// # Errors
/// Those of [`link`], [`EBADF`](Errno::EBADF): a descriptor is not open, and
/// [`EINVAL`](Errno::EINVAL): another flag.
///
/// # Python
/// `os.link(src, dst, src_dir_fd=…, dst_dir_fd=…, follow_symlinks=…)`.
///
/// # See also
/// [linkat(2)](https://man7.org/linux/man-pages/man2/link.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AtFlags}};
///
/// let linked = fs::linkat(CWD, "/no/such/file", CWD, "/tmp/new", AtFlags::empty());
/// assert_eq!(linked, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn linkat<Fd: AsFd, P: PathLike, DstFd: AsFd, Q: PathLike>(
    src_dir_fd: Fd,
    src: P,
    dst_dir_fd: DstFd,
    dst: Q,
    flags: AtFlags,
) -> Result<()> {
    let (src_dir_fd, dst_dir_fd) = (src_dir_fd.as_fd(), dst_dir_fd.as_fd());
    src.with_c_str(|src| {
        dst.with_c_str(|dst| sys::node::linkat(src_dir_fd, src, dst_dir_fd, dst, flags))
    })
}

/// Makes a symlink at `dst` that points to `src`, whether there is such a file
/// or not.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): there is something at `dst`.
/// - [`ENOENT`](Errno::ENOENT): `src` is empty, or a directory of `dst` is missing.
/// - The rest: symlink(2).
///
/// # Python
/// `os.symlink(src, dst)`; with `dir_fd=`, see [`symlinkat`].
///
/// # See also
/// [symlink(2)](https://man7.org/linux/man-pages/man2/symlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::symlink("anything", "/proc"), Err(Errno::EEXIST));
/// ```
#[inline]
pub fn symlink<P: PathLike, Q: PathLike>(src: P, dst: Q) -> Result<()> {
    symlinkat(src, CWD, dst)
}

/// Makes a symlink that points to `src` at `dst`, which starts from `dir_fd` if
/// it is relative.
///
/// # Errors
/// Those of [`symlink`], and [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.symlink(src, dst, dir_fd=dir_fd)`.
///
/// # See also
/// [symlinkat(2)](https://man7.org/linux/man-pages/man2/symlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs};
///
/// assert_eq!(fs::symlinkat("anything", CWD, "/proc"), Err(Errno::EEXIST));
/// ```
#[inline]
pub fn symlinkat<P: PathLike, Fd: AsFd, Q: PathLike>(src: P, dir_fd: Fd, dst: Q) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    src.with_c_str(|src| dst.with_c_str(|dst| sys::node::symlinkat(src, dir_fd, dst)))
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
#[inline]
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

/// Where the symlink `path` points.
///
/// # Errors
/// Those of [`readlink`], `ERANGE` only from a file system that lets targets
/// have 4096 bytes or more; [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
///
/// # Python
/// `os.readlink(path)`.
///
/// # See also
/// [readlink(2)](https://man7.org/linux/man-pages/man2/readlink.2.html)
///
/// # Examples
/// ```
/// let target = rawos::fs::readlink_alloc("/proc/self")?;
/// assert_eq!(target, std::process::id().to_string().as_bytes());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn readlink_alloc<P: PathLike>(path: P) -> Result<alloc::vec::Vec<u8>> {
    readlinkat_alloc(CWD, path)
}

/// Where the symlink `path` points, which starts from `dir_fd` if it is
/// relative.
///
/// # Errors
/// Those of [`readlinkat`]; `ERANGE` and `ENOMEM` as for [`readlink_alloc`].
///
/// # Python
/// `os.readlink(path, dir_fd=dir_fd)`.
///
/// # See also
/// [readlinkat(2)](https://man7.org/linux/man-pages/man2/readlink.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let proc = fs::open("/proc", OFlags::PATH, Mode::empty())?;
/// assert!(!fs::readlinkat_alloc(&proc, "self")?.is_empty());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn readlinkat_alloc<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P) -> Result<alloc::vec::Vec<u8>> {
    let mut buf = [core::mem::MaybeUninit::uninit(); linux_raw_sys::general::PATH_MAX as usize];
    let (target, _) = readlinkat(dir_fd, path, &mut buf)?;
    sys::to_vec(target)
}
