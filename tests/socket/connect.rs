//! `src/socket/connect.rs`.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    thread,
    time::Duration,
};

use rawos::{
    Errno,
    fd::{self, IoSlice, IoSliceMut},
    socket::{self, MsgFlags, Shutdown, SocketFlags, SocketType, UnixAddr},
};

use crate::{
    common::{NONE, address, closed, into_std, lend, mixed, new, pair},
    util::{interrupted, is_cloexec, temp_dir},
};

const PLAIN: SocketFlags = SocketFlags::empty();

#[test]
fn our_client_at_a_server_of_stds() {
    let tmp = temp_dir();
    let path = tmp.path().join("server");
    let server = UnixListener::bind(&path).unwrap();
    let client = new(SocketType::Stream);
    let address = UnixAddr::path(path.to_str().unwrap()).unwrap();
    assert_eq!(socket::connect(&client, &address), Ok(()));
    assert_eq!(socket::getpeername(&client), Ok(address));
    let (mut accepted, _) = server.accept().unwrap();
    assert_eq!(socket::send(&client, b"hello", NONE), Ok(5));
    assert_eq!(socket::shutdown(&client, Shutdown::Write), Ok(()));
    let mut text = String::new();
    accepted.read_to_string(&mut text).unwrap();
    assert_eq!(text, "hello");
    assert_eq!(socket::send(&client, b"more", NONE), Err(Errno::EPIPE));
    assert_eq!(socket::connect(&client, &address), Err(Errno::EISCONN));
}

#[test]
fn a_client_of_stds_at_our_server() {
    let tmp = temp_dir();
    let path = tmp.path().join("server");
    let address = UnixAddr::path(path.to_str().unwrap()).unwrap();
    let server = new(SocketType::Stream);
    assert_eq!(socket::bind(&server, &address), Ok(()));
    assert_eq!(socket::listen(&server, 8), Ok(()));
    let mut clients: Vec<_> = (0..3).map(|_| UnixStream::connect(&path).unwrap()).collect();
    for (client, flags) in clients.iter_mut().zip([PLAIN, SocketFlags::NONBLOCK, PLAIN]) {
        let (accepted, peer) = socket::accept4(&server, flags).unwrap();
        assert!(peer.is_unnamed());
        assert!(is_cloexec(accepted.as_raw_fd()));
        assert_eq!(fd::get_blocking(&accepted), Ok(flags.is_empty()));
        assert_eq!(socket::getsockname(&accepted), Ok(address));
        client.write_all(b"hello").unwrap();
        let mut text = [0; 8];
        assert_eq!(socket::recv(&accepted, &mut text, NONE), Ok(5));
    }
    let unknown = SocketFlags::from_bits_retain(1);
    assert_eq!(socket::accept4(&server, unknown).err(), Some(Errno::EINVAL));
}

#[test]
fn who_has_connected_is_told_by_name() {
    let (server, client) = (new(SocketType::Seqpacket), new(SocketType::Seqpacket));
    let (there, here) = (address(), address());
    socket::bind(&server, &there).unwrap();
    socket::bind(&client, &here).unwrap();
    socket::listen(&server, 1).unwrap();
    socket::connect(&client, &socket::getsockname(&server).unwrap()).unwrap();
    let (accepted, peer) = socket::accept4(&server, PLAIN).unwrap();
    assert_eq!(peer, socket::getsockname(&client).unwrap());
    assert!(peer.as_abstract().unwrap().starts_with(here.as_abstract().unwrap()));
    assert_eq!(socket::getpeername(&accepted), Ok(peer));
}

#[test]
fn what_cannot_be_bound() {
    let tmp = temp_dir();
    let path = |name: &str| UnixAddr::path(tmp.path().join(name).to_str().unwrap()).unwrap();
    std::fs::write(tmp.path().join("file"), b"").unwrap();
    let server = new(SocketType::Stream);
    assert_eq!(socket::bind(&server, &path("file")), Err(Errno::EADDRINUSE));
    assert_eq!(socket::bind(&server, &path("none/s")), Err(Errno::ENOENT));
    assert_eq!(socket::bind(&server, &path("file/s")), Err(Errno::ENOTDIR));
    assert_eq!(socket::listen(&server, 1), Err(Errno::EINVAL));
    assert_eq!(socket::bind(&server, &path("s")), Ok(()));
    assert_eq!(socket::bind(&server, &path("t")), Err(Errno::EINVAL));
    assert_eq!(socket::bind(new(SocketType::Dgram), &path("s")), Err(Errno::EADDRINUSE));
    let name = address();
    let holder = new(SocketType::Stream);
    socket::bind(&holder, &name).unwrap();
    assert_eq!(socket::bind(new(SocketType::Stream), &name), Err(Errno::EADDRINUSE));
    drop(holder);
    assert_eq!(socket::bind(new(SocketType::Stream), &name), Ok(()));
    let messages = new(SocketType::Dgram);
    socket::bind(&messages, &address()).unwrap();
    assert_eq!(socket::listen(&messages, 1), Err(Errno::EOPNOTSUPP));
}

#[test]
fn what_cannot_be_connected() {
    let tmp = temp_dir();
    let path = |name: &str| UnixAddr::path(tmp.path().join(name).to_str().unwrap()).unwrap();
    std::fs::write(tmp.path().join("file"), b"").unwrap();
    let server = new(SocketType::Stream);
    socket::bind(&server, &path("s")).unwrap();
    let client = new(SocketType::Stream);
    assert_eq!(socket::connect(&client, &path("none")), Err(Errno::ENOENT));
    assert_eq!(socket::connect(&client, &path("file")), Err(Errno::ECONNREFUSED));
    assert_eq!(socket::connect(&client, &path("s")), Err(Errno::ECONNREFUSED));
    assert_eq!(socket::connect(&client, &address()), Err(Errno::ECONNREFUSED));
    assert_eq!(socket::connect(&client, &UnixAddr::UNNAMED), Err(Errno::EINVAL));
    socket::listen(&server, 4).unwrap();
    let messages = new(SocketType::Dgram);
    assert_eq!(socket::connect(&messages, &path("s")), Err(Errno::EPROTOTYPE));
    assert_eq!(socket::connect(&server, &path("s")), Err(Errno::EINVAL));
    assert_eq!(socket::getpeername(&client), Err(Errno::ENOTCONN));
    assert_eq!(socket::connect(&client, &path("s")), Ok(()));
}

#[test]
fn what_is_no_socket() {
    let (reader, _writer) = fd::pipe().unwrap();
    // With none, the emulator asks nobody and says that all is well.
    let one_buffer = [IoSlice::new(b"x")];
    for (fd, errno) in [(fd::AsFd::as_fd(&reader), Errno::ENOTSOCK), (closed(), Errno::EBADF)] {
        let results = [
            socket::bind(fd, &UnixAddr::UNNAMED),
            socket::listen(fd, 1),
            socket::accept4(fd, PLAIN).map(drop),
            socket::connect(fd, &address()),
            socket::getsockname(fd).map(drop),
            socket::getpeername(fd).map(drop),
            socket::shutdown(fd, Shutdown::Both),
            socket::send(fd, b"x", NONE).map(drop),
            socket::sendto(fd, b"x", NONE, &address()).map(drop),
            socket::sendmsg(fd, &one_buffer, &socket::Ancillary::default(), NONE, None).map(drop),
            socket::recv(fd, &mut [0; 1], NONE).map(drop),
            socket::recvmsg::<1, _>(fd, &mut [IoSliceMut::new(&mut [0; 1])], NONE).map(drop),
            socket::get_error(fd).map(drop),
            socket::get_peercred(fd).map(drop),
            socket::set_passcred(fd, true),
        ];
        assert_eq!(results, [Err(errno); 15]);
    }
}

#[test]
fn nobody_to_accept() {
    let server = socket::socket(SocketType::Stream, SocketFlags::NONBLOCK).unwrap();
    socket::bind(&server, &address()).unwrap();
    assert_eq!(socket::accept4(&server, PLAIN).err(), Some(Errno::EINVAL));
    socket::listen(&server, 1).unwrap();
    assert_eq!(socket::accept4(&server, PLAIN).err(), Some(Errno::EAGAIN));
}

#[test]
fn accepting_outlasts_signals() {
    let server = new(SocketType::Stream);
    socket::bind(&server, &address()).unwrap();
    socket::listen(&server, 1).unwrap();
    let there = socket::getsockname(&server).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(30));
            let client = new(SocketType::Stream);
            socket::connect(&client, &there).unwrap();
            assert_eq!(socket::recv(&client, &mut [0; 8], NONE), Ok(2));
        });
        interrupted(u32::MAX, || {
            let (accepted, _) = socket::accept4(&server, PLAIN).unwrap();
            assert_eq!(socket::send(&accepted, b"hi", NONE), Ok(2));
        });
    });
}

#[test]
fn connecting_outlasts_signals() {
    let server = new(SocketType::Stream);
    socket::bind(&server, &address()).unwrap();
    socket::listen(&server, 5).unwrap();
    // Less than before counts too: one waits, and then there is no room.
    socket::listen(&server, 0).unwrap();
    let there = socket::getsockname(&server).unwrap();
    let first = new(SocketType::Stream);
    socket::connect(&first, &there).unwrap();
    let impatient = socket::socket(SocketType::Stream, SocketFlags::NONBLOCK).unwrap();
    assert_eq!(socket::connect(&impatient, &there), Err(Errno::EAGAIN));
    let client = new(SocketType::Stream);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(50));
            drop(socket::accept4(&server, PLAIN).unwrap());
        });
        interrupted(u32::MAX, || assert_eq!(socket::connect(&client, &there), Ok(())));
    });
    // It is connected, and to this server.
    assert_eq!(socket::getpeername(&client), Ok(there));
    assert_eq!(socket::send(&client, b"x", NONE), Ok(1));
    let (accepted, _) = socket::accept4(&server, PLAIN).unwrap();
    assert_eq!(socket::recv(&accepted, &mut [0; 8], NONE), Ok(1));
}

#[test]
fn each_direction_ends_alone() {
    let (ours, mut theirs) = mixed();
    assert_eq!(socket::shutdown(&ours, Shutdown::Write), Ok(()));
    assert_eq!(theirs.read(&mut [0; 4]).unwrap(), 0);
    theirs.write_all(b"still").unwrap();
    assert_eq!(socket::recv(&ours, &mut [0; 8], NONE), Ok(5));
    assert_eq!(socket::shutdown(&ours, Shutdown::Read), Ok(()));
    assert_eq!(socket::recv(&ours, &mut [0; 8], NONE), Ok(0));
    assert!(theirs.write_all(b"x").is_err());
    let (one, other) = pair(SocketType::Stream);
    assert_eq!(socket::shutdown(&one, Shutdown::Both), Ok(()));
    let mut other: UnixStream = into_std(other);
    assert_eq!(other.read(&mut [0; 4]).unwrap(), 0);
    assert_eq!(socket::shutdown(new(SocketType::Stream), Shutdown::Both), Ok(()));
    let listener = UnixListener::bind(temp_dir().path().join("s")).unwrap();
    assert_eq!(socket::recv(lend(&listener), &mut [0; 1], MsgFlags::DONTWAIT), Err(Errno::EINVAL));
}
