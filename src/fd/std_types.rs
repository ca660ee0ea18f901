//! Conversions to and from std's types (feature `std`).

use std::os::fd as std_fd;

use super::{AsFd, BorrowedFd, OwnedFd, RawFd};

impl From<OwnedFd> for std_fd::OwnedFd {
    #[inline]
    fn from(fd: OwnedFd) -> Self {
        // SAFETY: the descriptor is open, and its owner just gave it up.
        unsafe { std_fd::FromRawFd::from_raw_fd(fd.into_raw_fd()) }
    }
}

impl From<std_fd::OwnedFd> for OwnedFd {
    #[inline]
    fn from(fd: std_fd::OwnedFd) -> Self {
        // SAFETY: as above.
        unsafe { Self::from_raw_fd(std_fd::IntoRawFd::into_raw_fd(fd)) }
    }
}

impl<'fd> From<BorrowedFd<'fd>> for std_fd::BorrowedFd<'fd> {
    /// # Panics
    /// Never on a real descriptor nor on [`CWD`](super::CWD).
    #[inline]
    fn from(fd: BorrowedFd<'fd>) -> Self {
        // SAFETY: the descriptor is open for `'fd`; `AT_FDCWD` is not -1,
        // which is the one value std forbids.
        unsafe { Self::borrow_raw(fd.as_raw_fd()) }
    }
}

impl<'fd> From<std_fd::BorrowedFd<'fd>> for BorrowedFd<'fd> {
    #[inline]
    fn from(fd: std_fd::BorrowedFd<'fd>) -> Self {
        // SAFETY: the descriptor is open for `'fd`.
        unsafe { Self::borrow_raw(std_fd::AsRawFd::as_raw_fd(&fd)) }
    }
}

impl std_fd::AsFd for OwnedFd {
    #[inline]
    fn as_fd(&self) -> std_fd::BorrowedFd<'_> {
        AsFd::as_fd(self).into()
    }
}

impl std_fd::AsFd for BorrowedFd<'_> {
    #[inline]
    fn as_fd(&self) -> std_fd::BorrowedFd<'_> {
        (*self).into()
    }
}

impl std_fd::AsRawFd for OwnedFd {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        OwnedFd::as_raw_fd(self)
    }
}

impl std_fd::AsRawFd for BorrowedFd<'_> {
    #[inline]
    fn as_raw_fd(&self) -> RawFd {
        BorrowedFd::as_raw_fd(*self)
    }
}

impl std_fd::IntoRawFd for OwnedFd {
    #[inline]
    fn into_raw_fd(self) -> RawFd {
        OwnedFd::into_raw_fd(self)
    }
}

impl std_fd::FromRawFd for OwnedFd {
    #[inline]
    unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the trait asks the caller for what this needs.
        unsafe { OwnedFd::from_raw_fd(fd) }
    }
}

/// `AsFd` for std's types, and the conversions where std's type owns its
/// descriptor and can be made of any.
macro_rules! std_types {
    (lend $($Lender:ty),*; own $($Owner:ty),*;) => {
        $(impl AsFd for $Lender {
            #[inline]
            fn as_fd(&self) -> BorrowedFd<'_> {
                std_fd::AsFd::as_fd(self).into()
            }
        })*
        $(
            impl From<OwnedFd> for $Owner {
                #[inline]
                fn from(fd: OwnedFd) -> Self {
                    std_fd::OwnedFd::from(fd).into()
                }
            }

            impl From<$Owner> for OwnedFd {
                #[inline]
                fn from(owner: $Owner) -> Self {
                    std_fd::OwnedFd::from(owner).into()
                }
            }
        )*
    };
}

std_types! {
    lend std_fd::OwnedFd, std_fd::BorrowedFd<'_>, std::fs::File,
        std::io::Stdin, std::io::StdinLock<'_>, std::io::Stdout, std::io::StdoutLock<'_>,
        std::io::Stderr, std::io::StderrLock<'_>, std::io::PipeReader, std::io::PipeWriter,
        std::net::TcpStream, std::net::TcpListener, std::net::UdpSocket,
        std::os::unix::net::UnixStream, std::os::unix::net::UnixListener,
        std::os::unix::net::UnixDatagram,
        std::process::ChildStdin, std::process::ChildStdout, std::process::ChildStderr;
    own std::fs::File, std::io::PipeReader, std::io::PipeWriter,
        std::net::TcpStream, std::net::TcpListener, std::net::UdpSocket,
        std::os::unix::net::UnixStream, std::os::unix::net::UnixListener,
        std::os::unix::net::UnixDatagram,
        std::process::ChildStdin, std::process::ChildStdout, std::process::ChildStderr;
}
