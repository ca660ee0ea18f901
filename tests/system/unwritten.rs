//! `src/sys/`: a sandbox that answers 0 for a call, which then writes nothing.

use std::{fmt::Debug, hint::black_box, thread};

use rawos::{
    fs::{birthtime, statvfs},
    process::{Limit, Pid, Resource, getrlimit},
    sched::{SchedParam, sched_getparam, sched_rr_get_interval},
    signal::{SigHandler, SigSet, Signal, getsignal, sigpending},
    system::uname,
    time::{ClockId, Timespec, clock_getres},
    timerfd,
};

use crate::util::{not_run, refuse, runner};

/// The stack that the next call uses, full of something else.
#[inline(never)]
fn dirt() {
    black_box([0xaau8; 8192]);
}

/// What `call` gives in a thread where system call `nr` is not made.
fn unmade<T: Send + Debug>(nr: libc::c_long, call: impl FnOnce() -> rawos::Result<T> + Send) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            refuse(nr, 0);
            dirt();
            call()
        });
        thread.join().unwrap().unwrap()
    })
}

#[test]
fn what_the_kernel_did_not_write_is_zero() {
    if runner().is_some() {
        return not_run("no filter of system calls here");
    }
    let name = unmade(libc::SYS_uname, uname);
    assert!(name.sysname().is_empty() && name.domainname().is_empty(), "{name:?}");
    let limit = unmade(libc::SYS_prlimit64, || getrlimit(Resource::NOFILE));
    assert_eq!(limit, Limit { soft: 0, hard: 0 });
    let system = unmade(libc::SYS_statfs, || statvfs("/"));
    assert_eq!((system.f_blocks(), system.f_files(), system.f_bsize()), (0, 0, 0));
    assert_eq!(unmade(libc::SYS_statx, || birthtime("/")), None);
    let param = unmade(libc::SYS_sched_getparam, || sched_getparam(Pid(0)));
    assert_eq!(param, SchedParam::default());
    let interval = unmade(libc::SYS_sched_rr_get_interval, || sched_rr_get_interval(Pid(0)));
    assert_eq!(interval, Timespec::default());
    let resolution = unmade(libc::SYS_clock_getres, || clock_getres(ClockId::MONOTONIC));
    assert_eq!(resolution, Timespec::default());
    assert_eq!(unmade(libc::SYS_rt_sigpending, sigpending), SigSet::default());
    let action = unmade(libc::SYS_rt_sigaction, || getsignal(Signal::PIPE));
    assert!(matches!(action.handler, SigHandler::Default));
    let timer = timerfd::timerfd_create(ClockId::MONOTONIC, timerfd::TimerfdFlags::empty());
    let timer = timer.unwrap();
    let left = unmade(libc::SYS_timerfd_gettime, || timerfd::timerfd_gettime_ns(&timer));
    assert_eq!(left, (0, 0));
}
