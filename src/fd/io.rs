//! Reading, writing and the position between them.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::{AsFd, Buffer};
use crate::{Errno, Result, errno::retry, sys};

/// Reads from `fd` into `buf` at the current position.
///
/// One system call: fewer bytes than asked for are no error, none at all is
/// the end of the file. The kernel moves at most 2,147,479,552 bytes at once.
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the
/// number of bytes.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): `fd` does not block and has nothing to read.
/// - [`EBADF`](Errno::EBADF): `fd` is not open for reading.
/// - [`EISDIR`](Errno::EISDIR): `fd` is a directory.
/// - The rest: read(2). `EINTR` is retried.
///
/// # Python
/// `os.read(fd, n)`; with a buffer, as here, `os.readinto(fd, buffer)`, which is
/// also here as [`readinto`].
///
/// # See also
/// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"hello")?;
/// let mut buf = [0; 8];
/// assert_eq!(fd::read(&reader, &mut buf), Ok(5));
/// assert_eq!(&buf[..5], b"hello");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn read<Fd: AsFd, B: Buffer>(fd: Fd, buf: B) -> Result<B::Output> {
    let fd = fd.as_fd();
    sys::fill(buf, |room| sys::fd::read(fd, room))
}

/// Reads from `fd` into `buf`: [`read`] under its other name.
///
/// # Errors
/// Those of [`read`].
///
/// # Python
/// `os.readinto(fd, buffer)`.
///
/// # See also
/// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"hello")?;
/// assert_eq!(fd::readinto(&reader, &mut [0; 8]), Ok(5));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn readinto<Fd: AsFd, B: Buffer>(fd: Fd, buf: B) -> Result<B::Output> {
    read(fd, buf)
}

/// Reads from `fd` to its end, appending to `vec`, and returns the number of
/// bytes appended.
///
/// # Errors
/// - [`ENOMEM`](Errno::ENOMEM): `vec` cannot grow.
/// - The rest: those of [`read`].
///
/// What was read before an error is in `vec`.
///
/// # Python
/// None; what `io.FileIO.readall()` does.
///
/// # See also
/// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/stat", OFlags::RDONLY, Mode::empty())?;
/// let mut stat = Vec::new();
/// assert_eq!(fd::read_to_end(&file, &mut stat), Ok(stat.len()));
/// assert!(stat.ends_with(b"\n"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[doc(alias = "readall")]
#[inline]
pub fn read_to_end<Fd: AsFd>(fd: Fd, vec: &mut alloc::vec::Vec<u8>) -> Result<usize> {
    let fd = fd.as_fd();
    let before = vec.len();
    loop {
        if vec.len() == vec.capacity() {
            // At least this much, and at least twice what there is.
            vec.try_reserve(8192).map_err(|_| Errno::ENOMEM)?;
        }
        if read(fd, sys::spare_capacity(vec))? == 0 {
            return Ok(vec.len() - before);
        }
    }
}

/// Fills `buf`, or as much of it as the file has. A file of `/proc` or `/sys`
/// comes in one piece from the kernel, but maybe not from a program that stands
/// in for it (FUSE).
#[inline]
pub(crate) fn read_up_to<Fd: AsFd>(fd: Fd, buf: &mut [u8]) -> Result<&[u8]> {
    let fd = fd.as_fd();
    let mut len = 0;
    loop {
        match read(fd, buf.get_mut(len..).unwrap_or_default())? {
            0 => return Ok(buf.get(..len).unwrap_or_default()),
            count => len += count,
        }
    }
}

/// Reads from `fd` into `buf`, `offset` bytes after the start; the current
/// position stays.
///
/// As [`read`] otherwise.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `offset` is past `i64::MAX`.
/// - [`ESPIPE`](Errno::ESPIPE): `fd` has no positions (a pipe, a socket).
/// - The rest: those of [`read`].
///
/// # Python
/// `os.pread(fd, n, offset)`.
///
/// # See also
/// [pread(2)](https://man7.org/linux/man-pages/man2/pread.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// let mut magic = [0; 3];
/// assert_eq!(rawos::fd::pread(&file, &mut magic, 1), Ok(3));
/// assert_eq!(&magic, b"ELF");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pread64")]
#[inline]
pub fn pread<Fd: AsFd, B: Buffer>(fd: Fd, buf: B, offset: u64) -> Result<B::Output> {
    let fd = fd.as_fd();
    sys::fill(buf, |room| sys::fd::pread(fd, room, offset))
}

/// Writes `buf` to `fd` at the current position and returns how many of its
/// bytes were taken.
///
/// One system call: fewer bytes than given are no error. [`write_all`] goes on.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): `fd` does not block and is full.
/// - [`EBADF`](Errno::EBADF): `fd` is not open for writing.
/// - [`EPIPE`](Errno::EPIPE): nobody reads the pipe or socket; the signal
///   `SIGPIPE` comes first and, unless ignored, ends the process.
/// - [`ENOSPC`](Errno::ENOSPC), [`EDQUOT`](Errno::EDQUOT): no room.
/// - The rest: write(2). `EINTR` is retried.
///
/// # Python
/// `os.write(fd, data)`. Python ignores `SIGPIPE` from its start; a program
/// without it is ended by the signal.
///
/// # See also
/// [write(2)](https://man7.org/linux/man-pages/man2/write.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(fd::write(&writer, b"hello"), Ok(5));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn write<Fd: AsFd>(fd: Fd, buf: &[u8]) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::fd::write(fd, buf))
}

/// Writes the whole of `buf` to `fd`, in as many calls as it takes.
///
/// # Errors
/// Those of [`write()`]; some of `buf` may have been written before. On a
/// descriptor that does not block, [`EAGAIN`](Errno::EAGAIN) is one of them.
/// [`EIO`](Errno::EIO) if the kernel takes nothing and reports no error.
///
/// # Python
/// None; what `io.FileIO` is wrapped in `io.BufferedWriter` for.
///
/// # See also
/// [write(2)](https://man7.org/linux/man-pages/man2/write.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// assert_eq!(fd::write_all(fd::stdout(), b"hello\n"), Ok(()));
/// ```
#[inline]
pub fn write_all<Fd: AsFd>(fd: Fd, mut buf: &[u8]) -> Result<()> {
    let fd = fd.as_fd();
    while !buf.is_empty() {
        let count = write(fd, buf)?;
        buf = match buf.get(count..) {
            Some(rest) if count > 0 => rest,
            _ => return Err(Errno::EIO),
        };
    }
    Ok(())
}

/// Writes `buf` to `fd`, `offset` bytes after the start; the current position
/// stays.
///
/// On a descriptor opened with `O_APPEND` Linux ignores `offset` and appends.
/// As [`write()`] otherwise.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `offset` is past `i64::MAX`.
/// - [`ESPIPE`](Errno::ESPIPE): `fd` has no positions (a pipe, a socket).
/// - The rest: those of [`write()`].
///
/// # Python
/// `os.pwrite(fd, data, offset)`.
///
/// # See also
/// [pwrite(2)](https://man7.org/linux/man-pages/man2/pwrite.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(fd::pwrite(&writer, b"x", 0), Err(Errno::ESPIPE));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pwrite64")]
#[inline]
pub fn pwrite<Fd: AsFd>(fd: Fd, buf: &[u8], offset: u64) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::fd::pwrite(fd, buf, offset))
}

/// Where [`lseek`] goes, in bytes.
///
/// # Examples
/// ```
/// use rawos::{fd::{self, SeekFrom}, fs::{self, MemfdFlags}};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// fd::write_all(&file, b"0123456789")?;
/// assert_eq!(fd::lseek(&file, SeekFrom::End(-3)), Ok(7));
/// assert_eq!(fd::lseek(&file, SeekFrom::Current(-2)), Ok(5));
/// assert_eq!(fd::lseek(&file, SeekFrom::Start(1)), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeekFrom {
    /// To this many bytes after the start; at most `i64::MAX`.
    #[doc(alias = "SEEK_SET")]
    Start(u64),
    /// By this many bytes from the current position.
    #[doc(alias = "SEEK_CUR")]
    Current(i64),
    /// To this many bytes after (or, if negative, before) the end.
    #[doc(alias = "SEEK_END")]
    End(i64),
    /// To the first data at or after this many bytes from the start.
    #[doc(alias = "SEEK_DATA")]
    Data(u64),
    /// To the first hole at or after this many bytes from the start; the end
    /// of the file is one.
    #[doc(alias = "SEEK_HOLE")]
    Hole(u64),
}

/// Moves the position of `fd` and returns the new one, in bytes from the start.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): the position would be negative or past `i64::MAX`.
/// - [`ENXIO`](Errno::ENXIO): [`SeekFrom::Data`] or [`SeekFrom::Hole`] from past the end.
/// - [`ESPIPE`](Errno::ESPIPE): `fd` has no positions (a pipe, a socket).
/// - The rest: lseek(2).
///
/// # Python
/// `os.lseek(fd, pos, whence)`; the pair (`whence`, `pos`) is one [`SeekFrom`].
///
/// # See also
/// [lseek(2)](https://man7.org/linux/man-pages/man2/lseek.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, SeekFrom}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
/// assert_eq!(fd::lseek(&file, SeekFrom::Start(64)), Ok(64));
/// assert_eq!(fd::lseek(&file, SeekFrom::Current(-4)), Ok(60));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn lseek<Fd: AsFd>(fd: Fd, to: SeekFrom) -> Result<u64> {
    let (offset, whence) = match to {
        SeekFrom::Start(offset) => (offset.cast_signed(), uapi::SEEK_SET),
        SeekFrom::Current(offset) => (offset, uapi::SEEK_CUR),
        SeekFrom::End(offset) => (offset, uapi::SEEK_END),
        // The kernel says `ENXIO` to a negative offset here; past `i64::MAX`
        // is no position at all.
        SeekFrom::Data(offset) | SeekFrom::Hole(offset) if offset > i64::MAX as u64 => {
            return Err(Errno::EINVAL);
        }
        SeekFrom::Data(offset) => (offset.cast_signed(), uapi::SEEK_DATA),
        SeekFrom::Hole(offset) => (offset.cast_signed(), uapi::SEEK_HOLE),
    };
    sys::fd::lseek(fd.as_fd(), offset, whence)
}
