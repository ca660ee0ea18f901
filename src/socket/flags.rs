//! Kinds of sockets, and flags of the calls on them.
#![forbid(unsafe_code)]

use linux_raw_sys::{general, net as uapi};

/// How a socket carries what is sent.
///
/// # Python
/// `socket.SocketKind`.
///
/// # Examples
/// ```
/// use rawos::socket::{self, SocketFlags, SocketType};
///
/// assert!(socket::socket(SocketType::Seqpacket, SocketFlags::empty()).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum SocketType {
    /// `SOCK_STREAM`: a connection; bytes without bounds between them.
    #[doc(alias = "SOCK_STREAM")]
    Stream = uapi::SOCK_STREAM,
    /// `SOCK_DGRAM`: messages, each to an address. Here none is lost or
    /// overtaken: a sender waits while the receiver's queue is full.
    #[doc(alias = "SOCK_DGRAM")]
    Dgram = uapi::SOCK_DGRAM,
    /// `SOCK_SEQPACKET`: a connection that carries messages.
    #[doc(alias = "SOCK_SEQPACKET")]
    Seqpacket = uapi::SOCK_SEQPACKET,
}

/// Which direction of a connection [`shutdown`](super::shutdown()) ends.
///
/// # Examples
/// ```
/// use rawos::socket::Shutdown;
///
/// assert_eq!(Shutdown::Write as u32, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Shutdown {
    /// `SHUT_RD`: nothing more is received.
    #[doc(alias = "SHUT_RD")]
    Read = uapi::SHUT_RD,
    /// `SHUT_WR`: nothing more is sent; the other end reads to the end.
    #[doc(alias = "SHUT_WR")]
    Write = uapi::SHUT_WR,
    /// `SHUT_RDWR`: neither.
    #[doc(alias = "SHUT_RDWR")]
    Both = uapi::SHUT_RDWR,
}

flags! {
    /// Flags for the calls that make sockets, such as [`socket`](super::socket()).
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, socket::{self, SocketFlags, SocketType}};
    ///
    /// let (one, _other) = socket::socketpair(SocketType::Stream, SocketFlags::NONBLOCK)?;
    /// assert_eq!(fd::get_blocking(&one), Ok(false));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct SocketFlags: u32 {
        /// `SOCK_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "SOCK_CLOEXEC")]
        const CLOEXEC = general::O_CLOEXEC;
        /// `SOCK_NONBLOCK`: no call on it waits.
        #[doc(alias = "SOCK_NONBLOCK")]
        const NONBLOCK = general::O_NONBLOCK;
    }

    /// Flags for sending and receiving, and what [`recvmsg`](super::recvmsg)
    /// says of a message.
    ///
    /// # Examples
    /// ```
    /// use rawos::socket::{self, MsgFlags, SocketFlags, SocketType};
    ///
    /// let (one, other) = socket::socketpair(SocketType::Dgram, SocketFlags::empty())?;
    /// socket::send(&one, b"hello", MsgFlags::empty())?;
    /// // Looked at, and still there.
    /// assert_eq!(socket::recv(&other, &mut [0; 8], MsgFlags::PEEK), Ok(5));
    /// assert_eq!(socket::recv(&other, &mut [0; 8], MsgFlags::DONTWAIT), Ok(5));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct MsgFlags: u32 {
        /// `MSG_CMSG_CLOEXEC`: received descriptors close on exec; this crate
        /// always sets it.
        #[doc(alias = "MSG_CMSG_CLOEXEC")]
        const CMSG_CLOEXEC = uapi::MSG_CMSG_CLOEXEC;
        /// `MSG_CTRUNC`: descriptors or other control messages had no room, or
        /// the process may have no more descriptors; what was cut is closed.
        #[doc(alias = "MSG_CTRUNC")]
        const CTRUNC = uapi::MSG_CTRUNC;
        /// `MSG_DONTWAIT`: `EAGAIN` instead of waiting, this once.
        #[doc(alias = "MSG_DONTWAIT")]
        const DONTWAIT = uapi::MSG_DONTWAIT;
        /// `MSG_EOR`: the end of a record. Local sockets ignore it.
        #[doc(alias = "MSG_EOR")]
        const EOR = uapi::MSG_EOR;
        /// `MSG_MORE`: more follows at once. Local sockets ignore it.
        #[doc(alias = "MSG_MORE")]
        const MORE = uapi::MSG_MORE;
        /// `MSG_NOSIGNAL`: no `SIGPIPE`; this crate always sets it.
        #[doc(alias = "MSG_NOSIGNAL")]
        const NOSIGNAL = uapi::MSG_NOSIGNAL;
        /// `MSG_OOB`: a byte out of band; of local sockets, streams have it
        /// since Linux 5.15.
        #[doc(alias = "MSG_OOB")]
        const OOB = uapi::MSG_OOB;
        /// `MSG_PEEK`: what is received stays there. Descriptors are
        /// duplicated, so each look gives new ones.
        #[doc(alias = "MSG_PEEK")]
        const PEEK = uapi::MSG_PEEK;
        /// `MSG_TRUNC`: the message was longer than the buffers. Asked for in
        /// [`recvmsg`](super::recvmsg): count all of the message.
        #[doc(alias = "MSG_TRUNC")]
        const TRUNC = uapi::MSG_TRUNC;
        /// `MSG_WAITALL`: of a stream, wait until the buffers are full.
        #[doc(alias = "MSG_WAITALL")]
        const WAITALL = uapi::MSG_WAITALL;
    }
}
