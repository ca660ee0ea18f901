//! `src/timerfd.rs`, against libc and the clocks.

use std::{thread, time::Duration};

use proptest::prelude::*;
use rawos::{
    Errno,
    fd::{self, BorrowedFd, OwnedFd},
    time::ClockId,
    timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
};

use crate::{
    now,
    util::{interrupted, is_cloexec, libc_result},
};

const NONE: TimerfdTimerFlags = TimerfdTimerFlags::empty();
const HOUR: i64 = 3_600_000_000_000;

fn timer(flags: TimerfdFlags) -> OwnedFd {
    timerfd::timerfd_create(ClockId::MONOTONIC, flags).unwrap()
}

/// What is left and the interval, in nanoseconds, as libc reads them.
fn setting(timer: &OwnedFd) -> (i64, i64) {
    let zero = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let mut now = libc::itimerspec { it_interval: zero, it_value: zero };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::timerfd_gettime(timer.as_raw_fd(), &mut now) }, 0);
    let ns = |time: libc::timespec| time.tv_sec * 1_000_000_000 + time.tv_nsec;
    (ns(now.it_value), ns(now.it_interval))
}

#[test]
fn the_constants_are_libcs() {
    use TimerfdTimerFlags as T;
    assert_eq!(
        [TimerfdFlags::NONBLOCK, TimerfdFlags::CLOEXEC].map(|flag| flag.bits() as i32),
        [libc::TFD_NONBLOCK, libc::TFD_CLOEXEC]
    );
    assert_eq!(
        [T::ABSTIME, T::CANCEL_ON_SET].map(|flag| flag.bits() as i32),
        [libc::TFD_TIMER_ABSTIME, libc::TFD_TIMER_CANCEL_ON_SET]
    );
}

#[test]
fn every_clock_and_flag_as_libc_says() {
    let mut made = 0;
    let flags = (0..32).map(|bit| 1_u32 << bit).chain([0]);
    let cases = flags.map(|flags| (1, flags)).chain((-8..20).map(|clock| (clock, 0)));
    for (clock, flags) in cases {
        let ours = timerfd::timerfd_create(ClockId(clock), TimerfdFlags::from_bits_retain(flags));
        // SAFETY: takes integers.
        let theirs = libc_result(unsafe { libc::timerfd_create(clock, flags as i32) });
        if let Ok(fd) = theirs {
            // SAFETY: just opened.
            unsafe { libc::close(fd as i32) };
        }
        assert_eq!(ours.as_ref().map(drop), theirs.as_ref().map(drop), "{clock} {flags:#x}");
        if let Ok(timer) = ours {
            made += 1;
            assert!(is_cloexec(timer.as_raw_fd()));
        }
    }
    assert!(made >= 6, "{made}");
}

#[test]
fn seconds_become_nanoseconds_rounded_down() {
    let timer = timer(TimerfdFlags::empty());
    for (seconds, ns) in [
        (0.0, 0),
        (-0.0, 0),
        (1e-10, 0),
        (9.99e-10, 0),
        (1e-9, 1),
        (1.9999e-9, 1),
        (0.1, 100_000_000),
        (0.3, 300_000_000),
        (1.5, 1_500_000_000),
        (1e9, 1_000_000_000_000_000_000),
        (8e9, 8_000_000_000_000_000_000),
        // The last second is for ever to the kernel.
        (9_223_372_036.0, i64::MAX),
        (f64::MIN_POSITIVE, 0),
    ] {
        timerfd::timerfd_settime(&timer, NONE, 3600.0, seconds).unwrap();
        assert_eq!(setting(&timer).1, ns, "{seconds:e}");
        assert_eq!(timerfd::timerfd_gettime_ns(&timer).unwrap().1, ns);
        timerfd::timerfd_settime(&timer, NONE, seconds, 0.0).unwrap();
        let left = setting(&timer).0;
        assert!(left <= ns && (left > 0 || ns < HOUR), "{seconds:e}: {left}");
    }
}

proptest! {
    #[test]
    fn any_seconds_are_set_or_refused(bits in any::<u64>(), small in 0.0..20_000_000_000.0f64) {
        let timer = timer(TimerfdFlags::empty());
        timerfd::timerfd_settime_ns(&timer, NONE, HOUR, 7).unwrap();
        for seconds in [f64::from_bits(bits), small, small / 1e9] {
            let ns = (seconds * 1e9).floor();
            let before = setting(&timer).1;
            match timerfd::timerfd_settime(&timer, NONE, 3600.0, seconds) {
                // The last second is for ever to the kernel.
                Ok(_) if ns >= 9_223_372_036e9 => prop_assert_eq!(setting(&timer).1, i64::MAX),
                Ok(_) => prop_assert_eq!(setting(&timer).1 as f64, ns),
                Err(errno) => {
                    prop_assert_eq!(errno, Errno::EINVAL);
                    prop_assert!(ns.is_nan() || ns < 0.0 || ns >= 2f64.powi(63), "{}", seconds);
                    prop_assert_eq!(setting(&timer).1, before);
                }
            }
        }
    }
}

#[test]
fn nanoseconds_read_back_as_set() {
    let timer = timer(TimerfdFlags::empty());
    let mut last = (0, 0);
    const LONG: i64 = 9_000_000_000_000_000_000;
    for interval in [0, 1, 999_999_999, 1_000_000_000, 1_000_000_001, LONG + 1, i64::MAX] {
        for initial in [HOUR, LONG] {
            let (left, before) =
                timerfd::timerfd_settime_ns(&timer, NONE, initial, interval).unwrap();
            assert_eq!(before, last.1);
            assert!(
                left <= last.0 && left > last.0 - HOUR / 2 || last == (0, 0),
                "{left} {last:?}"
            );
            last = (initial, interval);
            let (left, now) = timerfd::timerfd_gettime_ns(&timer).unwrap();
            assert_eq!((now, setting(&timer).1), (interval, interval));
            assert!(left <= initial && left > initial - HOUR / 2, "{left} {initial}");
        }
    }
    // As far as the clock goes.
    timerfd::timerfd_settime_ns(&timer, NONE, i64::MAX, 0).unwrap();
    assert!(timerfd::timerfd_gettime_ns(&timer).unwrap().0 > LONG);
    // Stopped: nothing is left, and the interval goes too.
    timerfd::timerfd_settime_ns(&timer, NONE, 0, 0).unwrap();
    assert_eq!(timerfd::timerfd_gettime_ns(&timer), Ok((0, 0)));
}

#[test]
fn whole_seconds_are_exact_as_floats() {
    let timer = timer(TimerfdFlags::empty());
    for (ns, seconds) in [
        (1_000_000_000, 1.0),
        (9_007_199_255_000_000_000, 9_007_199_255.0),
        (2_500_000_000, 2.5),
        (1, 1e-9),
        (i64::MAX, 9_223_372_036.854_776),
    ] {
        timerfd::timerfd_settime_ns(&timer, NONE, HOUR, ns).unwrap();
        assert_eq!(timerfd::timerfd_gettime(&timer).unwrap().1, seconds);
        assert_eq!(timerfd::timerfd_settime(&timer, NONE, 0.0, 0.0).unwrap().1, seconds);
    }
}

#[test]
fn bad_input_changes_nothing() {
    let timer = timer(TimerfdFlags::empty());
    timerfd::timerfd_settime_ns(&timer, NONE, HOUR, 7).unwrap();
    let einval = Some(Errno::EINVAL);
    let bad = [
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -1.0,
        -1e-9,
        -1e-300,
        -f64::MIN_POSITIVE,
        9_223_372_036.854_776,
        1e10,
        f64::MAX,
        f64::MIN,
    ];
    for seconds in bad {
        for flags in [NONE, TimerfdTimerFlags::ABSTIME] {
            assert_eq!(timerfd::timerfd_settime(&timer, flags, seconds, 0.0).err(), einval);
            assert_eq!(timerfd::timerfd_settime(&timer, flags, 1.0, seconds).err(), einval);
            assert_eq!(timerfd::timerfd_settime(&timer, flags, 0.0, seconds).err(), einval);
        }
    }
    for ns in [-1, -1_000_000_000, i64::MIN] {
        assert_eq!(timerfd::timerfd_settime_ns(&timer, NONE, ns, 0).err(), einval);
        assert_eq!(timerfd::timerfd_settime_ns(&timer, NONE, 1, ns).err(), einval);
        assert_eq!(timerfd::timerfd_settime_ns(&timer, NONE, 0, ns).err(), einval);
    }
    for bit in 2..32 {
        let flags = TimerfdTimerFlags::from_bits_retain(1 << bit);
        assert_eq!(timerfd::timerfd_settime_ns(&timer, flags, 1, 0).err(), einval);
    }
    let (left, interval) = setting(&timer);
    assert!(left > HOUR / 2 && interval == 7);
}

#[test]
fn what_is_no_timer() {
    let (reader, writer) = fd::pipe().unwrap();
    assert_eq!(timerfd::timerfd_gettime_ns(&reader), Err(Errno::EINVAL));
    assert_eq!(timerfd::timerfd_settime(&reader, NONE, 1.0, 0.0), Err(Errno::EINVAL));
    fd::write(&writer, b"abc").unwrap();
    assert_eq!(timerfd::timerfd_read(&reader), Err(Errno::EINVAL));
    // SAFETY: nobody has this descriptor, which is what the test is about.
    let closed = unsafe { BorrowedFd::borrow_raw(1_000_000) };
    assert_eq!(timerfd::timerfd_gettime(closed), Err(Errno::EBADF));
    assert_eq!(timerfd::timerfd_gettime_ns(closed), Err(Errno::EBADF));
    assert_eq!(timerfd::timerfd_settime(closed, NONE, 1.0, 0.0), Err(Errno::EBADF));
    assert_eq!(timerfd::timerfd_settime_ns(closed, NONE, 1, 0), Err(Errno::EBADF));
    assert_eq!(timerfd::timerfd_read(closed), Err(Errno::EBADF));
}

#[test]
fn it_expires_when_it_should_and_not_before() {
    let timer = timer(TimerfdFlags::empty());
    interrupted(50, || {
        let start = now(libc::CLOCK_MONOTONIC);
        timerfd::timerfd_settime(&timer, NONE, 0.02, 0.0).unwrap();
        assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
        assert!(now(libc::CLOCK_MONOTONIC) >= start + 20_000_000);

        let point = now(libc::CLOCK_MONOTONIC) as i64 + 20_000_000;
        timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::ABSTIME, point, 0).unwrap();
        // What is left is a length, though it was set to a point.
        assert!(timerfd::timerfd_gettime_ns(&timer).unwrap().0 <= 20_000_000);
        assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
        assert!(now(libc::CLOCK_MONOTONIC) >= i128::from(point));
    });
    // Once only.
    assert_eq!(timerfd::timerfd_gettime_ns(&timer), Ok((0, 0)));
    let past = TimerfdTimerFlags::ABSTIME;
    timerfd::timerfd_settime_ns(&timer, past, 1, 0).unwrap();
    assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
}

#[test]
fn one_that_does_not_block() {
    let timer = timer(TimerfdFlags::NONBLOCK);
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));
    timerfd::timerfd_settime(&timer, NONE, 3600.0, 1.0).unwrap();
    assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));
}

#[test]
fn ten_thousand_intervals_are_counted_exactly() {
    const INTERVAL: i128 = 100_000;
    let timer = timer(TimerfdFlags::empty());
    let first = now(libc::CLOCK_MONOTONIC) + 1_000_000;
    let flags = TimerfdTimerFlags::ABSTIME;
    timerfd::timerfd_settime_ns(&timer, flags, first as i64, INTERVAL as i64).unwrap();
    // So many expirations there have been at this time.
    let due = |time: i128| if time < first { 0 } else { (time - first) / INTERVAL + 1 };
    let (mut sum, mut reads) = (0_i128, 0);
    while sum < 10_000 {
        let before = now(libc::CLOCK_MONOTONIC);
        sum += i128::from(timerfd::timerfd_read(&timer).unwrap());
        let after = now(libc::CLOCK_MONOTONIC);
        // None is lost and none counted twice, read by read.
        assert!((due(before)..=due(after)).contains(&sum), "{sum} {} {}", due(before), due(after));
        reads += 1;
        if reads % 8 == 0 {
            thread::sleep(Duration::from_millis(reads % 5));
        }
    }
    assert!(reads > 10, "{reads}");
}
