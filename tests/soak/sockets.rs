//! Sockets: descriptors that are passed, and names.

use std::{fs::File, os::unix::fs::MetadataExt as _};

use rawos::{
    fd::{self, AsFd as _, IoSlice, IoSliceMut, OwnedFd},
    fs::{self, MemfdFlags},
    socket::{self, Ancillary, MsgFlags, Received, Shutdown, SocketFlags, SocketType, UnixAddr},
};

use crate::worker::{Outcome, Worker};

fn inode(fd: OwnedFd) -> u64 {
    File::from(std::os::fd::OwnedFd::from(fd)).metadata().unwrap().ino()
}

pub fn rights(worker: &mut Worker) -> Outcome {
    let (one, other) = socket::socketpair(SocketType::Stream, SocketFlags::empty())?;
    let (reader, writer) = fd::pipe()?;
    let memory = fs::memfd_create("passed", MemfdFlags::empty())?;
    let passed = [reader.as_fd(), memory.as_fd(), writer.as_fd()];
    let with = Ancillary { fds: &passed, ..Ancillary::default() };
    let bufs = [IoSlice::new(b"three")];
    assert_eq!(socket::sendmsg(&one, &bufs, &with, MsgFlags::empty(), None)?, 5);
    let mut buf = [0; 8];
    // Sometimes with room for fewer: the others are nobody's then.
    let (fds, flags) = if worker.rng.below(2) == 0 {
        let Received::<3> { fds, flags, len, .. } =
            socket::recvmsg(&other, &mut [IoSliceMut::new(&mut buf)], MsgFlags::empty())?;
        assert_eq!(len, 5);
        (Vec::from(fds), flags)
    } else {
        let Received::<1> { fds, flags, len, .. } =
            socket::recvmsg(&other, &mut [IoSliceMut::new(&mut buf)], MsgFlags::empty())?;
        assert_eq!(len, 5);
        assert!(flags.contains(MsgFlags::CTRUNC));
        (Vec::from(fds), flags)
    };
    let came: Vec<_> = fds.into_iter().flatten().collect();
    // Out of descriptors, the kernel keeps the rest, and says no more than that.
    let all = came.len() == 3 || flags.contains(MsgFlags::CTRUNC);
    assert!(all && (!came.is_empty() || worker.room.is_scarce()), "{} of 3", came.len());
    let sent = [reader, memory, writer].map(inode);
    assert!(came.into_iter().map(inode).zip(sent).all(|(came, sent)| came == sent));
    Ok(())
}

pub fn named(worker: &mut Worker) -> Outcome {
    let path = worker.path("socket");
    let address = UnixAddr::path(path.as_str())?;
    let listener = socket::socket(SocketType::Stream, SocketFlags::empty())?;
    socket::bind(&listener, &address)?;
    socket::listen(&listener, 1)?;
    let client = socket::socket(SocketType::Stream, SocketFlags::empty())?;
    socket::connect(&client, &address)?;
    let (server, who) = socket::accept4(&listener, SocketFlags::empty())?;
    assert!(who.is_unnamed());
    let message = [7; 100];
    assert_eq!(socket::send(&client, &message, MsgFlags::empty())?, 100);
    socket::shutdown(&client, Shutdown::Write)?;
    let mut buf = [0; 200];
    assert_eq!(socket::recv(&server, &mut buf, MsgFlags::WAITALL)?, 100);
    assert_eq!(buf[..100], message);
    assert_eq!(socket::recv(&server, &mut buf, MsgFlags::empty())?, 0);
    assert_eq!(socket::get_peercred(&server)?.pid.0 as u32, std::process::id());
    Ok(fs::unlink(path)?)
}
