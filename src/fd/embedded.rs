//! The traits of the crate `embedded-io` for readers, writers and descriptors
//! (feature `embedded-io`).
#![forbid(unsafe_code)]

use embedded_io::{BufRead, ErrorKind, ErrorType, Read, Seek, Write};

use super::{AsFd, BorrowedFd, FdReader, FdWriter, OwnedFd, SeekFrom, lseek, read, write};
use crate::{Errno, Result};

impl embedded_io::Error for Errno {
    /// The kinds that std gives these numbers, as far as there are any.
    #[inline]
    fn kind(&self) -> ErrorKind {
        match *self {
            Errno::ENOENT => ErrorKind::NotFound,
            Errno::EPERM | Errno::EACCES => ErrorKind::PermissionDenied,
            Errno::ECONNREFUSED => ErrorKind::ConnectionRefused,
            Errno::ECONNRESET => ErrorKind::ConnectionReset,
            Errno::ECONNABORTED => ErrorKind::ConnectionAborted,
            Errno::ENOTCONN => ErrorKind::NotConnected,
            Errno::EADDRINUSE => ErrorKind::AddrInUse,
            Errno::EADDRNOTAVAIL => ErrorKind::AddrNotAvailable,
            Errno::EPIPE => ErrorKind::BrokenPipe,
            Errno::EEXIST => ErrorKind::AlreadyExists,
            Errno::EINVAL => ErrorKind::InvalidInput,
            Errno::ETIMEDOUT => ErrorKind::TimedOut,
            Errno::EINTR => ErrorKind::Interrupted,
            Errno::ENOSYS | Errno::EOPNOTSUPP => ErrorKind::Unsupported,
            Errno::ENOMEM => ErrorKind::OutOfMemory,
            _ => ErrorKind::Other,
        }
    }
}

#[inline]
fn whence(to: embedded_io::SeekFrom) -> SeekFrom {
    match to {
        embedded_io::SeekFrom::Start(offset) => SeekFrom::Start(offset),
        embedded_io::SeekFrom::End(offset) => SeekFrom::End(offset),
        embedded_io::SeekFrom::Current(offset) => SeekFrom::Current(offset),
    }
}

impl<Fd: AsFd, const N: usize> ErrorType for FdReader<Fd, N> {
    type Error = Errno;
}

impl<Fd: AsFd, const N: usize> Read for FdReader<Fd, N> {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
        FdReader::read(self, buf)
    }
}

impl<Fd: AsFd, const N: usize> BufRead for FdReader<Fd, N> {
    #[inline]
    fn fill_buf(&mut self) -> Result<&[u8]> {
        FdReader::fill_buf(self)
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        FdReader::consume(self, count);
    }
}

impl<Fd: AsFd, const N: usize> Seek for FdReader<Fd, N> {
    #[inline]
    fn seek(&mut self, to: embedded_io::SeekFrom) -> Result<u64> {
        FdReader::seek(self, whence(to))
    }
}

impl<Fd: AsFd, const N: usize> ErrorType for FdWriter<Fd, N> {
    type Error = Errno;
}

impl<Fd: AsFd, const N: usize> Write for FdWriter<Fd, N> {
    #[inline]
    fn write(&mut self, data: &[u8]) -> Result<usize> {
        FdWriter::write(self, data)
    }

    #[inline]
    fn flush(&mut self) -> Result<()> {
        FdWriter::flush(self)
    }
}

impl<Fd: AsFd, const N: usize> Seek for FdWriter<Fd, N> {
    #[inline]
    fn seek(&mut self, to: embedded_io::SeekFrom) -> Result<u64> {
        FdWriter::seek(self, whence(to))
    }
}

/// Each call is a system call.
macro_rules! descriptors {
    ($($Fd:ty),*) => {$(
        impl ErrorType for $Fd {
            type Error = Errno;
        }

        impl Read for $Fd {
            #[inline]
            fn read(&mut self, buf: &mut [u8]) -> Result<usize> {
                read(&*self, buf)
            }
        }

        impl Write for $Fd {
            /// `EIO` where nothing is taken, as of [`write_all`](super::write_all()):
            /// the trait has no other word for it.
            #[inline]
            fn write(&mut self, data: &[u8]) -> Result<usize> {
                match write(&*self, data)? {
                    0 if !data.is_empty() => Err(Errno::EIO),
                    count => Ok(count),
                }
            }

            #[inline]
            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }

        impl Seek for $Fd {
            #[inline]
            fn seek(&mut self, to: embedded_io::SeekFrom) -> Result<u64> {
                lseek(&*self, whence(to))
            }
        }
    )*};
}

descriptors! { OwnedFd, BorrowedFd<'_> }
