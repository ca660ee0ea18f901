//! The traits of `std::io` for readers, writers and descriptors (feature `std`).
#![forbid(unsafe_code)]

use std::io;

use super::{AsFd, BorrowedFd, FdReader, FdWriter, OwnedFd, SeekFrom, lseek, read, write};

#[inline]
fn whence(to: io::SeekFrom) -> SeekFrom {
    match to {
        io::SeekFrom::Start(offset) => SeekFrom::Start(offset),
        io::SeekFrom::End(offset) => SeekFrom::End(offset),
        io::SeekFrom::Current(offset) => SeekFrom::Current(offset),
    }
}

impl<Fd: AsFd, const N: usize> io::Read for FdReader<Fd, N> {
    #[inline]
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        Ok(FdReader::read(self, buf)?)
    }
}

impl<Fd: AsFd, const N: usize> io::BufRead for FdReader<Fd, N> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(FdReader::fill_buf(self)?)
    }

    #[inline]
    fn consume(&mut self, count: usize) {
        FdReader::consume(self, count);
    }
}

impl<Fd: AsFd, const N: usize> io::Seek for FdReader<Fd, N> {
    #[inline]
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        Ok(FdReader::seek(self, whence(to))?)
    }
}

impl<Fd: AsFd, const N: usize> io::Write for FdWriter<Fd, N> {
    #[inline]
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(FdWriter::write(self, data)?)
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        Ok(FdWriter::flush(self)?)
    }
}

impl<Fd: AsFd, const N: usize> io::Seek for FdWriter<Fd, N> {
    #[inline]
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        Ok(FdWriter::seek(self, whence(to))?)
    }
}

/// Each call is a system call, as with std's `File`.
macro_rules! descriptors {
    ($($Fd:ty),*) => {$(
        impl io::Read for $Fd {
            #[inline]
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                Ok(read(&*self, buf)?)
            }
        }

        impl io::Write for $Fd {
            #[inline]
            fn write(&mut self, data: &[u8]) -> io::Result<usize> {
                Ok(write(&*self, data)?)
            }

            #[inline]
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        impl io::Seek for $Fd {
            #[inline]
            fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
                Ok(lseek(&*self, whence(to))?)
            }
        }
    )*};
}

descriptors! { OwnedFd, BorrowedFd<'_> }
