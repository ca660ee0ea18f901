//! `src/time/clock.rs`, against libc.

use rawos::{
    Errno,
    time::{self, ClockId, SleepFlags, Timespec},
};

use crate::{
    now,
    util::{as_nobody, interrupted, libc_result},
};

const CLOCKS: [(ClockId, libc::clockid_t); 11] = [
    (ClockId::REALTIME, libc::CLOCK_REALTIME),
    (ClockId::MONOTONIC, libc::CLOCK_MONOTONIC),
    (ClockId::PROCESS_CPUTIME_ID, libc::CLOCK_PROCESS_CPUTIME_ID),
    (ClockId::THREAD_CPUTIME_ID, libc::CLOCK_THREAD_CPUTIME_ID),
    (ClockId::MONOTONIC_RAW, libc::CLOCK_MONOTONIC_RAW),
    (ClockId::REALTIME_COARSE, libc::CLOCK_REALTIME_COARSE),
    (ClockId::MONOTONIC_COARSE, libc::CLOCK_MONOTONIC_COARSE),
    (ClockId::BOOTTIME, libc::CLOCK_BOOTTIME),
    (ClockId::REALTIME_ALARM, libc::CLOCK_REALTIME_ALARM),
    (ClockId::BOOTTIME_ALARM, libc::CLOCK_BOOTTIME_ALARM),
    (ClockId::TAI, libc::CLOCK_TAI),
];

const MILLISECOND: i64 = 1_000_000;

fn spec(tv_sec: i64, tv_nsec: i64) -> Timespec {
    Timespec { tv_sec, tv_nsec }
}

#[test]
fn every_clock_reads_as_libc_reads_it() {
    let mut read = 0;
    for (ours, theirs) in CLOCKS {
        assert_eq!(ours.0, theirs);
        // A machine without a battery-backed clock has no alarm clocks.
        if time::clock_gettime(ours) == Err(Errno::EINVAL) {
            let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: writes the struct.
            let raw = unsafe { libc::clock_gettime(theirs, &mut time) };
            assert_eq!(libc_result(raw), Err(Errno::EINVAL), "{theirs}");
            continue;
        }
        for _ in 0..100 {
            let before = now(theirs);
            let time = time::clock_gettime(ours).unwrap();
            let after = now(theirs);
            assert!((0..1_000_000_000).contains(&time.tv_nsec));
            assert!(
                (before..=after).contains(&time.as_ns()),
                "{theirs}: {before} {time:?} {after}"
            );
        }
        read += 1;
    }
    assert!(read >= 9, "{read}");
}

#[test]
fn every_number_of_a_clock_as_libc_says() {
    let (mut good, mut bad) = (0, 0);
    for id in (-70..70).chain([i32::MIN, i32::MAX]) {
        let mut time = libc::timespec { tv_sec: -7, tv_nsec: -7 };
        // SAFETY: writes the struct.
        let theirs = libc_result(unsafe { libc::clock_gettime(id, &mut time) }).map(drop);
        assert_eq!(time::clock_gettime(ClockId(id)).map(drop), theirs, "{id}");
        // The raw call: the vDSO answers for clocks that the kernel is built without.
        // SAFETY: writes the struct.
        let theirs =
            libc_result(unsafe { libc::syscall(libc::SYS_clock_getres, id, &raw mut time) });
        let theirs = theirs.map(|_| spec(time.tv_sec, time.tv_nsec));
        assert_eq!(time::clock_getres(ClockId(id)), theirs, "{id}");
        good += u32::from(theirs.is_ok());
        bad += u32::from(theirs.is_err());
    }
    assert!(good >= 9 && bad > 9, "{good} {bad}");
}

#[test]
fn setting_what_cannot_be_set() {
    for (clock, time) in [
        (ClockId::MONOTONIC, spec(1, 0)),
        (ClockId::BOOTTIME, spec(1, 0)),
        (ClockId(99), spec(1, 0)),
        (ClockId::REALTIME, spec(1, -1)),
        (ClockId::REALTIME, spec(1, 1_000_000_000)),
        (ClockId::REALTIME, spec(-1, 0)),
    ] {
        assert_eq!(time::clock_settime(clock, time), Err(Errno::EINVAL), "{clock:?} {time:?}");
    }
    as_nobody(|| {
        let time = time::clock_gettime(ClockId::REALTIME).unwrap();
        assert_eq!(time::clock_settime(ClockId::REALTIME, time), Err(Errno::EPERM));
    });
}

#[test]
fn a_sleep_is_never_shorter_whatever_interrupts_it() {
    // As many signals as there is time for: a sleep that began anew with each
    // would never end.
    interrupted(u32::MAX, || {
        for (clock, libcs) in CLOCKS {
            if !matches!(clock, ClockId::REALTIME | ClockId::MONOTONIC | ClockId::BOOTTIME) {
                continue;
            }
            let start = now(libcs);
            let length = spec(0, 40 * MILLISECOND);
            assert_eq!(time::clock_nanosleep(clock, SleepFlags::empty(), length), Ok(()));
            assert!(now(libcs) >= start + i128::from(length.tv_nsec), "{clock:?}");

            let end = time::clock_gettime(clock).unwrap().checked_add(length).unwrap();
            assert_eq!(time::clock_nanosleep(clock, SleepFlags::ABSTIME, end), Ok(()));
            assert!(now(libcs) >= end.as_ns(), "{clock:?}");
        }
    });
}

#[test]
fn what_one_cannot_sleep_as_libc_says() {
    let mut refused = 0;
    for id in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 99] {
        for (sec, nsec) in
            [(0, 0), (0, 1), (-1, 0), (0, -1), (0, 1_000_000_000), (i64::MIN, 0), (-1, i64::MAX)]
        {
            for flags in [0, libc::TIMER_ABSTIME] {
                // By the CPU's time nothing is over while everybody sleeps.
                if id == 2 && flags == 0 && sec == 0 {
                    continue;
                }
                let request = libc::timespec { tv_sec: sec, tv_nsec: nsec };
                // The raw call: glibc answers for some clocks itself.
                // SAFETY: reads the struct, and writes none.
                let theirs = unsafe {
                    libc::syscall(
                        libc::SYS_clock_nanosleep,
                        id,
                        flags,
                        &request,
                        std::ptr::null::<u8>(),
                    )
                };
                let ours = time::clock_nanosleep(
                    ClockId(id),
                    SleepFlags::from_bits_retain(flags as u32),
                    spec(sec, nsec),
                );
                assert_eq!(ours, libc_result(theirs).map(drop), "{id} {sec} {nsec} {flags}");
                refused += u32::from(ours.is_err());
            }
        }
    }
    assert!(refused > 60, "{refused}");
}
