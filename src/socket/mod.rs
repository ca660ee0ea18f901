//! Local sockets (`AF_UNIX`): bytes, messages, descriptors and credentials
//! between processes of one machine.
//!
//! Here: making sockets, their addresses, sending and receiving, the options
//! that say who is at the other end. Everything else is done with the
//! descriptor: [`fd`](crate::fd) reads, writes and sets it non-blocking,
//! [`poll`](crate::poll) and [`epoll`](crate::epoll) wait for it.
//!
//! Descriptors are born close-on-exec, also those that come in a message, and
//! each has an owner: none is left over, whatever was cut. Sending never
//! raises `SIGPIPE`: it fails with `EPIPE`, as in Python, which ignores that
//! signal. `EINTR` is retried (PEP 475).
//!
//! The names are those of the methods of Python's `socket.socket`.

mod addr;
mod connect;
mod control;
mod flags;
mod make;
mod options;
mod receive;
mod send;

pub use self::addr::UnixAddr;
pub use self::connect::{accept4, bind, connect, getpeername, getsockname, listen, shutdown};
pub use self::control::{ControlMessage, ControlMessages};
pub use self::flags::{MsgFlags, Shutdown, SocketFlags, SocketType};
pub(crate) use self::make::in_family;
pub use self::make::{socket, socketpair};
pub use self::options::{
    Ucred, get_error, get_passcred, get_peercred, set_passcred, set_passrights,
};
pub use self::receive::{Received, recv, recvfrom, recvmsg};
pub use self::send::{Ancillary, SCM_MAX_FD, send, sendmsg, sendto};
