//! `src/fd/dup.rs`: dup, dup2, pipe.

use rawos::{
    Errno,
    fd::{self, BorrowedFd, OwnedFd},
    fs::OFlags,
};

use crate::util::is_cloexec;

#[test]
fn dup_is_close_on_exec_and_shares_the_pipe() {
    let (reader, writer) = fd::pipe().unwrap();
    let second = fd::dup(&writer).unwrap();
    assert_ne!(second.as_raw_fd(), writer.as_raw_fd());
    assert!(is_cloexec(second.as_raw_fd()));
    drop(writer);
    fd::write(&second, b"x").unwrap();
    assert_eq!(fd::read(&reader, &mut [0; 2]), Ok(1));
    drop(second);
    assert_eq!(fd::read(&reader, &mut [0; 2]), Ok(0));
}

#[test]
fn dup2_replaces_and_minds_inheritance() {
    let (reader, writer) = fd::pipe().unwrap();
    let mut target = fd::dup(&reader).unwrap();
    let number = target.as_raw_fd();
    fd::dup2(&writer, &mut target, true).unwrap();
    assert_eq!(target.as_raw_fd(), number);
    assert!(!is_cloexec(number));
    assert_eq!(fd::write(&target, b"x"), Ok(1));
    fd::dup2(&writer, &mut target, false).unwrap();
    assert!(is_cloexec(number));
}

#[test]
fn dup2_of_a_descriptor_onto_itself_checks_and_changes_nothing() {
    let (reader, _writer) = fd::pipe().unwrap();
    let number = reader.as_raw_fd();
    // SAFETY: the number stays what it is.
    assert_eq!(unsafe { fd::dup2_raw(&reader, number, true) }, Ok(()));
    assert!(is_cloexec(number));
    // SAFETY: as above.
    assert_eq!(unsafe { fd::dup2_raw(&reader, number, false) }, Err(Errno::EINVAL));
    // SAFETY: the number is nobody's.
    let closed = unsafe { BorrowedFd::borrow_raw(1 << 24) };
    // SAFETY: as above.
    assert_eq!(unsafe { fd::dup2_raw(closed, 1 << 24, true) }, Err(Errno::EBADF));
    assert_eq!(fd::dup(closed).unwrap_err(), Errno::EBADF);
}

#[test]
fn dup2_raw_takes_free_numbers_and_refuses_impossible_ones() {
    let (reader, writer) = fd::pipe().unwrap();
    // SAFETY: nothing in this program opens 700 by number.
    unsafe { fd::dup2_raw(&writer, 700, false).unwrap() };
    // SAFETY: just opened, and nobody's yet.
    let owned = unsafe { OwnedFd::from_raw_fd(700) };
    assert!(is_cloexec(700));
    fd::write(&owned, b"x").unwrap();
    assert_eq!(fd::read(&reader, &mut [0; 2]), Ok(1));
    for impossible in [-1, i32::MAX] {
        // SAFETY: no such number can be open.
        assert_eq!(unsafe { fd::dup2_raw(&writer, impossible, false) }, Err(Errno::EBADF));
    }
}

#[test]
fn pipes_are_close_on_exec_whatever_the_flags() {
    for flags in [OFlags::empty(), OFlags::NONBLOCK, OFlags::DIRECT, OFlags::CLOEXEC] {
        let (reader, writer) = fd::pipe2(flags).unwrap();
        assert!(is_cloexec(reader.as_raw_fd()) && is_cloexec(writer.as_raw_fd()));
        // SAFETY: F_GETFL touches no memory.
        let status = unsafe { libc::fcntl(reader.as_raw_fd(), libc::F_GETFL) };
        let nonblocking = status & libc::O_NONBLOCK != 0;
        assert_eq!(nonblocking, flags.contains(OFlags::NONBLOCK), "{flags:?}");
    }
    assert_eq!(fd::pipe2(OFlags::APPEND).unwrap_err(), Errno::EINVAL);
}

#[test]
fn packet_pipes_keep_writes_apart() {
    let (reader, writer) = fd::pipe2(OFlags::DIRECT).unwrap();
    fd::write(&writer, b"one").unwrap();
    fd::write(&writer, b"two").unwrap();
    assert_eq!(fd::read(&reader, &mut [0; 16]), Ok(3));
    assert_eq!(fd::read(&reader, &mut [0; 16]), Ok(3));
}
