//! `src/signal/{wait,info}.rs`.

use core::time::Duration;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rawos::{
    fd,
    process::{self, Pid, WaitOptions},
    signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigtimedwait, sigwaitinfo},
};

use crate::util::again::{alone, assert_no_child, child};

#[test]
fn the_lowest_comes_first_and_each_once() {
    let rt = Signal::rt(6).unwrap();
    let set = SigSet::from([Signal::USR1, Signal::URG, rt]);
    let old = sigprocmask(SigHow::Block, set).unwrap();
    for signal in [rt, Signal::URG, Signal::USR1, Signal::USR1, rt] {
        raise(signal).unwrap();
    }
    // Real-time signals queue, the others are there or not.
    for expected in [Signal::USR1, Signal::URG, rt, rt] {
        let info = sigwaitinfo(set).unwrap();
        assert_eq!(info.si_signo(), expected);
        assert_eq!((info.si_code(), info.si_errno()), (libc::SI_TKILL, 0));
        // SAFETY: takes nothing.
        let (pid, uid) = (std::process::id() as i32, unsafe { libc::getuid() });
        assert_eq!((info.si_pid(), info.si_uid()), (Pid(pid), uid));
    }
    assert_eq!(sigtimedwait(set, Duration::ZERO), Ok(None));
    sigprocmask(SigHow::SetMask, old).unwrap();
}

#[test]
fn any_length_of_time_is_one() {
    let set = SigSet::from(Signal::USR2);
    let old = sigprocmask(SigHow::Block, set).unwrap();
    for timeout in [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(3)] {
        assert_eq!(sigtimedwait(set, timeout), Ok(None), "{timeout:?}");
    }
    for timeout in [Duration::ZERO, Duration::from_secs(3600), Duration::MAX] {
        raise(Signal::USR2).unwrap();
        let info = sigtimedwait(set, timeout).unwrap().unwrap();
        assert_eq!(info.si_signo(), Signal::USR2, "{timeout:?}");
    }
    sigprocmask(SigHow::SetMask, old).unwrap();
}

#[test]
fn a_childs_signal_tells_of_the_child() {
    alone("wait::a_childs_signal_tells_of_the_child", || {
        let set = SigSet::from(Signal::CHLD);
        sigprocmask(SigHow::Block, set).unwrap();
        let pid = child(|| 42);
        let info = sigwaitinfo(set).unwrap();
        assert_eq!((info.si_signo(), info.si_pid()), (Signal::CHLD, Pid(pid)));
        assert_eq!((info.si_code(), info.si_status()), (libc::CLD_EXITED, 42));
        // SAFETY: zeroes are a valid siginfo_t, of the same size.
        let mut theirs: libc::siginfo_t = unsafe { std::mem::zeroed() };
        // SAFETY: copies as many bytes as the struct has.
        unsafe {
            std::ptr::copy_nonoverlapping(info.as_bytes().as_ptr(), (&raw mut theirs).cast(), 128);
        }
        // SAFETY: of a SIGCHLD, the fields are there.
        assert_eq!(unsafe { theirs.si_pid() }, pid);
        // SAFETY: as above.
        assert_eq!(unsafe { theirs.si_uid() }, info.si_uid());
        // SAFETY: as above.
        assert_eq!(unsafe { theirs.si_status() }, 42);
        process::waitpid(Pid(pid), WaitOptions::empty()).unwrap();
        assert_no_child();
    });
}

static TICKS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn tick(_: libc::c_int) {
    TICKS.fetch_add(1, Relaxed);
}

/// SIGALRM every so many microseconds, to a handler without SA_RESTART.
fn alarm_every(micros: i64) {
    // SAFETY: zeroes are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = tick as *const () as usize;
    // SAFETY: the handler counts.
    unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) };
    let time = libc::timeval { tv_sec: 0, tv_usec: micros };
    let timer = libc::itimerval { it_interval: time, it_value: time };
    // SAFETY: setitimer(2) reads the struct.
    assert_eq!(unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) }, 0);
}

#[test]
fn other_signals_do_not_end_the_wait() {
    alone("wait::other_signals_do_not_end_the_wait", || {
        let set = SigSet::from([Signal::USR1, Signal::USR2]);
        sigprocmask(SigHow::Block, set).unwrap();
        let parent = process::getpid();
        for signal in set {
            let (reader, writer) = fd::pipe().unwrap();
            let pid = child(|| {
                let _ = fd::read(&reader, &mut [0; 1]);
                // Longer than many ticks; how long does not matter.
                // SAFETY: takes an integer.
                unsafe { libc::usleep(60_000) };
                i32::from(process::kill(parent, signal).is_err())
            });
            TICKS.store(0, Relaxed);
            alarm_every(1000);
            fd::write(&writer, b"x").unwrap();
            let info = match signal {
                Signal::USR1 => sigwaitinfo(set).unwrap(),
                _ => sigtimedwait(set, Duration::from_secs(600)).unwrap().unwrap(),
            };
            alarm_every(0);
            assert_eq!((info.si_signo(), info.si_pid()), (signal, Pid(pid)));
            assert!(TICKS.load(Relaxed) > 0, "nothing interrupted");
            process::waitpid(Pid(pid), WaitOptions::empty()).unwrap();
        }
        // And the time ends, however often it is interrupted.
        TICKS.store(0, Relaxed);
        alarm_every(1000);
        let none = sigtimedwait(set, Duration::from_millis(60));
        alarm_every(0);
        assert_eq!(none, Ok(None));
        assert!(TICKS.load(Relaxed) > 0, "nothing interrupted");
        assert_no_child();
    });
}
