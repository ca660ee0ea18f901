//! Sending: bytes, and what goes beside them.
#![forbid(unsafe_code)]

use linux_raw_sys::net as uapi;

use super::{MsgFlags, Ucred, UnixAddr, control::ControlBuf};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, BorrowedFd, IoSlice},
    sys,
};

/// How many descriptors a message can carry.
pub const SCM_MAX_FD: usize = 253;

/// Sends `bytes` to the other end of `fd` and returns how many went.
///
/// A stream may take fewer than there are; a message goes whole. As
/// [`fd::write`](crate::fd::write), but there is no `SIGPIPE`.
///
/// # Errors
/// - [`EPIPE`](Errno::EPIPE): nobody is there any more to receive it.
/// - [`EAGAIN`](Errno::EAGAIN): there is no room, and `fd`, or this
///   call, does not block.
/// - [`EMSGSIZE`](Errno::EMSGSIZE): the message is too long for the
///   socket (`SO_SNDBUF`).
/// - [`ENOTCONN`](Errno::ENOTCONN), [`EDESTADDRREQ`](Errno::EDESTADDRREQ): `fd` is not connected.
/// - [`ECONNREFUSED`](Errno::ECONNREFUSED): the socket that messages go
///   to is closed.
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
/// - The rest: send(2). `EINTR` is retried.
///
/// # Python
/// `sock.send(bytes, flags)`.
///
/// # See also
/// [send(2)](https://man7.org/linux/man-pages/man2/send.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, MsgFlags, SocketFlags, SocketType}};
///
/// let (one, other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// assert_eq!(socket::send(&one, b"abc", MsgFlags::empty()), Ok(3));
/// drop(other);
/// assert_eq!(socket::send(&one, b"abc", MsgFlags::empty()), Err(Errno::EPIPE));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn send<Fd: AsFd>(fd: Fd, bytes: &[u8], flags: MsgFlags) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::socket::sendto(fd, bytes, flags | MsgFlags::NOSIGNAL, None))
}

/// Sends `bytes` as one message to the socket at `address` and returns how
/// many there were.
///
/// # Errors
/// - [`ECONNREFUSED`](Errno::ECONNREFUSED): nobody is at `address`.
/// - [`ENOENT`](Errno::ENOENT), [`EACCES`](Errno::EACCES): there
///   is no such path, or the caller may not write to it.
/// - [`EPROTOTYPE`](Errno::EPROTOTYPE): the socket there is of another type.
/// - [`EISCONN`](Errno::EISCONN), [`EOPNOTSUPP`](Errno::EOPNOTSUPP):
///   `fd` is not one that sends to addresses.
/// - [`EPERM`](Errno::EPERM): the socket there is connected to another.
/// - The rest: those of [`send`].
///
/// # Python
/// `sock.sendto(bytes, flags, address)`.
///
/// # See also
/// [send(2)](https://man7.org/linux/man-pages/man2/send.2.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, MsgFlags, SocketFlags, SocketType, UnixAddr};
///
/// let server = socket::socket(SocketType::Dgram, SocketFlags::empty())?;
/// socket::bind(&server, &UnixAddr::UNNAMED)?;
/// let address = socket::getsockname(&server)?;
/// let client = socket::socket(SocketType::Dgram, SocketFlags::empty())?;
/// assert_eq!(socket::sendto(&client, b"abc", MsgFlags::empty(), &address), Ok(3));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sendto<Fd: AsFd>(
    fd: Fd,
    bytes: &[u8],
    flags: MsgFlags,
    address: &UnixAddr,
) -> Result<usize> {
    let fd = fd.as_fd();
    retry(|| sys::socket::sendto(fd, bytes, flags | MsgFlags::NOSIGNAL, Some(address)))
}

/// What goes beside the bytes of a message; `default()` is nothing.
///
/// # Python
/// The list `ancdata` of `sock.sendmsg(…)`.
///
/// # Examples
/// ```
/// use rawos::socket::Ancillary;
///
/// let nothing = Ancillary::default();
/// assert!(nothing.fds.is_empty() && nothing.credentials.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Ancillary<'a> {
    /// Descriptors, of which the receiver gets duplicates: up to
    /// [`SCM_MAX_FD`].
    #[doc(alias = "SCM_RIGHTS")]
    pub fds: &'a [BorrowedFd<'a>],
    /// Who the receiver, if it asks, is told that it comes from; `None` is who
    /// calls. Someone else takes privilege.
    #[doc(alias = "SCM_CREDENTIALS")]
    pub credentials: Option<Ucred>,
}

/// Sends the bytes in `bufs`, one after the other, with `ancillary` beside
/// them, and returns how many bytes went.
///
/// Descriptors go with the first byte: of a stream that took fewer bytes than
/// there are, send the rest without them, and no bytes at all carry nothing. A
/// message may be empty. `address` is for sockets that are not connected.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): more than [`SCM_MAX_FD`] descriptors.
/// - [`EBADF`](Errno::EBADF): one of them is not open.
/// - [`ETOOMANYREFS`](Errno::ETOOMANYREFS): too many are on their way
///   already (`RLIMIT_NOFILE` of the user, without privilege).
/// - [`EPERM`](Errno::EPERM), [`ESRCH`](Errno::ESRCH): the
///   credentials are someone else's, or of no process.
/// - [`EMSGSIZE`](Errno::EMSGSIZE): more than 1024 buffers, or the
///   message is too long.
/// - The rest: those of [`send`] and [`sendto`].
///
/// # Python
/// `sock.sendmsg(buffers, ancdata, flags, address)`,
/// `socket.send_fds(sock, buffers, fds)`.
///
/// # See also
/// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html),
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::fd::{self, AsFd, IoSlice};
/// use rawos::socket::{self, Ancillary, MsgFlags, SocketFlags, SocketType};
///
/// let (one, _other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// let (reader, _writer) = fd::pipe()?;
/// let with = Ancillary { fds: &[reader.as_fd()], ..Ancillary::default() };
/// let bufs = [IoSlice::new(b"a pipe")];
/// assert_eq!(socket::sendmsg(&one, &bufs, &with, MsgFlags::empty(), None), Ok(6));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "send_fds")]
#[doc(alias = "CMSG_SPACE")]
#[inline]
pub fn sendmsg<Fd: AsFd>(
    fd: Fd,
    bufs: &[IoSlice<'_>],
    ancillary: &Ancillary<'_>,
    flags: MsgFlags,
    address: Option<&UnixAddr>,
) -> Result<usize> {
    let mut control = ControlBuf::new();
    if let Some(Ucred { pid, uid, gid }) = ancillary.credentials {
        let words = [pid.0, uid.cast_signed(), gid.cast_signed()];
        control.push(uapi::SCM_CREDENTIALS, words.into_iter())?;
    }
    if !ancillary.fds.is_empty() {
        // One more than may be would fit, where credentials do not need the room.
        if ancillary.fds.len() > SCM_MAX_FD {
            return Err(Errno::EINVAL);
        }
        control.push(uapi::SCM_RIGHTS, ancillary.fds.iter().map(|fd| fd.as_raw_fd()))?;
    }
    let (fd, control) = (fd.as_fd(), control.as_slice());
    let flags = flags | MsgFlags::NOSIGNAL;
    retry(|| sys::socket::sendmsg(fd, bufs, control, flags, address))
}
