//! Writing through a buffer, without heap and without losing errors.
#![forbid(unsafe_code)]

use core::fmt;

use super::{AsFd, BorrowedFd, OwnedFd, SeekFrom, close, lseek, write};
use crate::{Errno, Result};

/// Writes to `fd` through a buffer of 8 KiB.
///
/// # Python
/// `os.fdopen(fd, "wb")`. For `"rb"` there is [`fdopen`](super::fdopen()).
///
/// # See also
/// [fdopen(3)](https://man7.org/linux/man-pages/man3/fdopen.3.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let mut writer = fd::fdopen_writer(writer);
/// write!(writer, "{} ", 1)?;
/// write!(writer, "{}", 2)?;
/// assert_eq!(writer.close(), Ok(()));
/// let mut buf = [0; 8];
/// assert_eq!(fd::read(&reader, &mut buf), Ok(3));
/// assert_eq!(&buf[..3], b"1 2");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fdopen")]
#[inline]
#[must_use]
pub fn fdopen_writer<Fd: AsFd>(fd: Fd) -> FdWriter<Fd> {
    FdWriter::new(fd)
}

/// A descriptor that is written through a buffer of `N` bytes, part of the
/// value.
///
/// An error leaves in the buffer what the descriptor did not take: a later
/// [`flush`](Self::flush) goes on there. [`close`](Self::close) and
/// [`into_inner`](Self::into_inner) report the last error; a drop flushes too,
/// but swallows it. With the feature `std` this implements `Write` and `Seek`
/// of `std::io`, with `embedded-io` those of that crate; `write!` works
/// without either.
///
/// # Python
/// `io.BufferedWriter`.
///
/// # Examples
/// ```
/// use rawos::fd::{self, FdWriter};
///
/// let (reader, writer) = fd::pipe()?;
/// let mut writer = FdWriter::<_, 64>::sized(writer);
/// writer.write_all(b"abc")?;
/// assert_eq!(writer.buffer(), b"abc");
/// writer.flush()?;
/// assert_eq!(fd::read(&reader, &mut [0; 8]), Ok(3));
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct FdWriter<Fd: AsFd = OwnedFd, const N: usize = 8192> {
    /// `None` only while `into_inner` hands it out.
    fd: Option<Fd>,
    buf: [u8; N],
    /// `buf[at..end]` is not yet written.
    at: usize,
    end: usize,
}

impl<Fd: AsFd> FdWriter<Fd> {
    /// Writes to `fd` through a buffer of 8 KiB.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::{self, FdWriter};
    ///
    /// assert_eq!(FdWriter::new(fd::stdout()).buffer(), b"");
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(fd: Fd) -> Self {
        Self::sized(fd)
    }
}

impl<Fd: AsFd, const N: usize> FdWriter<Fd, N> {
    /// Writes to `fd` through a buffer of `N` bytes, at least 1 (checked when
    /// compiling).
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::{self, FdWriter};
    ///
    /// let mut writer = FdWriter::<_, 2>::sized(fd::stdout());
    /// assert_eq!(writer.write(b"."), Ok(1));
    /// ```
    #[inline]
    #[must_use]
    pub const fn sized(fd: Fd) -> Self {
        const { assert!(N > 0, "a buffer holds something") }
        Self { fd: Some(fd), buf: [0; N], at: 0, end: 0 }
    }

    /// What is not yet written.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let mut writer = fd::fdopen_writer(fd::stderr());
    /// writer.write_all(b"ab\n")?;
    /// assert_eq!(writer.buffer(), b"ab\n");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn buffer(&self) -> &[u8] {
        self.buf.get(self.at..self.end).unwrap_or_default()
    }

    /// Takes bytes of `data` and returns how many: all where they fit the
    /// buffer. What does not fit beside the bytes there has these written
    /// first, and is not copied if it is as long as the buffer.
    ///
    /// # Errors
    /// Those of [`write`](super::write()); then nothing of `data` was taken.
    ///
    /// # Python
    /// `BufferedWriter.write(data)`, which takes all of it or, of a descriptor
    /// that does not block, raises `BlockingIOError`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (_reader, writer) = fd::pipe()?;
    /// assert_eq!(fd::fdopen_writer(writer).write(b"abc"), Ok(3));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn write(&mut self, data: &[u8]) -> Result<usize> {
        if N - self.end < data.len() {
            self.flush()?;
        }
        if data.len() >= N {
            return write(self.lent()?, data);
        }
        let end = self.end + data.len();
        if let Some(room) = self.buf.get_mut(self.end..end) {
            room.copy_from_slice(data);
            self.end = end;
        }
        Ok(data.len())
    }

    /// Takes the whole of `data`, in as many calls as it needs.
    ///
    /// # Errors
    /// Those of [`write_all`](super::write_all()). Of `data` shorter than the
    /// buffer, nothing was then taken; of a longer one, some may have been.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (_reader, writer) = fd::pipe()?;
    /// assert_eq!(fd::fdopen_writer(writer).write_all(&[0; 10_000]), Ok(()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn write_all(&mut self, data: &[u8]) -> Result<()> {
        if data.len() < N {
            return self.write(data).map(drop);
        }
        self.flush()?;
        super::write_all(self.lent()?, data)
    }

    /// Takes formatted text; what `write!` and `writeln!` call.
    ///
    /// # Errors
    /// - [`EINVAL`](Errno::EINVAL): a `Display` of the text failed by itself.
    /// - The rest: those of [`write_all`](Self::write_all).
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (_reader, writer) = fd::pipe()?;
    /// let mut writer = fd::fdopen_writer(writer);
    /// assert_eq!(writeln!(writer, "{}", 1 + 1), Ok(()));
    /// assert_eq!(writer.buffer(), b"2\n");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<()> {
        let mut adapter = Adapter { to: self, failed: None };
        match fmt::write(&mut adapter, text) {
            Ok(()) => Ok(()),
            Err(fmt::Error) => Err(adapter.failed.unwrap_or(Errno::EINVAL)),
        }
    }

    /// Writes what is in the buffer.
    ///
    /// # Errors
    /// Those of [`write_all`](super::write_all()); what was not written is
    /// still in the buffer.
    ///
    /// # Python
    /// `BufferedWriter.flush()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// let mut writer = fd::fdopen_writer(writer);
    /// writer.write_all(b"abc")?;
    /// assert_eq!(writer.flush(), Ok(()));
    /// assert_eq!(fd::read(&reader, &mut [0; 8]), Ok(3));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn flush(&mut self) -> Result<()> {
        while self.at < self.end {
            match write(self.lent()?, self.buffer())? {
                0 => return Err(Errno::EIO),
                count => self.at += count.min(self.end - self.at),
            }
        }
        (self.at, self.end) = (0, 0);
        Ok(())
    }

    /// Writes what is in the buffer and moves to another position, which it
    /// returns, in bytes from the start.
    ///
    /// # Errors
    /// Those of [`flush`](Self::flush) and [`lseek`](super::lseek()).
    ///
    /// # Python
    /// `BufferedWriter.seek(offset, whence)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::{self, SeekFrom}, fs::{self, Mode, OFlags}};
    ///
    /// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR)?;
    /// let mut writer = fd::fdopen_writer(file);
    /// writer.write_all(b"abc")?;
    /// assert_eq!(writer.seek(SeekFrom::Current(0)), Ok(3));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.flush()?;
        lseek(self.lent()?, to)
    }

    /// Writes what is in the buffer and returns the descriptor.
    ///
    /// # Errors
    /// Those of [`flush`](Self::flush), to be called before where an error
    /// must not cost the descriptor and what is in the buffer: both are then
    /// gone.
    ///
    /// # Python
    /// `BufferedWriter.detach()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (_reader, writer) = fd::pipe()?;
    /// let number = writer.as_raw_fd();
    /// let mut writer = fd::fdopen_writer(writer);
    /// writer.write_all(b"abc")?;
    /// assert_eq!(writer.into_inner()?.as_raw_fd(), number);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "detach")]
    #[inline]
    pub fn into_inner(mut self) -> Result<Fd> {
        let flushed = self.flush();
        let fd = self.fd.take();
        flushed?;
        fd.ok_or(Errno::EBADF)
    }

    #[inline]
    fn lent(&self) -> Result<BorrowedFd<'_>> {
        self.fd.as_ref().map(Fd::as_fd).ok_or(Errno::EBADF)
    }
}

impl<const N: usize> FdWriter<OwnedFd, N> {
    /// Writes what is in the buffer, closes the descriptor and reports what a
    /// drop would swallow.
    ///
    /// # Errors
    /// Those of [`flush`](Self::flush), else those of
    /// [`close`](super::close()). The descriptor is closed in any case.
    ///
    /// # Python
    /// `BufferedWriter.close()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd, fs::{self, Mode, OFlags}};
    ///
    /// let full = fs::open("/dev/full", OFlags::WRONLY, Mode::empty())?;
    /// let mut writer = fd::fdopen_writer(full);
    /// assert_eq!(writer.write_all(b"abc"), Ok(()));
    /// assert_eq!(writer.close(), Err(Errno::ENOSPC));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn close(mut self) -> Result<()> {
        let flushed = self.flush();
        let closed = self.fd.take().map_or(Ok(()), close);
        flushed.and(closed)
    }
}

impl<Fd: AsFd, const N: usize> Drop for FdWriter<Fd, N> {
    #[inline]
    fn drop(&mut self) {
        if self.fd.is_some() {
            // Nobody is left to hear of an error; `close` is for those who
            // want to.
            let _ = self.flush();
        }
    }
}

impl<Fd: AsFd, const N: usize> AsFd for FdWriter<Fd, N> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        // Nobody can call this once `into_inner` has the writer.
        self.fd.as_ref().map_or(super::CWD, Fd::as_fd)
    }
}

impl<Fd: AsFd, const N: usize> fmt::Debug for FdWriter<Fd, N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("FdWriter");
        debug.field("fd", &self.as_fd().as_raw_fd());
        debug.field("buffered", &self.buffer().len()).finish_non_exhaustive()
    }
}

/// Keeps the error that `fmt` has no room for.
struct Adapter<'a, Fd: AsFd, const N: usize> {
    to: &'a mut FdWriter<Fd, N>,
    failed: Option<Errno>,
}

impl<Fd: AsFd, const N: usize> fmt::Write for Adapter<'_, Fd, N> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.to.write_all(text.as_bytes()).map_err(|errno| {
            self.failed = Some(errno);
            fmt::Error
        })
    }
}
