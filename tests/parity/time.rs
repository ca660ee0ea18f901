//! Python's `os.timerfd_*` (3.13), `os.eventfd*`, `os.sched_*`, `select` and
//! the clocks of `time`.

use std::{collections::BTreeMap, process::Command};

use rawos::{
    Errno,
    epoll::EpollFlags,
    eventfd::EventfdFlags,
    poll::PollFlags,
    process::Pid,
    sched::{self, CpuSet, Policy},
    time::{self, ClockId},
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

use crate::{python, util::not_run};

/// `name value` lines as a map.
fn table(text: &str) -> BTreeMap<&str, i64> {
    text.lines()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(n, v)| (n, v.parse().unwrap()))
        .collect()
}

#[test]
fn every_constant_that_both_have() {
    let script = "
import os, select, time
for module, starts in (os, ('EFD_', 'TFD_', 'SCHED_')), (select, ('POLL', 'EPOLL')), (time, ('CLOCK_',)):
    for name in dir(module):
        if name.startswith(starts): print(name, getattr(module, name))
";
    let text = python(script, &[], false);
    let mut theirs = table(&text);
    // Always set.
    theirs.remove("EPOLL_CLOEXEC");
    let flags = |flags: &[(&'static str, u32)]| -> Vec<(&'static str, i64)> {
        flags.iter().map(|(name, bits)| (*name, i64::from(*bits))).collect()
    };
    let mut ours = flags(&[
        ("EFD_CLOEXEC", EventfdFlags::CLOEXEC.bits()),
        ("EFD_NONBLOCK", EventfdFlags::NONBLOCK.bits()),
        ("EFD_SEMAPHORE", EventfdFlags::SEMAPHORE.bits()),
        ("TFD_CLOEXEC", TimerfdFlags::CLOEXEC.bits()),
        ("TFD_NONBLOCK", TimerfdFlags::NONBLOCK.bits()),
        ("TFD_TIMER_ABSTIME", TimerfdTimerFlags::ABSTIME.bits()),
        ("TFD_TIMER_CANCEL_ON_SET", TimerfdTimerFlags::CANCEL_ON_SET.bits()),
        ("EPOLLIN", EpollFlags::IN.bits()),
        ("EPOLLPRI", EpollFlags::PRI.bits()),
        ("EPOLLOUT", EpollFlags::OUT.bits()),
        ("EPOLLERR", EpollFlags::ERR.bits()),
        ("EPOLLHUP", EpollFlags::HUP.bits()),
        ("EPOLLRDHUP", EpollFlags::RDHUP.bits()),
        ("EPOLLRDNORM", EpollFlags::RDNORM.bits()),
        ("EPOLLRDBAND", EpollFlags::RDBAND.bits()),
        ("EPOLLWRNORM", EpollFlags::WRNORM.bits()),
        ("EPOLLWRBAND", EpollFlags::WRBAND.bits()),
        ("EPOLLMSG", EpollFlags::MSG.bits()),
        ("EPOLLET", EpollFlags::ET.bits()),
        ("EPOLLONESHOT", EpollFlags::ONESHOT.bits()),
        ("EPOLLEXCLUSIVE", EpollFlags::EXCLUSIVE.bits()),
        ("EPOLLWAKEUP", EpollFlags::WAKEUP.bits()),
    ]);
    ours.extend(
        [
            ("POLLIN", PollFlags::IN),
            ("POLLPRI", PollFlags::PRI),
            ("POLLOUT", PollFlags::OUT),
            ("POLLERR", PollFlags::ERR),
            ("POLLHUP", PollFlags::HUP),
            ("POLLNVAL", PollFlags::NVAL),
            ("POLLRDNORM", PollFlags::RDNORM),
            ("POLLRDBAND", PollFlags::RDBAND),
            ("POLLWRNORM", PollFlags::WRNORM),
            ("POLLWRBAND", PollFlags::WRBAND),
            ("POLLMSG", PollFlags::MSG),
            ("POLLRDHUP", PollFlags::RDHUP),
        ]
        .map(|(name, flag)| (name, i64::from(flag.bits()))),
    );
    ours.extend(
        [
            ("SCHED_OTHER", Policy::OTHER),
            ("SCHED_NORMAL", Policy::NORMAL),
            ("SCHED_BATCH", Policy::BATCH),
            ("SCHED_IDLE", Policy::IDLE),
            ("SCHED_FIFO", Policy::FIFO),
            ("SCHED_RR", Policy::RR),
            ("SCHED_DEADLINE", Policy::DEADLINE),
            ("SCHED_RESET_ON_FORK", Policy(0).reset_on_fork()),
        ]
        .map(|(name, policy)| (name, i64::from(policy.0))),
    );
    ours.extend(
        [
            ("CLOCK_REALTIME", ClockId::REALTIME),
            ("CLOCK_MONOTONIC", ClockId::MONOTONIC),
            ("CLOCK_MONOTONIC_RAW", ClockId::MONOTONIC_RAW),
            ("CLOCK_BOOTTIME", ClockId::BOOTTIME),
            ("CLOCK_TAI", ClockId::TAI),
            ("CLOCK_PROCESS_CPUTIME_ID", ClockId::PROCESS_CPUTIME_ID),
            ("CLOCK_THREAD_CPUTIME_ID", ClockId::THREAD_CPUTIME_ID),
        ]
        .map(|(name, clock)| (name, i64::from(clock.0))),
    );
    let mut checked = 0;
    for (name, value) in &ours {
        if let Some(theirs) = theirs.remove(name) {
            assert_eq!(*value, theirs, "{name}");
            checked += 1;
        }
    }
    // Nothing that Python has is missing here.
    assert!(theirs.is_empty(), "{theirs:?}");
    assert!(checked > 35, "{checked}");
}

#[test]
fn the_clocks_go_with_python() {
    let script = "
import time
for clock in 0, 1, 4, 7, 11: print(time.clock_gettime_ns(clock))
for clock in range(12):
    try: print(round(time.clock_getres(clock) * 1e9))
    except OSError as error: print(-error.errno)
";
    let clocks = [
        ClockId::REALTIME,
        ClockId::MONOTONIC,
        ClockId::MONOTONIC_RAW,
        ClockId::BOOTTIME,
        ClockId::TAI,
    ];
    let now = || clocks.map(|clock| time::clock_gettime(clock).unwrap().as_ns());
    let before = now();
    let text = python(script, &[], false);
    let after = now();
    let mut lines = text.lines().map(|line| line.parse::<i128>().unwrap());
    for (before, after) in before.iter().zip(after) {
        let theirs = lines.next().unwrap();
        assert!((*before..=after).contains(&theirs), "{before} {theirs} {after}");
    }
    for (clock, theirs) in lines.enumerate() {
        let ours = time::clock_getres(ClockId(clock as i32));
        assert_eq!(ours.map_or_else(|errno| -i128::from(errno.raw()), |res| res.as_ns()), theirs);
    }
}

#[test]
fn the_scheduler_is_read_as_python_reads_it() {
    let script = "
import os
for policy in list(range(-1, 9)):
    for call in os.sched_get_priority_min, os.sched_get_priority_max:
        try: print(call(policy))
        except OSError as error: print(-error.errno)
";
    let mut theirs = Vec::new();
    for line in python(script, &[], false).lines() {
        theirs.push(line.parse::<i32>().unwrap());
    }
    let mut ours = Vec::new();
    for policy in (-1..9).map(Policy) {
        for result in [sched::sched_get_priority_min(policy), sched::sched_get_priority_max(policy)]
        {
            ours.push(result.unwrap_or_else(|errno| -errno.raw()));
        }
    }
    assert_eq!(ours, theirs);

    // Of one and the same thread: this one, which waits meanwhile.
    let script = "
import os, sys
pid = int(sys.argv[1])
print(os.sched_getscheduler(pid), os.sched_getparam(pid).sched_priority)
print(*sorted(os.sched_getaffinity(pid)))
for call in os.sched_getscheduler, os.sched_getparam, os.sched_getaffinity, os.sched_rr_get_interval:
    for pid in -1, 2**31 - 1:
        try: print(call(pid))
        except OSError as error: print(-error.errno)
";
    std::thread::spawn(move || {
        let one = CpuSet::of(sched::sched_getaffinity(Pid(0)).unwrap().iter().take(1)).unwrap();
        sched::sched_setaffinity(Pid(0), &one).unwrap();
        let param = sched::SchedParam { sched_priority: 0 };
        let policy = Policy::BATCH.reset_on_fork();
        sched::sched_setscheduler(Pid(0), policy, param).unwrap();
        // SAFETY: takes nothing.
        let tid = unsafe { libc::gettid() };
        let mut ours = format!("{} 0\n", policy.0);
        ours += &one.iter().map(|cpu| cpu.to_string()).collect::<Vec<_>>().join(" ");
        ours.push('\n');
        let errno = |result: Result<(), Errno>| format!("{}\n", -result.unwrap_err().raw());
        let calls = [
            |pid| sched::sched_getscheduler(pid).map(drop),
            |pid| sched::sched_getparam(pid).map(drop),
            |pid| sched::sched_getaffinity(pid).map(drop),
            |pid| sched::sched_rr_get_interval(pid).map(drop),
        ];
        for call in calls {
            for pid in [Pid(-1), Pid(i32::MAX)] {
                ours += &errno(call(pid));
            }
        }
        assert_eq!(ours, python(script, &[&tid.to_string()], false));
    })
    .join()
    .unwrap();
}

/// What a Python that has `os.timerfd_create` prints; none, visibly, without.
fn newer_python(script: &str) -> Option<String> {
    // The variable chooses where pyenv is; `python3` means any elsewhere.
    for name in ["python3", "python3.13", "python3.14"] {
        let probe = "import os, sys; sys.exit(not hasattr(os, 'timerfd_create'))";
        let run = |code: &str| {
            Command::new(name).env("PYENV_VERSION", "3.13").arg("-c").arg(code).output().ok()
        };
        if run(probe).is_some_and(|output| output.status.success()) {
            let output = run(script).unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            return Some(String::from_utf8(output.stdout).unwrap());
        }
    }
    not_run(format_args!("no Python 3.13, which timerfd came with"));
    None
}

/// Numbers in the form that Python's `float` and Rust's `f64` both read.
fn seconds() -> Vec<f64> {
    let mut all = vec![
        0.0,
        -0.0,
        1e-10,
        1e-9,
        1.9999e-9,
        0.1,
        0.3,
        1.0,
        2.5,
        1e9,
        9_223_372_035.9,
        9_223_372_036.854_775,
        9_223_372_036.854_776,
        9_223_372_037.0,
        1e10,
        1e300,
        f64::MAX,
        f64::MIN,
        -1e-10,
        -1e-300,
        -1.0,
        -1e10,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    // A generator of its own: the cases are the same each time.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..2000 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (state >> 11) as f64 / (1_u64 << 53) as f64;
        all.push(unit * 10_f64.powi((state % 22) as i32 - 10));
    }
    all
}

#[test]
fn timers_take_and_give_the_seconds_that_pythons_do() {
    let seconds = seconds();
    let list: Vec<String> = seconds.iter().map(|value| format!("'{value:e}'")).collect();
    let script = format!(
        "
import os, time
fd = os.timerfd_create(time.CLOCK_MONOTONIC)
for text in [{}]:
    value = float(text)
    for set in (lambda: os.timerfd_settime(fd, initial=3600, interval=value), lambda: os.timerfd_settime(fd, initial=value, interval=7)):
        try:
            set()
            print(os.timerfd_gettime_ns(fd)[1], os.timerfd_gettime(fd)[1].hex(), os.timerfd_gettime_ns(fd)[0] > 0)
        except OSError as error: print('error', error.errno)
        except (ValueError, OverflowError): print('error', 22)
for value in -1, -2**63, 2**63 - 1, 0, 1, 999999999:
    try:
        os.timerfd_settime_ns(fd, initial=3600 * 10**9, interval=value)
        print(os.timerfd_gettime_ns(fd)[1], os.timerfd_settime_ns(fd, initial=0)[1])
    except OSError as error: print('error', error.errno)
",
        list.join(",")
    );
    let Some(text) = newer_python(&script) else { return };
    let mut lines = text.lines();
    let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty()).unwrap();
    let none = TimerfdTimerFlags::empty();
    let (mut set, mut refused) = (0, 0);
    for value in seconds {
        for (initial, interval) in [(3600.0, value), (value, 7.0)] {
            let theirs = lines.next().unwrap();
            match timerfd::timerfd_settime(&timer, none, initial, interval) {
                Err(errno) => {
                    assert_eq!(format!("error {}", errno.raw()), theirs, "{value:e}");
                    refused += 1;
                }
                Ok(_) => {
                    let mut theirs = theirs.split(' ');
                    let (left, ns) = timerfd::timerfd_gettime_ns(&timer).unwrap();
                    assert_eq!(Some(&*ns.to_string()), theirs.next(), "{value:e}");
                    let float = timerfd::timerfd_gettime(&timer).unwrap().1;
                    assert_eq!(Some(&*hex(float)), theirs.next(), "{value:e}");
                    // What is left of a short one depends on the moment: of
                    // one that ends just now it is nothing.
                    let running = if left > 0 { "True" } else { "False" };
                    let short = initial > 0.0 && initial < 60.0;
                    assert!(theirs.next().is_some_and(|its| short || its == running), "{value:e}");
                    set += 1;
                }
            }
        }
    }
    assert!(set > 3000 && refused > 20, "{set} {refused}");
    for value in [-1, i64::MIN, i64::MAX, 0, 1, 999_999_999] {
        let theirs = lines.next().unwrap();
        let result = timerfd::timerfd_settime_ns(&timer, none, 3_600_000_000_000, value);
        let ours = result.map(|_| {
            let now = timerfd::timerfd_gettime_ns(&timer).unwrap().1;
            let before = timerfd::timerfd_settime_ns(&timer, none, 0, 0).unwrap().1;
            format!("{now} {before}")
        });
        assert_eq!(ours.unwrap_or_else(|errno| format!("error {}", errno.raw())), theirs);
    }
    assert_eq!(lines.next(), None);
}

/// Python's `float.hex` of a number that is zero or more.
fn hex(value: f64) -> String {
    if value == 0.0 {
        return "0x0.0p+0".to_owned();
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52) as i64 - 1023;
    format!("0x1.{:013x}p{exponent:+}", bits & ((1 << 52) - 1))
}
