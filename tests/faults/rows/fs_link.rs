//! Names: made, changed, removed.

use std::mem::MaybeUninit;

use rawos::{
    fd::CWD,
    fs::{self, AtFlags, Mode, RenameFlags},
};
use syscalls::Sysno;

use crate::rules::{NEWFSTATAT, Row, Rule};

/// After the call, or a failed one, `old` and `new` are there as `then` tells for success.
fn renamed(result: rawos::Result<()>, old: &str, new: &str) {
    let there = |path: &str| std::fs::symlink_metadata(path).is_ok();
    assert_eq!((there(old), there(new)), (result.is_err(), result.is_ok()));
}

fn there(result: rawos::Result<()>, new: &str) {
    assert_eq!(std::fs::symlink_metadata(new).is_ok(), result.is_ok());
}

fn gone(result: rawos::Result<()>, old: &str) {
    assert_eq!(std::fs::symlink_metadata(old).is_ok(), result.is_err());
}

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::mkdir",
        run: |t| {
            let result = t.call_and(|| fs::mkdir("new", Mode::IRWXU), |result| result);
            there(result, "new");
        },
        rules: &[],
    },
    Row {
        name: "fs::mkdirat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(|| fs::mkdirat(dir, "new", Mode::IRWXU), |result| result);
            there(result, "dir/new");
        },
        rules: &[],
    },
    Row {
        name: "fs::rmdir",
        run: |t| {
            let result = t.call_and(|| fs::rmdir("bare"), |result| result);
            gone(result, "bare");
        },
        rules: &[],
    },
    Row {
        name: "fs::unlink",
        run: |t| {
            let result = t.call_and(|| fs::unlink("link"), |result| result);
            gone(result, "link");
        },
        rules: &[],
    },
    Row {
        name: "fs::remove",
        run: |t| {
            let result = t.call_and(|| fs::remove("file"), |result| result);
            gone(result, "file");
        },
        rules: &[],
    },
    Row {
        name: "fs::unlinkat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(|| fs::unlinkat(dir, "a", AtFlags::empty()), |result| result);
            gone(result, "dir/a");
        },
        rules: &[],
    },
    Row {
        name: "fs::link",
        run: |t| {
            let result = t.call_and(|| fs::link("file", "new"), |result| result);
            there(result, "new");
        },
        rules: &[],
    },
    Row {
        name: "fs::linkat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(
                || fs::linkat(CWD, "link", dir, "new", AtFlags::empty()),
                |result| result,
            );
            there(result, "dir/new");
        },
        rules: &[],
    },
    Row {
        name: "fs::symlink",
        run: |t| {
            let result = t.call_and(|| fs::symlink("to", "new"), |result| result);
            there(result, "new");
        },
        rules: &[],
    },
    Row {
        name: "fs::symlinkat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(|| fs::symlinkat("to", dir, "new"), |result| result);
            there(result, "dir/new");
        },
        rules: &[],
    },
    Row {
        name: "fs::readlink",
        run: |t| {
            let mut buf = [MaybeUninit::uninit(); 64];
            t.call_and(
                || fs::readlink("link", &mut buf),
                |result| assert!(result.is_err() || result.is_ok_and(|(to, _)| to == b"file")),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::readlinkat",
        run: |t| {
            let mut buf = [0; 64];
            t.call_and(
                || fs::readlinkat(CWD, "link", &mut buf),
                |result| assert_eq!(result.unwrap_or(4), 4),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::readlink_alloc",
        run: |t| {
            t.call_and(
                || fs::readlink_alloc("dangling"),
                |result| assert!(result.is_err() || result.is_ok_and(|to| to == b"nowhere")),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::readlinkat_alloc",
        run: |t| {
            t.call_and(
                || fs::readlinkat_alloc(CWD, "dangling"),
                |result| assert!(result.is_err() || result.is_ok_and(|to| to == b"nowhere")),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::rename",
        run: |t| {
            let result = t.call_and(|| fs::rename("file", "new"), |result| result);
            renamed(result, "file", "new");
        },
        rules: &[],
    },
    Row {
        name: "fs::replace",
        run: |t| {
            let result = t.call_and(|| fs::replace("file", "other"), |result| result);
            gone(result, "file");
        },
        rules: &[],
    },
    Row {
        name: "fs::renameat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(|| fs::renameat(CWD, "file", dir, "new"), |result| result);
            renamed(result, "file", "dir/new");
        },
        rules: &[],
    },
    Row {
        name: "fs::renameat2",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(
                || fs::renameat2(dir, "a", CWD, "new", RenameFlags::NOREPLACE),
                |result| result,
            );
            renamed(result, "dir/a", "new");
        },
        rules: &[],
    },
    Row {
        name: "fs::makedirs",
        run: |t| {
            let result = t.call_and(
                || fs::makedirs("bare/one/./two/three", Mode::IRWXU, false),
                |result| result,
            );
            // Where the parent only seemed to be missing, nothing was.
            assert!(result.is_err() || std::fs::metadata("bare/one/two/three").is_ok());
        },
        rules: &[
            Rule::Each(4),
            // As Python's: what is not seen to exist is made, and that it is there after all is
            // no error for a parent.
            Rule::Absorbs(NEWFSTATAT, &[]),
            // The same, for a parent that another process made first. But here nobody did: the
            // next one has no place, and the last is not there.
            Rule::On(1, &Rule::Turns(Sysno::mkdirat, &[libc::EEXIST], libc::ENOENT)),
            Rule::On(2, &Rule::Turns(Sysno::mkdirat, &[libc::EEXIST], libc::ENOENT)),
            // The parents that were made stay, as in Python.
            Rule::Partial,
        ],
    },
    Row {
        name: "fs::makedirs (exist_ok)",
        run: |t| t.call(|| fs::makedirs("dir/sub", Mode::IRWXU, true)),
        rules: &[
            // It is there: whatever making it fails with, as documented.
            Rule::Absorbs(Sysno::mkdirat, &[]),
            // Whether the parent is there; if not, making it finds it.
            Rule::On(1, &Rule::Absorbs(NEWFSTATAT, &[])),
            // Whether what is there is a directory: not known, so the error is that of making.
            Rule::Turns(NEWFSTATAT, &[], libc::EEXIST),
        ],
    },
    Row {
        name: "fs::removedirs",
        run: |t| {
            std::fs::create_dir_all("bare/one/two").expect("they are made");
            let result = t.call_and(|| fs::removedirs("bare/one/two"), |result| result);
            gone(result, "bare/one/two");
        },
        rules: &[
            // The parents are removed as far as they can be, as documented.
            Rule::On(2, &Rule::Absorbs(Sysno::unlinkat, &[])),
            Rule::On(3, &Rule::Absorbs(Sysno::unlinkat, &[])),
            Rule::Each(3),
        ],
    },
    Row {
        name: "fs::renames",
        run: |t| {
            std::fs::create_dir_all("bare/one").expect("it is made");
            std::fs::write("bare/one/file", "").expect("it is written");
            let result =
                t.call_and(|| fs::renames("bare/one/file", "dir/new/deep/file"), |result| result);
            renamed(result, "bare/one/file", "dir/new/deep/file");
        },
        rules: &[
            Rule::Each(3),
            // As in `makedirs`.
            Rule::Absorbs(NEWFSTATAT, &[]),
            Rule::On(1, &Rule::Turns(Sysno::mkdirat, &[libc::EEXIST], libc::ENOENT)),
            // The directories left behind are removed as far as they can be, as documented.
            Rule::Absorbs(Sysno::unlinkat, &[]),
            // New directories stay, as documented.
            Rule::Partial,
        ],
    },
];
