//! Whole trees, removed.

use rawos::fs::{self, DirBuf};
use syscalls::Sysno;

use crate::{
    rules::{LONG_NAME, NEWFSTATAT, Row, Rule},
    trial::Trial,
};

/// `top`, in it `sub`, in it `c`: in an order that is no file system's choice.
fn chain() {
    std::fs::create_dir_all("top/sub").expect("they are made");
    std::fs::write("top/sub/c", "").expect("it is written");
}

fn remove_content(trial: &mut Trial, one_file_system: bool) {
    chain();
    let top = trial.open("top");
    trial.call(|| fs::remove_content(top, one_file_system, &mut DirBuf::new()));
}

/// A directory that was removed since it was opened is an empty one; but `sub` is not, and cannot
/// be removed. The third and the fourth time tell the ends.
const EMPTY: [Rule; 2] = [
    Rule::On(2, &Rule::Turns(Sysno::getdents64, &[libc::ENOENT], libc::ENOTEMPTY)),
    Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
];

/// What is gone is what was wanted, as documented. But `c` is not: `sub` cannot be removed.
const C_GONE: Rule = Rule::On(1, &Rule::Turns(Sysno::unlinkat, &[libc::ENOENT], libc::ENOTEMPTY));

/// Something seems to have come into `sub`, from which something was removed: once more.
const ONCE_MORE: Rule = Rule::On(2, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOTEMPTY]));

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::remove_tree",
        run: |t| {
            chain();
            let result = t.call_and(|| fs::remove_tree("top", &mut DirBuf::new()), |result| result);
            // Or it is empty, because it was said to be gone.
            let left = std::fs::read_dir("top").into_iter().flatten().count();
            assert!(result.is_err() || left == 0);
        },
        rules: &[
            Rule::Each(4),
            // As below, and `top` is to be removed too.
            Rule::On(1, &Rule::Turns(Sysno::getdents64, &[libc::ENOENT], libc::ENOTEMPTY)),
            EMPTY[0],
            EMPTY[1],
            LONG_NAME,
            C_GONE,
            Rule::On(2, &Rule::Turns(Sysno::unlinkat, &[libc::ENOENT], libc::ENOTEMPTY)),
            Rule::On(3, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
            Rule::On(4, &Rule::Turns(Sysno::openat, &[libc::ENOENT], libc::ENOTEMPTY)),
            ONCE_MORE,
            // As much is removed as can be, as documented.
            Rule::Partial,
        ],
    },
    Row {
        name: "fs::remove_content",
        run: |t| remove_content(t, false),
        rules: &[
            Rule::Each(4),
            EMPTY[0],
            EMPTY[1],
            LONG_NAME,
            C_GONE,
            // `sub` is in the top itself, which is not removed.
            Rule::On(2, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
            Rule::On(2, &Rule::Turns(Sysno::openat, &[libc::ENOENT], libc::ENOTEMPTY)),
            ONCE_MORE,
            Rule::Partial,
        ],
    },
    Row {
        name: "fs::remove_content (one file system)",
        run: |t| remove_content(t, true),
        rules: ONE_FILE_SYSTEM,
    },
    Row {
        name: "fs::remove_content (untyped)",
        run: |t| remove_content(t, false),
        rules: &[
            Rule::Untyped,
            EMPTY[0],
            EMPTY[1],
            LONG_NAME,
            C_GONE,
            Rule::On(2, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
            Rule::On(2, &Rule::Turns(Sysno::openat, &[libc::ENOENT], libc::ENOTEMPTY)),
            ONCE_MORE,
            // What cannot be looked at is taken for a file: so is `sub`, which cannot be removed as
            // one, and `c`, which can.
            Rule::On(1, &Rule::Turns(NEWFSTATAT, &[], libc::EISDIR)),
            Rule::On(2, &Rule::Absorbs(NEWFSTATAT, &[])),
            Rule::Partial,
        ],
    },
];

const ONE_FILE_SYSTEM: &[Rule] = &[
    EMPTY[0],
    EMPTY[1],
    LONG_NAME,
    C_GONE,
    Rule::On(2, &Rule::Absorbs(Sysno::unlinkat, &[libc::ENOENT])),
    Rule::On(2, &Rule::Turns(Sysno::openat, &[libc::ENOENT], libc::ENOTEMPTY)),
    // As if `sub` were gone.
    Rule::On(2, &Rule::Turns(Sysno::statx, &[libc::ENOENT], libc::ENOTEMPTY)),
    ONCE_MORE,
    // What is mounted stays, and what leads to it, as documented.
    Rule::Absorbs(Sysno::unlinkat, &[libc::EBUSY]),
    Rule::Partial,
];
