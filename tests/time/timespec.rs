//! `src/time/timespec.rs`, against arithmetic in `i128` and std's `Duration`.

use std::time::Duration;

use proptest::prelude::*;
use rawos::{Errno, time::Timespec};

/// Any time with its nanoseconds in their range.
fn times() -> impl Strategy<Value = Timespec> {
    let seconds =
        prop_oneof![any::<i64>(), -3..3i64, Just(i64::MIN), Just(i64::MAX), Just(i64::MAX - 1)];
    let nanos = prop_oneof![0..1_000_000_000i64, Just(0), Just(999_999_999)];
    (seconds, nanos).prop_map(|(tv_sec, tv_nsec)| Timespec { tv_sec, tv_nsec })
}

fn ns(time: Timespec) -> i128 {
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

/// What `Timespec` there is for so many nanoseconds.
fn witness(ns: i128) -> Option<Timespec> {
    let tv_sec = i64::try_from(ns.div_euclid(1_000_000_000)).ok()?;
    Some(Timespec { tv_sec, tv_nsec: ns.rem_euclid(1_000_000_000) as i64 })
}

proptest! {
    #[test]
    fn sums_and_differences_are_exact(a in times(), b in times()) {
        prop_assert_eq!(a.as_ns(), ns(a));
        prop_assert_eq!(Timespec::from_ns(ns(a)), Some(a));
        prop_assert_eq!(a.checked_add(b), witness(ns(a) + ns(b)));
        prop_assert_eq!(a.checked_sub(b), witness(ns(a) - ns(b)));
        prop_assert_eq!(a < b, ns(a) < ns(b));
    }

    #[test]
    fn any_pair_of_numbers_is_added_without_panic(
        a in any::<(i64, i64)>(),
        b in any::<(i64, i64)>(),
    ) {
        let [a, b] = [a, b].map(|(tv_sec, tv_nsec)| Timespec { tv_sec, tv_nsec });
        prop_assert_eq!(a.checked_add(b), witness(ns(a) + ns(b)));
        prop_assert_eq!(a.checked_sub(b), witness(ns(a) - ns(b)));
    }

    #[test]
    fn durations_there_and_back(secs in any::<u64>(), nanos in 0..1_000_000_000u32) {
        for secs in [secs, secs >> 1, secs >> 40] {
            let length = Duration::new(secs, nanos);
            match Timespec::try_from(length) {
                Ok(time) => {
                    prop_assert_eq!(time.as_ns(), length.as_nanos() as i128);
                    prop_assert_eq!(Duration::try_from(time), Ok(length));
                }
                Err(errno) => {
                    prop_assert_eq!(errno, Errno::EINVAL);
                    prop_assert!(secs > i64::MAX as u64);
                }
            }
        }
    }
}

#[cfg(feature = "std")]
mod std_types {
    use std::time::SystemTime;

    use super::*;

    proptest! {
        #[test]
        fn system_times_there_and_back(time in times()) {
            let theirs = SystemTime::try_from(time).unwrap();
            prop_assert_eq!(Timespec::try_from(theirs), Ok(time));
            let since = match theirs.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(since) => since.as_nanos() as i128,
                Err(before) => -(before.duration().as_nanos() as i128),
            };
            prop_assert_eq!(since, ns(time));
        }
    }

    #[test]
    fn what_is_no_system_time() {
        for tv_nsec in [-1, 1_000_000_000, i64::MIN, i64::MAX] {
            let time = Timespec { tv_sec: 0, tv_nsec };
            assert_eq!(SystemTime::try_from(time), Err(Errno::EINVAL));
        }
    }

    #[test]
    fn a_file_has_the_time_that_std_reads() {
        let theirs = std::fs::metadata("/proc/self/exe").unwrap().modified().unwrap();
        let ours = rawos::fs::stat("/proc/self/exe").unwrap().st_mtime();
        assert_eq!(SystemTime::try_from(ours), Ok(theirs));
    }
}

#[test]
fn what_is_no_duration() {
    for (tv_sec, tv_nsec) in
        [(-1, 0), (i64::MIN, 0), (-1, 999_999_999), (0, -1), (0, 1_000_000_000), (5, i64::MAX)]
    {
        assert_eq!(Duration::try_from(Timespec { tv_sec, tv_nsec }), Err(Errno::EINVAL));
    }
    for (ns, fits) in [
        (i128::from(i64::MAX) * 1_000_000_000 + 999_999_999, true),
        ((i128::from(i64::MAX) + 1) * 1_000_000_000, false),
        (i128::from(i64::MIN) * 1_000_000_000, true),
        (i128::from(i64::MIN) * 1_000_000_000 - 1, false),
        (i128::MIN, false),
        (i128::MAX, false),
    ] {
        assert_eq!(Timespec::from_ns(ns).is_some(), fits, "{ns}");
    }
}
