//! Pseudo-terminals, their modes and sessions. libc makes them, and is the witness.

use std::{io, mem::MaybeUninit, ptr};

use linux_raw_sys::ioctl as request;
use rawos::{
    Errno,
    fd::OwnedFd,
    fs::OFlags,
    process::Pid,
    tty::{self, Flow, ForkPty, Queue, SetWhen, TerminalSize, Termios},
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// What the manual page of ioctl(2) does not tell: that the other end is closed, that the job is
/// in the background and orphaned, a signal.
const MORE: Rule = Rule::Tries(Sysno::ioctl, &[libc::EIO, libc::EINTR]);
/// "A signal came; it is not retried, as in Python."
const TOLD: Rule = Rule::Interrupts(Sysno::ioctl);

pub const ROWS: &[Row] = &[
    Row {
        name: "tty::openpty",
        run: |t| t.call(tty::openpty),
        rules: &[
            Rule::Tries(Sysno::ioctl, &[libc::EINTR, libc::EIO, libc::EPERM, libc::ENOSYS]),
            // "The kernel opens the second end, or else it is opened by its name."
            Rule::Request(
                request::TIOCGPTPEER,
                &Rule::Absorbs(
                    Sysno::ioctl,
                    &[libc::ENOTTY, libc::EINVAL, libc::ENOSYS, libc::EPERM, libc::EACCES],
                ),
            ),
            UNLOCK,
            UNLOCK_INTERRUPTED,
        ],
    },
    Row {
        name: "tty::openpty (before Linux 4.13)",
        run: |t| t.call(tty::openpty),
        rules: &[
            Rule::Answers(Sysno::ioctl, Some(request::TIOCGPTPEER), -(libc::ENOTTY as i64)),
            Rule::Request(
                request::TIOCGPTPEER,
                &Rule::Absorbs(Sysno::ioctl, &[libc::ENOTTY, libc::EINVAL]),
            ),
            UNLOCK,
        ],
    },
    Row {
        name: "tty::posix_openpt",
        run: |t| t.call(|| tty::posix_openpt(OFlags::RDWR | OFlags::NOCTTY)),
        rules: &[],
    },
    Row {
        name: "tty::grantpt",
        run: |t| {
            let (pty, _terminal) = pair();
            t.call(|| tty::grantpt(&pty));
        },
        // "EINVAL: `pty` is none", as POSIX has it.
        rules: &[Rule::Turns(Sysno::ioctl, &[libc::ENOTTY], libc::EINVAL)],
    },
    Row {
        name: "tty::unlockpt",
        run: |t| {
            let (pty, _terminal) = pair();
            t.call(|| tty::unlockpt(&pty));
        },
        rules: &[UNLOCK],
    },
    Row {
        name: "tty::ptsname",
        run: |t| {
            let (pty, _terminal) = pair();
            let mut theirs = [0; 64];
            // SAFETY: writes a C string of at most 64 bytes.
            let got = unsafe { libc::ptsname_r(pty.as_raw_fd(), theirs.as_mut_ptr(), 64) };
            assert_eq!(got, 0);
            // SAFETY: a C string, just written.
            let theirs = unsafe { std::ffi::CStr::from_ptr(theirs.as_ptr()) };
            t.call_and(
                || tty::ptsname(&pty),
                |name| assert!(name.is_err() || name.is_ok_and(|name| *name == *theirs)),
            );
        },
        rules: &[],
    },
    Row {
        name: "tty::tcgetattr",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call_and(
                || tty::tcgetattr(&terminal),
                |got| assert!(got.is_err() || got.is_ok_and(|modes| modes.ospeed() == 38400)),
            );
        },
        rules: &[Rule::Tries(Sysno::ioctl, &[libc::EIO])],
    },
    Row {
        name: "tty::tcgetattr (a speed without a name)",
        run: |t| {
            let (_pty, terminal) = pair();
            let fast = with_speed(&terminal, 12345);
            tty::tcsetattr(&terminal, SetWhen::Now, &fast).expect("a speed");
            t.call_and(
                || tty::tcgetattr(&terminal),
                |got| assert!(got.is_err() || got.is_ok_and(|modes| modes.ospeed() == 12345)),
            );
        },
        rules: &[],
    },
    Row {
        name: "tty::tcsetattr",
        run: |t| {
            let (_pty, terminal) = pair();
            let slow = with_speed(&terminal, 1200);
            let set =
                t.call_and(|| tty::tcsetattr(&terminal, SetWhen::Drain, &slow), |s| s.is_ok());
            assert!((modes(&terminal).c_cflag & libc::CBAUD == libc::B1200) == set);
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::tcsetattr (a speed without a name)",
        run: |t| {
            let (_pty, terminal) = pair();
            let fast = with_speed(&terminal, 12345);
            t.call(|| tty::tcsetattr(&terminal, SetWhen::Flush, &fast));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::setraw",
        run: |t| {
            let (_pty, terminal) = pair();
            let raw = t.call_and(|| tty::setraw(&terminal, SetWhen::Now), |before| before.is_ok());
            assert!((modes(&terminal).c_lflag & libc::ICANON == 0) == raw);
        },
        // "Those of `tcsetattr`".
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::get_terminal_size",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call_and(
                || tty::get_terminal_size(&terminal),
                |size| assert!(size.is_err() || size == Ok(TerminalSize::default())),
            );
        },
        rules: &[Rule::Tries(Sysno::ioctl, &[libc::EIO])],
    },
    Row {
        name: "tty::tcsetwinsize",
        run: |t| {
            let (_pty, terminal) = pair();
            let size = TerminalSize { columns: 3, lines: 2 };
            let set = t.call_and(|| tty::tcsetwinsize(&terminal, size), |done| done.is_ok());
            assert!((tty::get_terminal_size(&terminal) == Ok(size)) == set);
        },
        rules: &[Rule::Tries(Sysno::ioctl, &[libc::EIO])],
    },
    Row {
        name: "tty::tcgetpgrp",
        run: |t| {
            let (_pty, terminal) = session();
            let own = Pid(std::process::id().cast_signed());
            t.call_and(
                || tty::tcgetpgrp(&terminal),
                |got| assert_eq!(got.unwrap_or(Some(own)), Some(own)),
            );
        },
        rules: &[Rule::Tries(Sysno::ioctl, &[libc::EIO])],
    },
    Row {
        name: "tty::tcsetpgrp",
        run: |t| {
            let (_pty, terminal) = session();
            let own = Pid(std::process::id().cast_signed());
            t.call(|| tty::tcsetpgrp(&terminal, own));
        },
        // "EINTR: a handler ran, for SIGTTOU perhaps."
        rules: &[Rule::Tries(Sysno::ioctl, &[libc::EPERM, libc::ESRCH, libc::EINTR]), TOLD],
    },
    Row {
        name: "tty::tcdrain",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::tcdrain(&terminal));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::tcflush",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::tcflush(&terminal, Queue::Both));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::tcflow",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::tcflow(&terminal, Flow::OutputOn));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::tcsendbreak",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::tcsendbreak(&terminal, 0));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::tcsendbreak (for some time)",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::tcsendbreak(&terminal, 100));
        },
        rules: &[MORE, TOLD],
    },
    Row {
        name: "tty::login_tty",
        run: |t| {
            let (_pty, terminal) = pair();
            streams(&terminal);
            t.call(|| tty::login_tty(terminal));
        },
        rules: &[
            // "`fd` is closed, whether the call succeeds or not."
            Rule::Closes,
            Rule::Tries(Sysno::ioctl, &[libc::EPERM, libc::EIO]),
        ],
    },
    Row {
        name: "tty::login_tty (a standard stream)",
        run: |t| {
            let (_pty, terminal) = pair();
            streams(&terminal);
            // SAFETY: it is open, and nobody's.
            let stream = unsafe { OwnedFd::from_raw_fd(1) };
            t.call(|| tty::login_tty(stream));
        },
        // To change a descriptor's flags takes no time, either.
        rules: &[Rule::Interrupts(Sysno::fcntl)],
    },
    Row {
        name: "tty::forkpty",
        run: |t| {
            t.call_and(
                // SAFETY: one thread; the child ends at once.
                || match unsafe { tty::forkpty() }? {
                    // SAFETY: ends the child without the parent's exit handlers.
                    ForkPty::Child => unsafe { libc::_exit(0) },
                    ForkPty::Parent { pid, pty } => match ended(pid) {
                        0 => Ok(pty),
                        _ => Err(Errno::ECHILD),
                    },
                },
                drop,
            );
        },
        rules: &[
            Rule::Tries(Sysno::ioctl, &[libc::EPERM]),
            UNLOCK,
            Rule::Request(
                request::TIOCGPTPEER,
                &Rule::Absorbs(Sysno::ioctl, &[libc::ENOTTY, libc::EINVAL, libc::EPERM]),
            ),
            // "A child that cannot get its terminal ends with status 1": seen above.
            Rule::Request(request::TIOCGWINSZ, &Rule::Turns(Sysno::ioctl, &[], libc::ECHILD)),
            Rule::Request(request::TIOCSCTTY, &Rule::Turns(Sysno::ioctl, &[], libc::ECHILD)),
            Rule::Turns(Sysno::setsid, &[], libc::ECHILD),
            Rule::Turns(Sysno::dup3, &[], libc::ECHILD),
            // The row's own, once more.
            Rule::Absorbs(Sysno::wait4, &[]),
        ],
    },
];

/// "EINVAL: `pty` is none", as POSIX has it.
const UNLOCK: Rule =
    Rule::Request(request::TIOCSPTLCK, &Rule::Turns(Sysno::ioctl, &[libc::ENOTTY], libc::EINVAL));
/// It does not wait, and so is not retried.
const UNLOCK_INTERRUPTED: Rule =
    Rule::Request(request::TIOCSPTLCK, &Rule::Interrupts(Sysno::ioctl));

/// A pseudo-terminal, by libc: its first end, and the terminal.
pub fn pair() -> (OwnedFd, OwnedFd) {
    let (mut pty, mut terminal) = (-1, -1);
    let (name, modes) = (ptr::null_mut(), ptr::null());
    // SAFETY: writes the two descriptors.
    let made = unsafe { libc::openpty(&mut pty, &mut terminal, name, modes, ptr::null()) };
    assert_eq!(made, 0, "{}", io::Error::last_os_error());
    // SAFETY: just made, for us; each is met once.
    [pty, terminal].map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }).into()
}

/// One that is this process's, whose session is new.
fn session() -> (OwnedFd, OwnedFd) {
    let (pty, terminal) = pair();
    // SAFETY: no handler. The terminal's end is not to be this process's.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    // SAFETY: takes nothing.
    assert!(unsafe { libc::setsid() } > 0);
    // SAFETY: takes integers.
    assert_eq!(unsafe { libc::ioctl(terminal.as_raw_fd(), libc::TIOCSCTTY, 0) }, 0);
    (pty, terminal)
}

/// Has the standard streams be this terminal from the start, so that none changes.
fn streams(terminal: &OwnedFd) {
    // SAFETY: no handler. The terminal's end is not to be this process's.
    unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    for stream in 0..3 {
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::dup2(terminal.as_raw_fd(), stream) }, stream);
    }
}

fn with_speed(terminal: &OwnedFd, speed: u32) -> Termios {
    let mut modes = tty::tcgetattr(terminal).expect("its modes");
    modes.set_ospeed(speed);
    modes
}

fn modes(terminal: &OwnedFd) -> libc::termios {
    let mut modes = MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr()) }, 0);
    // SAFETY: zeroes are a value, and it was written.
    unsafe { modes.assume_init() }
}

/// How the child ended, in the end.
fn ended(pid: Pid) -> i32 {
    let mut status = 0;
    // SAFETY: writes an integer.
    while unsafe { libc::waitpid(pid.0, &mut status, 0) } != pid.0 {}
    status
}
