//! What comes with a message and is not taken is closed, whatever went wrong.

use std::{collections::BTreeSet, fs::File};

use rawos::{
    Errno,
    fd::{self, AsFd as _, BorrowedFd, OwnedFd},
    socket::{self, MsgFlags, Received, SCM_MAX_FD, SocketFlags, SocketType},
};

use crate::{
    common::{NONE, address, emulated, get, give, new, pair},
    util::{alone, not_run},
};

fn open() -> BTreeSet<i32> {
    // SAFETY: F_GETFD touches no memory.
    (0..1024).filter(|fd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } != -1).collect()
}

/// Sets how many descriptors there may be, and returns how many there might.
fn limit(most: u64) -> u64 {
    // SAFETY: zeroes are limits.
    let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
    // SAFETY: getrlimit(2) writes the struct.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    let before = std::mem::replace(&mut limit.rlim_cur, most);
    // SAFETY: setrlimit(2) reads the struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    before
}

/// Receives with room for `FDS` when `sent` come, and drops it all.
fn drop_some<const FDS: usize>(one: &OwnedFd, other: &OwnedFd, sent: usize) {
    let fds = vec![one.as_fd(); sent];
    give(one, &fds).unwrap();
    let received: Received<FDS> = get(other, NONE).unwrap();
    let came = received.fds.iter().flatten().count();
    assert_eq!(came, sent.min(FDS));
    assert_eq!(received.flags.contains(MsgFlags::CTRUNC), sent > FDS);
}

#[test]
fn what_is_not_taken_is_closed() {
    alone("leaks::what_is_not_taken_is_closed", || {
        let (one, other) = pair(SocketType::Dgram);
        let fds = [one.as_fd(); 5];
        let before = open();
        for sent in 1..40 {
            drop_some::<40>(&one, &other, sent);
        }
        assert_eq!(open(), before);
        for _ in 0..5 {
            // Received as bytes, or never.
            give(&one, &fds).unwrap();
            assert_eq!(socket::recv(&other, &mut [0; 1], NONE), Ok(1));
            give(&one, &fds).unwrap();
            assert_eq!(fd::read(&other, &mut [0; 1]), Ok(1));
            give(&one, &fds).unwrap();
            let looked: Received<5> = get(&other, MsgFlags::PEEK).unwrap();
            let received: Received<5> = get(&other, NONE).unwrap();
            let [first, ..] = received.fds;
            drop((looked, first));
            // Nothing to receive, and nothing sent.
            assert_eq!(get::<5>(&other, MsgFlags::DONTWAIT).err(), Some(Errno::EAGAIN));
            let (unread, end) = pair(SocketType::Stream);
            give(&unread, &fds).unwrap();
            drop(end);
        }
        assert_eq!(open(), before);
    });
}

#[test]
fn what_is_cut_is_closed() {
    if emulated() {
        return not_run("the emulator receives more than it tells");
    }
    alone("leaks::what_is_cut_is_closed", || {
        for kind in [SocketType::Stream, SocketType::Dgram] {
            for told in [false, true] {
                let (one, other) = pair(kind);
                socket::set_passcred(&other, told).unwrap();
                let before = open();
                for sent in (1..20).chain([SCM_MAX_FD]) {
                    drop_some::<0>(&one, &other, sent);
                    drop_some::<1>(&one, &other, sent);
                    drop_some::<2>(&one, &other, sent);
                    drop_some::<3>(&one, &other, sent);
                    drop_some::<7>(&one, &other, sent);
                    drop_some::<252>(&one, &other, sent);
                }
                assert_eq!(open(), before);
            }
        }
    });
}

#[test]
fn there_may_be_no_more() {
    alone("leaks::there_may_be_no_more", || {
        let (one, other) = pair(SocketType::Dgram);
        let file = File::open("/proc/self/stat").unwrap();
        let file = crate::common::lend(&file);
        let before = open();
        let highest = u64::try_from(*before.last().unwrap()).unwrap();
        let free = (0..highest as i32).filter(|fd| !before.contains(fd)).count();
        // Room for one to four more.
        for room in 1..5 {
            for _ in 0..2 {
                give(&one, &[file; 4]).unwrap();
            }
            let usual = limit(highest + 1 + room);
            let taken: Received<8> = get(&other, NONE).unwrap();
            let came = taken.fds.iter().flatten().count();
            let none: Received<8> = get(&other, NONE).unwrap();
            let fewer = none.fds.iter().flatten().count();
            let refused = socket::socket(SocketType::Dgram, SocketFlags::empty()).err();
            let of_two = socket::socketpair(SocketType::Dgram, SocketFlags::empty()).err();
            limit(usual);
            let room = room as usize + free;
            assert_eq!((came, fewer), (room.min(4), (room - room.min(4)).min(4)));
            assert_eq!(taken.flags.contains(MsgFlags::CTRUNC), came < 4);
            assert_eq!((none.len, none.flags.contains(MsgFlags::CTRUNC)), (1, fewer < 4));
            if room < 8 {
                assert_eq!((refused, of_two), (Some(Errno::EMFILE), Some(Errno::EMFILE)));
            }
            drop((taken, none));
            assert_eq!(open(), before);
        }
        // A connection that has no room waits, and is not lost.
        let server = new(SocketType::Stream);
        let client = new(SocketType::Stream);
        socket::bind(&server, &address()).unwrap();
        socket::listen(&server, 1).unwrap();
        socket::connect(&client, &socket::getsockname(&server).unwrap()).unwrap();
        let before = open();
        let usual = limit(1);
        let refused = socket::accept4(&server, SocketFlags::empty()).err();
        limit(usual);
        assert_eq!(refused, Some(Errno::EMFILE));
        assert_eq!(open(), before);
        drop(socket::accept4(&server, SocketFlags::empty()).unwrap());
        assert_eq!(open(), before);
    });
}

#[test]
fn a_senders_pidfd_is_owned() {
    alone("leaks::a_senders_pidfd_is_owned", || {
        const SO_PASSPIDFD: i32 = 76;
        let (one, other) = pair(SocketType::Dgram);
        let on: *const i32 = &1;
        // SAFETY: setsockopt(2) reads one integer.
        let set = unsafe {
            libc::setsockopt(other.as_raw_fd(), libc::SOL_SOCKET, SO_PASSPIDFD, on.cast(), 4)
        };
        if set != 0 || emulated() {
            return not_run("SO_PASSPIDFD: Linux 6.5, and no emulator");
        }
        let before = open();
        let fds: [BorrowedFd<'_>; 3] = [one.as_fd(); 3];
        for told in [false, true] {
            socket::set_passcred(&other, told).unwrap();
            for sent in 0..4 {
                give(&one, &fds[..sent]).unwrap();
                let received: Received<3> = get(&other, NONE).unwrap();
                assert_eq!(received.flags, NONE);
                assert_eq!(received.fds.iter().flatten().count(), sent);
                let pidfd = received.pidfd.as_ref().unwrap();
                let info = format!("/proc/self/fdinfo/{}", pidfd.as_raw_fd());
                let info = std::fs::read_to_string(info).unwrap();
                assert!(info.contains(&format!("Pid:\t{}\n", std::process::id())), "{info}");
                give(&one, &fds[..sent]).unwrap();
                let received: Received<0> = get(&other, NONE).unwrap();
                assert_eq!(received.flags.contains(MsgFlags::CTRUNC), sent > 0);
            }
        }
        assert_eq!(open(), before);
    });
}
