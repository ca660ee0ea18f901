//! Descriptors: made, doubled, closed.

use std::os::fd::{AsRawFd as _, RawFd};

use rawos::{
    fd::{self, OwnedFd},
    fs::OFlags,
};
use syscalls::Sysno;

use super::fd_io::file;
use crate::rules::{Row, Rule};

/// What closing fails with is told, EINTR too: the descriptor is gone whatever the result.
pub const TELLS: &[Rule] = &[
    Rule::Closes,
    Rule::Interrupts(Sysno::close),
    Rule::Turns(Sysno::close, &[libc::EBADF], libc::EBADF),
    Rule::Turns(Sysno::close, &[libc::EIO], libc::EIO),
    Rule::Turns(Sysno::close, &[libc::ENOSPC], libc::ENOSPC),
    Rule::Turns(Sysno::close, &[libc::EDQUOT], libc::EDQUOT),
];

/// Has the number be a descriptor of `file`: to put another there is then no change.
fn put(number: RawFd) {
    // SAFETY: in this child nobody else has the number.
    let put = unsafe { libc::dup2(file().as_raw_fd(), number) };
    assert_eq!(put, number, "{}", std::io::Error::last_os_error());
}

pub const ROWS: &[Row] = &[
    Row {
        name: "fd::dup",
        run: |t| {
            let file = file();
            t.call(|| fd::dup(&file));
        },
        // Linux does not interrupt it, nor does Python repeat it.
        rules: &[Rule::Interrupts(Sysno::fcntl)],
    },
    Row {
        name: "fd::dup2",
        run: |t| {
            let (old, mut new) = (file(), OwnedFd::from(file()));
            t.call(|| fd::dup2(&old, &mut new, false));
        },
        rules: &[],
    },
    Row {
        name: "fd::dup2_raw",
        run: |t| {
            let file = file();
            put(900);
            // SAFETY: nobody else has the number.
            t.call(|| unsafe { fd::dup2_raw(&file, 900, true) });
        },
        rules: &[],
    },
    Row {
        name: "fd::dup2_stdin",
        run: |t| {
            let file = file();
            put(0);
            t.call(|| fd::dup2_stdin(&file));
        },
        rules: &[],
    },
    Row {
        name: "fd::dup2_stdin (itself)",
        run: |t| t.call(|| fd::dup2_stdin(fd::stdin())),
        // Linux does not interrupt it, nor does Python repeat it.
        rules: &[Rule::Interrupts(Sysno::fcntl)],
    },
    Row {
        name: "fd::dup2_stdout",
        run: |t| {
            let file = file();
            put(1);
            t.call(|| fd::dup2_stdout(&file));
        },
        rules: &[],
    },
    Row {
        name: "fd::dup2_stderr",
        run: |t| {
            let file = file();
            put(2);
            t.call(|| fd::dup2_stderr(&file));
        },
        rules: &[],
    },
    Row { name: "fd::pipe", run: |t| t.call(fd::pipe), rules: &[] },
    Row { name: "fd::pipe2", run: |t| t.call(|| fd::pipe2(OFlags::NONBLOCK)), rules: &[] },
    Row {
        name: "fd::close",
        run: |t| {
            let file = OwnedFd::from(file());
            t.call(|| fd::close(file));
        },
        rules: TELLS,
    },
    Row {
        name: "fd::close_raw",
        run: |t| {
            put(900);
            // SAFETY: nobody else has the number.
            t.call(|| unsafe { fd::close_raw(900) });
        },
        rules: TELLS,
    },
    Row {
        name: "fd::OwnedFd::drop",
        run: |t| {
            let file = OwnedFd::from(file());
            t.call(|| drop(file));
        },
        rules: &[Rule::Closes],
    },
    Row {
        name: "fd::closerange",
        run: |t| {
            (900..903).for_each(put);
            // SAFETY: nobody else has the numbers.
            t.call(|| unsafe { fd::closerange(900, 904) });
        },
        // Whatever it fails with, close stands in.
        rules: &[Rule::Closes, Rule::Absorbs(Sysno::close_range, &[])],
    },
    Row {
        name: "fd::closerange (wide)",
        run: |t| {
            [900, 950, 1000].into_iter().for_each(put);
            // SAFETY: nobody else has the numbers.
            t.call(|| unsafe { fd::closerange(900, 1950) });
        },
        // Where /proc does not list them, each number is closed.
        rules: &[
            Rule::Without(Sysno::close_range, libc::ENOSYS),
            Rule::Closes,
            Rule::Absorbs(Sysno::openat, &[]),
            Rule::Absorbs(Sysno::getdents64, &[]),
        ],
    },
];
