//! Whether a file may be read, written, executed: access and faccessat.
//!
//! The old faccessat(2) does all that needs no flag; faccessat2(2) is called
//! for the rest only, since sandboxes answer newer calls in strange ways.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AtFlags;
use crate::{
    Errno, Result,
    fd::{AsFd, BorrowedFd, CWD},
    path::PathLike,
    sys,
};

flags! {
    /// What to ask [`access`] for; empty (`F_OK`) asks whether the file exists.
    ///
    /// # Python
    /// `os.F_OK`, `os.R_OK`, `os.W_OK`, `os.X_OK`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{AccessMode, access};
    ///
    /// assert!(access("/", AccessMode::R_OK | AccessMode::X_OK));
    /// assert_eq!(AccessMode::F_OK, AccessMode::empty());
    /// ```
    pub struct AccessMode: u32 {
        /// `F_OK`, zero: the file exists.
        const F_OK = 0;
        /// `R_OK`: it may be read.
        const R_OK = uapi::R_OK;
        /// `W_OK`: it may be written.
        const W_OK = uapi::W_OK;
        /// `X_OK`: it may be executed; a directory, searched.
        const X_OK = uapi::X_OK;
    }
}

/// For [`faccessat`].
impl AtFlags {
    /// `AT_EACCESS`: ask for the effective user and group, not the real ones.
    /// The kernel gives this bit its meaning by the call it is passed to;
    /// elsewhere it is [`REMOVEDIR`](Self::REMOVEDIR).
    #[doc(alias = "AT_EACCESS")]
    pub const EACCESS: Self = Self::from_bits_retain(uapi::AT_EACCESS);
}

/// Whether the process's real user may use the file at `path` as `mode` says.
///
/// `false` for any error; [`faccessat`] tells which. The answer is out of date
/// as soon as it is given: to open a file, open it.
///
/// # Python
/// `os.access(path, mode)`; with `dir_fd=`, `effective_ids=` or
/// `follow_symlinks=False`, see [`faccessat`]. Python raises `ValueError` for a
/// NUL byte, where this returns `false`.
///
/// # See also
/// [access(2)](https://man7.org/linux/man-pages/man2/access.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, AccessMode};
///
/// assert!(fs::access("/dev/null", AccessMode::R_OK | AccessMode::W_OK));
/// assert!(!fs::access("/no/such/file", AccessMode::F_OK));
/// ```
#[inline]
pub fn access<P: PathLike>(path: P, mode: AccessMode) -> bool {
    faccessat(CWD, path, mode, AtFlags::empty()).is_ok()
}

/// Succeeds if the file at `path`, which starts from `dir_fd` if it is
/// relative, may be used as `mode` says.
///
/// `flags`: [`AtFlags::EACCESS`] asks for the effective user and group,
/// [`AtFlags::SYMLINK_NOFOLLOW`] about a symlink itself,
/// [`AtFlags::EMPTY_PATH`] about `dir_fd` itself if `path` is empty.
///
/// A flag needs faccessat2(2), Linux 5.8. Where that is missing or a sandbox
/// forbids it, `EACCESS` still works while effective and real ids are the
/// same, and `SYMLINK_NOFOLLOW` grants everything on a symlink, as Linux does;
/// what remains fails with the kernel's `ENOSYS` or `EPERM`.
///
/// # Errors
/// - [`EACCES`](Errno::EACCES): a permission in `mode` is missing, or the
///   search of a directory before.
/// - [`EROFS`](Errno::EROFS): `W_OK` on a file system mounted read-only.
/// - [`ENOENT`](Errno::ENOENT), [`ENOTDIR`](Errno::ENOTDIR),
///   [`ELOOP`](Errno::ELOOP): there is no such file.
/// - [`EINVAL`](Errno::EINVAL): another mode or flag, or `path` holds a NUL byte.
/// - [`ENOSYS`](Errno::ENOSYS): see above.
/// - The rest: access(2).
///
/// # Python
/// `os.access(path, mode, dir_fd=dir_fd, effective_ids=…, follow_symlinks=…)`.
///
/// # See also
/// [faccessat2(2)](https://man7.org/linux/man-pages/man2/access.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AccessMode, AtFlags}};
///
/// let missing = fs::faccessat(CWD, "/no/such/file", AccessMode::F_OK, AtFlags::empty());
/// assert_eq!(missing, Err(Errno::ENOENT));
/// assert_eq!(fs::faccessat(CWD, "/", AccessMode::X_OK, AtFlags::EACCESS), Ok(()));
/// ```
#[doc(alias = "faccessat2")]
#[doc(alias = "eaccess")]
#[doc(alias = "euidaccess")]
#[inline]
pub fn faccessat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    mode: AccessMode,
    flags: AtFlags,
) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| {
        if flags.is_empty() {
            return sys::attr::faccessat(dir_fd, path, mode);
        }
        match sys::attr::faccessat2(dir_fd, path, mode, flags) {
            Err(errno @ (Errno::ENOSYS | Errno::EPERM)) => {
                without_flags(dir_fd, path, mode, flags).unwrap_or(Err(errno))
            }
            result => result,
        }
    })
}

/// What faccessat2(2) would say, or `None` if that cannot be known without it.
#[cold]
fn without_flags(
    dir_fd: BorrowedFd<'_>,
    path: &core::ffi::CStr,
    mode: AccessMode,
    flags: AtFlags,
) -> Option<Result<()>> {
    let all = AccessMode::R_OK | AccessMode::W_OK | AccessMode::X_OK;
    let known = AtFlags::EACCESS | AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH;
    // The bits, because every set of flags "contains" unknown ones.
    if mode.bits() & !all.bits() != 0 || flags.bits() & !known.bits() != 0 {
        return Some(Err(Errno::EINVAL));
    }
    if flags.intersects(AtFlags::EMPTY_PATH) && path.is_empty() {
        return None;
    }
    if flags.intersects(AtFlags::SYMLINK_NOFOLLOW) {
        match super::fstatat(dir_fd, path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if stat.file_type().is_symlink() => return Some(Ok(())),
            Ok(_) => {}
            Err(errno) => return Some(Err(errno)),
        }
    }
    let same = !flags.intersects(AtFlags::EACCESS) || sys::attr::ids_are_real();
    same.then(|| sys::attr::faccessat(dir_fd, path, mode))
}
