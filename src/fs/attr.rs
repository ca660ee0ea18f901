//! Permissions, owner and length of a file.
//!
//! Next door: times in `times.rs`, extended attributes in `xattr.rs`.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::{AtFlags, Mode, OFlags};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, BorrowedFd, CWD},
    path::PathLike,
    sys,
};

/// Sets the permissions of the file at `path`, following symlinks.
///
/// `mode` is 0 to 0o7777; the umask does not matter.
///
/// # Errors
/// - [`EPERM`](Errno::EPERM): the file is another user's.
/// - [`ENOENT`](Errno::ENOENT): there is no such file.
/// - [`EROFS`](Errno::EROFS): the file system is mounted read-only.
/// - The rest: chmod(2).
///
/// # Python
/// `os.chmod(path, mode)`; of a descriptor, [`fchmod`]; with
/// `follow_symlinks=False`, [`lchmod`]; with `dir_fd=`, [`fchmodat`].
///
/// # See also
/// [chmod(2)](https://man7.org/linux/man-pages/man2/chmod.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// assert_eq!(fs::chmod("/no/such/file", Mode::IRUSR), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn chmod<P: PathLike>(path: P, mode: Mode) -> Result<()> {
    fchmodat(CWD, path, mode, AtFlags::empty())
}

/// Sets the permissions of the open file `fd`.
///
/// # Errors
/// - [`EPERM`](Errno::EPERM): the file is another user's.
/// - [`EBADF`](Errno::EBADF): `fd` is not open, or only with `O_PATH`.
/// - The rest: chmod(2). `EINTR` is retried.
///
/// # Python
/// `os.fchmod(fd, mode)`, `os.chmod(fd, mode)`.
///
/// # See also
/// [fchmod(2)](https://man7.org/linux/man-pages/man2/chmod.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, MemfdFlags, Mode};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// fs::fchmod(&file, Mode::IRUSR)?;
/// assert_eq!(fs::fstat(&file)?.mode(), Mode::IRUSR);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fchmod<Fd: AsFd>(fd: Fd, mode: Mode) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::attr::fchmod(fd, mode))
}

/// Sets the permissions of the file at `path`, unless it is a symlink: Linux
/// gives these none.
///
/// # Errors
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): it is a symlink.
/// - The rest: those of [`fchmodat`].
///
/// # Python
/// `os.lchmod(path, mode)`, `os.chmod(path, mode, follow_symlinks=False)`.
///
/// # See also
/// [fchmodat(2)](https://man7.org/linux/man-pages/man2/chmod.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// assert_eq!(fs::lchmod("/proc/self", Mode::IRUSR), Err(Errno::EOPNOTSUPP));
/// ```
#[inline]
pub fn lchmod<P: PathLike>(path: P, mode: Mode) -> Result<()> {
    fchmodat(CWD, path, mode, AtFlags::SYMLINK_NOFOLLOW)
}

/// Sets the permissions of the file at `path`, which starts from `dir_fd` if
/// it is relative.
///
/// `flags`: [`AtFlags::SYMLINK_NOFOLLOW`], as [`lchmod`];
/// [`AtFlags::EMPTY_PATH`], an empty `path` is `dir_fd` itself.
///
/// A flag needs fchmodat2(2), Linux 6.6. Where that is missing or a sandbox
/// forbids it, `SYMLINK_NOFOLLOW` goes through `/proc/thread-self/fd`, and
/// `EMPTY_PATH` fails with the kernel's `ENOSYS` or `EPERM`.
///
/// # Errors
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): `SYMLINK_NOFOLLOW`, and it is a
///   symlink; or the kernel is older than 6.6 and `/proc` is not mounted.
/// - [`EBADF`](Errno::EBADF): `dir_fd` is not open.
/// - [`EINVAL`](Errno::EINVAL): another flag, or `path` holds a NUL byte.
/// - The rest: those of [`chmod`].
///
/// # Python
/// `os.chmod(path, mode, dir_fd=dir_fd, follow_symlinks=…)`.
///
/// # See also
/// [fchmodat(2)](https://man7.org/linux/man-pages/man2/chmod.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AtFlags, Mode}};
///
/// let flags = AtFlags::SYMLINK_NOFOLLOW;
/// assert_eq!(fs::fchmodat(CWD, "/no/file", Mode::IRUSR, flags), Err(Errno::ENOENT));
/// ```
#[doc(alias = "fchmodat2")]
#[inline]
pub fn fchmodat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    mode: Mode,
    flags: AtFlags,
) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| {
        if flags.is_empty() {
            return sys::attr::fchmodat(dir_fd, path, mode);
        }
        match sys::attr::fchmodat2(dir_fd, path, mode, flags) {
            Err(errno @ (Errno::ENOSYS | Errno::EPERM)) => {
                chmod_through_proc(dir_fd, path, mode, flags, errno)
            }
            result => result,
        }
    })
}

/// What fchmodat2(2) would do, which failed with `errno`: the file is held by
/// a descriptor for its place, so that it cannot become a symlink meanwhile.
#[cold]
fn chmod_through_proc(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    mode: Mode,
    flags: AtFlags,
    errno: Errno,
) -> Result<()> {
    let known = AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH;
    if flags.bits() & !known.bits() != 0 {
        return Err(Errno::EINVAL);
    }
    if !flags.intersects(AtFlags::SYMLINK_NOFOLLOW) {
        return match path.is_empty() {
            true => Err(errno),
            false => sys::attr::fchmodat(dir_fd, path, mode),
        };
    }
    if flags.intersects(AtFlags::EMPTY_PATH) && path.is_empty() {
        return Err(errno);
    }
    let place = super::openat(dir_fd, path, OFlags::PATH | OFlags::NOFOLLOW, Mode::empty())?;
    if super::fstat(&place)?.file_type().is_symlink() {
        return Err(Errno::EOPNOTSUPP);
    }
    // Not /proc/self: a thread may have descriptors of its own.
    let mut link = *b"/proc/thread-self/fd/\0\0\0\0\0\0\0\0\0\0\0";
    let start = link.len() - 11;
    let mut number = place.as_fd().as_raw_fd().unsigned_abs();
    let digits = number.checked_ilog10().map_or(1, |log| log as usize + 1);
    for digit in link[start..start + digits].iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
    let link = CStr::from_bytes_until_nul(&link).map_err(|_| Errno::EOPNOTSUPP)?;
    match sys::attr::fchmodat(CWD, link, mode) {
        Err(Errno::ENOENT | Errno::ENOTDIR) => Err(Errno::EOPNOTSUPP),
        result => result,
    }
}

/// Sets owner and group of the file at `path`, following symlinks; `None`
/// leaves one as it is.
///
/// Only a privileged process gives a file away. The kernel clears the
/// set-user-id and set-group-id bits of executables.
///
/// # Errors
/// - [`EPERM`](Errno::EPERM): the process may not do that.
/// - [`EINVAL`](Errno::EINVAL): an id is `u32::MAX`, which no user and group has.
/// - [`ENOENT`](Errno::ENOENT): there is no such file.
/// - The rest: chown(2).
///
/// # Python
/// `os.chown(path, uid, gid)`, where -1 is `None`; of a descriptor,
/// [`fchown`]; with `follow_symlinks=False`, [`lchown`]; with `dir_fd=`,
/// [`fchownat`].
///
/// # See also
/// [chown(2)](https://man7.org/linux/man-pages/man2/chown.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::chown("/no/such/file", None, None), Err(Errno::ENOENT));
/// assert_eq!(fs::chown("/", Some(u32::MAX), None), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn chown<P: PathLike>(path: P, uid: Option<u32>, gid: Option<u32>) -> Result<()> {
    fchownat(CWD, path, uid, gid, AtFlags::empty())
}

/// Sets owner and group of the file at `path`, of a symlink itself; `None`
/// leaves one as it is.
///
/// # Errors
/// Those of [`chown`].
///
/// # Python
/// `os.lchown(path, uid, gid)`, `os.chown(path, uid, gid, follow_symlinks=False)`.
///
/// # See also
/// [lchown(2)](https://man7.org/linux/man-pages/man2/chown.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::lchown("/no/such/file", None, Some(0)), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn lchown<P: PathLike>(path: P, uid: Option<u32>, gid: Option<u32>) -> Result<()> {
    fchownat(CWD, path, uid, gid, AtFlags::SYMLINK_NOFOLLOW)
}

/// Sets owner and group of the open file `fd`; `None` leaves one as it is.
///
/// # Errors
/// - [`EBADF`](Errno::EBADF): `fd` is not open, or only with `O_PATH`.
/// - The rest: those of [`chown`]. `EINTR` is retried.
///
/// # Python
/// `os.fchown(fd, uid, gid)`, `os.chown(fd, uid, gid)`.
///
/// # See also
/// [fchown(2)](https://man7.org/linux/man-pages/man2/chown.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, MemfdFlags};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// let owner = fs::fstat(&file)?.st_uid();
/// assert_eq!(fs::fchown(&file, Some(owner), None), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fchown<Fd: AsFd>(fd: Fd, uid: Option<u32>, gid: Option<u32>) -> Result<()> {
    let fd = fd.as_fd();
    let (uid, gid) = (id_or_unchanged(uid)?, id_or_unchanged(gid)?);
    retry(|| sys::attr::fchown(fd, uid, gid))
}

/// Sets owner and group of the file at `path`, which starts from `dir_fd` if
/// it is relative; `None` leaves one as it is.
///
/// `flags`: [`AtFlags::SYMLINK_NOFOLLOW`], as [`lchown`];
/// [`AtFlags::EMPTY_PATH`], an empty `path` is `dir_fd` itself.
///
/// # Errors
/// Those of [`chown`], [`EBADF`](Errno::EBADF): `dir_fd` is not open, and
/// [`EINVAL`](Errno::EINVAL): another flag.
///
/// # Python
/// `os.chown(path, uid, gid, dir_fd=dir_fd, follow_symlinks=…)`.
///
/// # See also
/// [fchownat(2)](https://man7.org/linux/man-pages/man2/chown.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AtFlags}};
///
/// let missing = fs::fchownat(CWD, "/no/such/file", None, None, AtFlags::empty());
/// assert_eq!(missing, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn fchownat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    uid: Option<u32>,
    gid: Option<u32>,
    flags: AtFlags,
) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    let (uid, gid) = (id_or_unchanged(uid)?, id_or_unchanged(gid)?);
    path.with_c_str(|path| sys::attr::fchownat(dir_fd, path, uid, gid, flags))
}

/// An id as chown(2) takes it: -1 leaves it, so that must not be asked for.
#[inline]
fn id_or_unchanged(id: Option<u32>) -> Result<u32> {
    const UNCHANGED: u32 = u32::MAX;
    match id {
        Some(UNCHANGED) => Err(Errno::EINVAL),
        Some(id) => Ok(id),
        None => Ok(UNCHANGED),
    }
}

/// Makes the file at `path` exactly `len` bytes long: cuts it, or adds a hole
/// that reads as zeros.
///
/// # Errors
/// - [`EISDIR`](Errno::EISDIR): it is a directory.
/// - [`EINVAL`](Errno::EINVAL): it is no regular file, or `len` is past `i64::MAX`.
/// - [`EFBIG`](Errno::EFBIG): longer than a file may be here; of a resource
///   limit, the signal `SIGXFSZ` tells first.
/// - [`ETXTBSY`](Errno::ETXTBSY): the file is a program that runs.
/// - The rest: truncate(2). `EINTR` is retried.
///
/// # Python
/// `os.truncate(path, length)`.
///
/// # See also
/// [truncate(2)](https://man7.org/linux/man-pages/man2/truncate.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::truncate("/", 0), Err(Errno::EISDIR));
/// ```
#[inline]
pub fn truncate<P: PathLike>(path: P, len: u64) -> Result<()> {
    path.with_c_str(|path| retry(|| sys::attr::truncate(path, len)))
}

/// Has the kernel write everything it holds back to the disks, and waits.
///
/// # Python
/// `os.sync()`.
///
/// # See also
/// [sync(2)](https://man7.org/linux/man-pages/man2/sync.2.html)
///
/// # Examples
/// ```no_run
/// rawos::fs::sync();
/// ```
#[inline]
pub fn sync() {
    sys::attr::sync();
}
