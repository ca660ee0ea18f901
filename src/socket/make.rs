//! New sockets.
#![forbid(unsafe_code)]

use linux_raw_sys::net as uapi;

use super::{SocketFlags, SocketType};
use crate::{Result, fd::OwnedFd, sys};

/// Makes a local socket without a name and without a peer.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown flag.
/// - [`EMFILE`](crate::Errno::EMFILE), [`ENFILE`](crate::Errno::ENFILE): too many descriptors.
/// - [`EAFNOSUPPORT`](crate::Errno::EAFNOSUPPORT): the kernel has no local sockets.
///
/// # Python
/// `socket.socket(socket.AF_UNIX, type)`.
///
/// # See also
/// [socket(2)](https://man7.org/linux/man-pages/man2/socket.2.html),
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType};
///
/// let made = socket::socket(SocketType::Stream, SocketFlags::NONBLOCK)?;
/// assert!(socket::getsockname(&made)?.is_unnamed());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "AF_UNIX")]
#[inline]
pub fn socket(kind: SocketType, flags: SocketFlags) -> Result<OwnedFd> {
    in_family(uapi::AF_UNIX, kind, flags)
}

/// As [`socket`], of any address family.
#[inline]
pub(crate) fn in_family(family: u32, kind: SocketType, flags: SocketFlags) -> Result<OwnedFd> {
    sys::socket::socket(family, kind, flags | SocketFlags::CLOEXEC)
}

/// Makes two local sockets that are connected to each other.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown flag.
/// - [`EMFILE`](crate::Errno::EMFILE), [`ENFILE`](crate::Errno::ENFILE): too many descriptors.
/// - [`EAFNOSUPPORT`](crate::Errno::EAFNOSUPPORT): the kernel has no local sockets.
///
/// # Python
/// `socket.socketpair(socket.AF_UNIX, type)`.
///
/// # See also
/// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, socket::{self, SocketFlags, SocketType}};
///
/// let (one, other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// fd::write(&one, b"ping")?;
/// let mut buf = [0; 8];
/// assert_eq!(fd::read(&other, &mut buf), Ok(4));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn socketpair(kind: SocketType, flags: SocketFlags) -> Result<(OwnedFd, OwnedFd)> {
    sys::socket::socketpair(uapi::AF_UNIX, kind, flags | SocketFlags::CLOEXEC)
}
