//! `src/vdso/mod.rs`: with and without, in shape the same.

use std::collections::BTreeSet;

use rawos::{
    Errno,
    getrandom::{GetRandomFlags, getrandom, urandom},
};

use crate::{image::mapping, util::alone};

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

/// As under valgrind, which removes the mapping but not the kernel's word of it.
#[test]
fn an_image_that_is_gone_is_not_read() {
    let Some((base, bytes)) = mapping() else { return };
    alone("disable::an_image_that_is_gone_is_not_read", || {
        // SAFETY: there is no other thread; the child calls nothing that asks
        // libc for the time.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            // SAFETY: the child has no more use for it.
            let gone = unsafe { libc::munmap(base as *mut _, bytes.len()) } == 0;
            let mut block = [0; 16];
            let drawn = urandom(&mut block) == Ok(16) && block != [0; 16];
            // SAFETY: ends the child without its exit handlers.
            unsafe { libc::_exit((!(gone && drawn)).into()) }
        }
        let mut status = 0;
        // SAFETY: writes one integer.
        assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
        assert_eq!(status, 0);
    });
}
