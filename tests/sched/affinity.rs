//! `src/sched/affinity.rs`, against libc and /proc.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rawos::{
    Errno,
    process::Pid,
    sched::{self, CpuSet},
};

use crate::{
    NOBODY, SELF, alone,
    seccomp::refused,
    tid,
    util::{libc_result, not_run},
};

/// The CPUs of the calling thread, as libc reads them, into this many bytes.
fn libcs(bytes: usize) -> Result<BTreeSet<u32>, Errno> {
    let mut words = vec![0_u64; bytes / 8];
    // SAFETY: writes at most so many bytes.
    let raw = unsafe { libc::sched_getaffinity(0, bytes, words.as_mut_ptr().cast()) };
    libc_result(raw)?;
    let is_set = |cpu: &u32| words[*cpu as usize / 64] >> (cpu % 64) & 1 == 1;
    Ok((0..8 * bytes as u32).filter(is_set).collect())
}

#[test]
fn a_set_is_empty_at_first() {
    assert_eq!(set(&CpuSet::default()), BTreeSet::new());
}

fn set(set: &CpuSet) -> BTreeSet<u32> {
    set.iter().collect()
}

/// `Cpus_allowed_list` of the calling thread: `0-3,8`.
fn procs() -> BTreeSet<u32> {
    let status = std::fs::read_to_string("/proc/thread-self/status").unwrap();
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap();
    let ranges = list.trim().split(',').map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        first.parse::<u32>().unwrap()..=last.parse().unwrap()
    });
    ranges.flatten().collect()
}

proptest! {
    // Enough, and not too many for an emulator.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_set_is_a_set(
        operations in prop::collection::vec((any::<bool>(), prop_oneof![
            0..8192_u32, 0..130_u32, 8100..8300_u32, any::<u32>()
        ]), 0..100)
    ) {
        let (mut ours, mut theirs) = (CpuSet::new(), BTreeSet::new());
        for (add, cpu) in operations {
            if add {
                let fits = cpu < CpuSet::CAPACITY;
                prop_assert_eq!(ours.insert(cpu), if fits { Ok(()) } else { Err(Errno::EINVAL) });
                if fits {
                    theirs.insert(cpu);
                }
            } else {
                ours.remove(cpu);
                theirs.remove(&cpu);
            }
            prop_assert_eq!(ours.contains(cpu), theirs.contains(&cpu));
        }
        prop_assert_eq!(ours.len(), theirs.len());
        prop_assert_eq!(ours.is_empty(), theirs.is_empty());
        prop_assert!(ours.iter().eq(theirs.iter().copied()));
        prop_assert_eq!(CpuSet::of(theirs.iter().copied()), Ok(ours));
        prop_assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    }
}

#[test]
fn all_of_it() {
    let full = CpuSet::of(0..CpuSet::CAPACITY).unwrap();
    assert_eq!(full.len(), 8192);
    assert!(full.iter().eq(0..8192));
    assert_eq!(CpuSet::of(0..=CpuSet::CAPACITY), Err(Errno::EINVAL));
}

#[test]
fn the_cpus_are_those_of_libc_and_proc() {
    let ours = sched::sched_getaffinity(SELF).unwrap();
    assert_eq!(Ok(set(&ours)), libcs(1024));
    assert_eq!(sched::sched_getaffinity(Pid(tid())), Ok(ours));
    // An emulator shows its own thread there, or none.
    assert_eq!(set(&ours), procs());
}

#[test]
fn on_one_cpu_after_the_other() {
    alone(|| {
        let all = sched::sched_getaffinity(SELF).unwrap();
        for cpu in &all {
            let mut one = CpuSet::of([cpu]).unwrap();
            assert_eq!(sched::sched_setaffinity(SELF, &one), Ok(()));
            assert_eq!(libcs(1024), Ok(BTreeSet::from([cpu])));
            assert_eq!(sched::sched_getaffinity(SELF), Ok(one));
            assert_eq!(procs(), BTreeSet::from([cpu]));
            let (mut libcs_cpu, mut libcs_node) = (u32::MAX, u32::MAX);
            let (to_cpu, to_node) = (&raw mut libcs_cpu, &raw mut libcs_node);
            // SAFETY: writes the two numbers.
            let raw = unsafe { libc::syscall(libc::SYS_getcpu, to_cpu, to_node, 0) };
            assert_eq!(raw, 0);
            assert_eq!(sched::getcpu(), Ok((libcs_cpu, libcs_node)));
            assert_eq!(libcs_cpu, cpu);
            // What the machine does not have does not count.
            one.insert(8191).unwrap();
            assert_eq!(sched::sched_setaffinity(Pid(tid()), &one), Ok(()));
            assert_eq!(libcs(1024), Ok(BTreeSet::from([cpu])));
        }
        for none in [CpuSet::new(), CpuSet::of([8191]).unwrap()] {
            let before = libcs(1024);
            assert_eq!(sched::sched_setaffinity(SELF, &none), Err(Errno::EINVAL));
            assert_eq!(libcs(1024), before);
        }
        assert_eq!(sched::sched_setaffinity(SELF, &all), Ok(()));
        assert_eq!(libcs(1024), Ok(set(&all)));
    });
}

#[test]
fn a_machine_with_more_cpus_is_read_too() {
    let here = libcs(1024);
    let read = refused(libc::SYS_sched_getaffinity, Some((1, 1024)), libc::EINVAL, || {
        assert_eq!(libcs(1024), Err(Errno::EINVAL));
        assert_eq!(sched::sched_getaffinity(SELF).map(|ours| set(&ours)), here);
    });
    if read.is_none() {
        return not_run(format_args!("no seccomp here"));
    }
    refused(libc::SYS_sched_getaffinity, None, libc::EINVAL, || {
        assert_eq!(sched::sched_getaffinity(SELF), Err(Errno::EINVAL));
    });
}

#[test]
fn who_is_not_there() {
    let all = sched::sched_getaffinity(SELF).unwrap();
    for pid in [NOBODY, Pid(-1)] {
        assert_eq!(sched::sched_getaffinity(pid), Err(Errno::ESRCH));
        assert_eq!(sched::sched_setaffinity(pid, &all), Err(Errno::ESRCH));
    }
}
