//! `src/flags.rs`: a set of flags is what `bitflags!` makes of the same flags.

use rawos::fs::RenameFlags;

mod theirs {
    bitflags::bitflags! {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct RenameFlags: u32 {
            const NOREPLACE = libc::RENAME_NOREPLACE;
            const EXCHANGE = libc::RENAME_EXCHANGE;
            const WHITEOUT = libc::RENAME_WHITEOUT;
            const _ = !0;
        }
    }
}

/// What one set of flags, and what two sets, can be asked.
macro_rules! told {
    ($Flags:ty, $a:expr, $b:expr) => {{
        let (a, b) = (<$Flags>::from_bits_retain($a), <$Flags>::from_bits_retain($b));
        let changed = |change: fn(&mut $Flags, $Flags)| {
            let mut changed = a;
            change(&mut changed, b);
            changed.bits()
        };
        let mut set = (a, a);
        set.0.set(b, true);
        set.1.set(b, false);
        let mut extended = a;
        extended.extend([b, b]);
        (
            format!("{a:?} {a:#?} {a:#x} {a:X} {a:b} {a:o} {:?}", <$Flags>::default()),
            a.iter().map(|flag| flag.bits()).collect::<Vec<_>>(),
            a.into_iter().map(|flag| flag.bits()).collect::<Vec<_>>(),
            a.iter_names().map(|(name, flag)| (name, flag.bits())).collect::<Vec<_>>(),
            [<$Flags>::from_bits($a), Some(<$Flags>::from_bits_truncate($a))]
                .map(|flags| flags.unwrap().bits()),
            [a.is_empty(), a.is_all(), a.contains(b), a.intersects(b), a == b, a < b],
            [a | b, a & b, a ^ b, a - b, !a].map(|flags| flags.bits()),
            [a.union(b), a.intersection(b), a.symmetric_difference(b), a.difference(b)]
                .map(|flags| flags.bits()),
            [a.complement(), <$Flags>::all(), <$Flags>::empty(), set.0, set.1, extended]
                .map(|flags| flags.bits()),
            [a, b].into_iter().collect::<$Flags>().bits(),
            [
                changed(|a, b| *a |= b),
                changed(|a, b| *a &= b),
                changed(|a, b| *a ^= b),
                changed(|a, b| *a -= b),
                changed(|a, b| a.insert(b)),
                changed(|a, b| a.remove(b)),
                changed(|a, b| a.toggle(b)),
            ],
        )
    }};
}

#[test]
fn sets_of_flags_are_those_of_bitflags() {
    let values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 1 << 31, u32::MAX - 2, u32::MAX];
    for a in values {
        for b in values {
            assert_eq!(told!(RenameFlags, a, b), told!(theirs::RenameFlags, a, b), "{a} {b}");
        }
    }
}

#[test]
fn flags_are_found_by_name() {
    for name in ["NOREPLACE", "EXCHANGE", "WHITEOUT", "", "_", "exchange", "bits"] {
        let theirs = theirs::RenameFlags::from_name(name).map(|flags| flags.bits());
        assert_eq!(RenameFlags::from_name(name).map(|flags| flags.bits()), theirs, "{name}");
    }
}
