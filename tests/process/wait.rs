//! `src/process/{wait,rusage}.rs`: the same child, or a twin of it, waited for
//! by libc.

use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use rawos::{
    Errno,
    process::{self, Pid, Rusage, WaitIdType, WaitOptions, WaitStatus},
    signal::{SigHow, SigSet, Signal},
};

use crate::util::again::{
    alone, assert_no_child, child, libc_wait, no_core, open_descriptors, sleeper,
};
use crate::util::runner;

const NONE: WaitOptions = WaitOptions::empty();

fn waitpid(pid: i32, options: WaitOptions) -> Result<Option<(i32, WaitStatus)>, Errno> {
    Ok(process::waitpid(Pid(pid), options)?.map(|(pid, status)| (pid.0, status)))
}

/// Sends itself `signal` with its default action, and ends with 99 if that
/// does not end it.
fn die_of(signal: i32) -> i32 {
    // libc has handlers of its own for 32 and 33 that it does not give up.
    let _ = rawos::signal::default(Signal(signal));
    let _ = rawos::signal::sigprocmask(SigHow::SetMask, SigSet::empty());
    // SAFETY: takes integers.
    unsafe { libc::kill(std::process::id() as i32, signal) };
    99
}

#[test]
fn the_options_are_libcs() {
    use WaitOptions as W;
    let ours = [W::NOHANG, W::UNTRACED, W::STOPPED, W::EXITED, W::CONTINUED, W::NOWAIT];
    let theirs = [
        libc::WNOHANG,
        libc::WUNTRACED,
        libc::WSTOPPED,
        libc::WEXITED,
        libc::WCONTINUED,
        libc::WNOWAIT,
    ];
    assert_eq!(ours.map(|option| option.bits() as i32), theirs);
    let ours = [W::NOTHREAD, W::ALL, W::CLONE].map(|option| option.bits() as i32);
    assert_eq!(ours, [libc::__WNOTHREAD, libc::__WALL, libc::__WCLONE]);
}

#[test]
fn every_exit_code_arrives() {
    alone("wait::every_exit_code_arrives", || {
        for code in 0..256 {
            let expected = libc_wait(child(|| code), 0);
            let pid = child(|| code);
            let got = match code % 4 {
                0 => waitpid(pid, NONE).unwrap(),
                1 => process::wait().map(|(pid, status)| Some((pid.0, status))).unwrap(),
                2 => process::wait3(NONE).unwrap().map(|(pid, status, _)| (pid.0, status)),
                _ => {
                    process::wait4(Pid(pid), NONE).unwrap().map(|(pid, status, _)| (pid.0, status))
                }
            };
            assert_eq!(got, Some((pid, WaitStatus(expected))), "{code}");
            assert_eq!(process::waitstatus_to_exitcode(got.unwrap().1), Ok(code));
        }
        // Only eight bits do.
        for code in [256, -1, i32::MAX] {
            let status = waitpid(child(|| code), NONE).unwrap().unwrap().1;
            assert_eq!(status.exit_status(), Some(code & 0xff));
        }
        assert_no_child();
    });
}

#[test]
fn every_signal_that_ends_a_child_is_told() {
    alone("wait::every_signal_that_ends_a_child_is_told", || {
        no_core();
        let mut ended = 0;
        for signal in 1..=64 {
            let by_libc = child(|| die_of(signal));
            let mut expected = 0;
            // SAFETY: waitpid(2) writes one integer.
            unsafe { libc::waitpid(by_libc, &mut expected, libc::WUNTRACED) };
            let pid = child(|| die_of(signal));
            let (waited, status) = waitpid(pid, WaitOptions::UNTRACED).unwrap().unwrap();
            assert_eq!((waited, status), (pid, WaitStatus(expected)), "{signal}");
            if status.is_stopped() {
                assert_eq!(status.stop_signal(), Some(Signal(signal)));
                for stopped in [by_libc, pid] {
                    process::kill(Pid(stopped), Signal::KILL).unwrap();
                    let killed = waitpid(stopped, NONE).unwrap().unwrap().1;
                    assert_eq!(killed.term_signal(), Some(Signal::KILL));
                }
            } else if status.is_signaled() {
                assert_eq!(status.term_signal(), Some(Signal(signal)));
                assert_eq!(process::waitstatus_to_exitcode(status), Ok(-signal));
                ended += 1;
            } else {
                assert_eq!(status.exit_status(), Some(99), "{signal}");
            }
        }
        // All but the four that stop, the three that are ignored, and CONT;
        // an emulator keeps some real-time signals to itself.
        assert!(ended == 64 - 8 || runner().is_some() && ended > 40, "{ended}");
        assert_no_child();
    });
}

#[test]
fn a_core_dump_is_told_where_one_is_made() {
    alone("wait::a_core_dump_is_told_where_one_is_made", || {
        let dir = crate::util::temp_dir();
        std::env::set_current_dir(dir.path()).unwrap();
        // SAFETY: setrlimit(2) reads the struct.
        let all = libc::rlimit { rlim_cur: libc::RLIM_INFINITY, rlim_max: libc::RLIM_INFINITY };
        // SAFETY: as said.
        unsafe { libc::setrlimit(libc::RLIMIT_CORE, &all) };
        for signal in [libc::SIGSEGV, libc::SIGABRT, libc::SIGTERM] {
            let expected = libc_wait(child(|| die_of(signal)), 0);
            let (_, status) = waitpid(child(|| die_of(signal)), NONE).unwrap().unwrap();
            assert_eq!(status, WaitStatus(expected));
            assert_eq!(status.core_dumped(), libc::WCOREDUMP(expected));
        }
    });
}

#[test]
fn stopping_and_continuing_are_told_to_who_asks() {
    alone("wait::stopping_and_continuing_are_told_to_who_asks", || {
        let pid = sleeper();
        // TSTP stops nobody in a group that no one outside looks after.
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::setpgid(pid, pid) }, 0);
        let news = WaitOptions::UNTRACED | WaitOptions::CONTINUED;
        let send = |signal| process::kill(Pid(pid), signal).unwrap();
        assert_eq!(waitpid(pid, news | WaitOptions::NOHANG), Ok(None));
        for signal in [Signal::STOP, Signal::TSTP] {
            send(signal);
            let (waited, status) = waitpid(pid, news).unwrap().unwrap();
            assert_eq!((waited, status.0), (pid, signal.0 << 8 | 0x7f));
            assert_eq!(status.stop_signal(), Some(signal));
            assert_eq!(waitpid(pid, news | WaitOptions::NOHANG), Ok(None));
            send(Signal::CONT);
            let (waited, status) = waitpid(pid, news).unwrap().unwrap();
            assert_eq!((waited, status.0, status.is_continued()), (pid, 0xffff, true));
        }
        // Nobody who did not ask.
        send(Signal::STOP);
        assert_eq!(waitpid(pid, WaitOptions::NOHANG), Ok(None));
        send(Signal::KILL);
        assert_eq!(waitpid(pid, NONE), Ok(Some((pid, WaitStatus(9)))));
        assert_no_child();
    });
}

#[test]
fn a_child_without_news_is_none_and_no_child_an_error() {
    alone("wait::a_child_without_news_is_none_and_no_child_an_error", || {
        assert_eq!(waitpid(-1, NONE), Err(Errno::ECHILD));
        assert_eq!(waitpid(-1, WaitOptions::NOHANG), Err(Errno::ECHILD));
        assert_eq!(process::wait(), Err(Errno::ECHILD));
        assert_eq!(process::wait3(NONE).err(), Some(Errno::ECHILD));
        let pid = sleeper();
        assert_eq!(waitpid(pid, WaitOptions::NOHANG), Ok(None));
        assert_eq!(waitpid(-1, WaitOptions::NOHANG), Ok(None));
        assert!(process::wait3(WaitOptions::NOHANG).unwrap().is_none());
        assert!(process::wait4(Pid(pid), WaitOptions::NOHANG).unwrap().is_none());
        // EXITED is for waitid; and what no kernel knows.
        assert_eq!(waitpid(pid, WaitOptions::EXITED), Err(Errno::EINVAL));
        assert_eq!(waitpid(pid, WaitOptions::from_bits_retain(1 << 20)), Err(Errno::EINVAL));
        // Not a child, not a number.
        // SAFETY: takes nothing.
        assert_eq!(waitpid(unsafe { libc::getppid() }, NONE), Err(Errno::ECHILD));
        let lowest = waitpid(i32::MIN, NONE);
        assert!(matches!(lowest, Err(Errno::ESRCH | Errno::ECHILD)), "{lowest:?}");
        process::kill(Pid(pid), Signal::TERM).unwrap();
        assert_eq!(waitpid(pid, NONE), Ok(Some((pid, WaitStatus(15)))));
        assert_eq!(waitpid(pid, NONE), Err(Errno::ECHILD));
        // Ignoring SIGCHLD leaves nothing, and waiting lasts until then.
        rawos::signal::ignore(Signal::CHLD).unwrap();
        let pid = child(|| 3);
        assert_eq!(waitpid(pid, NONE), Err(Errno::ECHILD));
    });
}

#[test]
fn a_group_is_waited_for_as_a_group() {
    alone("wait::a_group_is_waited_for_as_a_group", || {
        let grouped = |code| {
            let pid = child(|| {
                // SAFETY: takes integers.
                unsafe { libc::setpgid(0, 0) };
                code
            });
            // SAFETY: as above; whichever comes first.
            unsafe { libc::setpgid(pid, pid) };
            pid
        };
        let (own, other) = (child(|| 1), grouped(2));
        assert_eq!(waitpid(-other, NONE), Ok(Some((other, WaitStatus(0x200)))));
        assert_eq!(waitpid(-other, NONE), Err(Errno::ECHILD));
        assert_eq!(waitpid(0, NONE), Ok(Some((own, WaitStatus(0x100)))));
        assert_eq!(waitpid(0, NONE), Err(Errno::ECHILD));
        assert_no_child();
    });
}

/// The fields of libc's struct, in the order of its declaration.
fn fields(usage: &libc::rusage) -> [i128; 16] {
    let time =
        |t: libc::timeval| i128::from(t.tv_sec) * 1_000_000_000 + i128::from(t.tv_usec) * 1000;
    let numbers = [
        usage.ru_maxrss,
        usage.ru_ixrss,
        usage.ru_idrss,
        usage.ru_isrss,
        usage.ru_minflt,
        usage.ru_majflt,
        usage.ru_nswap,
        usage.ru_inblock,
        usage.ru_oublock,
        usage.ru_msgsnd,
        usage.ru_msgrcv,
        usage.ru_nsignals,
        usage.ru_nvcsw,
        usage.ru_nivcsw,
    ];
    let mut all = [0; 16];
    (all[0], all[1]) = (time(usage.ru_utime), time(usage.ru_stime));
    for (all, number) in all[2..].iter_mut().zip(numbers) {
        *all = i128::from(number);
    }
    all
}

fn our_fields(usage: &Rusage) -> [i128; 16] {
    [
        usage.ru_utime().as_nanos() as i128,
        usage.ru_stime().as_nanos() as i128,
        usage.ru_maxrss().into(),
        usage.ru_ixrss().into(),
        usage.ru_idrss().into(),
        usage.ru_isrss().into(),
        usage.ru_minflt().into(),
        usage.ru_majflt().into(),
        usage.ru_nswap().into(),
        usage.ru_inblock().into(),
        usage.ru_oublock().into(),
        usage.ru_msgsnd().into(),
        usage.ru_msgrcv().into(),
        usage.ru_nsignals().into(),
        usage.ru_nvcsw().into(),
        usage.ru_nivcsw().into(),
    ]
}

#[test]
fn what_a_child_used_is_what_the_kernel_tells_libc() {
    alone("wait::what_a_child_used_is_what_the_kernel_tells_libc", || {
        let pid = child(|| {
            let mut memory = vec![1u8; 8 << 20];
            let mut sum = 0u64;
            for round in 0..40u64 {
                for byte in memory.iter_mut().step_by(64) {
                    *byte = byte.wrapping_mul(31).wrapping_add(round as u8);
                    sum = sum.wrapping_add(u64::from(*byte));
                }
                // SAFETY: takes nothing; gives the CPU up.
                unsafe { libc::sched_yield() };
            }
            (std::hint::black_box(sum) & 1) as i32
        });
        let by_libc = || {
            let flags = libc::WEXITED | libc::WNOWAIT;
            // SAFETY: zeroes are a valid rusage.
            let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
            // SAFETY: zeroes are a valid siginfo_t.
            let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
            // SAFETY: waitid(2) writes the two structs.
            let waited = unsafe {
                libc::syscall(libc::SYS_waitid, libc::P_PID, pid, &mut info, flags, &mut usage)
            };
            assert_eq!(waited, 0);
            fields(&usage)
        };
        let which = WaitIdType::Pid(Pid(pid));
        let again = WaitOptions::EXITED | WaitOptions::NOWAIT;
        // It has ended when this is told, but its last steps are still counted.
        let (theirs, (result, by_waitid)) = loop {
            let before = by_libc();
            // SAFETY: takes an integer.
            unsafe { libc::usleep(50_000) };
            let ours = process::waitid_rusage(which, again).unwrap().unwrap();
            if before == by_libc() {
                break (before, ours);
            }
        };
        assert_eq!(result.si_pid, Pid(pid));
        let (_, status, by_wait4) = process::wait4(Pid(pid), NONE).unwrap().unwrap();
        assert_eq!(status.exit_status(), Some(result.si_status));
        assert!(by_wait4.ru_maxrss() >= 8 << 10 && by_wait4.ru_minflt() > 0, "{by_wait4:?}");
        assert_eq!(our_fields(&by_wait4), theirs);
        assert_eq!(our_fields(&by_waitid), theirs);
    });
}

/// Where [`tick`] writes.
static TICKS: AtomicI32 = AtomicI32::new(-1);

extern "C" fn tick(_: libc::c_int) {
    // SAFETY: write(2) reads one byte.
    unsafe { libc::write(TICKS.load(Relaxed), [0u8].as_ptr().cast(), 1) };
}

#[test]
fn a_storm_of_signals_interrupts_no_wait() {
    alone("wait::a_storm_of_signals_interrupts_no_wait", || {
        let before = open_descriptors();
        let mut ends = [0; 2];
        // SAFETY: pipe2(2) writes two integers.
        assert_eq!(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) }, 0);
        TICKS.store(ends[1], Relaxed);
        // SAFETY: zeroes are a valid sigaction: no flags, so no SA_RESTART.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = tick as *const () as usize;
        // SAFETY: the handler only writes a byte.
        unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) };
        let every = |micros| {
            let time = libc::timeval { tv_sec: 0, tv_usec: micros };
            let timer = libc::itimerval { it_interval: time, it_value: time };
            // SAFETY: setitimer(2) reads the struct.
            let set = unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
            assert_eq!(set, 0);
        };
        for round in 0..40 {
            // Ends when the parent's handler has run 20 times.
            let pid = child(|| {
                let mut left = 20;
                while left > 0 {
                    let mut bytes = [0u8; 20];
                    // SAFETY: read(2) writes at most `left` bytes, of 20.
                    let got = unsafe { libc::read(ends[0], bytes.as_mut_ptr().cast(), left) };
                    left -= usize::try_from(got).unwrap_or(0);
                }
                round
            });
            every(500);
            let status = match round % 5 {
                0 => waitpid(pid, NONE).unwrap().unwrap().1,
                1 => process::wait().unwrap().1,
                2 => process::wait3(NONE).unwrap().unwrap().1,
                3 => process::wait4(Pid(pid), NONE).unwrap().unwrap().1,
                _ => {
                    let which = WaitIdType::Pid(Pid(pid));
                    process::waitid(which, WaitOptions::EXITED).unwrap().unwrap().wait_status()
                }
            };
            every(0);
            assert_eq!(status.exit_status(), Some(round));
        }
        for end in ends {
            // SAFETY: the descriptor is this test's.
            unsafe { libc::close(end) };
        }
        assert_eq!(open_descriptors(), before);
        assert_no_child();
    });
}
