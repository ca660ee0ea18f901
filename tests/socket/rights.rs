//! Descriptors in messages. What becomes of those that nobody takes is in
//! `leaks.rs`.

use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    os::fd::AsRawFd as _,
};

use rawos::{
    Errno,
    fd::{AsFd as _, BorrowedFd, IoSlice, IoSliceMut, OwnedFd},
    socket::{self, Ancillary, MsgFlags, Received, SCM_MAX_FD, SocketType, Ucred},
};

use crate::{
    common::{NONE, closed, file, get, give, into_std, lend, pair},
    util::is_cloexec,
};

/// Three files, each with its number in it.
fn files() -> [File; 3] {
    [0, 1, 2].map(|number| {
        let mut file = tempfile::tempfile().unwrap();
        write!(file, "{number}").unwrap();
        file
    })
}

#[test]
fn they_come_in_order_and_close_on_exec() {
    for kind in [SocketType::Stream, SocketType::Dgram, SocketType::Seqpacket] {
        let (one, other) = pair(kind);
        let sent = files();
        assert_eq!(give(&one, &[lend(&sent[2]), lend(&sent[0])]), Ok(1));
        let received: Received<3> = get(&other, NONE).unwrap();
        assert_eq!((received.len, received.flags), (1, NONE));
        let [Some(first), Some(second), None] = received.fds else { panic!("{received:?}") };
        assert!(received.credentials.is_none() && received.pidfd.is_none());
        for (fd, original) in [(first, &sent[2]), (second, &sent[0])] {
            assert!(is_cloexec(fd.as_raw_fd()));
            assert_ne!(fd.as_raw_fd(), original.as_raw_fd());
            assert_eq!(file(fd.as_raw_fd()), file(original.as_raw_fd()));
            let mut theirs: File = into_std(fd);
            let mut text = String::new();
            theirs.rewind().unwrap();
            theirs.read_to_string(&mut text).unwrap();
            assert_eq!(text, if original.as_raw_fd() == sent[2].as_raw_fd() { "2" } else { "0" });
        }
    }
}

#[test]
fn as_many_as_a_message_carries() {
    let (one, other) = pair(SocketType::Dgram);
    let sent = files();
    let many: Vec<BorrowedFd<'_>> = (0..SCM_MAX_FD + 1).map(|n| lend(&sent[n % 3])).collect();
    assert_eq!(give(&one, &many), Err(Errno::EINVAL));
    assert_eq!(give(&one, &many[..SCM_MAX_FD]), Ok(1));
    let received: Received<SCM_MAX_FD> = get(&other, NONE).unwrap();
    assert_eq!(received.flags, NONE);
    for (number, fd) in received.fds.iter().enumerate() {
        let fd = fd.as_ref().unwrap().as_raw_fd();
        assert_eq!(file(fd), file(sent[number % 3].as_raw_fd()));
    }
    // What was refused sent nothing.
    assert_eq!(get::<0>(&other, MsgFlags::DONTWAIT).err(), Some(Errno::EAGAIN));
}

#[test]
fn with_credentials_there_is_room_for_as_many() {
    let (one, other) = pair(SocketType::Stream);
    socket::set_passcred(&other, true).unwrap();
    let fds = vec![one.as_fd(); SCM_MAX_FD];
    let own = Ucred::of_this_process();
    let with = Ancillary { fds: &fds, credentials: Some(own) };
    assert_eq!(socket::sendmsg(&one, &[IoSlice::new(b"x")], &with, NONE, None), Ok(1));
    let received: Received<SCM_MAX_FD> = get(&other, NONE).unwrap();
    assert_eq!((received.flags, received.credentials), (NONE, Some(own)));
    assert!(received.fds.iter().all(Option::is_some));
    for _ in 0..2 {
        let with = Ancillary { fds: &fds[..1], credentials: Some(own) };
        assert_eq!(socket::sendmsg(&one, &[IoSlice::new(b"x")], &with, NONE, None), Ok(1));
    }
    let received: Received<1> = get(&other, NONE).unwrap();
    assert_eq!((received.flags, received.credentials), (NONE, Some(own)));
    assert!(received.fds[0].is_some());
    let received: Received<0> = get(&other, NONE).unwrap();
    assert_eq!((received.flags, received.credentials), (MsgFlags::CTRUNC, Some(own)));
}

#[test]
fn fewer_are_taken_than_came() {
    let (one, other) = pair(SocketType::Dgram);
    let sent = files();
    let fds = [lend(&sent[0]), lend(&sent[1]), lend(&sent[2])];
    for _ in 0..3 {
        give(&one, &fds).unwrap();
    }
    let received: Received<0> = get(&other, NONE).unwrap();
    assert_eq!((received.len, received.flags), (1, MsgFlags::CTRUNC));
    let received: Received<2> = get(&other, NONE).unwrap();
    assert_eq!((received.len, received.flags), (1, MsgFlags::CTRUNC));
    for (fd, original) in received.fds.iter().zip(&sent) {
        assert_eq!(file(fd.as_ref().unwrap().as_raw_fd()), file(original.as_raw_fd()));
    }
    let received: Received<3> = get(&other, NONE).unwrap();
    assert_eq!(received.flags, NONE);
}

#[test]
fn a_stream_keeps_them_at_their_bytes() {
    let (one, other) = pair(SocketType::Stream);
    let sent = files();
    let nothing: Received<1> = {
        socket::send(&one, b"before", NONE).unwrap();
        give(&one, &[lend(&sent[0])]).unwrap();
        give(&one, &[lend(&sent[1])]).unwrap();
        // No bytes, nothing beside them.
        let with = Ancillary { fds: &[lend(&sent[2])], ..Ancillary::default() };
        assert_eq!(socket::sendmsg(&one, &[], &with, NONE, None), Ok(0));
        let mut text = [0; 6];
        socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], NONE).unwrap()
    };
    assert!(nothing.fds[0].is_none() && nothing.flags.is_empty());
    for original in &sent[..2] {
        let mut text = [0; 16];
        let received: Received<2> =
            socket::recvmsg(&other, &mut [IoSliceMut::new(&mut text)], NONE).unwrap();
        let [Some(fd), None] = received.fds else { panic!("{received:?}") };
        assert_eq!((received.len, file(fd.as_raw_fd())), (1, file(original.as_raw_fd())));
    }
    assert_eq!(get::<1>(&other, MsgFlags::DONTWAIT).err(), Some(Errno::EAGAIN));
}

#[test]
fn a_look_gives_duplicates() {
    let (one, other) = pair(SocketType::Stream);
    let sent = files();
    give(&one, &[lend(&sent[0])]).unwrap();
    let looks: Vec<Received<1>> = (0..3)
        .map(|look| get(&other, if look < 2 { MsgFlags::PEEK } else { NONE }).unwrap())
        .collect();
    let numbers: std::collections::BTreeSet<i32> =
        looks.iter().map(|look| look.fds[0].as_ref().unwrap().as_raw_fd()).collect();
    assert_eq!(numbers.len(), 3);
}

#[test]
fn what_is_not_open_is_not_sent() {
    let (one, other) = pair(SocketType::Stream);
    assert_eq!(give(&one, &[one.as_fd(), closed()]), Err(Errno::EBADF));
    assert_eq!(socket::recv(&other, &mut [0; 1], MsgFlags::DONTWAIT), Err(Errno::EAGAIN));
}

/// Aligned as control messages are.
#[repr(C, align(8))]
struct Control([u8; 128]);

#[test]
fn libc_reads_what_we_send() {
    let (one, other) = pair(SocketType::Dgram);
    socket::set_passcred(&other, true).unwrap();
    let sent = files();
    let own = Ucred::of_this_process();
    let with = Ancillary { fds: &[lend(&sent[0]), lend(&sent[1])], credentials: Some(own) };
    assert_eq!(socket::sendmsg(&one, &[IoSlice::new(b"x")], &with, NONE, None), Ok(1));
    let (mut control, mut text) = (Control([0; 128]), [0u8; 4]);
    let mut iov = libc::iovec { iov_base: text.as_mut_ptr().cast(), iov_len: 4 };
    // SAFETY: zeroes are a header.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    (header.msg_iov, header.msg_iovlen) = (&mut iov, 1);
    (header.msg_control, header.msg_controllen) = (control.0.as_mut_ptr().cast(), 128);
    // SAFETY: recvmsg(2) writes within what the header gives.
    assert_eq!(unsafe { libc::recvmsg(other.as_raw_fd(), &mut header, 0) }, 1);
    let mut found = Vec::new();
    // SAFETY: the header is as the kernel left it.
    let mut message = unsafe { libc::CMSG_FIRSTHDR(&header) };
    while !message.is_null() {
        // SAFETY: it points to a header within the buffer.
        let head = unsafe { message.read() };
        // SAFETY: it points to the data within the buffer.
        let data: *const u32 = unsafe { libc::CMSG_DATA(message) }.cast();
        // SAFETY: the header says how long the data is.
        let len = head.cmsg_len - unsafe { libc::CMSG_LEN(0) } as usize;
        for at in 0..len / 4 {
            // SAFETY: within the data.
            let word = unsafe { data.wrapping_add(at).read_unaligned() };
            found.push((head.cmsg_type, word));
        }
        // SAFETY: as above.
        message = unsafe { libc::CMSG_NXTHDR(&header, message) };
    }
    let (creds, fds): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(kind, _)| *kind == libc::SCM_CREDENTIALS);
    assert_eq!(
        creds.iter().map(|(_, word)| *word).collect::<Vec<_>>(),
        [own.pid.0 as u32, own.uid, own.gid]
    );
    assert_eq!(fds.len(), 2);
    for ((kind, fd), original) in fds.into_iter().zip(&sent) {
        assert_eq!(kind, libc::SCM_RIGHTS);
        // SAFETY: the descriptor was just received, by us.
        let fd = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        assert_eq!(file(fd.as_raw_fd()), file(original.as_raw_fd()));
    }
}

#[test]
fn several_messages_of_libc_are_one_array() {
    let (one, other) = pair(SocketType::Dgram);
    let sent = files();
    let mut control = Control([0; 128]);
    // SAFETY: zeroes are a header.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    let mut iov = libc::iovec { iov_base: b"x".as_ptr().cast_mut().cast(), iov_len: 1 };
    (header.msg_iov, header.msg_iovlen) = (&mut iov, 1);
    (header.msg_control, header.msg_controllen) = (control.0.as_mut_ptr().cast(), 48);
    for (at, file) in sent[..2].iter().enumerate() {
        let words = [20, 0, libc::SOL_SOCKET, libc::SCM_RIGHTS, file.as_raw_fd()];
        for (to, byte) in
            control.0[24 * at..].iter_mut().zip(words.iter().flat_map(|word| word.to_ne_bytes()))
        {
            *to = byte;
        }
    }
    // SAFETY: sendmsg(2) reads within what the header gives.
    assert_eq!(unsafe { libc::sendmsg(one.as_raw_fd(), &header, 0) }, 1);
    let received: Received<2> = get(&other, NONE).unwrap();
    for (fd, original) in received.fds.iter().zip(&sent) {
        assert_eq!(file(fd.as_ref().unwrap().as_raw_fd()), file(original.as_raw_fd()));
    }
}
