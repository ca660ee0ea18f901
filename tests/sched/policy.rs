//! `src/sched/policy.rs`, against libc.

use rawos::{
    Errno,
    process::Pid,
    sched::{self, Policy, SchedParam},
    time::Timespec,
};

use crate::{
    NOBODY, SELF, alone, tid,
    util::{as_nobody, libc_result},
};

fn param(sched_priority: i32) -> SchedParam {
    SchedParam { sched_priority }
}

/// Policy and priority of a thread, as libc reads them.
fn libcs(pid: i32) -> (i32, i32) {
    // SAFETY: takes an integer.
    let policy = unsafe { libc::sched_getscheduler(pid) };
    let mut param = libc::sched_param { sched_priority: -1 };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::sched_getparam(pid, &mut param) }, 0);
    (policy, param.sched_priority)
}

#[test]
fn the_constants_are_libcs() {
    for (ours, theirs) in [
        (Policy::OTHER, libc::SCHED_OTHER),
        (Policy::NORMAL, libc::SCHED_NORMAL),
        (Policy::FIFO, libc::SCHED_FIFO),
        (Policy::RR, libc::SCHED_RR),
        (Policy::BATCH, libc::SCHED_BATCH),
        (Policy::IDLE, libc::SCHED_IDLE),
        (Policy::DEADLINE, libc::SCHED_DEADLINE),
    ] {
        assert_eq!(ours.0, theirs);
        let reset = ours.reset_on_fork();
        assert_eq!(reset.0, theirs | libc::SCHED_RESET_ON_FORK);
        assert!(reset.is_reset_on_fork() && !ours.is_reset_on_fork());
        assert_eq!((reset.base(), ours.base()), (ours, ours));
    }
}

#[test]
fn the_priorities_of_every_number_as_libc_says() {
    let mut good = 0;
    for policy in (-3..20).chain([libc::SCHED_RESET_ON_FORK, i32::MIN, i32::MAX]) {
        // SAFETY: takes an integer.
        let least = unsafe { libc::sched_get_priority_min(policy) };
        let ours = sched::sched_get_priority_min(Policy(policy)).map(i64::from);
        assert_eq!(ours, libc_result(least), "{policy}");
        // SAFETY: takes an integer.
        let most = unsafe { libc::sched_get_priority_max(policy) };
        let ours = sched::sched_get_priority_max(Policy(policy)).map(i64::from);
        assert_eq!(ours, libc_result(most), "{policy}");
        good += u32::from(most >= 0);
    }
    assert!(good >= 6, "{good}");
}

/// Ours and libc's sched_setscheduler, each in a thread of its own: the same
/// result and the same state after it.
fn both_set(policy: i32, priority: i32) -> Result<(), Errno> {
    let (ours, state) = alone(|| {
        let result = sched::sched_setscheduler(SELF, Policy(policy), param(priority));
        let state = libcs(0);
        assert_eq!(sched::sched_getscheduler(SELF), Ok(Policy(state.0)));
        assert_eq!(sched::sched_getscheduler(Pid(tid())), Ok(Policy(state.0)));
        assert_eq!(sched::sched_getparam(SELF), Ok(param(state.1)));
        (result, state)
    });
    let theirs = alone(|| {
        let param = libc::sched_param { sched_priority: priority };
        // SAFETY: reads the struct.
        let raw = unsafe { libc::sched_setscheduler(0, policy, &param) };
        (libc_result(raw).map(drop), libcs(0))
    });
    assert_eq!((ours, state), theirs, "{policy} {priority}");
    ours
}

#[test]
fn every_policy_and_priority_as_libc_sets_it() {
    let mut set = 0;
    for policy in -2..9 {
        for priority in [-1, 0, 1, 50, 99, 100, i32::MIN, i32::MAX] {
            for policy in [policy, policy | libc::SCHED_RESET_ON_FORK] {
                set += u32::from(both_set(policy, priority).is_ok());
            }
        }
    }
    assert!(set >= 6, "{set}");
    as_nobody(|| {
        assert_eq!(both_set(libc::SCHED_FIFO, 1), Err(Errno::EPERM));
        assert_eq!(both_set(libc::SCHED_BATCH, 0), Ok(()));
    });
}

#[test]
fn the_priority_alone() {
    alone(|| {
        // SAFETY: takes an integer.
        let root = unsafe { libc::geteuid() } == 0;
        if !root || sched::sched_setscheduler(SELF, Policy::RR, param(7)) == Err(Errno::EPERM) {
            eprintln!("not run: no right to real-time policies");
            return;
        }
        assert_eq!(sched::sched_setparam(SELF, param(9)), Ok(()));
        assert_eq!(libcs(0), (libc::SCHED_RR, 9));
        assert_eq!(sched::sched_setparam(SELF, param(0)), Err(Errno::EINVAL));
        assert_eq!(sched::sched_setparam(Pid(tid()), param(100)), Err(Errno::EINVAL));
        assert_eq!(libcs(0), (libc::SCHED_RR, 9));

        for policy in [Policy::RR, Policy::FIFO] {
            sched::sched_setscheduler(SELF, policy, param(1)).unwrap();
            let mut interval = libc::timespec { tv_sec: -1, tv_nsec: -1 };
            // SAFETY: writes the struct.
            assert_eq!(unsafe { libc::sched_rr_get_interval(0, &mut interval) }, 0);
            let theirs = Timespec { tv_sec: interval.tv_sec, tv_nsec: interval.tv_nsec };
            assert_eq!(sched::sched_rr_get_interval(SELF), Ok(theirs));
            assert_eq!(theirs.as_ns() > 0, policy == Policy::RR);
        }
    });
}

#[test]
fn who_is_not_there() {
    for (pid, errno) in [(NOBODY, Errno::ESRCH), (Pid(-1), Errno::EINVAL)] {
        assert_eq!(sched::sched_getscheduler(pid), Err(errno));
        assert_eq!(sched::sched_getparam(pid), Err(errno));
        assert_eq!(sched::sched_setparam(pid, param(0)), Err(errno));
        assert_eq!(sched::sched_setscheduler(pid, Policy::OTHER, param(0)), Err(errno));
        assert_eq!(sched::sched_rr_get_interval(pid), Err(errno));
    }
    assert_eq!(sched::sched_yield(), Ok(()));
}
