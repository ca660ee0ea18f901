//! `src/fd/flags.rs`: blocking and inheritable.

use std::os::fd::AsRawFd;

use rawos::{Errno, fd};

use crate::{
    common::{Row, borrow, number},
    util::is_cloexec,
};

/// The status flags as libc sees them.
fn status(fd: i32) -> i32 {
    // SAFETY: F_GETFL touches no memory.
    unsafe { libc::fcntl(fd, libc::F_GETFL) }
}

#[test]
fn blocking_is_set_and_nothing_else_changes() {
    let row = Row::new();
    for &(name, raw) in row.fds.iter().filter(|(_, raw)| (0..1 << 20).contains(raw)) {
        let before = status(raw);
        for blocking in [false, false, true, true, false] {
            assert_eq!(fd::set_blocking(number(raw), blocking), Ok(()), "{name}");
            assert_eq!(fd::get_blocking(number(raw)), Ok(blocking), "{name}");
            assert_eq!(status(raw) & libc::O_NONBLOCK == 0, blocking, "{name}");
            assert_eq!((status(raw) ^ before) & !libc::O_NONBLOCK, 0, "{name}");
        }
    }
}

#[test]
fn inheritable_belongs_to_one_descriptor() {
    let (reader, _writer) = fd::pipe().unwrap();
    let copy = fd::dup(&reader).unwrap();
    for inheritable in [true, true, false, false] {
        assert_eq!(fd::set_inheritable(&reader, inheritable), Ok(()));
        assert_eq!(fd::get_inheritable(&reader), Ok(inheritable));
        assert_eq!(is_cloexec(reader.as_raw_fd()), !inheritable);
        assert!(is_cloexec(copy.as_raw_fd()));
    }
    let file = std::fs::File::open("/").unwrap();
    assert!(file.as_raw_fd() >= 0);
    assert_eq!(fd::get_inheritable(borrow(&file)), Ok(false));
}

#[test]
fn what_is_not_open_is_ebadf() {
    for raw in [1 << 24, -1, -100] {
        let fd = number(raw);
        assert_eq!(fd::get_blocking(fd), Err(Errno::EBADF));
        assert_eq!(fd::set_blocking(fd, true), Err(Errno::EBADF));
        assert_eq!(fd::get_inheritable(fd), Err(Errno::EBADF));
        assert_eq!(fd::set_inheritable(fd, true), Err(Errno::EBADF));
    }
}
