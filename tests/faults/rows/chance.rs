//! Random bytes.

use std::fs;

use rand_core::TryRng as _;
use rawos::{
    getrandom::{self, GetRandomFlags, SysRng},
    vdso,
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// Where the call is missing, the device stands in.
const DEVICE: &[Rule] = &[Rule::Absorbs(Sysno::getrandom, &[libc::ENOSYS])];

/// The vDSO is looked for, and given memory, which stays; where any of that fails, there is the
/// system call. The vDSO itself makes it for a key, and if that fails once more for the bytes.
const VDSO: &[Rule] = &[
    Rule::Maps,
    Rule::Absorbs(Sysno::prctl, &[]),
    Rule::Absorbs(Sysno::statfs, &[]),
    Rule::Absorbs(Sysno::openat, &[]),
    Rule::Absorbs(Sysno::read, &[]),
    Rule::Absorbs(Sysno::mincore, &[]),
    Rule::Absorbs(Sysno::mmap, &[]),
    Rule::Absorbs(Sysno::getrandom, &[]),
];

/// Whether the vDSO has a generator.
fn has_generator() -> bool {
    use std::os::unix::fs::FileExt as _;

    let maps = fs::read_to_string("/proc/self/maps").expect("it is there");
    let Some(line) = maps.lines().find(|line| line.ends_with("[vdso]")) else { return false };
    let mut ends = line.split([' ', '-']).map(|end| u64::from_str_radix(end, 16).expect("hex"));
    let (start, end) = (ends.next().expect("one"), ends.next().expect("another"));
    let mut image = vec![0; (end - start) as usize];
    let memory = fs::File::open("/proc/self/mem").expect("it is there");
    memory.read_exact_at(&mut image, start).expect("it is read");
    image.windows(10).any(|name| name == b"_getrandom")
}

pub const ROWS: &[Row] = &[
    Row {
        name: "getrandom::getrandom",
        run: |t| {
            vdso::disable();
            t.call(|| getrandom::getrandom(&mut [0; 16], GetRandomFlags::empty()));
        },
        rules: &[],
    },
    Row {
        name: "getrandom::getrandom (flags)",
        run: |t| t.call(|| getrandom::getrandom(&mut [0; 16], GetRandomFlags::INSECURE)),
        rules: &[],
    },
    Row {
        name: "getrandom::getrandom (vDSO)",
        run: |t| {
            if has_generator() {
                t.call(|| getrandom::getrandom(&mut [0; 16], GetRandomFlags::empty()));
            }
        },
        rules: VDSO,
    },
    Row {
        name: "getrandom::urandom",
        run: |t| {
            vdso::disable();
            t.call_and(
                || getrandom::urandom(&mut [0; 16]),
                |drawn| assert!(drawn.is_err() || drawn == Ok(16)),
            );
        },
        rules: DEVICE,
    },
    Row {
        name: "getrandom::urandom (vDSO)",
        run: |t| {
            if has_generator() {
                t.call(|| getrandom::urandom(&mut [0; 16]));
            }
        },
        rules: VDSO,
    },
    Row {
        name: "getrandom::urandom (device)",
        run: |t| {
            vdso::disable();
            let mut bytes = [0; 16];
            t.call_and(
                || getrandom::urandom(&mut bytes).map(|_| bytes),
                |drawn| assert!(drawn.is_err() || !drawn.is_ok_and(|drawn| drawn[8..] == [0; 8])),
            );
        },
        rules: &[Rule::Without(Sysno::getrandom, libc::EPERM)],
    },
    Row {
        name: "getrandom::urandom_alloc",
        run: |t| {
            vdso::disable();
            t.call(|| getrandom::urandom_alloc(16));
        },
        rules: DEVICE,
    },
    Row {
        name: "getrandom::SysRng::try_next_u32",
        run: |t| {
            vdso::disable();
            t.call(|| SysRng.try_next_u32());
        },
        rules: DEVICE,
    },
    Row {
        name: "getrandom::SysRng::try_next_u64",
        run: |t| {
            vdso::disable();
            t.call(|| SysRng.try_next_u64());
        },
        rules: DEVICE,
    },
    Row {
        name: "getrandom::SysRng::try_fill_bytes",
        run: |t| {
            vdso::disable();
            t.call(|| SysRng.try_fill_bytes(&mut [0; 16]));
        },
        rules: DEVICE,
    },
];
