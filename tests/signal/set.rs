//! `src/signal/set.rs`, against a set of numbers.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rawos::{
    Errno,
    signal::{SigSet, Signal},
};

/// The numbers in a set, by asking for each.
fn members(set: SigSet) -> BTreeSet<i32> {
    (-70..140).filter(|number| set.contains(Signal(*number))).collect()
}

#[test]
fn it_has_the_kernels_size_and_libcs_bits() {
    assert_eq!(size_of::<SigSet>(), 8);
    for number in 1..=64 {
        // SAFETY: zeroes are an empty set.
        let mut theirs: libc::sigset_t = unsafe { std::mem::zeroed() };
        // SAFETY: writes the set. libc keeps two signals to itself.
        if unsafe { libc::sigaddset(&mut theirs, number) } == 0 {
            // SAFETY: a set is an array of words; the first is the kernel's.
            let word = unsafe { (&raw const theirs).cast::<u64>().read() };
            assert_eq!(SigSet::from(Signal(number)).bits(), word, "{number}");
            assert_eq!(SigSet::from_bits(word), SigSet::from(Signal(number)));
        }
    }
}

#[test]
fn what_is_no_signal_is_in_no_set() {
    for number in [0, -1, 65, 127, 128, i32::MIN, i32::MAX] {
        let signal = Signal(number);
        for mut set in [SigSet::empty(), SigSet::all()] {
            let before = set;
            assert_eq!(set.add(signal), Err(Errno::EINVAL), "{number}");
            set.remove(signal);
            set.extend([signal]);
            assert_eq!(set, before);
            assert!(!set.contains(signal));
        }
        assert!(SigSet::from(signal).is_empty());
        assert_eq!(SigSet::from([signal, Signal::INT]), SigSet::from(Signal::INT));
    }
}

#[test]
fn the_last_signal_is_iterated_too() {
    assert!(SigSet::all().iter().map(|signal| signal.0).eq(1..=64));
    assert!(SigSet::from(Signal::RTMAX).into_iter().eq([Signal(64)]));
    let mut none = SigSet::empty().iter();
    assert_eq!((none.next(), none.next(), none.len()), (None, None, 0));
    assert_eq!(format!("{:?}", SigSet::from([Signal::INT, Signal(64)])), "{SIGINT, SIGRTMAX}");
}

proptest! {
    #[test]
    fn any_changes_do_what_they_do_to_a_set(changes in prop::collection::vec((any::<bool>(), -2..70), 0..60)) {
        let (mut ours, mut model) = (SigSet::empty(), BTreeSet::new());
        for (add, number) in changes {
            let valid = (1..=64).contains(&number);
            if add {
                prop_assert_eq!(ours.add(Signal(number)).is_ok(), valid);
                if valid {
                    model.insert(number);
                }
            } else {
                ours.remove(Signal(number));
                model.remove(&number);
            }
            prop_assert_eq!(members(ours), model.clone());
            prop_assert!(ours.iter().map(|signal| signal.0).eq(model.iter().copied()));
            prop_assert_eq!(ours.iter().len(), model.len());
            prop_assert_eq!(model.iter().map(|number| Signal(*number)).collect::<SigSet>(), ours);
            prop_assert_eq!(ours.is_empty(), model.is_empty());
        }
    }
}
