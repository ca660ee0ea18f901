//! What is mounted, in a mount namespace of each trial's own. libc is the witness.

use std::{ffi::CString, fs, ptr};

use rawos::{
    fd::{CWD, OwnedFd},
    init::{
        self, FsConfig, FsmountFlags, FsopenFlags, FspickFlags, MountAttrs, MountFlags,
        MoveMountFlags, OpenTreeFlags, UmountFlags,
    },
};
use syscalls::Sysno;

use crate::{
    rules::{Row, Rule},
    trial::Trial,
};

const APART: Rule = Rule::Apart(libc::CLONE_NEWNS);

/// "ENOSYS: the kernel is older than 5.2, or a sandbox forbids it": `mount` is there for that.
const fn steps(call: Sysno) -> [Rule; 3] {
    let more = &[libc::EINTR, libc::EINVAL, libc::EMFILE, libc::ENOENT, libc::ENOMEM];
    [APART, Rule::Needs(call), Rule::Tries(call, more)]
}

pub const ROWS: &[Row] = &[
    Row {
        name: "init::mount",
        run: |t| {
            let done = t.call_and(
                || init::mount("rawos", "bare", "tmpfs", MountFlags::NOSUID, "size=4k"),
                |done| done.is_ok(),
            );
            assert_eq!(is_mounted(t, "bare"), done);
        },
        rules: &[APART, Rule::Tries(Sysno::mount, &[libc::EINTR])],
    },
    Row {
        name: "init::umount",
        run: |t| {
            tmpfs("bare");
            let done = t.call_and(|| init::umount("bare"), |done| done.is_ok());
            assert_eq!(is_mounted(t, "bare"), !done);
        },
        rules: UMOUNT,
    },
    Row {
        name: "init::umount2",
        run: |t| {
            tmpfs("bare");
            let done =
                t.call_and(|| init::umount2("bare", UmountFlags::DETACH), |done| done.is_ok());
            assert_eq!(is_mounted(t, "bare"), !done);
        },
        rules: UMOUNT,
    },
    Row {
        name: "init::fsopen",
        run: |t| t.call(|| init::fsopen("tmpfs", FsopenFlags::empty())),
        rules: &steps(Sysno::fsopen),
    },
    Row {
        name: "init::fspick",
        run: |t| {
            tmpfs("bare");
            t.call(|| init::fspick(CWD, "bare", FspickFlags::empty()));
        },
        rules: &steps(Sysno::fspick),
    },
    Row {
        name: "init::fsconfig",
        run: |t| {
            let fs = opened();
            t.call(|| init::fsconfig(&fs, FsConfig::String("size", b"1m")));
        },
        rules: &steps(Sysno::fsconfig),
    },
    Row {
        name: "init::fsconfig (that takes effect)",
        run: |t| {
            let fs = opened();
            t.call(|| init::fsconfig(&fs, FsConfig::Create));
        },
        rules: &[
            APART,
            Rule::Needs(Sysno::fsconfig),
            Rule::Tries(Sysno::fsconfig, &[libc::EINTR, libc::EBUSY, libc::ENOMEM]),
            // "That failed then, and `fs` is of no more use."
            Rule::Interrupts(Sysno::fsconfig),
        ],
    },
    Row {
        name: "init::fsmount",
        run: |t| {
            let fs = opened();
            init::fsconfig(&fs, FsConfig::Create).expect("a file system");
            t.call(|| init::fsmount(&fs, FsmountFlags::empty(), MountAttrs::NODEV));
        },
        rules: &steps(Sysno::fsmount),
    },
    Row {
        name: "init::open_tree",
        run: |t| t.call(|| init::open_tree(CWD, "dir", OpenTreeFlags::CLONE)),
        rules: &steps(Sysno::open_tree),
    },
    Row {
        name: "init::move_mount",
        run: |t| {
            tmpfs("bare");
            let flags = MoveMountFlags::empty();
            let done = t
                .call_and(|| init::move_mount(CWD, "bare", CWD, "dir", flags), |done| done.is_ok());
            assert_eq!((is_mounted(t, "bare"), is_mounted(t, "dir")), (!done, done));
        },
        rules: &steps(Sysno::move_mount),
    },
];

const UMOUNT: &[Rule] = &[APART, Rule::Tries(Sysno::umount2, &[libc::EINTR])];

fn opened() -> OwnedFd {
    init::fsopen("tmpfs", FsopenFlags::empty()).expect("a file system")
}

/// Whether something is mounted there in the scene.
fn is_mounted(t: &Trial, name: &str) -> bool {
    let path = t.path(name);
    let mounts = fs::read_to_string("/proc/self/mountinfo").expect("the mounts");
    mounts.lines().any(|line| line.split(' ').nth(4) == Some(&path))
}

/// Mounts, by libc: with flags, something that is there.
pub fn libc_mount(source: &str, target: &str, fstype: &str, flags: libc::c_ulong) {
    let string = |text: &str| CString::new(text).expect("no NUL");
    let (from, to, kind) = (string(source), string(target), string(fstype));
    // SAFETY: reads the strings.
    let done =
        unsafe { libc::mount(from.as_ptr(), to.as_ptr(), kind.as_ptr(), flags, ptr::null()) };
    assert_eq!(done, 0, "{target}: {}", std::io::Error::last_os_error());
}

/// Mounts a file system in memory, at a directory that is made if need be.
pub fn tmpfs(path: &str) {
    fs::create_dir_all(path).expect("a directory");
    libc_mount("scene", path, "tmpfs", 0);
}
