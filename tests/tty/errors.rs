//! What is no terminal gets the error that glibc has for it.

use std::{fs::File, mem::MaybeUninit, os::fd::AsRawFd as _, ptr, thread};

use rawos::{
    Errno, Result,
    process::Pid,
    tty::{self, Flow, Queue, SetWhen, TerminalSize},
};

use crate::{
    borrow, libc_pty, no_terminals,
    util::{libc_result, not_run, refuse, runner},
};

/// As the functions of libc that return an error number.
fn returned(number: i32) -> Result<()> {
    Errno::from_raw(number).map_or(Ok(()), Err)
}

#[test]
fn every_call_fails_as_that_of_glibc() {
    let (mut fds, _open) = no_terminals();
    let (pty, terminal) = libc_pty();
    // Which are terminals, but of no session of ours.
    fds.extend([("pty", pty.as_raw_fd()), ("terminal", terminal.as_raw_fd())]);
    for (what, raw) in fds {
        let fd = borrow(raw);
        let check = |call: &str, ours: Result<()>, theirs: Result<()>| {
            assert_eq!(ours, theirs, "{call} of {what}");
        };
        let checked = |call: &str, ours: Result<()>, theirs: i32| {
            check(call, ours, libc_result(theirs).map(drop));
        };
        // SAFETY: isatty(3) takes an integer.
        assert_eq!(tty::isatty(fd), unsafe { libc::isatty(raw) } == 1, "{what}");
        let encoding = tty::isatty(fd).then_some("UTF-8");
        assert_eq!(tty::device_encoding(fd), encoding, "{what}");

        let mut size = MaybeUninit::<libc::winsize>::uninit();
        // SAFETY: it writes a winsize.
        let theirs = unsafe { libc::ioctl(raw, libc::TIOCGWINSZ, size.as_mut_ptr()) };
        checked("get_terminal_size", tty::get_terminal_size(fd).map(drop), theirs);
        // Of the size it has.
        checked("tcsetwinsize", tty::tcsetwinsize(fd, TerminalSize::default()), theirs);

        let mut modes = MaybeUninit::<libc::termios>::zeroed();
        // SAFETY: it writes a termios.
        let theirs = unsafe { libc::tcgetattr(raw, modes.as_mut_ptr()) };
        checked("tcgetattr", tty::tcgetattr(fd).map(drop), theirs);
        let ours = tty::tcgetattr(fd).unwrap_or_default();
        for (when, number) in [(SetWhen::Now, 0), (SetWhen::Drain, 1), (SetWhen::Flush, 2)] {
            // SAFETY: it reads a termios.
            let theirs = unsafe { libc::tcsetattr(raw, number, modes.as_ptr()) };
            checked("tcsetattr", tty::tcsetattr(fd, when, &ours), theirs);
        }
        checked("setraw", tty::setraw(fd, SetWhen::Now).map(drop), theirs);

        // SAFETY: it takes an integer.
        checked("tcdrain", tty::tcdrain(fd), unsafe { libc::tcdrain(raw) });
        // SAFETY: as above.
        checked("tcflush", tty::tcflush(fd, Queue::Both), unsafe { libc::tcflush(raw, 2) });
        // SAFETY: as above.
        checked("tcflow", tty::tcflow(fd, Flow::OutputOn), unsafe { libc::tcflow(raw, 1) });
        for duration in [0, 1, 150] {
            // SAFETY: as above.
            let theirs = unsafe { libc::tcsendbreak(raw, duration) };
            checked("tcsendbreak", tty::tcsendbreak(fd, duration.cast_unsigned()), theirs);
        }

        // SAFETY: as above.
        let theirs = unsafe { libc::tcgetpgrp(raw) };
        checked("tcgetpgrp", tty::tcgetpgrp(fd).map(drop), theirs);
        // SAFETY: it takes nothing.
        let own = unsafe { libc::getpgrp() };
        // SAFETY: it takes integers.
        let theirs = unsafe { libc::tcsetpgrp(raw, own) };
        checked("tcsetpgrp", tty::tcsetpgrp(fd, Pid(own)), theirs);

        // SAFETY: as above.
        checked("grantpt", tty::grantpt(fd), unsafe { libc::grantpt(raw) });
        // SAFETY: as above.
        checked("unlockpt", tty::unlockpt(fd), unsafe { libc::unlockpt(raw) });
        let mut name = [0; 64];
        // SAFETY: it writes at most 64 bytes.
        let theirs = unsafe { libc::ptsname_r(raw, name.as_mut_ptr(), name.len()) };
        check("ptsname", tty::ptsname(fd).map(drop), returned(theirs));
        // SAFETY: as above.
        let theirs = unsafe { libc::ttyname_r(raw, name.as_mut_ptr(), name.len()) };
        check("ttyname", tty::ttyname(fd, &mut [0; 64]).map(drop), returned(theirs));
    }
}

#[test]
fn a_number_no_terminal_has_is_an_error() {
    let (_pty, terminal) = libc_pty();
    assert_eq!(tty::tcsendbreak(&terminal, u32::MAX), Err(Errno::EINVAL));
    assert_eq!(tty::tcsendbreak(&terminal, 1 << 31), Err(Errno::EINVAL));
    let none = ptr::null::<u8>();
    // SAFETY: a null is an address that the kernel cannot read.
    let theirs = unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSWINSZ, none) };
    assert_eq!(libc_result(theirs), Err(Errno::EFAULT));
}

#[test]
fn an_answer_that_writes_nothing_is_zero() {
    if runner().is_some() {
        return not_run("no seccomp under the emulator");
    }
    let null = File::open("/dev/null").unwrap();
    let fd = borrow(null.as_raw_fd());
    // The filter is this thread's, which ends.
    thread::spawn(move || {
        refuse(libc::SYS_ioctl, 0);
        dirty();
        assert_eq!(tty::tcgetpgrp(fd), Ok(None));
        dirty();
        assert_eq!(tty::get_terminal_size(fd), Ok(TerminalSize { columns: 0, lines: 0 }));
    })
    .join()
    .unwrap();
}

/// Leaves something in the part of the stack that the next call uses.
#[inline(never)]
fn dirty() {
    std::hint::black_box([0xa5_u8; 8192]);
}
