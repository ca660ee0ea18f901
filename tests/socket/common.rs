//! What the files of this test share.

use std::{
    io,
    os::unix::net::{UnixDatagram, UnixStream},
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use rawos::{
    fd::{AsFd, BorrowedFd, IoSlice, IoSliceMut, OwnedFd, RawFd},
    socket::{self, Ancillary, MsgFlags, Received, SocketFlags, SocketType, UnixAddr},
};

pub const NONE: MsgFlags = MsgFlags::empty();

/// Lends a descriptor of std's, in any set of features.
pub fn lend<T: std::os::fd::AsRawFd>(theirs: &T) -> BorrowedFd<'_> {
    // SAFETY: it is open while `theirs` is borrowed.
    unsafe { BorrowedFd::borrow_raw(theirs.as_raw_fd()) }
}

/// A descriptor as std's type `T`.
pub fn into_std<T: std::os::fd::FromRawFd>(ours: OwnedFd) -> T {
    // SAFETY: it was just given up by its owner.
    unsafe { T::from_raw_fd(ours.into_raw_fd()) }
}

/// A descriptor that is not open.
pub fn closed() -> BorrowedFd<'static> {
    // SAFETY: nobody has as many descriptors: the number stays closed.
    unsafe { BorrowedFd::borrow_raw(1 << 30) }
}

/// A new socket of ours.
pub fn new(kind: SocketType) -> OwnedFd {
    socket::socket(kind, SocketFlags::empty()).unwrap()
}

/// Two sockets of ours.
pub fn pair(kind: SocketType) -> (OwnedFd, OwnedFd) {
    socket::socketpair(kind, SocketFlags::empty()).unwrap()
}

/// An abstract name that no other test has.
pub fn name() -> Vec<u8> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("rawos-{}-{}", process::id(), NEXT.fetch_add(1, Ordering::Relaxed)).into_bytes()
}

/// An address that no other test has.
pub fn address() -> UnixAddr {
    UnixAddr::abstract_name(&name()).unwrap()
}

/// Sends one byte and `fds`.
pub fn give(to: &OwnedFd, fds: &[BorrowedFd<'_>]) -> rawos::Result<usize> {
    let with = Ancillary { fds, ..Ancillary::default() };
    socket::sendmsg(to, &[IoSlice::new(b"x")], &with, NONE, None)
}

/// Receives up to one byte, and descriptors.
pub fn get<const FDS: usize>(from: &OwnedFd, flags: MsgFlags) -> rawos::Result<Received<FDS>> {
    socket::recvmsg(from, &mut [IoSliceMut::new(&mut [0; 1])], flags)
}

/// Which file a descriptor is of: device and inode.
pub fn file(fd: RawFd) -> (u64, u64) {
    // SAFETY: zeroes are a stat.
    let mut stat: libc::stat = unsafe { std::mem::zeroed() };
    // SAFETY: fstat(2) writes the struct.
    assert_eq!(unsafe { libc::fstat(fd, &mut stat) }, 0, "{}", io::Error::last_os_error());
    (stat.st_dev, stat.st_ino)
}

/// A socket's option, by libc.
pub fn option(fd: impl AsFd, name: i32) -> i32 {
    let (mut value, mut len) = (0, 4);
    // SAFETY: getsockopt(2) writes one integer, and its length.
    let got = unsafe {
        let value: *mut i32 = &mut value;
        let fd = fd.as_fd().as_raw_fd();
        libc::getsockopt(fd, libc::SOL_SOCKET, name, value.cast(), &mut len)
    };
    assert_eq!((got, len), (0, 4), "{}", io::Error::last_os_error());
    value
}

/// Whether the emulator is between us and the kernel.
pub fn emulated() -> bool {
    crate::util::runner().is_some()
}

/// One end ours, one std's.
pub fn mixed() -> (OwnedFd, UnixStream) {
    let (one, other) = pair(SocketType::Stream);
    (one, into_std(other))
}

/// The same, for messages.
pub fn mixed_dgram() -> (OwnedFd, UnixDatagram) {
    let (one, other) = pair(SocketType::Dgram);
    (one, into_std(other))
}
