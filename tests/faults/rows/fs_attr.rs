//! What is known of a file: looked at, and changed.

use std::{mem::MaybeUninit, os::unix::fs::MetadataExt as _};

use rawos::{
    fd::CWD,
    fs::{self, AtFlags, Mode, PathconfName, Stat, Times},
    time::Timespec,
};
use syscalls::Sysno;

use crate::{
    rules::{NEWFSTATAT, Row, Rule},
    trial::Trial,
};

/// Has `call` change the mode of `path` to 0o640.
fn mode(trial: &mut Trial, path: &str, call: impl FnOnce() -> rawos::Result<()>) {
    let result = trial.call_and(call, |result| result);
    let mode = std::fs::metadata(path).expect("it is there").mode() & 0o7777;
    assert_eq!(mode == 0o640, result.is_ok());
}

/// Has `call` change the length of `file` to 5.
fn length(trial: &mut Trial, call: impl FnOnce() -> rawos::Result<()>) {
    let result = trial.call_and(call, |result| result);
    assert_eq!(std::fs::metadata("file").expect("it is there").len() == 5, result.is_ok());
}

/// Has `call` change the owner of `path`.
fn owner(trial: &mut Trial, path: &str, call: impl FnOnce() -> rawos::Result<()>) {
    let result = trial.call_and(call, |result| result);
    let found = std::fs::symlink_metadata(path).expect("it is there");
    assert_eq!((found.uid(), found.gid()) == (1, 2), result.is_ok());
}

/// Has `call` set the times of `path` to these.
fn times(trial: &mut Trial, path: &str, call: impl FnOnce(Times) -> rawos::Result<()>) {
    let time = |tv_sec| Timespec { tv_sec, tv_nsec: 7 };
    let result = trial.call_and(|| call(Times::at(time(11), time(12))), |result| result);
    let found = std::fs::symlink_metadata(path).expect("it is there");
    // Its access time is gone: the supervisor has read it.
    assert_eq!(found.mtime() == 12, result.is_ok());
}

/// Has `call` look at `path`: what it finds is what std found before.
fn stat(trial: &mut Trial, path: &str, call: impl FnOnce() -> rawos::Result<Stat>) {
    let before = std::fs::symlink_metadata(path).expect("it is there");
    trial.call_and(call, |result| {
        if let Ok(stat) = result {
            assert_eq!((stat.st_ino(), stat.st_dev()), (before.ino(), before.dev()));
        }
    });
}

/// The file is open and there: it is /proc that is not, by which a kernel without fchmodat2 is
/// asked. As documented, and as glibc.
const NO_PROC: Rule =
    Rule::Turns(Sysno::fchmodat, &[libc::ENOENT, libc::ENOTDIR], libc::EOPNOTSUPP);

/// Only root may.
const NEEDS_ROOT: Rule = Rule::Lacks(libc::EPERM);

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::chmod",
        run: |t| mode(t, "file", || fs::chmod("link", Mode::from_bits_retain(0o640))),
        rules: &[],
    },
    Row {
        name: "fs::fchmod",
        run: |t| {
            let file = t.open("file");
            mode(t, "file", || fs::fchmod(file, Mode::from_bits_retain(0o640)));
        },
        rules: &[],
    },
    Row {
        name: "fs::lchmod",
        run: |t| mode(t, "file", || fs::lchmod("file", Mode::from_bits_retain(0o640))),
        rules: &[NO_PROC],
    },
    Row {
        name: "fs::lchmod (old kernel)",
        run: |t| mode(t, "file", || fs::lchmod("file", Mode::from_bits_retain(0o640))),
        rules: &[Rule::Without(Sysno::fchmodat2, libc::ENOSYS), NO_PROC],
    },
    Row {
        name: "fs::lchmod (sandbox)",
        run: |t| mode(t, "dir", || fs::lchmod("dir", Mode::from_bits_retain(0o640))),
        rules: &[Rule::Without(Sysno::fchmodat2, libc::EPERM), NO_PROC],
    },
    Row {
        name: "fs::fchmodat",
        run: |t| {
            let dir = t.open("dir");
            mode(t, "dir/a", || {
                fs::fchmodat(dir, "a", Mode::from_bits_retain(0o640), AtFlags::SYMLINK_NOFOLLOW)
            });
        },
        rules: &[NO_PROC],
    },
    Row {
        name: "fs::chown",
        run: |t| owner(t, "file", || fs::chown("link", Some(1), Some(2))),
        rules: &[NEEDS_ROOT],
    },
    Row {
        name: "fs::lchown",
        run: |t| owner(t, "link", || fs::lchown("link", Some(1), Some(2))),
        rules: &[NEEDS_ROOT],
    },
    Row {
        name: "fs::fchown",
        run: |t| {
            let file = t.open("file");
            owner(t, "file", || fs::fchown(file, Some(1), Some(2)));
        },
        rules: &[NEEDS_ROOT],
    },
    Row {
        name: "fs::fchownat",
        run: |t| {
            let dir = t.open("dir");
            let none = AtFlags::empty();
            owner(t, "dir/a", || fs::fchownat(dir, "a", Some(1), Some(2), none));
        },
        rules: &[NEEDS_ROOT],
    },
    Row { name: "fs::truncate", run: |t| length(t, || fs::truncate("file", 5)), rules: &[] },
    Row { name: "fs::sync", run: |t| t.call(fs::sync), rules: &[] },
    Row {
        name: "fs::utime",
        run: |t| times(t, "file", |times| fs::utime("link", times)),
        rules: &[],
    },
    Row {
        name: "fs::utimensat",
        run: |t| {
            let nofollow = AtFlags::SYMLINK_NOFOLLOW;
            times(t, "link", |times| fs::utimensat(CWD, "link", times, nofollow));
        },
        rules: &[],
    },
    Row {
        name: "fs::futimens",
        run: |t| {
            let file = t.open("file");
            times(t, "file", |times| fs::futimens(file, times));
        },
        rules: &[],
    },
    Row { name: "fs::stat", run: |t| stat(t, "file", || fs::stat("link")), rules: &[] },
    Row { name: "fs::lstat", run: |t| stat(t, "link", || fs::lstat("link")), rules: &[] },
    Row {
        name: "fs::fstatat",
        run: |t| {
            let dir = t.open("dir");
            stat(t, "dir/a", || fs::fstatat(dir, "a", AtFlags::empty()));
        },
        rules: &[],
    },
    Row {
        name: "fs::fstat",
        run: |t| {
            let file = t.open("file");
            stat(t, "file", || fs::fstat(file));
        },
        rules: &[],
    },
    Row { name: "fs::birthtime", run: |t| t.call(|| fs::birthtime("file")), rules: BIRTHTIME },
    Row {
        name: "fs::birthtimeat",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::birthtimeat(dir, "a", AtFlags::SYMLINK_NOFOLLOW));
        },
        rules: BIRTHTIME,
    },
    Row {
        name: "fs::birthtime (old kernel)",
        run: |t| {
            t.call_and(|| fs::birthtime("file"), |result| assert_eq!(result.unwrap_or(None), None));
        },
        rules: &[Rule::Without(Sysno::statx, libc::ENOSYS)],
    },
    Row { name: "fs::statvfs", run: |t| t.call(|| fs::statvfs("file")), rules: &[] },
    Row {
        name: "fs::fstatvfs",
        run: |t| {
            let file = t.open("file");
            t.call(|| fs::fstatvfs(file));
        },
        rules: &[],
    },
    Row {
        name: "fs::pathconf",
        run: |t| {
            t.call_and(
                || fs::pathconf("file", PathconfName::NAME_MAX),
                |result| assert_eq!(result.unwrap_or(Some(255)), Some(255)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::pathconf (ASYNC_IO)",
        run: |t| {
            t.call_and(
                || fs::pathconf("file", PathconfName::ASYNC_IO),
                |result| assert_eq!(result.unwrap_or(Some(1)), Some(1)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::pathconf (LINK_MAX)",
        // Where the root is ext4, more is asked.
        run: |t| t.call(|| fs::pathconf("/", PathconfName::LINK_MAX)),
        rules: &[
            // As glibc: a file system that cannot be told from ext2 is taken for it.
            Rule::Absorbs(NEWFSTATAT, &[]),
            Rule::Absorbs(Sysno::readlinkat, &[]),
            Rule::Absorbs(Sysno::faccessat, &[]),
        ],
    },
    Row {
        name: "fs::fpathconf",
        run: |t| {
            let file = t.open("file");
            t.call_and(
                || fs::fpathconf(file, PathconfName::NAME_MAX),
                |result| assert_eq!(result.unwrap_or(Some(255)), Some(255)),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::fpathconf (ASYNC_IO)",
        run: |t| {
            let file = t.open("file");
            t.call(|| fs::fpathconf(file, PathconfName::ASYNC_IO));
        },
        rules: &[],
    },
    Row {
        name: "fs::fpathconf (LINK_MAX)",
        run: |t| {
            let root = t.open("/");
            t.call(|| fs::fpathconf(root, PathconfName::LINK_MAX));
        },
        rules: &[
            // As above.
            Rule::Absorbs(Sysno::fstat, &[]),
            Rule::Absorbs(Sysno::readlinkat, &[]),
            Rule::Absorbs(Sysno::faccessat, &[]),
        ],
    },
    Row { name: "fs::chdir", run: |t| t.call(|| fs::chdir("dir")), rules: &[] },
    Row {
        name: "fs::fchdir",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::fchdir(dir));
        },
        rules: &[],
    },
    Row { name: "fs::chroot", run: |t| t.call(|| fs::chroot("dir")), rules: &[NEEDS_ROOT] },
    Row {
        name: "fs::getcwd",
        run: |t| {
            let dir = t.path("");
            let mut buf = [MaybeUninit::uninit(); 256];
            t.call_and(
                || fs::getcwd(&mut buf),
                |result| {
                    if let Ok((path, _)) = result {
                        assert_eq!(path, dir.trim_end_matches('/').as_bytes());
                    }
                },
            );
        },
        rules: &[],
    },
    Row { name: "fs::getcwd_alloc", run: |t| t.call(fs::getcwd_alloc), rules: &[] },
];

const BIRTHTIME: &[Rule] = &[
    // As documented: `None` where the kernel or a sandbox has no statx(2).
    Rule::Absorbs(Sysno::statx, &[libc::ENOSYS, libc::EPERM]),
];
