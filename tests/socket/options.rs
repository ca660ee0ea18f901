//! `src/socket/options.rs`, and credentials in messages.

use std::{os::unix::net::UnixListener, process};

use rawos::{
    Errno,
    fd::{IoSlice, IoSliceMut},
    process::Pid,
    socket::{self, Ancillary, MsgFlags, Received, SocketType, Ucred, UnixAddr},
};

use crate::{
    common::{NONE, lend, new, option, pair},
    util::{as_nobody, not_run, temp_dir},
};

fn own() -> Ucred {
    // SAFETY: takes nothing.
    let uid = unsafe { libc::geteuid() };
    // SAFETY: as above.
    let gid = unsafe { libc::getegid() };
    Ucred { pid: Pid(process::id() as i32), uid, gid }
}

/// Receives a message and tells who sent it.
fn sender(from: &rawos::fd::OwnedFd) -> Option<Ucred> {
    let mut text = [0; 8];
    let received: Received<0> =
        socket::recvmsg(from, &mut [IoSliceMut::new(&mut text)], MsgFlags::DONTWAIT).unwrap();
    assert!(!received.flags.contains(MsgFlags::CTRUNC));
    received.credentials
}

fn claim(to: &rawos::fd::OwnedFd, credentials: Ucred) -> rawos::Result<usize> {
    let with = Ancillary { credentials: Some(credentials), ..Ancillary::default() };
    socket::sendmsg(to, &[IoSlice::new(b"x")], &with, NONE, None)
}

#[test]
fn the_peer_is_who_made_it() {
    assert_eq!(Ucred::of_this_process(), own());
    let (one, other) = pair(SocketType::Stream);
    assert_eq!(socket::get_peercred(&one), Ok(own()));
    assert_eq!(socket::get_peercred(&other), Ok(own()));
    let nobody = socket::get_peercred(new(SocketType::Stream)).unwrap();
    assert_eq!(nobody, Ucred { pid: Pid(0), uid: u32::MAX, gid: u32::MAX });
    let tmp = temp_dir();
    let path = tmp.path().join("s");
    let server = UnixListener::bind(&path).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(&path, open).unwrap();
    let client = as_nobody(|| {
        let client = new(SocketType::Stream);
        let there = UnixAddr::path(path.to_str().unwrap()).unwrap();
        socket::connect(&client, &there).unwrap();
        client
    });
    assert_eq!(socket::get_peercred(&client), Ok(own()));
    let (accepted, _) = server.accept().unwrap();
    let seen = socket::get_peercred(lend(&accepted)).unwrap();
    assert_eq!(seen.pid, own().pid);
    // Where the tests have no privilege, they are that user already.
    let expected = if own().uid == 0 { 65534 } else { own().uid };
    assert_eq!(seen.uid, expected);
}

#[test]
fn senders_are_told_when_asked_for() {
    for kind in [SocketType::Stream, SocketType::Dgram, SocketType::Seqpacket] {
        let (one, other) = pair(kind);
        socket::send(&one, b"x", NONE).unwrap();
        assert_eq!(sender(&other), None);
        assert_eq!(socket::get_passcred(&other), Ok(false));
        assert_eq!(socket::set_passcred(&other, true), Ok(()));
        assert_eq!(option(&other, libc::SO_PASSCRED), 1);
        assert_eq!(socket::get_passcred(&other), Ok(true));
        socket::send(&one, b"x", NONE).unwrap();
        assert_eq!(sender(&other), Some(own()));
        assert_eq!(claim(&one, own()), Ok(1));
        assert_eq!(sender(&other), Some(own()));
        assert_eq!(socket::set_passcred(&other, false), Ok(()));
        socket::send(&one, b"x", NONE).unwrap();
        assert_eq!(sender(&other), None);
    }
}

#[test]
fn to_be_another_takes_privilege() {
    let (one, other) = pair(SocketType::Dgram);
    socket::set_passcred(&other, true).unwrap();
    let parent = Ucred { pid: Pid(1), uid: 4711, gid: 4712 };
    as_nobody(|| {
        assert_eq!(claim(&one, parent), Err(Errno::EPERM));
        assert_eq!(claim(&one, Ucred { pid: Pid(1), ..own() }), Err(Errno::EPERM));
    });
    if own().uid == 0 {
        // Root of a namespace, or of a container, may lack it as well.
        let nobody = claim(&one, Ucred { pid: Pid(i32::MAX), ..own() });
        if nobody == Err(Errno::EPERM) {
            return not_run(format_args!("to be another: {nobody:?}"));
        }
        assert_eq!(nobody, Err(Errno::ESRCH));
        assert_eq!(claim(&one, parent), Ok(1));
        assert_eq!(sender(&other), Some(parent));
    }
    assert_eq!(socket::recv(&other, &mut [0; 1], MsgFlags::DONTWAIT), Err(Errno::EAGAIN));
}

#[test]
fn descriptors_are_kept_out() {
    let (one, other) = pair(SocketType::Dgram);
    match socket::set_passrights(&other, false) {
        // Before Linux 6.16.
        Err(Errno::ENOPROTOOPT) => return not_run(format_args!("no SO_PASSRIGHTS")),
        result => assert_eq!(result, Ok(())),
    }
    assert_eq!(option(&other, 83), 0);
    let fds = [rawos::fd::stderr()];
    let beside = Ancillary { fds: &fds, ..Ancillary::default() };
    let send = || socket::sendmsg(&one, &[IoSlice::new(b"x")], &beside, NONE, None);
    assert_eq!(send(), Err(Errno::EPERM));
    assert_eq!(socket::send(&one, b"plain", NONE), Ok(5));
    assert_eq!(socket::set_passrights(&other, true), Ok(()));
    assert_eq!((option(&other, 83), send()), (1, Ok(1)));
    let (reader, _writer) = rawos::fd::pipe().unwrap();
    assert_eq!(socket::set_passrights(&reader, false), Err(Errno::ENOTSOCK));
}

#[test]
fn a_pending_error_is_taken_once() {
    let (one, other) = pair(SocketType::Stream);
    assert_eq!(socket::get_error(&one), Ok(None));
    socket::send(&one, b"unread", NONE).unwrap();
    drop(other);
    assert_eq!(socket::get_error(&one), Ok(Some(Errno::ECONNRESET)));
    assert_eq!(socket::get_error(&one), Ok(None));
}
