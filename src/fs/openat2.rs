//! Opening with conditions on the way there: openat2.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::{Mode, OFlags};
use crate::{
    Result,
    errno::retry,
    fd::{AsFd, OwnedFd},
    path::PathLike,
    sys,
};

flags! {
    /// How [`openat2`] may walk a path.
    ///
    /// # See also
    /// [open_how(2type)](https://man7.org/linux/man-pages/man2/open_how.2type.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd::CWD, fs::{self, OpenHow, ResolveFlags}};
    ///
    /// let how = OpenHow { resolve: ResolveFlags::NO_SYMLINKS, ..OpenHow::default() };
    /// let opened = fs::openat2(CWD, "/proc/self/status", how);
    /// // `/proc/self` is a symlink. Linux 5.6 has the call.
    /// assert!(matches!(opened, Err(Errno::ELOOP | Errno::ENOSYS)));
    /// ```
    pub struct ResolveFlags: u64 {
        /// `RESOLVE_NO_XDEV`: not across mount points (`EXDEV`).
        #[doc(alias = "RESOLVE_NO_XDEV")]
        const NO_XDEV = uapi::RESOLVE_NO_XDEV;
        /// `RESOLVE_NO_MAGICLINKS`: not through links such as `/proc/self/fd/0` (`ELOOP`).
        #[doc(alias = "RESOLVE_NO_MAGICLINKS")]
        const NO_MAGICLINKS = uapi::RESOLVE_NO_MAGICLINKS;
        /// `RESOLVE_NO_SYMLINKS`: not through any symlink (`ELOOP`).
        #[doc(alias = "RESOLVE_NO_SYMLINKS")]
        const NO_SYMLINKS = uapi::RESOLVE_NO_SYMLINKS;
        /// `RESOLVE_BENEATH`: not out of the directory it starts from (`EXDEV`).
        #[doc(alias = "RESOLVE_BENEATH")]
        const BENEATH = uapi::RESOLVE_BENEATH;
        /// `RESOLVE_IN_ROOT`: as if the directory it starts from were the root.
        #[doc(alias = "RESOLVE_IN_ROOT")]
        const IN_ROOT = uapi::RESOLVE_IN_ROOT;
        /// `RESOLVE_CACHED`: without waiting for a disk (`EAGAIN`). Linux 5.12.
        #[doc(alias = "RESOLVE_CACHED")]
        const CACHED = uapi::RESOLVE_CACHED;
    }
}

/// What [`openat2`] is asked for.
///
/// # Examples
/// ```
/// use rawos::fs::{OFlags, OpenHow, ResolveFlags};
///
/// let how = OpenHow { resolve: ResolveFlags::BENEATH, ..OpenHow::default() };
/// assert_eq!(how.flags, OFlags::RDONLY);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "open_how")]
pub struct OpenHow {
    /// As for [`open`](super::open), but an unknown bit is an error.
    pub flags: OFlags,
    /// Permissions of a file that the call creates; empty if it creates none.
    pub mode: Mode,
    /// How to walk the path.
    pub resolve: ResolveFlags,
}

/// Opens the file at `path`, which starts from `dir_fd` if it is relative,
/// under the conditions of `how`.
///
/// The descriptor is close-on-exec. Linux 5.6; nothing older keeps the
/// promises of `resolve`, so there is no fallback.
///
/// # Errors
/// - [`EXDEV`](crate::Errno::EXDEV), [`ELOOP`](crate::Errno::ELOOP): `resolve`
///   forbids a step of the path.
/// - [`EAGAIN`](crate::Errno::EAGAIN): something was renamed or mounted while
///   `BENEATH` or `IN_ROOT` had the kernel pass a `..`: try again, a limited
///   number of times; or `CACHED` cannot be kept.
/// - [`EINVAL`](crate::Errno::EINVAL): unknown or contradicting bits, a `mode`
///   without `CREAT`, or a NUL byte in `path`.
/// - [`ENOSYS`](crate::Errno::ENOSYS): the kernel is older, or a sandbox
///   forbids it.
/// - The rest: those of [`openat`](super::openat). `EINTR` is retried.
///
/// # Python
/// None; `os.open` has no `resolve`.
///
/// # See also
/// [openat2(2)](https://man7.org/linux/man-pages/man2/openat2.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags, OpenHow, ResolveFlags}};
///
/// let dir = fs::open("/proc", OFlags::PATH, Mode::empty())?;
/// let how = OpenHow { resolve: ResolveFlags::BENEATH, ..OpenHow::default() };
/// let outside = fs::openat2(&dir, "../etc", how);
/// assert!(matches!(outside, Err(Errno::EXDEV | Errno::ENOSYS)));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn openat2<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, how: OpenHow) -> Result<OwnedFd> {
    let dir_fd = dir_fd.as_fd();
    let how = uapi::open_how {
        flags: (how.flags | OFlags::CLOEXEC).bits().into(),
        mode: how.mode.bits().into(),
        resolve: how.resolve.bits(),
    };
    path.with_c_str(|path| retry(|| sys::node::openat2(dir_fd, path, &how)))
}
