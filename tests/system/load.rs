//! `src/system/load.rs`.

use rawos::system::getloadavg;

/// Of libc, which reads two decimals of `/proc/loadavg`.
fn witness() -> [f64; 3] {
    let mut loads = [0.0; 3];
    // SAFETY: writes three numbers.
    assert_eq!(unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) }, 3);
    loads
}

#[test]
fn loads_are_those_of_proc() {
    // They change every five seconds, perhaps between the two.
    let near = |(ours, theirs): (&f64, &f64)| (ours - theirs).abs() <= 0.0051;
    let same = || getloadavg().unwrap().iter().zip(&witness()).all(near);
    assert!((0..5).any(|_| same()), "{:?} {:?}", getloadavg(), witness());
}
