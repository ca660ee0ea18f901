//! `src/sys/vdso.rs`: the calls, which make no system call.

use rawos::{
    Errno, sched,
    time::{self, ClockId},
};

use crate::{
    image::mapping,
    util::{alone, not_run, refuse},
};

#[test]
fn clocks_need_no_system_call() {
    if mapping().is_none() {
        return;
    }
    alone("calls::clocks_need_no_system_call", || {
        refuse(libc::SYS_clock_gettime, libc::EPERM);
        // The vDSO has these whatever the machine's time comes from.
        for clock in [ClockId::REALTIME_COARSE, ClockId::MONOTONIC_COARSE] {
            assert!(time::clock_gettime(clock).is_ok_and(|time| time.tv_nsec < 1_000_000_000));
        }
        // What it does not have it asks the kernel for, and shows the error.
        let cpu = time::clock_gettime(ClockId::PROCESS_CPUTIME_ID);
        assert_eq!(cpu, Err(Errno::EPERM));
        rawos::vdso::disable();
        assert_eq!(time::clock_gettime(ClockId::MONOTONIC_COARSE), Err(Errno::EPERM));
    });
}

#[test]
fn wrong_clocks_are_refused_with_and_without() {
    alone("calls::wrong_clocks_are_refused_with_and_without", || {
        let clocks = [-1, 12, 13, 99, i32::MAX, i32::MIN];
        let ask = || clocks.map(|clock| time::clock_gettime(ClockId(clock)));
        let with = ask();
        rawos::vdso::disable();
        assert_eq!(with, ask());
        assert!(with.contains(&Err(Errno::EINVAL)));
    });
}

#[test]
fn the_cpu_is_told_without_a_system_call() {
    if cfg!(not(target_arch = "x86_64")) || mapping().is_none() {
        return not_run("there is no vDSO whose getcpu does without the kernel");
    }
    alone("calls::the_cpu_is_told_without_a_system_call", || {
        refuse(libc::SYS_getcpu, libc::EPERM);
        assert!(sched::getcpu().is_ok());
        rawos::vdso::disable();
        assert_eq!(sched::getcpu(), Err(Errno::EPERM));
    });
}
