//! `src/fd/lock.rs`: lockf, between processes.

use std::{
    os::fd::AsRawFd,
    thread,
    time::{Duration, Instant},
};

use rawos::{
    Errno, Result,
    fd::{self, LockfCommand, SeekFrom},
};

use crate::{
    common::{Row, borrow, in_child, memfd, number},
    util::{interrupted, libc_result},
};

const COMMANDS: [(LockfCommand, i32); 4] = [
    (LockfCommand::Test, libc::F_TEST),
    (LockfCommand::TryLock, libc::F_TLOCK),
    (LockfCommand::Lock, libc::F_LOCK),
    (LockfCommand::Unlock, libc::F_ULOCK),
];

/// An exit status for a result.
fn encode(result: Result<()>) -> u8 {
    result.err().map_or(0, |errno| errno.raw() as u8)
}

#[test]
fn errors_are_those_of_libc() {
    let row = Row::new();
    for &(name, raw) in &row.fds {
        for len in [0, 1, 10, -1, -5, -6, i64::MAX, i64::MIN] {
            for (ours, theirs) in COMMANDS {
                let what = format!("{name} {ours:?} {len}");
                // SAFETY: lseek(2) touches no memory.
                unsafe { libc::lseek(raw, 5, libc::SEEK_SET) };
                // SAFETY: lockf(3) touches no memory.
                let theirs = libc_result(unsafe { libc::lockf(raw, theirs, len) }).map(drop);
                assert_eq!(fd::lockf(number(raw), ours, len), theirs, "{what}");
            }
        }
    }
}

#[test]
fn another_process_sees_the_range_and_nothing_around() {
    let file = memfd();
    let fd = borrow(&file);
    let seek = |position| fd::lseek(fd, SeekFrom::Start(position)).map(drop);
    seek(20).unwrap();
    assert_eq!(fd::lockf(fd, LockfCommand::Lock, 10), Ok(()));
    // One's own lock is in nobody's way.
    assert_eq!(fd::lockf(fd, LockfCommand::Test, 10), Ok(()));
    assert_eq!(fd::lockf(fd, LockfCommand::TryLock, 10), Ok(()));
    let ranges = [(20, 10), (29, 1), (30, 1), (30, -1), (20, -20), (21, -2), (0, 0), (30, 0)];
    for (position, len) in ranges {
        for (ours, theirs) in [COMMANDS[0], COMMANDS[1]] {
            let theirs = in_child(|| {
                let _ = seek(position);
                // SAFETY: lockf(3) touches no memory.
                let locked = unsafe { libc::lockf(file.as_raw_fd(), theirs, len) };
                encode(libc_result(locked).map(drop))
            });
            let theirs = theirs.status();
            let mine = in_child(|| encode(seek(position).and_then(|()| fd::lockf(fd, ours, len))));
            assert_eq!(mine.status(), theirs, "{ours:?} {position} {len}");
        }
    }
    let test = |position, len| {
        in_child(|| encode(seek(position).and_then(|()| fd::lockf(fd, LockfCommand::Test, len))))
            .status()
    };
    assert_eq!(test(29, 1), Errno::EACCES.raw());
    assert_eq!(test(30, 0), 0);
    seek(25).unwrap();
    assert_eq!(fd::lockf(fd, LockfCommand::Unlock, 0), Ok(()));
    assert_eq!(test(25, 0), 0);
    assert_eq!(test(24, 1), Errno::EACCES.raw());
}

#[test]
fn waiting_outlives_signals() {
    let file = memfd();
    let fd = borrow(&file);
    let (reader, writer) = fd::pipe().unwrap();
    let (end, ended) = fd::pipe().unwrap();
    let child = in_child(|| {
        let locked = fd::lockf(fd, LockfCommand::Lock, 0);
        let _ = fd::write(&writer, b"x");
        let _ = fd::read(&end, &mut [0; 1]);
        encode(locked)
    });
    assert_eq!(fd::read(&reader, &mut [0; 1]), Ok(1));
    assert_eq!(fd::lockf(fd, LockfCommand::TryLock, 0), Err(Errno::EAGAIN));
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(150));
            fd::write(&ended, b"x").unwrap();
        });
        assert_eq!(interrupted(40, || fd::lockf(fd, LockfCommand::Lock, 0)), Ok(()));
    });
    assert!(start.elapsed() > Duration::from_millis(50), "{:?}", start.elapsed());
    assert_eq!(child.status(), 0);
}
