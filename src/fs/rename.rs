//! Giving a file another name.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Result,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
};

flags! {
    /// Flags for [`renameat2`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd::CWD, fs::{self, RenameFlags}};
    ///
    /// let both = RenameFlags::NOREPLACE | RenameFlags::EXCHANGE;
    /// assert_eq!(fs::renameat2(CWD, "/a", CWD, "/b", both), Err(Errno::EINVAL));
    /// ```
    pub struct RenameFlags: u32 {
        /// `RENAME_NOREPLACE`: fail if there is something at `dst` (`EEXIST`).
        #[doc(alias = "RENAME_NOREPLACE")]
        const NOREPLACE = uapi::RENAME_NOREPLACE;
        /// `RENAME_EXCHANGE`: swap the two, whatever they are.
        #[doc(alias = "RENAME_EXCHANGE")]
        const EXCHANGE = uapi::RENAME_EXCHANGE;
        /// `RENAME_WHITEOUT`: leave a whiteout at `src`, for overlay file
        /// systems; needs `CAP_MKNOD`. Linux 3.18.
        #[doc(alias = "RENAME_WHITEOUT")]
        const WHITEOUT = uapi::RENAME_WHITEOUT;
    }
}

/// Renames `src` to `dst`, in one step for everyone who looks.
///
/// A file at `dst` is replaced, and an empty directory by a directory. If both
/// are names of the same file, nothing happens.
///
/// # Errors
/// - [`ENOENT`](crate::Errno::ENOENT): there is no `src`, or no directory for `dst`.
/// - [`EISDIR`](crate::Errno::EISDIR): `dst` is a directory and `src` is none.
/// - [`ENOTDIR`](crate::Errno::ENOTDIR): `src` is a directory and `dst` is none.
/// - [`ENOTEMPTY`](crate::Errno::ENOTEMPTY): `dst` is a directory with something in it.
/// - [`EXDEV`](crate::Errno::EXDEV): the two are on different file systems.
/// - [`EINVAL`](crate::Errno::EINVAL): `dst` is inside `src`, or a path holds a NUL byte.
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
/// Those of [`rename`], and [`EBADF`](crate::Errno::EBADF): a descriptor is not open.
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
#[inline]
pub fn renameat<Fd: AsFd, P: PathLike, DstFd: AsFd, Q: PathLike>(
    src_dir_fd: Fd,
    src: P,
    dst_dir_fd: DstFd,
    dst: Q,
) -> Result<()> {
    renameat2(src_dir_fd, src, dst_dir_fd, dst, RenameFlags::empty())
}

/// Renames `src` to `dst` as `flags` say; relative paths start from their
/// directory descriptor.
///
/// # Errors
/// - [`EEXIST`](crate::Errno::EEXIST): `NOREPLACE`, and there is something at `dst`.
/// - [`ENOENT`](crate::Errno::ENOENT): `EXCHANGE`, and there is nothing at `dst`.
/// - [`EINVAL`](crate::Errno::EINVAL): unknown or contradicting flags, or one
///   that the file system cannot do.
/// - The rest: those of [`renameat`].
///
/// # Python
/// None; `os.rename` has no flags.
///
/// # See also
/// [renameat2(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, RenameFlags}};
///
/// let renamed = fs::renameat2(CWD, "/no/file", CWD, "/tmp", RenameFlags::NOREPLACE);
/// assert_eq!(renamed, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn renameat2<Fd: AsFd, P: PathLike, DstFd: AsFd, Q: PathLike>(
    src_dir_fd: Fd,
    src: P,
    dst_dir_fd: DstFd,
    dst: Q,
    flags: RenameFlags,
) -> Result<()> {
    let (src_dir_fd, dst_dir_fd) = (src_dir_fd.as_fd(), dst_dir_fd.as_fd());
    src.with_c_str(|src| {
        dst.with_c_str(|dst| sys::fs::renameat2(src_dir_fd, src, dst_dir_fd, dst, flags.bits()))
    })
}
