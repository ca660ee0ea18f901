//! The room `tty`, with libc as witness.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod errors;
mod group;
mod line;
mod login;
mod name;
mod pty;
mod size;
mod termios;

use std::{
    fs::File,
    io,
    os::fd::{IntoRawFd, RawFd},
    ptr,
};

use rawos::fd::{self, AsFd, BorrowedFd, OwnedFd};

/// A pseudo-terminal of libc's, both ends close-on-exec: its first end, and the
/// terminal.
fn libc_pty() -> (OwnedFd, OwnedFd) {
    let (mut pty, mut terminal) = (-1, -1);
    // SAFETY: openpty(3) writes the two descriptors and takes nulls otherwise.
    let made = unsafe {
        libc::openpty(&mut pty, &mut terminal, ptr::null_mut(), ptr::null(), ptr::null())
    };
    assert_eq!(made, 0, "{}", io::Error::last_os_error());
    for fd in [pty, terminal] {
        // SAFETY: F_SETFD touches no memory.
        assert_eq!(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }, 0);
    }
    (own(pty), own(terminal))
}

/// As rawos owns descriptors, with the feature `std` or without.
fn own(fd: impl IntoRawFd) -> OwnedFd {
    // SAFETY: its owner has given it up.
    unsafe { OwnedFd::from_raw_fd(fd.into_raw_fd()) }
}

/// The descriptor as rawos takes it, whether it is open or not.
fn borrow(fd: RawFd) -> BorrowedFd<'static> {
    // SAFETY: the tests keep what they borrow, or mean a closed one.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// Waits until `count` bytes can be read: a pseudo-terminal passes them on by
/// and by.
fn arrived<Fd: AsFd>(fd: Fd, count: usize) {
    let fd = fd.as_fd().as_raw_fd();
    for _ in 0..10_000 {
        if waiting(fd) == count {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("{} bytes instead of {count}", waiting(fd));
}

/// How many bytes can be read.
fn waiting(fd: RawFd) -> usize {
    let mut count: libc::c_int = 0;
    // SAFETY: it writes an int.
    let asked = unsafe { libc::ioctl(fd, libc::FIONREAD, &raw mut count) };
    assert_eq!(asked, 0, "{}", io::Error::last_os_error());
    count.try_into().unwrap()
}

/// What is no usable terminal, with a name for each; and what keeps them open.
fn no_terminals() -> (Vec<(&'static str, RawFd)>, Vec<OwnedFd>) {
    let null = own(File::open("/dev/null").unwrap());
    let dir = own(File::open("/").unwrap());
    let (reader, writer) = fd::pipe().unwrap();
    let (hung_up_pty, hung_up) = libc_pty();
    drop(hung_up_pty);
    // A child that another test is starting may have it open still.
    let mut wait = libc::pollfd { fd: hung_up.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: one struct, which is ours.
    while unsafe { libc::poll(&mut wait, 1, -1) } != 1 {}
    assert_ne!(wait.revents & libc::POLLHUP, 0);
    let fds = vec![
        ("closed", 99_999),
        ("negative", -1),
        ("/dev/null", null.as_raw_fd()),
        ("directory", dir.as_raw_fd()),
        ("pipe", reader.as_raw_fd()),
        ("hung up", hung_up.as_raw_fd()),
    ];
    (fds, vec![null, dir, reader, writer, hung_up])
}
