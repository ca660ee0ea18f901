//! `src/vdso/mod.rs`: with and without, in shape the same.

use std::collections::BTreeSet;

use rawos::{
    Errno,
    getrandom::{GetRandomFlags, getrandom, urandom},
};

use crate::util::alone;

/// Everything but the bytes themselves.
fn shapes() -> Vec<(usize, rawos::Result<usize>, rawos::Result<usize>)> {
    let mut seen = BTreeSet::new();
    let mut shapes = Vec::new();
    for len in [0, 1, 4, 16, 32, 144, 255, 256, 257, 4096, 100_000] {
        for flags in 0..=8 {
            let (mut one, mut two) = (vec![0; len], vec![0; len]);
            let flags = GetRandomFlags::from_bits_retain(flags);
            shapes.push((len, getrandom(&mut one[..], flags), urandom(&mut two[..])));
            if len >= 16 {
                assert!(shapes.last().unwrap().1.is_err() || seen.insert(one));
                assert!(seen.insert(two));
            }
        }
    }
    shapes
}

#[test]
fn results_have_the_same_shape_without_it() {
    alone("disable::results_have_the_same_shape_without_it", || {
        let with = shapes();
        rawos::vdso::disable();
        assert_eq!(with, shapes());
        rawos::vdso::disable();
        assert_eq!(with, shapes());
        assert!(with.contains(&(256, Ok(256), Ok(256))));
        assert!(with.contains(&(4, Err(Errno::EINVAL), Ok(4))));
    });
}
