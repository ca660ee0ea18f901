//! `src/system/cpu.rs`.

use rawos::system::{cpu_count, process_cpu_count};

use crate::util::{alone, not_run};

/// The processors this thread may use.
fn affinity() -> libc::cpu_set_t {
    // SAFETY: zeroes are an empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes the set.
    let got = unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) };
    assert_eq!(got, 0);
    set
}

#[test]
fn processors_are_counted_as_libc_does() {
    // SAFETY: takes an integer.
    let online = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    assert_eq!(cpu_count(), Some(online as usize));
    let set = affinity();
    // SAFETY: reads the set.
    let mine = unsafe { libc::CPU_COUNT(&set) };
    assert_eq!(process_cpu_count(), Some(mine as usize));
}

#[test]
fn affinity_narrows_what_a_process_may_use_and_no_more() {
    alone("cpu::affinity_narrows_what_a_process_may_use_and_no_more", || {
        let (all, before) = (affinity(), cpu_count());
        // SAFETY: as above.
        let mut one: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: reads the set, within it.
        let first = (0..1024).find(|&cpu| unsafe { libc::CPU_ISSET(cpu, &all) }).unwrap();
        // SAFETY: writes the set, within it.
        unsafe { libc::CPU_SET(first, &mut one) };
        // SAFETY: reads the set.
        if unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &one) } != 0 {
            let error = std::io::Error::last_os_error();
            return not_run(format_args!("affinity cannot be set: {error}"));
        }
        assert_eq!((process_cpu_count(), cpu_count()), (Some(1), before));
    });
}
