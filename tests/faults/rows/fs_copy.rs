//! A file, copied.

use std::os::unix::fs::FileExt as _;

use rawos::{Errno, fs};
use syscalls::Sysno;

use crate::{
    rules::{NEWFSTATAT, Row, Rule},
    trial::Trial,
};

/// Copies `from` to `to`: that is all there, or what was there before is.
fn copy(trial: &mut Trial, from: &str, to: &str) {
    let before = std::fs::read(to).ok();
    let result = trial.call_and(|| fs::copy_file(from, to), |result| result);
    copied(result, from, to, before);
}

fn copied(result: Result<u64, Errno>, from: &str, to: &str, before: Option<Vec<u8>>) {
    let wanted = if result.is_ok() { std::fs::read(from).ok() } else { before };
    let found = std::fs::read(to).ok();
    // Nothing but a hole, if lseek(2) says so.
    let hole = found.as_ref().is_some_and(|found| found.iter().all(|byte| *byte == 0));
    assert!(found == wanted || hole, "{found:?}");
    if let (Ok(len), Some(wanted)) = (result, wanted) {
        assert_eq!(len, wanted.len() as u64);
    }
}

/// Leaves /proc behind: there is no way from a file without a name to one.
fn without_proc() -> bool {
    // SAFETY: reads the path.
    let left = || unsafe { libc::chroot(c".".as_ptr()) } == 0;
    // SAFETY: takes flags; the process has one thread.
    left() || unsafe { libc::unshare(libc::CLONE_NEWUSER) } == 0 && left()
}

/// Nothing can be made without a name, or there is no way to it: it is made with one.
const NAMED: [Rule; 3] = [
    Rule::On(3, &Rule::Absorbs(Sysno::openat, &[])),
    Rule::On(2, &Rule::Absorbs(Sysno::fstat, &[])),
    Rule::On(2, &Rule::Absorbs(NEWFSTATAT, &[])),
];

/// There is nothing to be replaced.
const NEW: Rule = Rule::On(1, &Rule::Absorbs(NEWFSTATAT, &[libc::ENOENT]));

/// As documented: blocks are shared, or the kernel copies, or else the function does, and holes
/// stay holes where the file system tells of them.
const WAYS: [Rule; 3] = [
    Rule::Absorbs(Sysno::ioctl, &[]),
    Rule::Absorbs(Sysno::copy_file_range, &[]),
    Rule::Absorbs(Sysno::lseek, &[]),
];

/// If the name is taken, what has it is replaced; a passing name that is taken is not used.
const TAKEN: Rule = Rule::Absorbs(Sysno::linkat, &[libc::EEXIST]);

const RULES: &[Rule] =
    &[Rule::Each(3), NAMED[0], NAMED[1], NAMED[2], NEW, WAYS[0], WAYS[1], WAYS[2], TAKEN];

const NOT_IN_KERNEL: &[Rule] = &[
    Rule::Without(Sysno::copy_file_range, libc::EXDEV),
    Rule::Each(3),
    NAMED[0],
    NAMED[1],
    NAMED[2],
    NEW,
    WAYS[0],
    WAYS[2],
    TAKEN,
];

const HOLES_NOT_TOLD: &[Rule] = &[
    Rule::Without(Sysno::lseek, libc::EINVAL),
    Rule::Each(3),
    NAMED[0],
    NAMED[1],
    NAMED[2],
    NEW,
    WAYS[0],
    WAYS[1],
    TAKEN,
];

const NO_PROC: &[Rule] = &[
    Rule::Lacks(libc::EPERM),
    Rule::Each(4),
    NAMED[0],
    NAMED[1],
    NAMED[2],
    NEW,
    WAYS[0],
    WAYS[1],
    WAYS[2],
    // As `TAKEN`.
    Rule::On(4, &Rule::Absorbs(Sysno::openat, &[libc::EEXIST])),
];

pub const ROWS: &[Row] = &[
    Row { name: "fs::copy_file", run: |t| copy(t, "file", "new"), rules: RULES },
    Row { name: "fs::copy_file (replaces)", run: |t| copy(t, "file", "other"), rules: RULES },
    Row { name: "fs::copy_file (empty)", run: |t| copy(t, "empty", "new"), rules: RULES },
    Row {
        name: "fs::copy_file (no size)",
        run: |t| copy(t, "/proc/sys/kernel/ostype", "new"),
        rules: RULES,
    },
    Row {
        name: "fs::copy_file (sparse)",
        run: |t| {
            let sparse = std::fs::File::create("sparse").expect("it is made");
            sparse.write_all_at(b"middle", 16 << 10).expect("it is written");
            sparse.set_len(48 << 10).expect("it is long");
            drop(sparse);
            copy(t, "sparse", "new");
        },
        rules: RULES,
    },
    Row {
        name: "fs::copy_file (not in the kernel)",
        run: |t| copy(t, "file", "new"),
        rules: NOT_IN_KERNEL,
    },
    Row {
        name: "fs::copy_file (holes not told)",
        run: |t| copy(t, "file", "other"),
        rules: HOLES_NOT_TOLD,
    },
    Row {
        name: "fs::copy_file (no /proc)",
        run: |t| {
            if without_proc() {
                copy(t, "file", "new");
            } else {
                t.call(|| Err::<(), _>(Errno::EPERM));
            }
        },
        rules: NO_PROC,
    },
];
