//! The file behind a descriptor as a whole: its length, its way to the disk,
//! its place there.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AsFd;
use crate::{Result, errno::retry, sys};

/// Waits until the file of `fd` and its attributes are on the disk.
///
/// The name of a new file is the directory's: sync that one too.
///
/// # Errors
/// - [`EIO`](crate::Errno::EIO), [`ENOSPC`](crate::Errno::ENOSPC),
///   [`EDQUOT`](crate::Errno::EDQUOT): something written before is lost. The error is reported
///   once; a second call that succeeds proves nothing.
/// - [`EINVAL`](crate::Errno::EINVAL): nothing that could be on a disk (a pipe, a socket).
/// - The rest: fsync(2). `EINTR` is retried.
///
/// # Python
/// `os.fsync(fd)`.
///
/// # See also
/// [fsync(2)](https://man7.org/linux/man-pages/man2/fsync.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(fd::fsync(&writer), Err(Errno::EINVAL));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fsync<Fd: AsFd>(fd: Fd) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::fd::fsync(fd))
}

/// Waits until the contents of the file of `fd` are on the disk, with those
/// attributes that reading them again takes: its length, not its times.
///
/// # Errors
/// Those of [`fsync`].
///
/// # Python
/// `os.fdatasync(fd)`.
///
/// # See also
/// [fdatasync(2)](https://man7.org/linux/man-pages/man2/fdatasync.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(fd::fdatasync(&writer), Err(Errno::EINVAL));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fdatasync<Fd: AsFd>(fd: Fd) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::fd::fdatasync(fd))
}

/// Makes the file of `fd` `length` bytes long: cuts it, or appends zeros that
/// take no room. The position stays.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `fd` is no regular file or not open for writing;
///   `length` is past `i64::MAX`.
/// - [`EFBIG`](crate::Errno::EFBIG): the file system, or the limit `RLIMIT_FSIZE` along with the
///   signal `SIGXFSZ`, allows no such length.
/// - [`EPERM`](crate::Errno::EPERM): the file is sealed or append-only.
/// - The rest: ftruncate(2). `EINTR` is retried.
///
/// # Python
/// `os.ftruncate(fd, length)`; also `os.truncate(fd, length)`.
///
/// # See also
/// [ftruncate(2)](https://man7.org/linux/man-pages/man2/ftruncate.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR)?;
/// assert_eq!(fd::ftruncate(&file, 10), Ok(()));
/// assert_eq!(fs::fstat(&file)?.st_size(), 10);
/// assert_eq!(fd::ftruncate(&file, u64::MAX), Err(Errno::EINVAL));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "ftruncate64")]
#[inline]
pub fn ftruncate<Fd: AsFd>(fd: Fd, length: u64) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::fd::ftruncate(fd, length))
}

/// Reserves room on the disk for `len` bytes from `offset` on, so that writing
/// there cannot fail for lack of it; the file grows if that is past its end.
///
/// This is fallocate(2): where the file system cannot reserve, it says so.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open for writing.
/// - [`EFBIG`](crate::Errno::EFBIG): `offset + len` is more than a file may have.
/// - [`EINVAL`](crate::Errno::EINVAL): `len` is 0; either is past `i64::MAX`.
/// - [`ENOSPC`](crate::Errno::ENOSPC): there is no such room.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): the file system cannot reserve. glibc, and with it
///   Python, writes a byte into each block instead, which is slow and races with other writers.
/// - [`ESPIPE`](crate::Errno::ESPIPE), [`ENODEV`](crate::Errno::ENODEV): a pipe; another thing
///   that is no file.
/// - The rest: fallocate(2). `EINTR` is retried.
///
/// # Python
/// `os.posix_fallocate(fd, offset, len)`.
///
/// # See also
/// [posix_fallocate(3)](https://man7.org/linux/man-pages/man3/posix_fallocate.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(fd::posix_fallocate(&writer, 0, 1), Err(Errno::ESPIPE));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fallocate")]
#[inline]
pub fn posix_fallocate<Fd: AsFd>(fd: Fd, offset: u64, len: u64) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::fd::fallocate(fd, offset, len))
}

/// How a program is going to read: the advice of [`posix_fadvise`].
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::{self, Advice}};
///
/// let (reader, _writer) = fd::pipe()?;
/// let advised = fd::posix_fadvise(&reader, 0, 0, Advice::WillNeed);
/// assert_eq!(advised, Err(Errno::ESPIPE)); // a pipe has no places
/// # Ok::<(), Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u32)]
pub enum Advice {
    /// No advice; what holds without any.
    #[doc(alias = "POSIX_FADV_NORMAL")]
    Normal = uapi::POSIX_FADV_NORMAL,
    /// From the start on: read further ahead.
    #[doc(alias = "POSIX_FADV_SEQUENTIAL")]
    Sequential = uapi::POSIX_FADV_SEQUENTIAL,
    /// Here and there: do not read ahead.
    #[doc(alias = "POSIX_FADV_RANDOM")]
    Random = uapi::POSIX_FADV_RANDOM,
    /// Once only.
    #[doc(alias = "POSIX_FADV_NOREUSE")]
    NoReuse = uapi::POSIX_FADV_NOREUSE,
    /// Soon: begin to read it.
    #[doc(alias = "POSIX_FADV_WILLNEED")]
    WillNeed = uapi::POSIX_FADV_WILLNEED,
    /// Not any more: drop it from the cache.
    #[doc(alias = "POSIX_FADV_DONTNEED")]
    DontNeed = uapi::POSIX_FADV_DONTNEED,
}

/// Tells the kernel how the `len` bytes from `offset` on are going to be read;
/// a `len` of 0 means up to the end of the file.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `len` is past `i64::MAX`.
/// - [`ESPIPE`](crate::Errno::ESPIPE): `fd` is a pipe.
/// - The rest: posix_fadvise(2). `EINTR` is retried.
///
/// # Python
/// `os.posix_fadvise(fd, offset, len, advice)`.
///
/// # See also
/// [posix_fadvise(2)](https://man7.org/linux/man-pages/man2/posix_fadvise.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, Advice}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// assert_eq!(fd::posix_fadvise(&file, 0, 0, Advice::Sequential), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fadvise64")]
#[inline]
pub fn posix_fadvise<Fd: AsFd>(fd: Fd, offset: u64, len: u64, advice: Advice) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::fd::fadvise64(fd, offset, len, advice as u32))
}
