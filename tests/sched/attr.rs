//! `src/sched/attr.rs`, against the raw calls: glibc has had no such functions
//! for long.

use rawos::{
    Errno,
    process::Pid,
    sched::{self, Policy, SchedAttr, SchedFlags, SchedParam},
};

use crate::{NOBODY, SELF, alone, tid, util::libc_result};

/// The 56 bytes of sched_getattr(2), field by field.
fn raw_attr() -> SchedAttr {
    let mut bytes = [0_u8; 56];
    // SAFETY: writes at most 56 bytes.
    let got = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, bytes.as_mut_ptr(), 56, 0) };
    assert_eq!(libc_result(got), Ok(0));
    let half = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().unwrap());
    let whole = |at: usize| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
    SchedAttr {
        policy: Policy(half(4) as i32),
        flags: SchedFlags::from_bits_retain(whole(8)),
        nice: half(16) as i32,
        priority: half(20),
        runtime: whole(24),
        deadline: whole(32),
        period: whole(40),
        util_min: half(48),
        util_max: half(52),
    }
}

/// sched_setattr(2) with the first 48 bytes, which any kernel knows.
fn raw_set(attr: &SchedAttr) -> Result<(), Errno> {
    let mut bytes = Vec::new();
    bytes.extend(48_u32.to_ne_bytes());
    bytes.extend(attr.policy.0.to_ne_bytes());
    bytes.extend(attr.flags.bits().to_ne_bytes());
    bytes.extend(attr.nice.to_ne_bytes());
    bytes.extend(attr.priority.to_ne_bytes());
    for ns in [attr.runtime, attr.deadline, attr.period] {
        bytes.extend(ns.to_ne_bytes());
    }
    // SAFETY: reads the bytes, and writes 4 of them at most.
    let set = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, bytes.as_mut_ptr(), 0) };
    libc_result(set).map(drop)
}

#[test]
fn every_attribute_as_the_raw_call_sets_it() {
    let plain = SchedAttr::default();
    let deadline = SchedAttr {
        policy: Policy::DEADLINE,
        runtime: 1_000_000,
        deadline: 10_000_000,
        period: 100_000_000,
        ..plain
    };
    let reset = SchedFlags::RESET_ON_FORK;
    let cases = [
        plain,
        SchedAttr { nice: 5, ..plain },
        SchedAttr { nice: 19, policy: Policy::BATCH, ..plain },
        SchedAttr { policy: Policy::IDLE, flags: reset, ..plain },
        SchedAttr { policy: Policy::FIFO, priority: 3, ..plain },
        SchedAttr { policy: Policy::RR, priority: 99, flags: reset, ..plain },
        SchedAttr { policy: Policy::RR, priority: 100, ..plain },
        SchedAttr { policy: Policy::RR.reset_on_fork(), priority: 1, ..plain },
        SchedAttr { policy: Policy(77), ..plain },
        SchedAttr { policy: Policy(-1), ..plain },
        SchedAttr { flags: SchedFlags::from_bits_retain(1 << 40), ..plain },
        SchedAttr { flags: SchedFlags::KEEP_POLICY, nice: 3, ..plain },
        deadline,
        SchedAttr { flags: SchedFlags::RECLAIM, ..deadline },
        SchedAttr { period: 0, ..deadline },
        SchedAttr { runtime: 1023, ..deadline },
        SchedAttr { runtime: 20_000_000, ..deadline },
        SchedAttr { deadline: 0, ..deadline },
        SchedAttr { runtime: u64::MAX, deadline: u64::MAX, period: u64::MAX, ..deadline },
    ];
    let (mut set, mut refused) = (0, 0);
    for attr in cases {
        let ours = alone(|| {
            let result = sched::sched_setattr(SELF, &attr);
            let state = raw_attr();
            assert_eq!(sched::sched_getattr(SELF), Ok(state));
            assert_eq!(sched::sched_getattr(Pid(tid())), Ok(state));
            (result, state)
        });
        let theirs = alone(|| (raw_set(&attr), raw_attr()));
        assert_eq!(ours, theirs, "{attr:?}");
        if ours.0.is_ok() {
            set += 1;
        } else {
            refused += 1;
        }
    }
    assert!(set >= 4 && refused >= 8, "{set} {refused}");
}

#[test]
fn nice_is_what_getpriority_says() {
    alone(|| {
        let attr = SchedAttr { nice: 7, ..SchedAttr::default() };
        assert_eq!(sched::sched_setattr(SELF, &attr), Ok(()));
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) }, 7);
        assert_eq!(sched::sched_getattr(SELF).unwrap().nice, 7);
    });
}

#[test]
fn a_deadline_is_set_and_read() {
    alone(|| {
        let attr = SchedAttr {
            policy: Policy::DEADLINE,
            runtime: 1_000_000,
            deadline: 10_000_000,
            period: 100_000_000,
            ..SchedAttr::default()
        };
        if let Err(errno) = sched::sched_setattr(SELF, &attr) {
            assert!([Errno::EPERM, Errno::EBUSY].contains(&errno), "{errno}");
            eprintln!("not run: no deadlines here: {errno}");
            return;
        }
        assert_eq!(sched::sched_getscheduler(SELF), Ok(Policy::DEADLINE));
        let read = sched::sched_getattr(SELF).unwrap();
        assert_eq!(
            (read.runtime, read.deadline, read.period),
            (1_000_000, 10_000_000, 100_000_000)
        );
        // The older calls know no deadline.
        let param = SchedParam::default();
        let older = sched::sched_setscheduler(SELF, Policy::DEADLINE, param);
        assert_eq!(older, Err(Errno::EINVAL));
        assert_eq!(sched::sched_setscheduler(SELF, Policy::OTHER, param), Ok(()));
        assert_eq!(sched::sched_getattr(SELF).unwrap().deadline, 0);
    });
}

#[test]
fn clamps_are_set_where_the_kernel_has_them() {
    alone(|| {
        let flags = SchedFlags::UTIL_CLAMP_MIN | SchedFlags::UTIL_CLAMP_MAX;
        let attr = SchedAttr { flags, util_min: 100, util_max: 900, ..SchedAttr::default() };
        match sched::sched_setattr(SELF, &attr) {
            Ok(()) => {
                let read = raw_attr();
                assert_eq!((read.util_min, read.util_max), (100, 900));
                assert_eq!(sched::sched_getattr(SELF), Ok(read));
            }
            // CONFIG_UCLAMP_TASK is off, or the kernel is older.
            Err(errno) => assert!([Errno::EOPNOTSUPP, Errno::E2BIG].contains(&errno), "{errno}"),
        }
        let attr = SchedAttr { util_max: 1025, ..attr };
        assert!(sched::sched_setattr(SELF, &attr).is_err());
    });
}

#[test]
fn who_is_not_there() {
    let attr = SchedAttr::default();
    for (pid, errno) in [(NOBODY, Errno::ESRCH), (Pid(-1), Errno::EINVAL)] {
        assert_eq!(sched::sched_getattr(pid), Err(errno));
        assert_eq!(sched::sched_setattr(pid, &attr), Err(errno));
    }
}
