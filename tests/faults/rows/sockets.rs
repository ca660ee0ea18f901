//! Local sockets. std is the other end, and the witness.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::{UnixDatagram, UnixListener, UnixStream},
};

use rawos::{
    fd::{AsFd as _, IoSlice, IoSliceMut},
    socket::{self, Ancillary, MsgFlags, Shutdown, SocketFlags, SocketType, Ucred, UnixAddr},
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

const NONE: MsgFlags = MsgFlags::empty();

fn address() -> UnixAddr {
    UnixAddr::path("socket").expect("a path")
}

/// What is sent.
const TEXT: &[u8] = b"over there";

pub const ROWS: &[Row] = &[
    Row {
        name: "socket::socket",
        run: |t| t.call(|| socket::socket(SocketType::Stream, SocketFlags::NONBLOCK)),
        rules: &[],
    },
    Row {
        name: "socket::socketpair",
        run: |t| t.call(|| socket::socketpair(SocketType::Seqpacket, SocketFlags::empty())),
        rules: &[],
    },
    Row {
        name: "socket::bind",
        run: |t| {
            let fd = UnixDatagram::unbound().expect("a socket");
            let bound = t.call_and(|| socket::bind(&fd, &address()), |bound| bound.is_ok());
            assert!(t.dir.join("socket").exists() == bound);
        },
        // The manual page knows no wait for the directory.
        rules: &[Rule::Tries(Sysno::bind, &[libc::EINTR])],
    },
    Row {
        name: "socket::listen",
        run: |t| {
            let fd = socket::socket(SocketType::Stream, SocketFlags::empty()).expect("a socket");
            socket::bind(&fd, &address()).expect("a name");
            let listens = t.call_and(|| socket::listen(&fd, 3), |done| done.is_ok());
            assert!(UnixStream::connect("socket").is_ok() == listens);
        },
        rules: &[],
    },
    Row {
        name: "socket::accept4",
        run: |t| {
            let fd = UnixListener::bind("socket").expect("a listener");
            let _other = UnixStream::connect("socket").expect("a connection");
            t.call_and(
                || socket::accept4(&fd, SocketFlags::empty()),
                |accepted| {
                    assert!(accepted.is_err() || accepted.is_ok_and(|(_, from)| from.is_unnamed()));
                },
            );
        },
        rules: &[],
    },
    Row {
        name: "socket::connect",
        run: |t| {
            let listener = UnixListener::bind("socket").expect("a listener");
            listener.set_nonblocking(true).expect("a flag");
            let fd = socket::socket(SocketType::Stream, SocketFlags::empty()).expect("a socket");
            let done = t.call_and(|| socket::connect(&fd, &address()), |done| done.is_ok());
            assert!(listener.accept().is_ok() == done);
        },
        rules: &[],
    },
    Row {
        name: "socket::getsockname",
        run: |t| {
            let fd = UnixDatagram::bind("socket").expect("a socket");
            t.call_and(|| socket::getsockname(&fd), |name| is_name(&name));
        },
        rules: &[],
    },
    Row {
        name: "socket::getpeername",
        run: |t| {
            let _other = UnixListener::bind("socket").expect("a listener");
            let fd = UnixStream::connect("socket").expect("a connection");
            t.call_and(|| socket::getpeername(&fd), |name| is_name(&name));
        },
        rules: &[],
    },
    Row {
        name: "socket::shutdown",
        run: |t| {
            let (mut fd, _other) = UnixStream::pair().expect("a pair");
            let done = t.call_and(|| socket::shutdown(&fd, Shutdown::Write), |done| done.is_ok());
            assert!(fd.write(TEXT).is_err() == done);
        },
        rules: &[],
    },
    Row {
        name: "socket::recv",
        run: |t| {
            let (fd, mut other) = UnixStream::pair().expect("a pair");
            other.write_all(TEXT).expect("bytes");
            let mut buf = [0; 64];
            let len = t.call_and(|| socket::recv(&fd, &mut buf, NONE), |len| len.ok());
            assert!(len.is_none_or(|len| &buf[..len] == TEXT));
        },
        rules: &[],
    },
    Row {
        name: "socket::recvfrom",
        run: |t| {
            let (fd, other) = datagrams();
            other.send_to(TEXT, "socket").expect("a datagram");
            let mut buf = [0; 64];
            let got = t.call_and(|| socket::recvfrom(&fd, &mut buf, NONE), |got| got.ok());
            let Some((len, from)) = got else { return };
            assert_eq!((&buf[..len], from.as_path()), (TEXT, Some(&b"other-socket"[..])));
        },
        rules: &[],
    },
    Row {
        name: "socket::recvmsg",
        run: |t| {
            let (fd, _other) = carrying(1);
            let mut buf = [0; 64];
            let bufs = &mut [IoSliceMut::new(&mut buf)];
            let done = t.call_and(
                || socket::recvmsg::<1, _>(&fd, bufs, NONE),
                |got| {
                    let Ok(got) = got else { return false };
                    assert_eq!((got.len, got.fds[0].is_some()), (TEXT.len(), true));
                    assert!(got.credentials.is_none() && got.pidfd.is_none());
                    true
                },
            );
            assert!(!done || buf[..TEXT.len()] == *TEXT);
        },
        rules: &[],
    },
    Row {
        // What has no room is closed.
        name: "socket::recvmsg (more descriptors than there is room for)",
        run: |t| {
            let (fd, _other) = carrying(7);
            let mut buf = [0; 64];
            let bufs = &mut [IoSliceMut::new(&mut buf)];
            t.call_and(
                || socket::recvmsg::<2, _>(&fd, bufs, NONE),
                |got| {
                    let Ok(got) = got else { return };
                    assert!(got.flags.contains(MsgFlags::CTRUNC));
                    assert!(got.fds.iter().all(Option::is_some));
                },
            );
        },
        rules: &[],
    },
    Row {
        name: "socket::send",
        run: |t| {
            let (fd, mut other) = UnixStream::pair().expect("a pair");
            let sent = t.call_and(|| socket::send(&fd, TEXT, NONE), |len| len.unwrap_or(0));
            drop(fd);
            came(&mut other, sent);
        },
        rules: &[],
    },
    Row {
        name: "socket::sendto",
        run: |t| {
            let (other, fd) = datagrams();
            let sent =
                t.call_and(|| socket::sendto(&fd, TEXT, NONE, &address()), |len| len.is_ok());
            assert!(other.recv(&mut [0; 64]).is_ok() == sent);
        },
        rules: &[],
    },
    Row {
        name: "socket::sendmsg",
        run: |t| {
            let (fd, mut other) = UnixStream::pair().expect("a pair");
            let ours = fd.as_fd();
            let fds = [ours.as_fd()];
            let with = Ancillary { fds: &fds, credentials: Some(Ucred::of_this_process()) };
            let (start, end) = TEXT.split_at(3);
            let bufs = [IoSlice::new(start), IoSlice::new(end)];
            let sent = t.call_and(
                || socket::sendmsg(&fd, &bufs, &with, NONE, None),
                Result::unwrap_or_default,
            );
            drop(fd);
            came(&mut other, sent);
        },
        rules: &[],
    },
    Row {
        name: "socket::Ucred::of_this_process",
        run: |t| t.call(|| Ucred::of_this_process().pid.0),
        rules: &[],
    },
    Row {
        name: "socket::get_peercred",
        run: |t| {
            let (fd, _other) = UnixStream::pair().expect("a pair");
            let pid = std::process::id().cast_signed();
            t.call_and(
                || socket::get_peercred(&fd),
                |told| assert!(told.is_err() || told.is_ok_and(|told| told.pid.0 == pid)),
            );
        },
        rules: &[],
    },
    Row {
        name: "socket::get_passcred",
        run: |t| {
            let (fd, _other) = UnixStream::pair().expect("a pair");
            socket::set_passcred(&fd, true).expect("an option");
            t.call_and(|| socket::get_passcred(&fd), |on| assert!(on.unwrap_or(true)));
        },
        rules: &[],
    },
    Row {
        name: "socket::set_passcred",
        run: |t| {
            let (fd, _other) = UnixStream::pair().expect("a pair");
            let set = t.call_and(|| socket::set_passcred(&fd, true), |done| done.is_ok());
            assert!(socket::get_passcred(&fd) == Ok(set));
        },
        rules: &[],
    },
    Row {
        name: "socket::set_passrights",
        run: |t| {
            let (fd, _other) = UnixStream::pair().expect("a pair");
            t.call(|| socket::set_passrights(&fd, false));
        },
        // Linux 6.16 has it.
        rules: &[Rule::Answers(Sysno::setsockopt, None, 0)],
    },
    Row {
        name: "socket::get_error",
        run: |t| {
            let (fd, _other) = UnixStream::pair().expect("a pair");
            t.call_and(|| socket::get_error(&fd), |told| assert_eq!(told.unwrap_or(None), None));
        },
        rules: &[],
    },
];

fn is_name(name: &rawos::Result<UnixAddr>) {
    assert!(name.is_err() || *name == Ok(address()));
}

/// One that is called `socket`, and another one.
fn datagrams() -> (UnixDatagram, UnixDatagram) {
    let fd = UnixDatagram::bind("socket").expect("a socket");
    fd.set_nonblocking(true).expect("a flag");
    (fd, UnixDatagram::bind("other-socket").expect("another"))
}

/// A pair, with so many descriptors on their way to the first.
fn carrying(count: usize) -> (UnixStream, UnixStream) {
    let (fd, other) = UnixStream::pair().expect("a pair");
    let fds = vec![fd.as_fd(); count];
    let with = Ancillary { fds: &fds, credentials: None };
    let sent = socket::sendmsg(&other, &[IoSlice::new(TEXT)], &with, NONE, None);
    assert_eq!(sent, Ok(TEXT.len()));
    (fd, other)
}

/// That so many bytes came, and then the end.
fn came(other: &mut UnixStream, sent: usize) {
    let mut all = Vec::new();
    other.read_to_end(&mut all).expect("bytes");
    assert_eq!(all, TEXT[..sent]);
}
