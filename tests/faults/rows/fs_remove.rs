//! Whole trees, removed.

use rawos::fs::{self, DirBuf};
use syscalls::Sysno;

use crate::rules::{NEWFSTATAT, Row, Rule};

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::remove_tree",
        run: |t| {
            let result = t.call_and(|| fs::remove_tree("dir", &mut DirBuf::new()), |result| result);
            // Or it is empty, because it was said to be gone.
            t.after(|| {
                let left = std::fs::read_dir("dir").into_iter().flatten().count();
                assert!(result.is_err() || left == 0);
            });
        },
        rules: &[
            Rule::Each(6),
            // A directory that was removed since it was opened is an empty one. But here it is
            // not: the directory that it is in cannot be removed.
            Rule::On(1, &Rule::Turns(Sysno::getdents64, &[libc::ENOENT], libc::ENOTEMPTY)),
            Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
            // What is gone is what was wanted, as documented. The same, but for the third, `sub/c`:
            // `sub` is not empty then, and gone through once more; and for the fifth, `dir`.
            Rule::On(3, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
            Rule::On(5, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
            Rule::Turns(Sysno::unlinkat, &[libc::ENOENT], libc::ENOTEMPTY),
            // `sub`: gone through once more.
            Rule::On(4, &Rule::Absorbs(Sysno::openat, &[libc::ENOENT])),
            // Something came meanwhile: once more, as long as something else was removed.
            Rule::Absorbs(Sysno::unlinkat, &[libc::ENOTEMPTY]),
            // As much is removed as can be, as documented.
            Rule::Partial,
        ],
    },
    Row {
        name: "fs::remove_content",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::remove_content(dir, false, &mut DirBuf::new()));
        },
        rules: CONTENT,
    },
    Row {
        name: "fs::remove_content (one file system)",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::remove_content(dir, true, &mut DirBuf::new()));
        },
        rules: ONE_FILE_SYSTEM,
    },
    Row {
        name: "fs::remove_content (untyped)",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::remove_content(dir, false, &mut DirBuf::new()));
        },
        rules: UNTYPED,
    },
];

const CONTENT: &[Rule] = &[
    Rule::Each(4),
    // As above; what is left then is in the directory itself, which is not removed.
    Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
    Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT, libc::ENOTEMPTY]),
    Rule::On(2, &Rule::Absorbs(Sysno::openat, &[libc::ENOENT])),
    Rule::Partial,
];

const ONE_FILE_SYSTEM: &[Rule] = &[
    Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
    // What is mounted stays, as documented.
    Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT, libc::ENOTEMPTY, libc::EBUSY]),
    Rule::On(2, &Rule::Absorbs(Sysno::openat, &[libc::ENOENT])),
    Rule::On(2, &Rule::Absorbs(Sysno::statx, &[libc::ENOENT])),
    Rule::Partial,
];

const UNTYPED: &[Rule] = &[
    Rule::Untyped,
    Rule::Each(3),
    Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
    Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT, libc::ENOTEMPTY]),
    Rule::On(2, &Rule::Absorbs(Sysno::openat, &[libc::ENOENT])),
    // What cannot be looked at is taken for a file: two are such. A directory cannot be removed so.
    Rule::On(3, &Rule::Turns(NEWFSTATAT, &[], libc::EISDIR)),
    Rule::Absorbs(NEWFSTATAT, &[]),
    Rule::Partial,
];
