//! `src/process/times.rs`, between two calls of libc's.

use core::time::Duration;

use rawos::process;

use crate::util::again::{alone, child, libc_wait};

fn by_libc() -> [Duration; 5] {
    // SAFETY: zeroes are a valid struct.
    let mut tms: libc::tms = unsafe { std::mem::zeroed() };
    // SAFETY: times(2) writes the struct.
    let clock = unsafe { libc::times(&mut tms) };
    // SAFETY: takes an integer.
    assert_eq!(unsafe { libc::sysconf(libc::_SC_CLK_TCK) }, 100);
    [tms.tms_utime, tms.tms_stime, tms.tms_cutime, tms.tms_cstime, clock]
        .map(|ticks| Duration::from_millis(ticks as u64 * 10))
}

fn by_us() -> [Duration; 5] {
    let times = process::times().unwrap();
    [times.user, times.system, times.children_user, times.children_system, times.elapsed]
}

fn burn() {
    let start = by_libc();
    let mut sum = 0u64;
    // Ten ticks, of whatever speed the machine is.
    while by_libc()[0] < start[0] + Duration::from_millis(100) {
        for i in 0..100_000 {
            sum = std::hint::black_box(sum.wrapping_add(i));
        }
    }
}

#[test]
fn the_five_times_lie_between_libcs() {
    alone("times::the_five_times_lie_between_libcs", || {
        let child = child(|| {
            burn();
            0
        });
        libc_wait(child, 0);
        burn();
        for _ in 0..100 {
            let (before, ours, after) = (by_libc(), by_us(), by_libc());
            for i in 0..5 {
                assert!(
                    before[i] <= ours[i] && ours[i] <= after[i],
                    "{before:?} {ours:?} {after:?}"
                );
            }
        }
        // The times of the process and its child are there, each in its place.
        let ours = by_us();
        assert!(ours[0] >= Duration::from_millis(100) && ours[2] >= Duration::from_millis(100));
    });
}
