//! Another root, in a mount namespace of each trial's own.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chroot},
    path::Path,
};

use rawos::{
    fs::DirBuf,
    init::{self, OldRoot},
};
use syscalls::Sysno;

use super::mounts::tmpfs;
use crate::{
    rules::{LONG_NAME, Row, Rule},
    trial::Trial,
};

const APART: Rule = Rule::Apart(libc::CLONE_NEWNS);

pub const ROWS: &[Row] = &[
    Row {
        name: "init::pivot_root",
        run: |t| {
            initramfs(&[]);
            fs::create_dir("/new/old").expect("a directory");
            let done = t.call_and(|| init::pivot_root("/new", "/new/old"), |done| done.is_ok());
            assert_eq!(Path::new("/old/new").is_dir(), done);
        },
        rules: &[APART, Rule::Tries(Sysno::pivot_root, &[libc::EINTR])],
    },
    Row {
        // "The outer result says whether the root was switched": what moved moves back, else.
        name: "init::switch_root",
        run: |t| switch(t, OldRoot::Keep, |result| result.map(drop)),
        rules: &[
            APART,
            CHROOT,
            NONE[0],
            NONE[1],
            NONE[2],
            NONE[3],
            NONE[4],
            NONE[5],
            NONE[6],
            Rule::Each(20),
            Rule::Tries(Sysno::mount, &[libc::EINTR, libc::EMFILE]),
            // Into it, when it is the root already: the inner result tells.
            Rule::On(2, &Rule::Absorbs(Sysno::chdir, &[])),
        ],
    },
    Row {
        name: "init::switch_root (in a sandbox that refuses statx)",
        run: |t| switch(t, OldRoot::Keep, |result| result.map(drop)),
        rules: &[
            APART,
            CHROOT,
            Rule::Answers(Sysno::statx, None, -(libc::EPERM as i64)),
            Rule::Absorbs(Sysno::statx, &[libc::EPERM, libc::ENOSYS]),
            Rule::On(2, &Rule::Absorbs(Sysno::chdir, &[])),
        ],
    },
    Row {
        // What is mounted in the old root and has no place in the new one goes, and all else.
        name: "init::switch_root (removes the old one)",
        run: |t| switch(t, OldRoot::Remove, |result| result.and_then(|left| left)),
        rules: &[
            APART,
            Rule::Partial,
            Rule::Tries(Sysno::umount2, &[libc::EINTR]),
            // A directory that was removed meanwhile has come to its end.
            Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]),
            // The first lists the old root itself, and is not of a tree.
            Rule::On(2, &LONG_NAME),
            // A mount point; or others removed it.
            Rule::Absorbs(Sysno::unlinkat, &[libc::EBUSY, libc::ENOENT]),
            // That is how a directory is known.
            Rule::On(1, &Rule::Absorbs(Sysno::unlinkat, &[libc::EISDIR])),
        ],
    },
];

/// That the process may do it was tried before anything moved. Should the second one fail all the
/// same, what has moved stays where it is.
const CHROOT: Rule = Rule::Stays(Sysno::chroot);

/// There is no such directory: nothing moves from there, or to there. These calls open one of the
/// four, in the old or the new root.
const NONE: [Rule; 7] = [
    Rule::On(4, &NOT_THERE),
    Rule::On(5, &NOT_THERE),
    Rule::On(6, &NOT_THERE),
    Rule::On(7, &NOT_THERE),
    Rule::On(8, &NOT_THERE),
    Rule::On(9, &NOT_THERE),
    Rule::On(10, &NOT_THERE),
];
const NOT_THERE: Rule = Rule::Absorbs(Sysno::openat, &[libc::ENOENT]);

type Switched = rawos::Result<rawos::Result<()>>;

/// Out of an initramfs with `/proc`, `/sys` and `/run`, the first of which has no place in the new
/// root.
fn switch(t: &mut Trial, old: OldRoot, told: fn(Switched) -> rawos::Result<()>) {
    initramfs(&["/proc", "/sys", "/run"]);
    for path in ["/new/sys", "/new/run"] {
        fs::create_dir(path).expect("a directory");
    }
    let place = |path: &str| fs::metadata(path).map(|data| (data.dev(), data.ino())).ok();
    let (new, mut buf, mut switched) = (place("/new"), DirBuf::new(), false);
    t.call(|| {
        let result = init::switch_root("/new", old, &mut buf);
        switched = result.is_ok();
        told(result)
    });
    assert_eq!(place("/") == new, switched);
}

/// A root in memory, with these mounted in it, more files, and a new root at `/new`.
fn initramfs(mounted: &[&str]) {
    tmpfs("bare");
    chroot("bare").expect("a root");
    std::env::set_current_dir("/").expect("a root");
    for path in mounted {
        tmpfs(path);
    }
    // Directories alone, whatever their order is: so each trial fails at the same one.
    fs::create_dir_all("/lib/modules").expect("a directory");
    tmpfs("/new");
}
