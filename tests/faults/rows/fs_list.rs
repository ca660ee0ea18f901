//! One directory, and its entries.

use std::collections::BTreeSet;

use rawos::{
    Errno,
    fs::{self, DirBuf, DirEntry, FileType, Names, ReadDir},
};
use syscalls::Sysno;

use crate::{
    rules::{NEWFSTATAT, Row, Rule},
    trial::Trial,
};

/// What std finds in `path`.
fn found(path: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(path).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

fn is(result: Result<Names, Errno>, wanted: &BTreeSet<String>) {
    if let Ok(names) = result {
        let names = names.iter().map(|name| name.to_str().expect("text").to_owned());
        assert_eq!(&names.collect::<BTreeSet<_>>(), wanted);
    }
}

/// The directory's stream, for good: to close it would be a call.
fn stream(path: &str) -> &'static mut ReadDir<'static> {
    let buf = Box::leak(Box::new(DirBuf::new()));
    Box::leak(Box::new(fs::scandir(path, buf).expect("it opens")))
}

/// The symlink `link` to `file`, as an entry that nothing was asked of yet.
fn symlink() -> DirEntry<'static> {
    std::fs::create_dir("alone").expect("it is made");
    std::os::unix::fs::symlink("../file", "alone/link").expect("it is made");
    stream("alone").next().expect("an entry").expect("no error")
}

/// Has `ask` ask something of an entry of a directory that does not tell what it is.
fn untyped<T>(
    trial: &mut Trial,
    ask: impl FnOnce(&DirEntry<'_>) -> Result<T, Errno>,
    look: impl FnOnce(Result<T, Errno>),
) {
    std::fs::create_dir("alone").expect("it is made");
    std::os::unix::fs::symlink("../file", "alone/link").expect("it is made");
    let dir = stream("alone");
    trial.call_and(|| ask(&dir.next().ok_or(Errno::ENOENT)??), look);
}

/// How many entries there are, `.` and `..` aside; the first error.
fn count(dir: &mut ReadDir<'_>) -> Result<usize, Errno> {
    let mut result = Ok(0);
    while let Some(entry) = dir.next() {
        result = match (result, entry) {
            (Ok(count), Ok(_)) => Ok(count + 1),
            (Err(errno), _) | (_, Err(errno)) => Err(errno),
        };
    }
    result
}

/// A directory that was removed since it was opened is an empty one, to Python too.
const REMOVED: Rule = Rule::Absorbs(Sysno::getdents64, &[libc::ENOENT]);

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::scandir",
        run: |t| t.call(|| fs::scandir("dir", &mut DirBuf::new()).map(drop)),
        rules: &[],
    },
    Row {
        name: "fs::fscandir",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::fscandir(dir, &mut DirBuf::new()).map(drop));
        },
        rules: &[],
    },
    Row {
        name: "fs::ReadDir::next",
        run: |t| {
            let dir = stream("dir");
            t.call_and(|| count(dir), |result| assert!([0, 3].contains(&result.unwrap_or(3))));
        },
        rules: &[REMOVED],
    },
    Row {
        name: "fs::ReadDir::next (small buffer)",
        // Room for some records only: the directory is read in pieces.
        run: |t| {
            for number in 0..30 {
                std::fs::write(format!("bare/{number:0100}"), "").expect("it is written");
            }
            let buf = Box::leak(Box::new(DirBuf::<1024>::sized()));
            let dir = Box::leak(Box::new(fs::scandir("bare", buf).expect("it opens")));
            t.call_and(
                || count(dir),
                |result| assert!(result.is_err() || result.is_ok_and(|n| n <= 30)),
            );
        },
        rules: &[REMOVED],
    },
    Row {
        name: "fs::ReadDir::close",
        run: |t| {
            let buf = Box::leak(Box::new(DirBuf::new()));
            t.call(|| fs::scandir("dir", buf).and_then(ReadDir::close));
        },
        // What closing fails with is told here, EINTR too: nothing is left to retry.
        rules: &[
            Rule::Interrupts(Sysno::close),
            Rule::Turns(Sysno::close, &[libc::EBADF], libc::EBADF),
            Rule::Turns(Sysno::close, &[libc::EIO], libc::EIO),
            Rule::Turns(Sysno::close, &[libc::ENOSPC], libc::ENOSPC),
            Rule::Turns(Sysno::close, &[libc::EDQUOT], libc::EDQUOT),
        ],
    },
    Row {
        name: "fs::listdir",
        run: |t| {
            let wanted = found("dir");
            t.call_and(
                || fs::listdir("dir"),
                // Or none: see the rule.
                |result| {
                    if result.as_ref().is_ok_and(|names| !names.is_empty()) {
                        is(result, &wanted)
                    }
                },
            );
        },
        rules: &[REMOVED],
    },
    Row {
        name: "fs::flistdir",
        run: |t| {
            let (dir, wanted) = (t.open("dir"), found("dir"));
            t.call_and(
                || fs::flistdir(dir),
                |result| {
                    if result.as_ref().is_ok_and(|names| !names.is_empty()) {
                        is(result, &wanted)
                    }
                },
            );
        },
        rules: &[REMOVED],
    },
    Row {
        name: "fs::DirEntry::stat",
        run: |t| {
            let entry = symlink();
            t.call_and(
                || entry.stat(true),
                |result| assert_eq!(result.map_or(13, |stat| stat.st_size()), 13),
            );
        },
        rules: &[],
    },
    Row {
        name: "fs::DirEntry::is_dir",
        run: |t| {
            let entry = symlink();
            t.call_and(|| entry.is_dir(true), |result| assert!(!result.unwrap_or(false)));
        },
        // As Python's: what is gone is no directory.
        rules: &[Rule::Absorbs(NEWFSTATAT, &[libc::ENOENT])],
    },
    Row {
        name: "fs::DirEntry::is_file",
        run: |t| {
            let entry = symlink();
            t.call(|| entry.is_file(true));
        },
        // As above.
        rules: &[Rule::Absorbs(NEWFSTATAT, &[libc::ENOENT])],
    },
    Row {
        name: "fs::DirEntry::is_symlink",
        run: |t| {
            untyped(t, |entry| entry.is_symlink(), |_| ());
        },
        // As Python's: what is gone is no symlink.
        rules: &[Rule::Untyped, Rule::Absorbs(NEWFSTATAT, &[libc::ENOENT])],
    },
    Row {
        name: "fs::DirEntry::file_type",
        run: |t| {
            untyped(
                t,
                |entry| entry.file_type(),
                |result| assert_eq!(result.unwrap_or(FileType::LNK), FileType::LNK),
            );
        },
        rules: &[Rule::Untyped],
    },
];
