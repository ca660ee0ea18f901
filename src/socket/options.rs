//! Who is at the other end, and what went wrong.
#![forbid(unsafe_code)]

use linux_raw_sys::net as uapi;

use crate::{Errno, Result, fd::AsFd, process::Pid, sys};

/// Who a process is, as a socket tells it.
///
/// # Python
/// `struct.unpack('3i', …)` of an option or a control message.
///
/// # Examples
/// ```
/// use rawos::{process, socket::Ucred};
///
/// let own = Ucred::of_this_process();
/// assert_eq!((own.pid, own.uid), (process::getpid(), process::getuid()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
#[doc(alias = "ucred")]
pub struct Ucred {
    /// The process, by its number in the receiver's PID namespace; 0 if it has
    /// none there.
    pub pid: Pid,
    /// The user; 65534 for one that the receiver's user namespace lacks.
    pub uid: u32,
    /// The group; likewise.
    pub gid: u32,
}

impl Ucred {
    /// What the caller is: its process, and its effective user and group.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process, socket::Ucred};
    ///
    /// assert_eq!(Ucred::of_this_process().gid, process::getegid());
    /// ```
    #[must_use]
    #[inline]
    pub fn of_this_process() -> Self {
        use crate::process::{getegid, geteuid, getpid};
        Self { pid: getpid(), uid: geteuid(), gid: getegid() }
    }
}

/// Who was at the other end when `fd` was connected.
///
/// For who has connected, that is who called [`listen`](super::listen()); of
/// a pair, who made it. A later change of user does not show. A socket that
/// was never connected has pid 0 and the ids `u32::MAX`.
///
/// # Errors
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)`.
///
/// # See also
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::{process, socket::{self, SocketFlags, SocketType}};
///
/// let (one, _other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// assert_eq!(socket::get_peercred(&one)?.pid, process::getpid());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SO_PEERCRED")]
#[doc(alias = "getpeereid")]
#[inline]
pub fn get_peercred<Fd: AsFd>(fd: Fd) -> Result<Ucred> {
    sys::socket::getsockopt_peercred(fd.as_fd())
}

/// Whether each message that `fd` receives comes with who sent it; see
/// [`set_passcred`].
///
/// # Errors
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): it is none that could (Linux 6.16).
///
/// # Python
/// `sock.getsockopt(SOL_SOCKET, SO_PASSCRED)`.
///
/// # See also
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType};
///
/// let socket = socket::socket(SocketType::Dgram, SocketFlags::empty())?;
/// assert_eq!(socket::get_passcred(&socket), Ok(false));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn get_passcred<Fd: AsFd>(fd: Fd) -> Result<bool> {
    Ok(sys::socket::getsockopt_int(fd.as_fd(), uapi::SO_PASSCRED)? != 0)
}

/// Has each message that `fd` receives from now on come with who sent it, for
/// [`recvmsg`](super::recvmsg) to tell, or has it not.
///
/// To be set before anyone sends: for a message that was sent before, the
/// kernel may know no sender. A socket without name gets an abstract one when
/// it connects or sends, since there is someone to tell.
///
/// # Errors
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): it is none that could (Linux 6.16).
///
/// # Python
/// `sock.setsockopt(SOL_SOCKET, SO_PASSCRED, value)`.
///
/// # See also
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::{fd::IoSliceMut, socket::{self, MsgFlags, Received, SocketFlags, SocketType, Ucred}};
///
/// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
/// socket::set_passcred(&other, true)?;
/// socket::send(&one, b"hello", MsgFlags::empty())?;
/// let mut text = [0; 8];
/// let received: Received<0> =
///     socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], MsgFlags::empty())?;
/// assert_eq!(received.credentials.unwrap().pid, Ucred::of_this_process().pid);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SO_PASSCRED")]
#[inline]
pub fn set_passcred<Fd: AsFd>(fd: Fd, on: bool) -> Result<()> {
    sys::socket::setsockopt_int(fd.as_fd(), uapi::SO_PASSCRED, on.into())
}

/// Lets descriptors come with the messages that `fd` receives, as at first, or
/// has whoever sends one get [`EPERM`](Errno::EPERM).
///
/// What came and is not wanted has to be closed, which can take as long as its
/// sender likes: so who is to answer everybody had better not let it in. To be
/// set before anyone can send. Linux 6.16.
///
/// # Errors
/// - [`ENOPROTOOPT`](Errno::ENOPROTOOPT): the kernel does not know it.
/// - [`EOPNOTSUPP`](Errno::EOPNOTSUPP): it is no local socket.
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.setsockopt(SOL_SOCKET, 83, value)`; Python has no name for it.
///
/// # See also
/// [`recvmsg`](super::recvmsg),
/// [socket(7)](https://man7.org/linux/man-pages/man7/socket.7.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, socket::{self, Ancillary, MsgFlags, SocketFlags, SocketType}};
/// use rawos::fd::{AsFd, IoSlice, stderr};
///
/// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
/// if socket::set_passrights(&other, false).is_ok() {
///     let fds = [stderr()];
///     let beside = Ancillary { fds: &fds, ..Ancillary::default() };
///     let sent = socket::sendmsg(&one, &[IoSlice::new(b"x")], &beside, MsgFlags::empty(), None);
///     assert_eq!(sent, Err(Errno::EPERM));
/// }
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "SO_PASSRIGHTS")]
#[inline]
pub fn set_passrights<Fd: AsFd>(fd: Fd, on: bool) -> Result<()> {
    sys::socket::setsockopt_int(fd.as_fd(), uapi::SO_PASSRIGHTS, on.into())
}

/// Takes the error that is pending on `fd`, such as that of a connection
/// that went on without waiting; `None` if there is none.
///
/// # Errors
/// - [`ENOTSOCK`](Errno::ENOTSOCK), [`EBADF`](Errno::EBADF): `fd` is no socket, or not open.
///
/// # Python
/// `sock.getsockopt(SOL_SOCKET, SO_ERROR)`.
///
/// # See also
/// [socket(7)](https://man7.org/linux/man-pages/man7/socket.7.html)
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType};
///
/// let (one, _other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
/// assert_eq!(socket::get_error(&one), Ok(None));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SO_ERROR")]
#[inline]
pub fn get_error<Fd: AsFd>(fd: Fd) -> Result<Option<Errno>> {
    Ok(Errno::from_raw(sys::socket::getsockopt_int(fd.as_fd(), uapi::SO_ERROR)?))
}
