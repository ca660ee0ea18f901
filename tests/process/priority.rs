//! `src/process/priority.rs`, against libc, in threads of their own: Linux
//! keeps a nice value for each.

use std::{io, thread};

use rawos::{
    Errno,
    process::{Pid, PriorityWho, getpriority, nice, setpriority},
};

use crate::util::{again, as_nobody};

const ME: PriorityWho = PriorityWho::Process(Pid(0));

fn by_libc(which: u32, who: u32) -> Result<i32, Errno> {
    // SAFETY: takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: it is this thread's.
    unsafe { *errno = 0 };
    // SAFETY: getpriority(2) takes integers. -1 may be a result.
    let priority = unsafe { libc::getpriority(which, who) };
    match io::Error::last_os_error().raw_os_error() {
        Some(0) | None => Ok(priority),
        Some(number) => Err(Errno::from_raw(number).unwrap()),
    }
}

fn apart<T: Send>(then: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(then).join().unwrap())
}

fn is_root() -> bool {
    // SAFETY: takes nothing.
    unsafe { libc::geteuid() == 0 }
}

#[test]
fn every_value_is_the_one_libc_reads() {
    apart(|| {
        let now = getpriority(ME).unwrap();
        assert_eq!(Ok(now), by_libc(libc::PRIO_PROCESS, 0));
        // Upwards, which everyone may.
        for value in if is_root() { -20..=19 } else { now..=19 } {
            assert_eq!(setpriority(ME, value), Ok(()));
            assert_eq!(by_libc(libc::PRIO_PROCESS, 0), Ok(value));
            assert_eq!(getpriority(ME), Ok(value));
        }
        assert_eq!(setpriority(ME, i32::MAX), Ok(()));
        assert_eq!(getpriority(ME), Ok(19));
        if is_root() {
            assert_eq!(setpriority(ME, i32::MIN), Ok(()));
            assert_eq!(getpriority(ME), Ok(-20));
        }
    });
}

#[test]
fn nice_adds_and_stops_at_the_ends() {
    apart(|| {
        let now = getpriority(ME).unwrap();
        assert_eq!(nice(0), Ok(now));
        assert_eq!(nice(3), Ok((now + 3).min(19)));
        assert_eq!(by_libc(libc::PRIO_PROCESS, 0), Ok((now + 3).min(19)));
        assert_eq!(nice(i32::MAX), Ok(19));
        if is_root() {
            assert_eq!(nice(-24), Ok(-5));
            assert_eq!(by_libc(libc::PRIO_PROCESS, 0), Ok(-5));
            assert_eq!(nice(i32::MIN), Ok(-20));
        }
    });
}

#[test]
fn down_is_not_for_everyone() {
    as_nobody(|| {
        // The tests may have been started with less.
        let low = getpriority(ME).unwrap().max(10);
        setpriority(ME, low).unwrap();
        assert_eq!(setpriority(ME, low - 1), Err(Errno::EACCES));
        assert_eq!(nice(-1), Err(Errno::EPERM));
        assert_eq!(getpriority(ME), Ok(low));
    });
}

#[test]
fn groups_users_and_nobody() {
    let whos = [
        (PriorityWho::Pgrp(Pid(0)), libc::PRIO_PGRP, 0),
        (PriorityWho::User(0), libc::PRIO_USER, 0),
        (PriorityWho::User(123_456), libc::PRIO_USER, 123_456),
        (PriorityWho::Process(Pid(i32::MAX)), libc::PRIO_PROCESS, i32::MAX as u32),
        (PriorityWho::Process(Pid(-1)), libc::PRIO_PROCESS, u32::MAX),
        (PriorityWho::Pgrp(Pid(i32::MAX)), libc::PRIO_PGRP, i32::MAX as u32),
    ];
    for (ours, which, who) in whos {
        assert_eq!(getpriority(ours), by_libc(which, who), "{ours:?}");
    }
    assert_eq!(setpriority(PriorityWho::Process(Pid(i32::MAX)), 0), Err(Errno::ESRCH));
    again::alone("priority::groups_users_and_nobody", || {
        let pid = again::sleeper();
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::setpgid(pid, pid) }, 0);
        assert_eq!(setpriority(PriorityWho::Pgrp(Pid(pid)), 7), Ok(()));
        assert_eq!(by_libc(libc::PRIO_PROCESS, pid as u32), Ok(7));
        assert_eq!(getpriority(PriorityWho::Pgrp(Pid(pid))), Ok(7));
        // SAFETY: as above.
        unsafe { libc::kill(pid, libc::SIGKILL) };
        again::libc_wait(pid, 0);
    });
}
