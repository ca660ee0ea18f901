//! The names of terminals, which are looked for in three places.

use std::{fs::File, os::unix::fs::OpenOptionsExt as _};

use rawos::{Errno, fd::OwnedFd, tty};
use syscalls::Sysno;

use super::{
    mounts::{libc_mount, tmpfs},
    terminals::pair,
};
use crate::rules::{Row, Rule};

/// "The name is that of the link in /proc/self/fd; where that does not help, /dev/pts and /dev
/// are looked through": what leads to a name may fail.
const LINK: Rule = Rule::Absorbs(Sysno::readlinkat, &[]);
/// The first is of where the link, or what is in /dev/pts, leads to.
const LEADS: Rule = Rule::On(1, &Rule::Absorbs(NEWFSTATAT, &[]));
/// The tables name it differently.
const NEWFSTATAT: Sysno = Sysno::new(libc::SYS_newfstatat as usize).expect("it has a number");

pub const ROWS: &[Row] = &[
    Row {
        name: "tty::isatty",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::isatty(&terminal).then_some(()).ok_or(Errno::ENOTTY));
        },
        // It tells no errors.
        rules: &[Rule::Turns(Sysno::ioctl, &[], libc::ENOTTY)],
    },
    Row {
        name: "tty::device_encoding",
        run: |t| {
            let (_pty, terminal) = pair();
            t.call(|| tty::device_encoding(&terminal).ok_or(Errno::ENOTTY));
        },
        rules: &[Rule::Turns(Sysno::ioctl, &[], libc::ENOTTY)],
    },
    Row {
        name: "tty::ttyname",
        run: |t| {
            let (pty, terminal) = pair();
            let name = tty::ptsname(&pty).expect("a name");
            let mut buf = [0; 64];
            let len = t.call_and(|| tty::ttyname(&terminal, &mut buf), |len| len.ok());
            assert!(len.is_none_or(|len| &buf[..len] == name.to_bytes()));
        },
        rules: &[LINK, LEADS],
    },
    Row {
        name: "tty::ttyname_alloc",
        run: |t| {
            let (pty, terminal) = pair();
            let name = tty::ptsname(&pty).expect("a name");
            t.call_and(
                || tty::ttyname_alloc(&terminal),
                |got| assert!(got.is_err() || got.is_ok_and(|got| got == name.to_bytes())),
            );
        },
        rules: &[LINK, LEADS],
    },
    Row {
        name: "tty::ttyname (a container's console)",
        run: |t| {
            let console = console();
            let mut buf = [0; 64];
            let len = t.call_and(|| tty::ttyname(&console, &mut buf), |len| len.ok());
            assert!(len.is_none_or(|len| &buf[..len] == b"/dev/console"));
        },
        rules: &[Rule::Apart(libc::CLONE_NEWNS), LINK, LEADS],
    },
    Row {
        name: "tty::ttyname (before /proc is mounted)",
        run: |t| {
            let console = console();
            let mut buf = [0; 64];
            let len = t.call_and(|| tty::ttyname(&console, &mut buf), |len| len.ok());
            assert!(len.is_none_or(|len| &buf[..len] == b"/dev/console"));
        },
        rules: &[
            Rule::Apart(libc::CLONE_NEWNS),
            Rule::Answers(Sysno::readlinkat, None, -(libc::ENOENT as i64)),
            LINK,
            LEADS,
            // "No path that this process can see leads to it": not this one.
            Rule::Turns(NEWFSTATAT, &[], libc::ENODEV),
            // Nothing in /dev is listed with the terminal's number: it is looked through twice.
            Rule::On(
                1,
                &Rule::Absorbs(
                    Sysno::openat,
                    &[libc::ENOENT, libc::ENOTDIR, libc::EACCES, libc::ENODEV],
                ),
            ),
            Rule::Turns(Sysno::openat, &[libc::ENOENT, libc::ENOTDIR, libc::EACCES], libc::ENODEV),
            // A directory that was removed has come to its end.
            Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
        ],
    },
];

/// A terminal at `/dev/console`, where nothing else is, as in a container.
fn console() -> OwnedFd {
    let (pty, _terminal) = pair();
    let name = tty::ptsname(&pty).expect("a name");
    // It is to last as long as this process.
    let _ = pty.into_raw_fd();
    tmpfs("bare");
    File::create("bare/console").expect("a file");
    libc_mount(name.to_str().expect("ASCII"), "bare/console", "", libc::MS_BIND);
    libc_mount("bare", "/dev", "", libc::MS_BIND | libc::MS_REC);
    let open = File::options().read(true).custom_flags(libc::O_NOCTTY).open("/dev/console");
    open.expect("a terminal").into()
}
