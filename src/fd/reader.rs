//! Reading through a buffer, without heap. Next door: `lines.rs`, by the line.
#![forbid(unsafe_code)]

use core::fmt;

use super::{AsFd, BorrowedFd, OwnedFd, SeekFrom, close, lseek, read};
use crate::{Errno, Result};

/// Reads `fd` through a buffer of 8 KiB.
///
/// # Python
/// `os.fdopen(fd, "rb")`. For `"wb"` there is [`fdopen_writer`](super::fdopen_writer).
///
/// There is no `"r+b"`, a reader and writer in one: on a pipe or socket two
/// buffers are two anyway, and on a file each change between reading and
/// writing has to write or forget a buffer and move the position, which is
/// better seen in the program. A reader and a writer that each borrow the
/// descriptor do the same; the second example shows where to `flush` and to
/// [`seek`](FdReader::seek).
///
/// # See also
/// [fdopen(3)](https://man7.org/linux/man-pages/man3/fdopen.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/proc/self/status", OFlags::RDONLY, Mode::empty())?;
/// let mut status = fd::fdopen(file);
/// let mut line = [0; 80];
/// let len = status.readline(&mut line)?;
/// assert!(line[..len].starts_with(b"Name:") && line[..len].ends_with(b"\n"));
/// # Ok::<(), rawos::Errno>(())
/// ```
///
/// Reading and writing one file, which has one position:
///
/// ```
/// use rawos::{fd::{self, SeekFrom}, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/tmp", OFlags::TMPFILE | OFlags::RDWR, Mode::IRUSR)?;
/// fd::write_all(&file, b"one\ntwo\n")?;
/// let (mut reader, mut writer) = (fd::fdopen(&file), fd::fdopen_writer(&file));
/// let mut line = [0; 80];
/// reader.seek(SeekFrom::Start(0))?;
/// assert_eq!(reader.readline(&mut line)?, 4);
/// // The kernel is ahead of what was taken; back to there, then write.
/// reader.seek(SeekFrom::Current(0))?;
/// writer.write_all(b"TWO")?;
/// writer.flush()?;
/// // The reader starts afresh, where the writer ended or elsewhere.
/// reader.seek(SeekFrom::Start(4))?;
/// assert_eq!(reader.readline(&mut line)?, 4);
/// assert_eq!(&line[..4], b"TWO\n");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub fn fdopen<Fd: AsFd>(fd: Fd) -> FdReader<Fd> {
    FdReader::new(fd)
}

/// A descriptor that is read through a buffer of `N` bytes, part of the value.
///
/// The descriptor's own position runs ahead of what was taken from here, by
/// [`buffer`](Self::buffer)`.len()` bytes; [`seek`](Self::seek) brings them
/// together. With the feature `std` this implements `Read`, `BufRead` and
/// `Seek` of `std::io`, with `embedded-io` those of that crate.
///
/// # Python
/// `io.BufferedReader`.
///
/// # Examples
/// ```
/// use rawos::fd::{self, FdReader};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"two words")?;
/// let mut reader = FdReader::<_, 64>::sized(reader);
/// let mut word = [0; 3];
/// reader.read_exact(&mut word)?;
/// assert_eq!((&word, reader.buffer()), (b"two", &b" words"[..]));
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct FdReader<Fd: AsFd = OwnedFd, const N: usize = 8192> {
    fd: Fd,
    buf: [u8; N],
    /// `buf[at..end]` was read and not yet taken.
    at: usize,
    end: usize,
}

impl<Fd: AsFd> FdReader<Fd> {
    /// Reads `fd` through a buffer of 8 KiB.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::{self, FdReader};
    ///
    /// assert_eq!(FdReader::new(fd::stdin()).buffer(), b"");
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(fd: Fd) -> Self {
        Self::sized(fd)
    }
}

impl<Fd: AsFd, const N: usize> FdReader<Fd, N> {
    /// Reads `fd` through a buffer of `N` bytes, at least 1 (checked when
    /// compiling).
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::{self, FdReader};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// let mut reader = FdReader::<_, 2>::sized(reader);
    /// assert_eq!(reader.fill_buf(), Ok(&b"ab"[..]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn sized(fd: Fd) -> Self {
        const { assert!(N > 0, "a buffer holds something") }
        Self { fd, buf: [0; N], at: 0, end: 0 }
    }

    /// What was read ahead and not yet taken.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// let mut reader = fd::fdopen(reader);
    /// assert_eq!(reader.read(&mut [0; 1]), Ok(1));
    /// assert_eq!(reader.buffer(), b"bc");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn buffer(&self) -> &[u8] {
        self.buf.get(self.at..self.end).unwrap_or_default()
    }

    /// What comes next, after one read if nothing was read ahead; nothing at
    /// the end of the file.
    ///
    /// # Errors
    /// Those of [`read`](super::read()).
    ///
    /// # Python
    /// `BufferedReader.peek()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// let mut reader = fd::fdopen(reader);
    /// assert_eq!(reader.fill_buf(), Ok(&b"abc"[..]));
    /// reader.consume(2);
    /// assert_eq!(reader.fill_buf(), Ok(&b"c"[..]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "peek")]
    #[inline]
    pub fn fill_buf(&mut self) -> Result<&[u8]> {
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
            self.end = read(&self.fd, &mut self.buf)?;
        }
        Ok(self.buffer())
    }

    /// Takes `count` bytes of what [`fill_buf`](Self::fill_buf) showed; no
    /// more than there are.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// let mut reader = fd::fdopen(reader);
    /// reader.fill_buf()?;
    /// reader.consume(usize::MAX);
    /// assert_eq!(reader.buffer(), b"");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn consume(&mut self, count: usize) {
        self.at += count.min(self.end - self.at);
    }

    /// Reads into `buf` what there is, with one system call at most, and
    /// returns the number of bytes; 0 at the end of the file.
    ///
    /// # Errors
    /// Those of [`read`](super::read()).
    ///
    /// # Python
    /// `BufferedReader.readinto1(buf)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// assert_eq!(fd::fdopen(reader).read(&mut [0; 8]), Ok(3));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "readinto1")]
    #[inline]
    pub fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        if self.at == self.end && buf.len() >= N {
            return read(&self.fd, buf);
        }
        let ready = self.fill_buf()?;
        let count = ready.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }

    /// Fills the whole of `buf`, in as many calls as it takes.
    ///
    /// # Errors
    /// - [`ENODATA`](Errno::ENODATA): the file ended before.
    /// - The rest: those of [`read`](super::read()).
    ///
    /// After an error nothing was taken if `buf` is no longer than `N` bytes:
    /// what has come is still in [`buffer`](Self::buffer). Of a longer one the
    /// beginning is lost.
    ///
    /// # Python
    /// `BufferedReader.readinto(buf)`, which returns a smaller count at the end.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// fd::write(&writer, b"abc")?;
    /// drop(writer);
    /// let mut reader = fd::fdopen(reader);
    /// assert_eq!(reader.read_exact(&mut [0; 2]), Ok(()));
    /// assert_eq!(reader.read_exact(&mut [0; 2]), Err(Errno::ENODATA));
    /// assert_eq!(reader.buffer(), b"c");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<()> {
        while buf.len() > N {
            let count = self.read(buf)?;
            if count == 0 {
                return Err(Errno::ENODATA);
            }
            buf = buf.get_mut(count..).unwrap_or_default();
        }
        while self.end - self.at < buf.len() {
            if N - self.at < buf.len() {
                self.buf.copy_within(self.at..self.end, 0);
                (self.at, self.end) = (0, self.end - self.at);
            }
            match read(&self.fd, self.buf.get_mut(self.end..).unwrap_or_default())? {
                0 => return Err(Errno::ENODATA),
                count => self.end += count,
            }
        }
        self.read(buf).map(drop)
    }

    /// Moves to another position, which it returns, in bytes from the start;
    /// what was read ahead is given up. [`SeekFrom::Current`] counts from what
    /// was taken, so moving by 0 puts the descriptor's own position there.
    ///
    /// # Errors
    /// Those of [`lseek`](super::lseek()); then what was read ahead is still there.
    ///
    /// # Python
    /// `BufferedReader.seek(offset, whence)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::{self, SeekFrom}, fs::{self, Mode, OFlags}};
    ///
    /// let file = fs::open("/proc/self/exe", OFlags::RDONLY, Mode::empty())?;
    /// let mut reader = fd::fdopen(&file);
    /// reader.read_exact(&mut [0; 10])?;
    /// assert_eq!(reader.seek(SeekFrom::Current(-6)), Ok(4));
    /// assert_eq!(fd::lseek(&file, SeekFrom::Current(0)), Ok(4));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Current(by) => {
                // The buffer is far smaller than `i64::MAX`.
                let ahead = (self.end - self.at) as i64;
                match by.checked_sub(ahead) {
                    Some(by) => lseek(&self.fd, SeekFrom::Current(by))?,
                    None => return Err(Errno::EINVAL),
                }
            }
            to => lseek(&self.fd, to)?,
        };
        (self.at, self.end) = (0, 0);
        Ok(position)
    }

    /// The descriptor; what was read ahead is lost, unless
    /// [`seek`](Self::seek) brought it back.
    ///
    /// # Python
    /// `BufferedReader.detach()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, _writer) = fd::pipe()?;
    /// let number = reader.as_raw_fd();
    /// assert_eq!(fd::fdopen(reader).into_inner().as_raw_fd(), number);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "detach")]
    #[inline]
    #[must_use]
    pub fn into_inner(self) -> Fd {
        self.fd
    }
}

impl<const N: usize> FdReader<OwnedFd, N> {
    /// Closes the descriptor and reports what a drop would swallow.
    ///
    /// # Errors
    /// Those of [`close`](super::close()).
    ///
    /// # Python
    /// `BufferedReader.close()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, _writer) = fd::pipe()?;
    /// assert_eq!(fd::fdopen(reader).close(), Ok(()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn close(self) -> Result<()> {
        close(self.fd)
    }
}

impl<Fd: AsFd, const N: usize> AsFd for FdReader<Fd, N> {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl<Fd: AsFd, const N: usize> fmt::Debug for FdReader<Fd, N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("FdReader");
        debug.field("fd", &self.fd.as_fd().as_raw_fd());
        debug.field("buffered", &self.buffer().len()).finish_non_exhaustive()
    }
}
