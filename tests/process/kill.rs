//! `src/process/kill.rs`, against libc.

use rawos::{
    Errno,
    process::{self, Pid, WaitOptions, WaitStatus, kill, killpg},
    signal::Signal,
};

use crate::util::{
    again::{alone, assert_no_child, child, sleeper},
    as_nobody, libc_result,
};

fn by_libc(pid: i32, signal: i32) -> Result<(), Errno> {
    // SAFETY: kill(2) takes two integers.
    libc_result(unsafe { libc::kill(pid, signal) }).map(drop)
}

fn status(pid: i32) -> WaitStatus {
    process::waitpid(Pid(pid), WaitOptions::empty()).unwrap().unwrap().1
}

#[test]
fn a_signal_reaches_the_child_it_is_for() {
    alone("kill::a_signal_reaches_the_child_it_is_for", || {
        let bystander = sleeper();
        for signal in [Signal::HUP, Signal::KILL, Signal::TERM, Signal::rt(1).unwrap()] {
            let pid = sleeper();
            assert_eq!(kill(Pid(pid), signal), Ok(()));
            assert_eq!(status(pid).term_signal(), Some(signal));
        }
        assert_eq!(kill(Pid(bystander), Signal(0)), Ok(()));
        assert_eq!(kill(Pid(bystander), Signal::KILL), Ok(()));
        // It has ended, but it is still there, until it is waited for.
        assert_eq!(kill(Pid(bystander), Signal(0)), Ok(()));
        status(bystander);
        assert_eq!(kill(Pid(bystander), Signal(0)), Err(Errno::ESRCH));
        assert_no_child();
    });
}

#[test]
fn errors_are_libcs() {
    // SAFETY: takes nothing.
    let own = unsafe { libc::getpid() };
    // Only signal 0 and what is none: nothing may arrive anywhere.
    for pid in [own, 0, 1, 0x7fff_fff0, -0x7fff_fff0, i32::MIN, i32::MAX] {
        for signal in [0, 65, -1, i32::MIN, i32::MAX] {
            assert_eq!(kill(Pid(pid), Signal(signal)), by_libc(pid, signal), "{pid} {signal}");
        }
    }
    // As another user, PID 1 is there but not for us.
    as_nobody(|| {
        let theirs = by_libc(1, 0);
        assert_eq!(kill(Pid(1), Signal(0)), theirs);
    });
}

#[test]
fn a_group_gets_it_as_a_group() {
    alone("kill::a_group_gets_it_as_a_group", || {
        // SAFETY: takes integers.
        let join = |pid, group| unsafe { libc::setpgid(pid, group) };
        let (first, second, other) = (sleeper(), sleeper(), sleeper());
        assert_eq!((join(first, first), join(second, first)), (0, 0));
        assert_eq!(killpg(Pid(first), Signal(0)), Ok(()));
        assert_eq!(killpg(Pid(first), Signal::TERM), Ok(()));
        assert_eq!(status(first).term_signal(), Some(Signal::TERM));
        assert_eq!(status(second).term_signal(), Some(Signal::TERM));
        assert_eq!(killpg(Pid(first), Signal::TERM), Err(Errno::ESRCH));
        assert_eq!(kill(Pid(other), Signal::KILL), Ok(()));
        assert_eq!(status(other).term_signal(), Some(Signal::KILL));
        // The caller's own group, which is a new one.
        let pid = child(|| {
            join(0, 0);
            let _ = killpg(Pid(0), Signal::USR1);
            99
        });
        assert_eq!(status(pid).term_signal(), Some(Signal::USR1));
        assert_no_child();
    });
}

#[test]
fn no_group_of_which_the_kernel_would_make_everyone() {
    for pgid in [1, -1, -2, i32::MIN] {
        assert_eq!(killpg(Pid(pgid), Signal(0)), Err(Errno::EINVAL), "{pgid}");
    }
    assert_eq!(killpg(Pid(0), Signal(65)), Err(Errno::EINVAL));
}
