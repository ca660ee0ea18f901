//! `src/socket/make.rs`, `src/socket/flags.rs`.

use rawos::{
    Errno,
    socket::{self, MsgFlags, Shutdown, SocketFlags, SocketType},
};

use crate::{
    common::{emulated, option},
    util::{is_cloexec, not_run},
};

const KINDS: [(SocketType, i32); 3] = [
    (SocketType::Stream, libc::SOCK_STREAM),
    (SocketType::Dgram, libc::SOCK_DGRAM),
    (SocketType::Seqpacket, libc::SOCK_SEQPACKET),
];

#[test]
fn flags_have_libcs_values() {
    let messages = [
        (MsgFlags::CMSG_CLOEXEC, libc::MSG_CMSG_CLOEXEC),
        (MsgFlags::CTRUNC, libc::MSG_CTRUNC),
        (MsgFlags::DONTWAIT, libc::MSG_DONTWAIT),
        (MsgFlags::EOR, libc::MSG_EOR),
        (MsgFlags::MORE, libc::MSG_MORE),
        (MsgFlags::NOSIGNAL, libc::MSG_NOSIGNAL),
        (MsgFlags::OOB, libc::MSG_OOB),
        (MsgFlags::PEEK, libc::MSG_PEEK),
        (MsgFlags::TRUNC, libc::MSG_TRUNC),
        (MsgFlags::WAITALL, libc::MSG_WAITALL),
    ];
    for (ours, theirs) in messages {
        assert_eq!(ours.bits() as i32, theirs, "{ours:?}");
    }
    let ends = [
        (Shutdown::Read, libc::SHUT_RD),
        (Shutdown::Write, libc::SHUT_WR),
        (Shutdown::Both, libc::SHUT_RDWR),
    ];
    assert!(ends.iter().all(|(ours, theirs)| *ours as i32 == *theirs));
    assert_eq!(SocketFlags::CLOEXEC.bits() as i32, libc::SOCK_CLOEXEC);
    assert_eq!(SocketFlags::NONBLOCK.bits() as i32, libc::SOCK_NONBLOCK);
}

#[test]
fn they_are_what_was_asked_for_and_close_on_exec() {
    for (kind, theirs) in KINDS {
        for flags in [SocketFlags::empty(), SocketFlags::NONBLOCK] {
            let alone = socket::socket(kind, flags).unwrap();
            let (one, other) = socket::socketpair(kind, flags).unwrap();
            for fd in [alone, one, other] {
                assert_eq!(option(&fd, libc::SO_TYPE), theirs);
                assert_eq!(option(&fd, libc::SO_DOMAIN), libc::AF_UNIX);
                assert!(is_cloexec(fd.as_raw_fd()));
                // SAFETY: F_GETFL touches no memory.
                let status = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
                assert_eq!(status & libc::O_NONBLOCK != 0, !flags.is_empty());
            }
        }
    }
}

#[test]
fn a_pair_carries_both_ways() {
    for (kind, _) in KINDS {
        let (one, other) = socket::socketpair(kind, SocketFlags::empty()).unwrap();
        for (from, to) in [(&one, &other), (&other, &one)] {
            let mut buf = [0; 8];
            assert_eq!(socket::send(from, b"hello", MsgFlags::empty()), Ok(5));
            assert_eq!(socket::recv(to, &mut buf, MsgFlags::DONTWAIT), Ok(5));
            assert_eq!(&buf[..5], b"hello");
            assert!(socket::getpeername(from).unwrap().is_unnamed());
        }
    }
}

#[test]
fn unknown_flags_are_refused() {
    if emulated() {
        return not_run("the emulator drops flags that it does not know");
    }
    let unknown = SocketFlags::from_bits_retain(1 << 30);
    assert_eq!(socket::socket(SocketType::Stream, unknown).err(), Some(Errno::EINVAL));
    assert_eq!(socket::socketpair(SocketType::Stream, unknown).err(), Some(Errno::EINVAL));
}
