//! `src/socket/send.rs`, `src/socket/receive.rs`: the bytes.

use std::{
    io::{Read as _, Write as _},
    mem::MaybeUninit,
    os::unix::net::UnixDatagram,
    thread,
    time::Duration,
};

use rawos::{
    Errno,
    fd::{self, IoSlice, IoSliceMut},
    socket::{self, Ancillary, MsgFlags, Received, SocketFlags, SocketType, UnixAddr},
};

use crate::{
    common::{NONE, mixed, mixed_dgram, new, pair},
    util::{alone, assert_soon, interrupted, temp_dir},
};

#[test]
fn bytes_to_and_from_std() {
    let (ours, mut theirs) = mixed();
    assert_eq!(socket::send(&ours, b"hello", NONE), Ok(5));
    let mut text = [0; 5];
    theirs.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"hello");
    theirs.write_all(b"and back").unwrap();
    let mut room = [MaybeUninit::uninit(); 4];
    let (read, rest) = socket::recv(&ours, &mut room, NONE).unwrap();
    assert_eq!((&*read, rest.len()), (&b"and "[..], 0));
    let mut text = [0; 8];
    assert_eq!(socket::recv(&ours, &mut text, MsgFlags::PEEK), Ok(4));
    assert_eq!(socket::recv(&ours, &mut text, NONE), Ok(4));
    assert_eq!(&text[..4], b"back");
    assert_eq!(socket::recv(&ours, &mut text, MsgFlags::DONTWAIT), Err(Errno::EAGAIN));
    drop(theirs);
    assert_eq!(socket::recv(&ours, &mut text, NONE), Ok(0));
}

#[test]
fn a_message_goes_to_an_address_and_tells_its_own() {
    let tmp = temp_dir();
    let path = |name: &str| tmp.path().join(name);
    let at = |name: &str| UnixAddr::path(path(name).to_str().unwrap()).unwrap();
    let theirs = UnixDatagram::bind(path("theirs")).unwrap();
    let ours = new(SocketType::Dgram);
    assert_eq!(socket::sendto(&ours, b"a", NONE, &at("theirs")), Ok(1));
    assert!(theirs.recv_from(&mut [0; 8]).unwrap().1.is_unnamed());
    socket::bind(&ours, &at("ours")).unwrap();
    let bufs = [IoSlice::new(b"ab"), IoSlice::new(b""), IoSlice::new(b"c")];
    let nothing = Ancillary::default();
    assert_eq!(socket::sendmsg(&ours, &bufs, &nothing, NONE, Some(&at("theirs"))), Ok(3));
    let mut text = [0; 8];
    let (len, from) = theirs.recv_from(&mut text).unwrap();
    assert_eq!((&text[..len], from.as_pathname()), (&b"abc"[..], Some(&*path("ours"))));

    theirs.send_to(b"hello", path("ours")).unwrap();
    assert_eq!(socket::recvfrom(&ours, &mut text, NONE), Ok((5, at("theirs"))));
    theirs.send_to(b"again", path("ours")).unwrap();
    let (mut first, mut second) = ([0; 2], [0; 9]);
    let mut bufs = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
    let received: Received<0> = socket::recvmsg(&ours, &mut bufs, NONE).unwrap();
    assert_eq!((received.len, received.address, received.flags), (5, at("theirs"), NONE));
    assert_eq!((&first, &second[..3]), (b"ag", &b"ain"[..]));
    UnixDatagram::unbound().unwrap().send_to(b"x", path("ours")).unwrap();
    assert_eq!(socket::recvfrom(&ours, &mut text, NONE), Ok((1, UnixAddr::UNNAMED)));

    assert_eq!(socket::sendto(&ours, b"x", NONE, &at("none")), Err(Errno::ENOENT));
    drop(theirs);
    assert_soon(Err(Errno::ECONNREFUSED), || socket::sendto(&ours, b"x", NONE, &at("theirs")));
    assert_eq!(socket::send(&ours, b"x", NONE), Err(Errno::ENOTCONN));
}

#[test]
fn who_is_connected_sends_to_no_address() {
    let (stream, _other) = pair(SocketType::Stream);
    let nowhere = UnixAddr::path("/proc/none").unwrap();
    assert_eq!(socket::sendto(&stream, b"x", NONE, &nowhere), Err(Errno::EISCONN));
    let lonely = new(SocketType::Stream);
    assert_eq!(socket::sendto(&lonely, b"x", NONE, &nowhere), Err(Errno::EOPNOTSUPP));
    assert_eq!(socket::recv(&lonely, &mut [0; 1], NONE), Err(Errno::EINVAL));
}

#[test]
fn a_message_is_cut_visibly_and_can_be_measured() {
    let (ours, theirs) = mixed_dgram();
    for flags in [NONE, MsgFlags::TRUNC] {
        theirs.send(b"hello").unwrap();
        let mut text = [b'-'; 4];
        // What is counted is what is there.
        assert_eq!(socket::recv(&ours, &mut text[..3], MsgFlags::PEEK | flags), Ok(3));
        assert_eq!(&text, b"hel-");
        let mut room = [MaybeUninit::uninit(); 3];
        let (read, rest) = socket::recv(&ours, &mut room, MsgFlags::PEEK | flags).unwrap();
        assert_eq!((&*read, rest.len()), (&b"hel"[..], 0));
        let mut bufs = [IoSliceMut::new(&mut text)];
        let received: Received<1> = socket::recvmsg(&ours, &mut bufs, flags).unwrap();
        assert_eq!(received.flags, MsgFlags::TRUNC);
        assert_eq!(received.len, if flags.is_empty() { 4 } else { 5 });
        assert_eq!(&text, b"hell");
    }
    theirs.send(b"").unwrap();
    assert_eq!(socket::recv(&ours, &mut [0; 4], NONE), Ok(0));
    assert_eq!(socket::recv(&ours, &mut [0; 4], MsgFlags::DONTWAIT), Err(Errno::EAGAIN));
}

#[test]
fn packets_keep_their_bounds() {
    let (one, other) = pair(SocketType::Seqpacket);
    for text in [&b"one"[..], b"", b"three"] {
        assert_eq!(socket::send(&one, text, NONE), Ok(text.len()));
    }
    let mut room = [0; 8];
    for text in [&b"one"[..], b"", b"three"] {
        let len = socket::recv(&other, &mut room, NONE).unwrap();
        assert_eq!(&room[..len], text);
    }
}

#[test]
fn nobody_is_left_and_no_signal_comes() {
    alone("message::nobody_is_left_and_no_signal_comes", || {
        // SAFETY: the default action, which would end this process.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        let (one, other) = pair(SocketType::Stream);
        drop(other);
        let nothing = Ancillary::default();
        let bufs = [IoSlice::new(b"x")];
        assert_eq!(socket::send(&one, b"x", NONE), Err(Errno::EPIPE));
        assert_eq!(socket::sendmsg(&one, &bufs, &nothing, NONE, None), Err(Errno::EPIPE));
        let (one, other) = pair(SocketType::Dgram);
        drop(other);
        assert_eq!(socket::send(&one, b"x", NONE), Err(Errno::ECONNREFUSED));
    });
}

#[test]
fn a_peer_that_did_not_read_resets() {
    let (ours, theirs) = mixed();
    assert_eq!(socket::send(&ours, b"unread", NONE), Ok(6));
    drop(theirs);
    assert_eq!(socket::recv(&ours, &mut [0; 8], NONE), Err(Errno::ECONNRESET));
    assert_eq!(socket::recv(&ours, &mut [0; 8], NONE), Ok(0));
}

#[test]
fn too_long_too_many_and_no_room() {
    let (one, _other) = socket::socketpair(SocketType::Dgram, SocketFlags::NONBLOCK).unwrap();
    let nothing = Ancillary::default();
    let huge = vec![0; 64 << 20];
    assert_eq!(socket::send(&one, &huge, NONE), Err(Errno::EMSGSIZE));
    let many = vec![IoSlice::new(b""); 1025];
    assert_eq!(socket::sendmsg(&one, &many, &nothing, NONE, None), Err(Errno::EMSGSIZE));
    assert_eq!(socket::sendmsg(&one, &many[..1024], &nothing, NONE, None), Ok(0));
    let (one, _other) = pair(SocketType::Stream);
    let full = (0..10_000).find_map(|_| socket::send(&one, &[0; 4096], MsgFlags::DONTWAIT).err());
    assert_eq!(full, Some(Errno::EAGAIN));
}

#[test]
fn sending_and_receiving_outlast_signals() {
    let (one, other) = pair(SocketType::Stream);
    // A byte each: of a stream, more than one may have come.
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3 {
                thread::sleep(Duration::from_millis(30));
                assert_eq!(socket::send(&one, b"x", NONE), Ok(1));
            }
        });
        interrupted(u32::MAX, || {
            assert_eq!(socket::recv(&other, &mut [0; 1], NONE), Ok(1));
            assert_eq!(socket::recvfrom(&other, &mut [0; 1], NONE).map(|(len, _)| len), Ok(1));
            let mut text = [0; 1];
            let received: Received<1> =
                socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], NONE).unwrap();
            assert_eq!(received.len, 1);
        });
    });
    // Full, until the other thread reads.
    while socket::send(&one, &[0; 4096], MsgFlags::DONTWAIT).is_ok() {}
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(50));
            let mut rest = vec![0; 1 << 16];
            while fd::read(&other, &mut rest[..]).unwrap() == rest.len() {}
        });
        interrupted(u32::MAX, || assert!(socket::send(&one, &[0; 4096], NONE).is_ok()));
    });
}

#[test]
fn all_is_waited_for() {
    let (one, other) = pair(SocketType::Stream);
    thread::scope(|scope| {
        scope.spawn(|| {
            for text in [b"ab", b"cd"] {
                assert_eq!(socket::send(&one, text, NONE), Ok(2));
                thread::sleep(Duration::from_millis(20));
            }
        });
        let mut room = [0; 4];
        assert_eq!(socket::recv(&other, &mut room, MsgFlags::WAITALL), Ok(4));
        assert_eq!(&room, b"abcd");
    });
}
