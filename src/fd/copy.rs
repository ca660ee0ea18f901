//! Moving bytes from one descriptor to another inside the kernel.
//!
//! Each function is one system call and its honest result: a short count is
//! no error, and which pairs of files work is the kernel's to say.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AsFd;
use crate::{Result, errno::retry, sys};

flags! {
    /// Flags for [`splice`]: `os.SPLICE_F_*`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd::{self, SpliceFlags}};
    ///
    /// let (empty, _writer) = fd::pipe()?;
    /// let (_reader, to) = fd::pipe()?;
    /// let moved = fd::splice(&empty, &to, 1, None, None, SpliceFlags::NONBLOCK);
    /// assert_eq!(moved, Err(Errno::EAGAIN));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct SpliceFlags: u32 {
        /// `SPLICE_F_MOVE`: move pages instead of copying them, where possible.
        #[doc(alias = "SPLICE_F_MOVE")]
        const MOVE = uapi::SPLICE_F_MOVE;
        /// `SPLICE_F_NONBLOCK`: do not wait for the pipe. The other file may still block.
        #[doc(alias = "SPLICE_F_NONBLOCK")]
        const NONBLOCK = uapi::SPLICE_F_NONBLOCK;
        /// `SPLICE_F_MORE`: more follows; a hint for sockets.
        #[doc(alias = "SPLICE_F_MORE")]
        const MORE = uapi::SPLICE_F_MORE;
    }
}

/// Copies up to `count` bytes from `in_fd` to `out_fd` and returns how many;
/// 0 at the end of the file.
///
/// With an `offset`, in bytes from the start, the position of `in_fd` neither
/// matters nor moves; with `None` both happen. Less than `count` may be
/// copied, and never more than 2,147,479,552 bytes at once.
///
/// # Errors
/// - [`EAGAIN`](crate::Errno::EAGAIN): `out_fd` does not block and is full.
/// - [`EINVAL`](crate::Errno::EINVAL): `in_fd` is of no kind that can be sent; `out_fd` was
///   opened with `O_APPEND`; `offset` is past `i64::MAX`.
/// - [`ESPIPE`](crate::Errno::ESPIPE): an `offset` in what has no positions.
/// - The rest: sendfile(2). `EINTR` is retried.
///
/// # Python
/// `os.sendfile(out_fd, in_fd, offset, count)`.
///
/// # See also
/// [sendfile(2)](https://man7.org/linux/man-pages/man2/sendfile.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// let (reader, writer) = fd::pipe()?;
/// assert_eq!(fd::sendfile(&writer, &file, Some(1), 3), Ok(3));
/// let mut magic = [0; 8];
/// assert_eq!(fd::read(&reader, &mut magic), Ok(3));
/// assert_eq!(&magic[..3], b"ELF");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "sendfile64")]
#[inline]
pub fn sendfile<Out: AsFd, In: AsFd>(
    out_fd: Out,
    in_fd: In,
    offset: Option<u64>,
    count: usize,
) -> Result<usize> {
    let (out_fd, in_fd) = (out_fd.as_fd(), in_fd.as_fd());
    retry(|| sys::fd::sendfile(out_fd, in_fd, offset, count))
}

/// Moves up to `count` bytes from `src` to `dst`, at least one of which is a
/// pipe, and returns how many; 0 if nothing comes any more.
///
/// With an offset, in bytes from the start, the position of that file neither
/// matters nor moves; a pipe takes none.
///
/// # Errors
/// - [`EAGAIN`](crate::Errno::EAGAIN): [`SpliceFlags::NONBLOCK`], or a descriptor that does not
///   block, and the pipe is empty or full.
/// - [`EINVAL`](crate::Errno::EINVAL): neither is a pipe; both are the same; a file that cannot
///   be spliced, or was opened with `O_APPEND`; an unknown flag; an offset past `i64::MAX`.
/// - [`ESPIPE`](crate::Errno::ESPIPE): an offset for the pipe.
/// - The rest: splice(2). `EINTR` is retried.
///
/// # Python
/// `os.splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)`.
///
/// # See also
/// [splice(2)](https://man7.org/linux/man-pages/man2/splice.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, SpliceFlags}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// let (reader, writer) = fd::pipe()?;
/// assert_eq!(fd::splice(&file, &writer, 3, Some(1), None, SpliceFlags::empty()), Ok(3));
/// let mut magic = [0; 8];
/// assert_eq!(fd::read(&reader, &mut magic), Ok(3));
/// assert_eq!(&magic[..3], b"ELF");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn splice<Src: AsFd, Dst: AsFd>(
    src: Src,
    dst: Dst,
    count: usize,
    offset_src: Option<u64>,
    offset_dst: Option<u64>,
    flags: SpliceFlags,
) -> Result<usize> {
    let (src, dst) = (src.as_fd(), dst.as_fd());
    retry(|| sys::fd::splice(src, offset_src, dst, offset_dst, count, flags))
}

/// Copies up to `count` bytes between two files, where the file system can
/// without moving them, and returns how many; 0 at the end of `src`.
///
/// With an offset, in bytes from the start, the position of that file neither
/// matters nor moves. A file of procfs or sysfs looks empty to some kernels:
/// 0 there is not the end. Needs Linux 4.5; before 5.3 both files must be on
/// one file system.
///
/// # Errors
/// - [`EXDEV`](crate::Errno::EXDEV), [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP),
///   [`ENOSYS`](crate::Errno::ENOSYS): not between these two, or not at all; copy by hand.
/// - [`EBADF`](crate::Errno::EBADF): `src` is not open for reading or `dst` for writing;
///   `dst` was opened with `O_APPEND`.
/// - [`EINVAL`](crate::Errno::EINVAL): not regular files; an overlap in one file; an offset past
///   `i64::MAX`.
/// - The rest: copy_file_range(2). `EINTR` is retried.
///
/// # Python
/// `os.copy_file_range(src, dst, count, offset_src=None, offset_dst=None)`.
///
/// # See also
/// [copy_file_range(2)](https://man7.org/linux/man-pages/man2/copy_file_range.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (reader, writer) = fd::pipe()?;
/// // Pipes are not files; emulators and old kernels may know neither.
/// let refused = fd::copy_file_range(&reader, &writer, 1, None, None);
/// assert!(matches!(refused, Err(Errno::EINVAL | Errno::ENOSYS)));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn copy_file_range<Src: AsFd, Dst: AsFd>(
    src: Src,
    dst: Dst,
    count: usize,
    offset_src: Option<u64>,
    offset_dst: Option<u64>,
) -> Result<usize> {
    let (src, dst) = (src.as_fd(), dst.as_fd());
    retry(|| sys::fd::copy_file_range(src, offset_src, dst, offset_dst, count))
}
