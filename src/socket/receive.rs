//! Receiving: bytes, and what comes beside them.
#![forbid(unsafe_code)]

use super::{MsgFlags, Ucred, UnixAddr};
use crate::{
    Result,
    errno::retry,
    fd::{AsFd, Buffer, IoSliceMut, OwnedFd},
    sys,
};

/// Receives bytes from `fd` into `buf`, waiting for some.
///
/// None are the end of a stream, or an empty message. What a message has more
/// than `buf` is lost, and so are descriptors that come with it:
/// [`recvmsg`] tells. What is returned depends on the [`Buffer`]; for
/// `&mut [u8]` it is the number of bytes.
///
/// # Errors
/// - [`EAGAIN`](crate::Errno::EAGAIN): there is nothing, and `fd`, or this
///   call, does not block.
/// - [`ECONNRESET`](crate::Errno::ECONNRESET): the other end was closed with
///   bytes that it had not read.
/// - [`ENOTCONN`](crate::Errno::ENOTCONN), [`EINVAL`](crate::Errno::EINVAL): `fd` is not connected.
/// - [`ENOTSOCK`](crate::Errno::ENOTSOCK), [`EBADF`](crate::Errno::EBADF): `fd` is no socket, or not open.
/// - The rest: recv(2). `EINTR` is retried.
///
/// # Python
/// `sock.recv(bufsize, flags)`, `sock.recv_into(buffer, 0, flags)`. With
/// [`MsgFlags::TRUNC`] this counts what `buf` holds all the same.
///
/// # See also
/// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, MsgFlags, SocketFlags, SocketType}};
///
/// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
/// socket::send(&one, b"hello", MsgFlags::empty())?;
/// let mut buf = [0; 4];
/// assert_eq!(socket::recv(&other, &mut buf, MsgFlags::empty()), Ok(4));
/// assert_eq!(&buf, b"hell");
/// let nothing = socket::recv(&other, &mut buf, MsgFlags::DONTWAIT);
/// assert_eq!(nothing, Err(Errno::EAGAIN));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "recv_into")]
#[inline]
pub fn recv<Fd: AsFd, B: Buffer>(fd: Fd, buf: B, flags: MsgFlags) -> Result<B::Output> {
    recvfrom(fd, buf, flags).map(|(output, _)| output)
}

/// As [`recv`], with the address of who sent it, which may be none.
///
/// # Errors
/// Those of [`recv`].
///
/// # Python
/// `sock.recvfrom(bufsize, flags)`, `sock.recvfrom_into(buffer, 0, flags)`.
///
/// # See also
/// [recv(2)](https://man7.org/linux/man-pages/man2/recv.2.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, MsgFlags, SocketFlags, SocketType};
///
/// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
/// socket::send(&one, b"hello", MsgFlags::empty())?;
/// let (len, from) = socket::recvfrom(&other, &mut [0; 8], MsgFlags::empty())?;
/// assert_eq!((len, from.is_unnamed()), (5, true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "recvfrom_into")]
#[inline]
pub fn recvfrom<Fd: AsFd, B: Buffer>(
    fd: Fd,
    buf: B,
    flags: MsgFlags,
) -> Result<(B::Output, UnixAddr)> {
    let fd = fd.as_fd();
    let mut address = UnixAddr::UNNAMED;
    let output = sys::fill(buf, |room| {
        let (filled, from) = sys::socket::recvfrom(fd, room, flags)?;
        address = from;
        Ok(filled)
    })?;
    Ok((output, address))
}

/// What [`recvmsg`] received, with up to `FDS` descriptors.
///
/// The descriptors are closed with it, unless they were taken out.
///
/// # Python
/// The tuple `(data, ancdata, msg_flags, address)`.
///
/// # Examples
/// ```
/// use rawos::{fd::IoSliceMut, socket::{self, MsgFlags, Received, SocketFlags, SocketType}};
///
/// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
/// socket::send(&one, b"hello", MsgFlags::empty())?;
/// let mut text = [0; 2];
/// let received: Received<0> =
///     socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], MsgFlags::empty())?;
/// assert_eq!((received.len, received.flags), (2, MsgFlags::TRUNC));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct Received<const FDS: usize> {
    /// How many bytes came: no more than the buffers hold, unless
    /// [`MsgFlags::TRUNC`] was asked for.
    pub len: usize,
    /// [`MsgFlags::TRUNC`] if the message was longer, [`MsgFlags::CTRUNC`] if
    /// there was more beside it than is here.
    pub flags: MsgFlags,
    /// Who sent it; has no name if that has none, and for streams.
    pub address: UnixAddr,
    /// Who sent it, as a process: with
    /// [`set_passcred`](super::set_passcred), and never without.
    #[doc(alias = "SCM_CREDENTIALS")]
    pub credentials: Option<Ucred>,
    /// The descriptors, in their order, then `None`.
    #[doc(alias = "SCM_RIGHTS")]
    pub fds: [Option<OwnedFd>; FDS],
    /// The sender's pidfd, if somebody set `SO_PASSPIDFD`. Linux 6.5. It comes
    /// last: what other options bring (`SO_PASSSEC`), and more descriptors than
    /// `FDS`, can leave no room for it.
    #[doc(alias = "SCM_PIDFD")]
    pub pidfd: Option<OwnedFd>,
}

/// Receives bytes into `bufs`, one after the other, and what comes beside
/// them, waiting for some.
///
/// `FDS` is how many descriptors one has a use for. Those are close-on-exec;
/// more than that are closed at once, and [`MsgFlags::CTRUNC`] says so. It
/// says the same if the process could have no more descriptors, while the
/// bytes are there. Whoever can send to a socket can send descriptors, so look
/// at what they are. A stream gives the bytes up to those that other
/// descriptors come with, or another sender's if it tells senders.
///
/// # Errors
/// - [`EMSGSIZE`](crate::Errno::EMSGSIZE): more than 1024 buffers.
/// - The rest: those of [`recv`].
///
/// # Python
/// `sock.recvmsg_into(buffers, ancbufsize, flags)`,
/// `socket.recv_fds(sock, bufsize, maxfds)`, where the descriptors are numbers,
/// may be inherited and are closed by nobody.
///
/// # See also
/// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html),
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::fd::{self, AsFd, IoSlice, IoSliceMut};
/// use rawos::socket::{self, Ancillary, MsgFlags, Received, SocketFlags, SocketType};
///
/// let (one, other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// let (reader, writer) = fd::pipe()?;
/// let with = Ancillary { fds: &[writer.as_fd()], ..Ancillary::default() };
/// socket::sendmsg(&one, &[IoSlice::new(b"a pipe")], &with, MsgFlags::empty(), None)?;
///
/// let mut text = [0; 16];
/// let received: Received<2> =
///     socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], MsgFlags::empty())?;
/// assert_eq!(&text[..received.len], b"a pipe");
/// let [Some(theirs), None] = received.fds else { panic!("not one descriptor") };
/// fd::write(&theirs, b"x")?;
/// assert_eq!(fd::read(&reader, &mut [0; 8]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "recv_fds")]
#[doc(alias = "recvmsg_into")]
#[inline]
pub fn recvmsg<const FDS: usize, Fd: AsFd>(
    fd: Fd,
    bufs: &mut [IoSliceMut<'_>],
    flags: MsgFlags,
) -> Result<Received<FDS>> {
    let fd = fd.as_fd();
    retry(|| sys::socket::recvmsg(fd, bufs, flags))
}
