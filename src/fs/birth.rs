//! When a file was made: the one thing of stat that needs statx(2).
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AtFlags;
use crate::{
    Errno, Result,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
    time::Timespec,
};

/// When the file at `path`, following symlinks, was made.
///
/// `None` where the file system does not know (`/proc` and others), and where
/// there is no statx(2): before Linux 4.11, or in a sandbox that answers
/// `EPERM`. [`Timespec::as_ns`] has it in nanoseconds.
///
/// # Errors
/// Those of [`stat`](super::stat()).
///
/// # Python
/// `os.stat(path).st_birthtime` and `st_birthtime_ns`, which Python has on
/// other systems only; on Linux `os.statx(path).stx_btime` (3.15).
///
/// # See also
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::birthtime("/no/such/file"), Err(Errno::ENOENT));
/// if let Some(time) = fs::birthtime("/")? {
///     assert!(time.as_ns() <= fs::stat("/")?.st_ctime_ns());
/// }
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "st_birthtime")]
#[doc(alias = "st_birthtime_ns")]
#[doc(alias = "stx_btime")]
#[doc(alias = "statx")]
#[inline]
pub fn birthtime<P: PathLike>(path: P) -> Result<Option<Timespec>> {
    birthtimeat(CWD, path, AtFlags::empty())
}

/// When the file at `path`, which starts from `dir_fd` if it is relative, was
/// made.
///
/// `flags`: [`AtFlags::SYMLINK_NOFOLLOW`], [`AtFlags::EMPTY_PATH`],
/// [`AtFlags::NO_AUTOMOUNT`]. As [`birthtime`] otherwise.
///
/// # Errors
/// Those of [`fstatat`](super::fstatat).
///
/// # Python
/// `os.statx(path, mask, dir_fd=dir_fd, follow_symlinks=…).stx_btime`.
///
/// # See also
/// [statx(2)](https://man7.org/linux/man-pages/man2/statx.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, AtFlags, Mode, OFlags};
///
/// let root = fs::open("/", OFlags::PATH, Mode::empty())?;
/// let time = fs::birthtimeat(&root, "", AtFlags::EMPTY_PATH)?;
/// assert_eq!(time, fs::birthtime("/")?);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn birthtimeat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    flags: AtFlags,
) -> Result<Option<Timespec>> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| match sys::attr::statx(dir_fd, path, flags, uapi::STATX_BTIME) {
        Ok(statx) if statx.stx_mask & uapi::STATX_BTIME != 0 => {
            let time = statx.stx_btime;
            Ok(Some(Timespec { tv_sec: time.tv_sec, tv_nsec: time.tv_nsec.into() }))
        }
        Ok(_) => Ok(None),
        // So that a missing file is an error on every kernel.
        Err(Errno::ENOSYS | Errno::EPERM) => super::fstatat(dir_fd, path, flags).map(|_| None),
        Err(errno) => Err(errno),
    })
}
