//! Signals, and the processor.

use core::time::Duration;

use rawos::{
    fd::BorrowedFd,
    process::Pid,
    sched::{self, Policy, SchedParam},
    signal::{self, SigHandler, SigHow, SigSet, Signal, SignalfdFlags},
};
use syscalls::Sysno;

use super::VDSO;
use crate::rules::{Row, Rule};

/// Without a vDSO there is the system call; that no signal waits any more is no error.
const TIMED: &[Rule] = &[
    VDSO[0],
    VDSO[1],
    VDSO[2],
    VDSO[3],
    VDSO[4],
    Rule::Absorbs(Sysno::rt_sigtimedwait, &[libc::EAGAIN]),
];

extern "C" fn nothing(_: Signal) {}

const USR1: SigSet = SigSet::from_bits(1 << (libc::SIGUSR1 - 1));

/// SIGUSR1 is caught, blocked, and has been sent.
fn waits() {
    let handler = nothing as *const () as libc::sighandler_t;
    // SAFETY: zeroes are a set without signals.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes the set.
    unsafe { libc::sigaddset(&mut set, libc::SIGUSR1) };
    // SAFETY: the handler does nothing.
    unsafe { libc::signal(libc::SIGUSR1, handler) };
    // SAFETY: reads the set.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, &set, std::ptr::null_mut()) };
    // SAFETY: takes a number.
    unsafe { libc::raise(libc::SIGUSR1) };
}

/// A signalfd with that signal, until the process ends.
fn descriptor() -> BorrowedFd<'static> {
    waits();
    let fd = signal::signalfd(USR1, SignalfdFlags::empty()).expect("a signalfd");
    // SAFETY: nothing closes it.
    unsafe { BorrowedFd::borrow_raw(fd.into_raw_fd()) }
}

/// The set of this process's CPUs, by libc: what fits in it.
fn cpus() -> Vec<u32> {
    // SAFETY: zeroes are a set without CPUs.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes the set.
    assert_eq!(unsafe { libc::sched_getaffinity(0, size_of_val(&set), &mut set) }, 0);
    // SAFETY: reads the set.
    (0..1024).filter(|cpu| unsafe { libc::CPU_ISSET(*cpu as usize, &set) }).collect()
}

pub const ROWS: &[Row] = &[
    Row::new("signal::sigaction", |t| {
        let action = SigHandler::Handler(nothing).into();
        // SAFETY: the handler does nothing.
        t.call(|| unsafe { signal::sigaction(Signal::USR1, &action) });
    })
    .but(&[Rule::Signals]),
    Row::new("signal::getsignal", |t| t.call(|| signal::getsignal(Signal::USR1))),
    Row::new("signal::ignore", |t| t.call(|| signal::ignore(Signal::USR1))).but(&[Rule::Signals]),
    Row::new("signal::default", |t| {
        // SAFETY: to ignore is no handler.
        unsafe { libc::signal(libc::SIGUSR1, libc::SIG_IGN) };
        t.call(|| signal::default(Signal::USR1));
    })
    .but(&[Rule::Signals]),
    Row::new("signal::sigprocmask", |t| t.call(|| signal::sigprocmask(SigHow::Block, USR1)))
        .but(&[Rule::Signals]),
    Row::new("signal::sigpending", |t| {
        waits();
        t.call_same(signal::sigpending, || USR1);
    }),
    Row::new("signal::sigsuspend", |t| {
        waits();
        t.call(|| signal::sigsuspend(SigSet::empty()));
    }),
    // Ignored by default.
    Row::new("signal::raise", |t| t.call(|| signal::raise(Signal::URG))),
    Row::new("signal::sigwaitinfo", |t| {
        waits();
        t.call_same(|| Ok(signal::sigwaitinfo(USR1)?.si_signo()), || Signal::USR1);
    }),
    Row::new("signal::sigtimedwait", |t| {
        waits();
        let call = || signal::sigtimedwait(USR1, Duration::from_secs(60));
        t.call_then(call, |result| {
            // `None` if the kernel says that the time is over.
            if let Ok(Some(info)) = result {
                assert_eq!(info.si_signo(), Signal::USR1);
            }
        });
    })
    .but(TIMED),
    Row::new("signal::signalfd", |t| {
        t.call_then(
            || signal::signalfd(USR1, SignalfdFlags::empty()),
            |result| {
                if let Ok(fd) = result {
                    assert!(crate::util::is_cloexec(fd.as_raw_fd()));
                }
            },
        );
    }),
    Row::new("signal::signalfd_read", |t| {
        let fd = descriptor();
        t.call_same(|| Ok(signal::signalfd_read(fd)?.ssi_signo()), || Signal::USR1);
    }),
    Row::new("sched::sched_get_priority_min", |t| {
        t.call_same(|| sched::sched_get_priority_min(Policy::FIFO), || 1);
    }),
    Row::new("sched::sched_get_priority_max", |t| {
        t.call_same(|| sched::sched_get_priority_max(Policy::FIFO), || 99);
    }),
    Row::new("sched::sched_setscheduler", |t| {
        let param = SchedParam::default();
        t.call_then(
            || sched::sched_setscheduler(Pid(0), Policy::BATCH, param),
            |result| {
                let batch = if result.is_ok() { libc::SCHED_BATCH } else { libc::SCHED_OTHER };
                // SAFETY: takes a number.
                assert_eq!(unsafe { libc::sched_getscheduler(0) }, batch);
            },
        );
    }),
    Row::new("sched::sched_getscheduler", |t| {
        // SAFETY: takes a number.
        let witness = || Policy(unsafe { libc::sched_getscheduler(0) });
        t.call_same(|| sched::sched_getscheduler(Pid(0)), witness);
    }),
    Row::new("sched::sched_setparam", |t| {
        t.call(|| sched::sched_setparam(Pid(0), SchedParam::default()));
    }),
    Row::new("sched::sched_getparam", |t| {
        t.call_same(|| sched::sched_getparam(Pid(0)), SchedParam::default);
    }),
    Row::new("sched::sched_rr_get_interval", |t| {
        t.call(|| sched::sched_rr_get_interval(Pid(0)));
    }),
    Row::new("sched::sched_yield", |t| t.call(sched::sched_yield)),
    Row::new("sched::sched_setattr", |t| {
        let attr = sched::sched_getattr(Pid(0)).expect("the attributes");
        t.call(|| sched::sched_setattr(Pid(0), &attr));
    }),
    Row::new("sched::sched_getattr", |t| {
        // SAFETY: takes a number.
        let witness = || Policy(unsafe { libc::sched_getscheduler(0) });
        t.call_same(|| Ok(sched::sched_getattr(Pid(0))?.policy), witness);
    }),
    Row::new("sched::sched_setaffinity", |t| {
        let last = *cpus().last().expect("a CPU");
        let one = sched::CpuSet::of([last]).expect("its number");
        t.call_then(
            || sched::sched_setaffinity(Pid(0), &one),
            |result| assert!(result.is_err() || cpus() == [last]),
        );
    }),
    Row::new("sched::sched_getaffinity", |t| {
        t.call_same(|| Ok(sched::sched_getaffinity(Pid(0))?.iter().collect()), cpus);
    })
    // "The kernel wants room for all CPUs there may be": it is asked with more.
    .but(&[Rule::On(1, &Rule::Absorbs(Sysno::sched_getaffinity, &[libc::EINVAL]))]),
    Row::new("sched::getcpu", |t| t.call(sched::getcpu)).but(&VDSO),
];
