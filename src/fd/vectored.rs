//! Reading into and writing from many buffers in one call.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::{AsFd, IoSlice, IoSliceMut};
use crate::{Errno, Result, errno::retry, sys};

flags! {
    /// Flags for [`preadv`] and [`pwritev`]: `os.RWF_*`. Any of them needs Linux 4.6.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd::{self, IoSliceMut, RwFlags}, fs::{self, Mode, OFlags}};
    ///
    /// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
    /// let mut magic = [0; 4];
    /// let read = fd::preadv(&file, &mut [IoSliceMut::new(&mut magic)], 0, RwFlags::NOWAIT);
    /// // What is in memory, and no waiting for more; not every file system can.
    /// assert!(matches!(read, Ok(4) | Err(Errno::EAGAIN | Errno::EOPNOTSUPP | Errno::ENOSYS)));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct RwFlags: u32 {
        /// `RWF_HIPRI`: poll the device instead of sleeping; files opened with `O_DIRECT` only.
        #[doc(alias = "RWF_HIPRI")]
        const HIPRI = uapi::RWF_HIPRI;
        /// `RWF_DSYNC`: write through as with `O_DSYNC`. Linux 4.7.
        #[doc(alias = "RWF_DSYNC")]
        const DSYNC = uapi::RWF_DSYNC;
        /// `RWF_SYNC`: write through as with `O_SYNC`. Linux 4.7.
        #[doc(alias = "RWF_SYNC")]
        const SYNC = uapi::RWF_SYNC;
        /// `RWF_NOWAIT`: `EAGAIN` rather than wait for a device or a lock. Linux 4.14.
        #[doc(alias = "RWF_NOWAIT")]
        const NOWAIT = uapi::RWF_NOWAIT;
        /// `RWF_APPEND`: write at the end whatever the offset. Linux 4.16.
        #[doc(alias = "RWF_APPEND")]
        const APPEND = uapi::RWF_APPEND;
    }
}

/// Reads from `fd` at the current position into `bufs`, one after the other,
/// and returns the number of bytes.
///
/// One system call: fewer bytes than there is room for are no error, none at
/// all is the end of the file.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): more than 1024 buffers (`IOV_MAX`); they are never cut to fit.
/// - The rest: those of [`read`](super::read()). `EINTR` is retried.
///
/// # Python
/// `os.readv(fd, buffers)`.
///
/// # See also
/// [readv(2)](https://man7.org/linux/man-pages/man2/readv.2.html)
///
/// # Examples
/// ```
/// use rawos::fd::{self, IoSliceMut};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"headbody")?;
/// let (mut head, mut body) = ([0; 4], [0; 8]);
/// let mut bufs = [IoSliceMut::new(&mut head), IoSliceMut::new(&mut body)];
/// assert_eq!(fd::readv(&reader, &mut bufs), Ok(8));
/// assert_eq!((&head, &body[..4]), (b"head", &b"body"[..]));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn readv<Fd: AsFd>(fd: Fd, bufs: &mut [IoSliceMut<'_>]) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::fd::readv(fd, bufs))
}

/// Writes `bufs`, one after the other, to `fd` at the current position and
/// returns how many of their bytes were taken.
///
/// One system call: fewer bytes than given are no error.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): more than 1024 buffers (`IOV_MAX`); they are never cut to fit.
/// - The rest: those of [`write`](super::write()). `EINTR` is retried.
///
/// # Python
/// `os.writev(fd, buffers)`.
///
/// # See also
/// [writev(2)](https://man7.org/linux/man-pages/man2/writev.2.html)
///
/// # Examples
/// ```
/// use rawos::fd::{self, IoSlice};
///
/// let (_reader, writer) = fd::pipe()?;
/// let bufs = [&b"head"[..], b"body"].map(IoSlice::new);
/// assert_eq!(fd::writev(&writer, &bufs), Ok(8));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn writev<Fd: AsFd>(fd: Fd, bufs: &[IoSlice<'_>]) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::fd::writev(fd, bufs))
}

/// Reads from `fd` into `bufs`, `offset` bytes after the start; the current
/// position stays.
///
/// Without flags this is preadv(2), which every kernel has, and preadv2(2)
/// otherwise. As [`readv`] for the rest.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `offset` is past `i64::MAX`; more than 1024 buffers.
/// - [`ESPIPE`](Errno::ESPIPE): `fd` has no positions (a pipe, a socket).
/// - [`EAGAIN`](Errno::EAGAIN): with [`RwFlags::NOWAIT`], the data is not in memory.
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): the kernel or the file system lacks a flag.
/// - [`ENOSYS`](Errno::ENOSYS): the kernel lacks preadv2(2).
/// - The rest: those of [`readv`].
///
/// # Python
/// `os.preadv(fd, buffers, offset, flags=0)`. There an offset of -1 together
/// with flags is the current position; here no offset is.
///
/// # See also
/// [preadv2(2)](https://man7.org/linux/man-pages/man2/preadv2.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, IoSliceMut, RwFlags}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// let mut magic = [0; 3];
/// let mut bufs = [IoSliceMut::new(&mut magic)];
/// assert_eq!(fd::preadv(&file, &mut bufs, 1, RwFlags::empty()), Ok(3));
/// assert_eq!(&magic, b"ELF");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "preadv2")]
#[inline]
pub fn preadv<Fd: AsFd>(
    fd: Fd,
    bufs: &mut [IoSliceMut<'_>],
    offset: u64,
    flags: RwFlags,
) -> Result<usize> {
    let fd = fd.as_fd();
    if flags.is_empty() {
        return retry(|| sys::fd::preadv(fd, bufs, offset));
    }
    check(offset)?;
    retry(|| sys::fd::preadv2(fd, bufs, offset, flags))
}

/// Writes `bufs` to `fd`, `offset` bytes after the start; the current position
/// stays.
///
/// On a descriptor opened with `O_APPEND` Linux ignores `offset` and appends.
/// Without flags this is pwritev(2), which every kernel has, and pwritev2(2)
/// otherwise. As [`writev`] for the rest.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `offset` is past `i64::MAX`; more than 1024 buffers.
/// - [`ESPIPE`](Errno::ESPIPE): `fd` has no positions (a pipe, a socket).
/// - [`EAGAIN`](Errno::EAGAIN): with [`RwFlags::NOWAIT`], the call would have to wait.
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): the kernel or the file system lacks a flag.
/// - [`ENOSYS`](Errno::ENOSYS): the kernel lacks pwritev2(2).
/// - The rest: those of [`writev`].
///
/// # Python
/// `os.pwritev(fd, buffers, offset, flags=0)`. There an offset of -1 together
/// with flags is the current position; here no offset is.
///
/// # See also
/// [pwritev2(2)](https://man7.org/linux/man-pages/man2/pwritev2.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::{self, IoSlice, RwFlags}};
///
/// let (_reader, writer) = fd::pipe()?;
/// let bufs = [IoSlice::new(b"x")];
/// assert_eq!(fd::pwritev(&writer, &bufs, 0, RwFlags::empty()), Err(Errno::ESPIPE));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pwritev2")]
#[inline]
pub fn pwritev<Fd: AsFd>(
    fd: Fd,
    bufs: &[IoSlice<'_>],
    offset: u64,
    flags: RwFlags,
) -> Result<usize> {
    let fd = fd.as_fd();
    if flags.is_empty() {
        return retry(|| sys::fd::pwritev(fd, bufs, offset));
    }
    check(offset)?;
    retry(|| sys::fd::pwritev2(fd, bufs, offset, flags))
}

/// The calls with flags take -1 for the current position, which is no offset.
#[inline]
fn check(offset: u64) -> Result<()> {
    if offset > i64::MAX as u64 { Err(Errno::EINVAL) } else { Ok(()) }
}
