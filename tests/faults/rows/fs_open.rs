//! Opening files, making them, and whether they may be opened.

use rawos::{
    Errno,
    fd::{CWD, OwnedFd},
    fs::{
        self, AccessMode, AtFlags, FileType, MemfdFlags, Mode, OFlags, OpenHow, ResolveFlags,
        SealFlags,
    },
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

const OWNER: Mode = Mode::IRWXU;

/// A memfd that takes seals, for good.
fn memfd() -> &'static OwnedFd {
    let fd = fs::memfd_create("seals", MemfdFlags::ALLOW_SEALING).expect("it is made");
    Box::leak(Box::new(fd))
}

/// After the call `name` is there, with that mode.
fn made(result: Result<(), Errno>, name: &str, mode: u32) {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::symlink_metadata(name);
    assert_eq!(result.ok().map(|()| mode), found.ok().map(|found| found.mode()));
}

pub const ROWS: &[Row] = &[
    Row {
        name: "fs::open",
        run: |t| {
            let result = t.call_and(
                || fs::open("new", OFlags::WRONLY | OFlags::CREAT, OWNER),
                |result| result.map(drop),
            );
            made(result, "new", 0o100700);
        },
        rules: &[],
    },
    Row {
        name: "fs::openat",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::openat(dir, "a", OFlags::RDONLY, Mode::empty()));
        },
        rules: &[],
    },
    Row {
        name: "fs::openat2",
        run: |t| {
            let (flags, mode) = (OFlags::RDONLY, Mode::empty());
            let how = OpenHow { flags, mode, resolve: ResolveFlags::BENEATH };
            t.call(|| fs::openat2(CWD, "link", how));
        },
        // As documented: an open without the conditions would be another one.
        rules: &[Rule::Needs(Sysno::openat2)],
    },
    Row {
        name: "fs::access",
        // An answer, not a Result: whatever the errno, the file is not known to be accessible.
        run: |t| {
            t.call(|| match fs::access("file", AccessMode::R_OK) {
                true => Ok(()),
                false => Err(Errno::EACCES),
            });
        },
        rules: &[Rule::Turns(Sysno::faccessat, &[], libc::EACCES)],
    },
    Row {
        name: "fs::faccessat",
        run: |t| {
            let dir = t.open("dir");
            t.call(|| fs::faccessat(dir, "a", AccessMode::W_OK, AtFlags::empty()));
        },
        rules: &[],
    },
    Row {
        name: "fs::faccessat (effective ids)",
        run: |t| t.call(|| fs::faccessat(CWD, "file", AccessMode::R_OK, AtFlags::EACCESS)),
        rules: &[],
    },
    Row {
        name: "fs::faccessat (symlink itself)",
        // What the mode forbids is told by faccessat2(2), and by what stands in for it.
        run: |t| {
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            t.call(|| fs::faccessat(CWD, "dangling", AccessMode::F_OK, flags));
        },
        rules: &[],
    },
    Row {
        name: "fs::faccessat (effective ids, old kernel)",
        run: |t| t.call(|| fs::faccessat(CWD, "file", AccessMode::R_OK, AtFlags::EACCESS)),
        rules: &[Rule::Without(Sysno::faccessat2, libc::ENOSYS)],
    },
    Row {
        name: "fs::faccessat (symlink itself, old kernel)",
        run: |t| {
            let flags = AtFlags::SYMLINK_NOFOLLOW;
            t.call(|| fs::faccessat(CWD, "file", AccessMode::W_OK, flags));
        },
        rules: &[Rule::Without(Sysno::faccessat2, libc::EPERM)],
    },
    Row {
        name: "fs::mkfifo",
        run: |t| {
            let result = t.call_and(|| fs::mkfifo("new", OWNER), |result| result);
            made(result, "new", 0o10700);
        },
        rules: &[],
    },
    Row {
        name: "fs::mkfifoat",
        run: |t| {
            let dir = t.open("dir");
            let result = t.call_and(|| fs::mkfifoat(dir, "new", OWNER), |result| result);
            made(result, "dir/new", 0o10700);
        },
        rules: &[],
    },
    Row {
        name: "fs::mknod",
        run: |t| {
            let result = t.call_and(|| fs::mknod("new", FileType::SOCK, OWNER, 0), |result| result);
            made(result, "new", 0o140700);
        },
        rules: &[],
    },
    Row {
        name: "fs::mknodat",
        run: |t| {
            let dir = t.open("dir");
            let result =
                t.call_and(|| fs::mknodat(dir, "new", FileType::REG, OWNER, 0), |result| result);
            made(result, "dir/new", 0o100700);
        },
        rules: &[],
    },
    Row {
        name: "fs::memfd_create",
        run: |t| t.call(|| fs::memfd_create("name", MemfdFlags::empty())),
        rules: &[],
    },
    Row {
        name: "fs::add_seals",
        run: |t| {
            let fd = memfd();
            t.call(|| fs::add_seals(fd, SealFlags::GROW));
        },
        // Of fcntl(2), only what waits for a lock is interrupted.
        rules: &[Rule::Interrupts(Sysno::fcntl)],
    },
    Row {
        name: "fs::get_seals",
        run: |t| {
            let fd = memfd();
            t.call_and(
                || fs::get_seals(fd),
                |result| {
                    let empty = result.map(|seals| seals.is_empty());
                    assert!(empty.unwrap_or(true));
                },
            );
        },
        // As above.
        rules: &[Rule::Interrupts(Sysno::fcntl)],
    },
];
