use std::{ffi::CStr, os::fd::RawFd};

use rawos::{
    Errno,
    fd::{self, OwnedFd},
    tty,
};

use crate::{
    libc_pty,
    util::{alone, is_cloexec, libc_result},
};

/// Runs `then`, whose standard streams may become others; puts back those of
/// the test runner, to which it tells even of a panic.
fn with_streams(then: impl FnOnce()) {
    struct Saved([OwnedFd; 3]);
    impl Drop for Saved {
        fn drop(&mut self) {
            for (stream, saved) in (0..).zip(&self.0) {
                // SAFETY: dup2(2) takes integers; the streams are nobody's.
                unsafe { libc::dup2(saved.as_raw_fd(), stream) };
            }
        }
    }
    let _saved = Saved([0, 1, 2].map(|stream| fd::dup(crate::borrow(stream)).unwrap()));
    // The end of its terminal is not to be that of this process.
    // SAFETY: to ignore a signal is no code of ours.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    then();
}

/// That the standard streams are the terminal `name`, the controlling one of
/// the session that this process leads.
fn logged_in(name: &CStr) {
    // SAFETY: it takes nothing.
    let pid = unsafe { libc::getpid() };
    // SAFETY: it takes an integer.
    assert_eq!(unsafe { libc::getsid(0) }, pid);
    for stream in 0..3 {
        let mut buf = [0; 64];
        // SAFETY: it writes a C string of at most 64 bytes.
        assert_eq!(unsafe { libc::ttyname_r(stream, buf.as_mut_ptr(), buf.len()) }, 0);
        // SAFETY: as above.
        assert_eq!(unsafe { CStr::from_ptr(buf.as_ptr()) }, name);
        // Only of the controlling terminal.
        // SAFETY: it takes an integer.
        assert_eq!(unsafe { libc::tcgetpgrp(stream) }, pid);
        assert!(!is_cloexec(stream), "{stream}");
    }
    assert!(std::fs::File::open("/dev/tty").is_ok());
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD touches no memory.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

#[test]
fn a_session_begins_on_its_terminal() {
    alone("login::a_session_begins_on_its_terminal", || {
        with_streams(|| {
            let (pty, terminal) = tty::openpty().unwrap();
            let name = tty::ptsname(&pty).unwrap();
            assert_eq!(rawos::path::PathLike::fspath(&name), name.to_bytes());
            let number = terminal.as_raw_fd();
            assert_eq!(tty::login_tty(terminal), Ok(()));
            logged_in(&name);
            assert!(!is_open(number));
            // A session has one terminal.
            let (_other_pty, other) = tty::openpty().unwrap();
            let number = other.as_raw_fd();
            assert_eq!(tty::login_tty(other), Err(Errno::EPERM));
            assert!(!is_open(number));
            logged_in(&name);
        });
    });
}

#[test]
fn a_leader_without_a_terminal_gets_one() {
    alone("login::a_leader_without_a_terminal_gets_one", || {
        // SAFETY: it takes nothing.
        assert!(libc_result(unsafe { libc::setsid() }).is_ok());
        with_streams(|| {
            let (pty, terminal) = tty::openpty().unwrap();
            assert_eq!(tty::login_tty(terminal), Ok(()));
            logged_in(&tty::ptsname(&pty).unwrap());
        });
    });
}

#[test]
fn a_standard_stream_stays_open() {
    alone("login::a_standard_stream_stays_open", || {
        with_streams(|| {
            let (pty, terminal) = tty::openpty().unwrap();
            // SAFETY: dup3(2) takes integers; the stream is nobody's.
            assert_eq!(unsafe { libc::dup3(terminal.as_raw_fd(), 1, libc::O_CLOEXEC) }, 1);
            // SAFETY: it was just made, and it is nobody's.
            let stream = unsafe { OwnedFd::from_raw_fd(1) };
            assert_eq!(tty::login_tty(stream), Ok(()));
            logged_in(&tty::ptsname(&pty).unwrap());
        });
    });
}

#[test]
fn a_standard_stream_stays_open_after_an_error() {
    alone("login::a_standard_stream_stays_open_after_an_error", || {
        with_streams(|| {
            let (reader, _writer) = fd::pipe().unwrap();
            for number in 0..3 {
                // SAFETY: dup2(2) takes integers; the stream is nobody's.
                assert_eq!(unsafe { libc::dup2(reader.as_raw_fd(), number) }, number);
                // SAFETY: it was just made, and it is nobody's.
                let stream = unsafe { OwnedFd::from_raw_fd(number) };
                assert_eq!(tty::login_tty(stream), Err(Errno::ENOTTY));
                assert!(is_open(number), "{number}");
            }
        });
    });
}

#[test]
fn what_is_no_terminal_changes_nothing() {
    alone("login::what_is_no_terminal_changes_nothing", || {
        // SAFETY: it takes an integer.
        let session = unsafe { libc::getsid(0) };
        let (reader, _writer) = fd::pipe().unwrap();
        let number = reader.as_raw_fd();
        assert_eq!(tty::login_tty(reader), Err(Errno::ENOTTY));
        assert!(!is_open(number));
        let (pty, terminal) = libc_pty();
        drop(pty);
        assert_eq!(tty::login_tty(terminal), Err(Errno::EIO));
        // SAFETY: as above.
        assert_eq!(unsafe { libc::getsid(0) }, session);
    });
}
