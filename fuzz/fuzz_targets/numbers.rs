//! Sets of processors and of signals, points in time, numbers of devices.
#![no_main]
use std::{collections::BTreeSet, time::Duration};

use libfuzzer_sys::{arbitrary, fuzz_target};
use rawos::{
    fs::{major, makedev, minor},
    sched::CpuSet,
    signal::{SigSet, Signal},
    time::Timespec,
};
use rawos_fuzz::Steps;

#[derive(arbitrary::Arbitrary, Debug)]
struct Input {
    device: u64,
    ns: i128,
    secs: [i64; 2],
    nanos: [i64; 2],
    set: Steps<(bool, u16)>,
}

fuzz_target!(|input: Input| {
    let device = input.device;
    assert_eq!((major(device), minor(device)), (libc::major(device), libc::minor(device)));
    assert_eq!(makedev(major(device), minor(device)), device);
    assert_eq!(makedev(device as u32, 7), libc::makedev(device as u32, 7));

    let [a, b] = [0, 1].map(|i| Timespec { tv_sec: input.secs[i], tv_nsec: input.nanos[i] });
    let ns = |time: Timespec| i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
    for (sum, done) in [
        (ns(a) + ns(b), a.checked_add(b)),
        (ns(a) - ns(b), a.checked_sub(b)),
        (input.ns, Timespec::from_ns(input.ns)),
    ] {
        let seconds = i64::try_from(sum.div_euclid(1_000_000_000)).ok();
        assert_eq!(done.map(|time| time.tv_sec), seconds);
        assert!(
            done.is_none_or(|time| ns(time) == sum && (0..1_000_000_000).contains(&time.tv_nsec))
        );
    }
    let valid = a.tv_sec >= 0 && (0..1_000_000_000).contains(&a.tv_nsec);
    let length = Duration::try_from(a).ok();
    assert_eq!(length, valid.then(|| Duration::new(a.tv_sec as u64, a.tv_nsec as u32)));
    assert!(length.is_none_or(|length| Timespec::try_from(length) == Ok(a)));

    let (mut cpus, mut cpu_model) = (CpuSet::new(), BTreeSet::new());
    let (mut signals, mut signal_model) = (SigSet::empty(), BTreeSet::new());
    for (add, number) in input.set.0 {
        let (cpu, signal) = (u32::from(number) % 9000, i32::from(number) % 70 - 2);
        if add {
            assert_eq!(
                cpus.insert(cpu).is_ok(),
                cpu < CpuSet::CAPACITY && {
                    cpu_model.insert(cpu);
                    true
                }
            );
            assert_eq!(
                signals.add(Signal(signal)).is_ok(),
                (1..=64).contains(&signal) && {
                    signal_model.insert(signal);
                    true
                }
            );
        } else {
            cpus.remove(cpu);
            cpu_model.remove(&cpu);
            signals.remove(Signal(signal));
            signal_model.remove(&signal);
        }
        assert_eq!(cpus.contains(cpu), cpu_model.contains(&cpu));
        assert_eq!(signals.contains(Signal(signal)), signal_model.contains(&signal));
    }
    assert!(cpus.iter().eq(cpu_model.iter().copied()) && cpus.len() == cpu_model.len());
    assert!(signals.iter().map(|signal| signal.0).eq(signal_model.iter().copied()));
    assert_eq!(signals.iter().len(), signal_model.len());
});
