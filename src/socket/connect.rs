//! Names, and connections by name.
#![forbid(unsafe_code)]

use super::{Shutdown, SocketFlags, UnixAddr};
use crate::{
    Result,
    errno::retry,
    fd::{AsFd, OwnedFd},
    sys,
};

/// Gives the socket `fd` the name `address`.
///
/// A path is made as a file of the mode that the umask leaves of 0777; who may
/// write to it may connect. It stays when the socket is closed:
/// [`unlink`](crate::fs::unlink) it. [`UnixAddr::UNNAMED`] asks for an
/// abstract name that nobody has.
///
/// # Errors
/// - [`EADDRINUSE`](crate::Errno::EADDRINUSE): the path exists, whatever it
///   is, or a socket has the abstract name.
/// - [`EINVAL`](crate::Errno::EINVAL): `fd` has a name already.
/// - [`ENOENT`](crate::Errno::ENOENT), [`ENOTDIR`](crate::Errno::ENOTDIR),
///   [`EACCES`](crate::Errno::EACCES), [`EROFS`](crate::Errno::EROFS): the path cannot be made.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.bind(address)`.
///
/// # See also
/// [bind(2)](https://man7.org/linux/man-pages/man2/bind.2.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType, UnixAddr};
///
/// let server = socket::socket(SocketType::Dgram, SocketFlags::empty())?;
/// socket::bind(&server, &UnixAddr::UNNAMED)?;
/// assert!(socket::getsockname(&server)?.as_abstract().is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn bind<Fd: AsFd>(fd: Fd, address: &UnixAddr) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::socket::bind(fd, address))
}

/// Has the socket `fd`, which has a name, take connections.
///
/// Up to `backlog` of them, and one more, wait for [`accept4`]; the kernel
/// makes that `/proc/sys/net/core/somaxconn` (4096) if it is larger. Whoever
/// comes then waits, or gets `EAGAIN`. A second call changes the number.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `fd` has no name, or is connected.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): `fd` has no connections
///   ([`Dgram`](super::SocketType::Dgram)).
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.listen(backlog)`.
///
/// # See also
/// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, SocketFlags, SocketType}};
///
/// let nameless = socket::socket(SocketType::Stream, SocketFlags::empty())?;
/// assert_eq!(socket::listen(&nameless, 8), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn listen<Fd: AsFd>(fd: Fd, backlog: u32) -> Result<()> {
    sys::socket::listen(fd.as_fd(), backlog)
}

/// Takes a connection that somebody made to `fd`, waiting for one: its
/// socket, and the other end's address, which mostly is none.
///
/// # Errors
/// - [`EAGAIN`](crate::Errno::EAGAIN): there is none, and `fd` does not block.
/// - [`EINVAL`](crate::Errno::EINVAL): `fd` does not [`listen`], or an unknown flag.
/// - [`EMFILE`](crate::Errno::EMFILE), [`ENFILE`](crate::Errno::ENFILE): too
///   many descriptors; the connection goes on waiting.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
/// - The rest: accept(2). `EINTR` is retried.
///
/// # Python
/// `sock.accept()`.
///
/// # See also
/// [accept(2)](https://man7.org/linux/man-pages/man2/accept.2.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType, UnixAddr};
///
/// let none = SocketFlags::empty();
/// let server = socket::socket(SocketType::Stream, none)?;
/// socket::bind(&server, &UnixAddr::UNNAMED)?;
/// socket::listen(&server, 8)?;
/// let client = socket::socket(SocketType::Stream, none)?;
/// socket::connect(&client, &socket::getsockname(&server)?)?;
/// let (_connection, peer) = socket::accept4(&server, none)?;
/// assert!(peer.is_unnamed());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "accept")]
#[inline]
pub fn accept4<Fd: AsFd>(fd: Fd, flags: SocketFlags) -> Result<(OwnedFd, UnixAddr)> {
    let fd = fd.as_fd();
    let flags = flags | SocketFlags::CLOEXEC;
    retry(|| sys::socket::accept4(fd, flags))
}

/// Connects the socket `fd` to the one at `address`.
///
/// For [`Dgram`](super::SocketType::Dgram) that says where messages go, and
/// whose are received; [`UnixAddr::UNNAMED`] is not taken for "nobody".
///
/// Either it is connected or nothing has happened: a local connection never
/// goes on without the caller, as others do.
///
/// # Errors
/// - [`ECONNREFUSED`](crate::Errno::ECONNREFUSED): nobody listens at
///   `address`, or it is a file that is no socket.
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such path.
/// - [`EACCES`](crate::Errno::EACCES): the caller may not write to it, or not get there.
/// - [`EPROTOTYPE`](crate::Errno::EPROTOTYPE): the socket there is of another type.
/// - [`EAGAIN`](crate::Errno::EAGAIN): too many wait to be accepted, and `fd`
///   does not block. There is no waiting for that: try again later.
/// - [`EISCONN`](crate::Errno::EISCONN): `fd` is connected already.
/// - [`EINVAL`](crate::Errno::EINVAL): `fd` listens, or `address` has no name.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// `EINTR` is retried: while it waits to be let in, nothing has begun.
///
/// # Python
/// `sock.connect(address)`. After `EINTR` Python waits until the socket can be
/// written to, which a local one can at once, and returns with it unconnected.
///
/// # See also
/// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, SocketFlags, SocketType, UnixAddr}};
///
/// let client = socket::socket(SocketType::Stream, SocketFlags::empty())?;
/// let nobody = UnixAddr::path("/proc/no/such/socket")?;
/// assert_eq!(socket::connect(&client, &nobody), Err(Errno::ENOENT));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn connect<Fd: AsFd>(fd: Fd, address: &UnixAddr) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::socket::connect(fd, address))
}

/// The name of the socket `fd`.
///
/// # Errors
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.getsockname()`.
///
/// # See also
/// [getsockname(2)](https://man7.org/linux/man-pages/man2/getsockname.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, socket};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(socket::getsockname(&reader), Err(Errno::ENOTSOCK));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn getsockname<Fd: AsFd>(fd: Fd) -> Result<UnixAddr> {
    sys::socket::getsockname(fd.as_fd())
}

/// The name of the socket at the other end.
///
/// # Errors
/// - [`ENOTCONN`](crate::Errno::ENOTCONN): `fd` is not connected.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.getpeername()`.
///
/// # See also
/// [getpeername(2)](https://man7.org/linux/man-pages/man2/getpeername.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, SocketFlags, SocketType}};
///
/// let alone = socket::socket(SocketType::Stream, SocketFlags::empty())?;
/// assert_eq!(socket::getpeername(&alone), Err(Errno::ENOTCONN));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn getpeername<Fd: AsFd>(fd: Fd) -> Result<UnixAddr> {
    sys::socket::getpeername(fd.as_fd())
}

/// Ends one direction of the connection of `fd`, or both, for everyone who has it.
///
/// # Errors
/// - [`ENOTCONN`](crate::Errno::ENOTCONN): `fd` is not connected; Linux's
///   local sockets do not mind.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.shutdown(how)`.
///
/// # See also
/// [shutdown(2)](https://man7.org/linux/man-pages/man2/shutdown.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, socket::{self, Shutdown, SocketFlags, SocketType}};
///
/// let (one, other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// socket::shutdown(&one, Shutdown::Write)?;
/// assert_eq!(fd::read(&other, &mut [0; 1]), Ok(0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn shutdown<Fd: AsFd>(fd: Fd, how: Shutdown) -> Result<()> {
    sys::socket::shutdown(fd.as_fd(), how)
}
