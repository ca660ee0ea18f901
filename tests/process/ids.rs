//! `src/process/{ids,umask}.rs`.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
};

use rawos::{
    Errno,
    fs::Mode,
    process::{self, Pid},
};

use crate::apart::child::{command, passes};

#[test]
fn the_ids_are_those_that_libc_tells() {
    // SAFETY: they take integers, or nothing.
    let theirs = unsafe {
        [libc::getpid(), libc::getppid(), libc::getpgrp(), libc::getpgid(0), libc::getsid(0)]
    };
    let ours = [
        process::getpid(),
        process::getppid(),
        process::getpgrp(),
        process::getpgid(Pid(0)).unwrap(),
        process::getsid(Pid(0)).unwrap(),
    ];
    assert_eq!(ours, theirs.map(Pid));
    assert_eq!(process::getpgid(process::getpid()), Ok(process::getpgrp()));
    for nobody in [Pid(-1), Pid(i32::MIN), Pid(i32::MAX)] {
        assert_eq!(process::getpgid(nobody), Err(Errno::ESRCH));
        assert_eq!(process::getsid(nobody), Err(Errno::ESRCH));
        assert_eq!(process::setpgid(nobody, Pid(1)), Err(Errno::ESRCH));
    }
}

/// Process group and session, as the kernel shows them. (qemu makes up what is
/// in `/proc/self/stat`.)
fn stat() -> [i32; 2] {
    let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    [fields[2].parse().unwrap(), fields[3].parse().unwrap()]
}

#[test]
fn a_process_group_of_its_own() {
    passes(&mut command("ids::group_of_its_own"));
}

pub fn group_of_its_own() {
    let [group, session] = stat();
    let me = process::getpid();
    assert_ne!(me.0, group);
    assert_eq!(process::setpgid(Pid(0), Pid(-1)), Err(Errno::EINVAL));
    assert_eq!(process::setpgid(Pid(0), Pid(i32::MAX)), Err(Errno::EPERM));
    assert_eq!(process::setpgrp(), Ok(()));
    assert_eq!(stat(), [me.0, session]);
    assert_eq!(process::setsid(), Err(Errno::EPERM));
    assert_eq!(process::setpgid(me, Pid(group)), Ok(()));
    assert_eq!(stat(), [group, session]);
}

#[test]
fn a_session_of_its_own() {
    passes(&mut command("ids::session_of_its_own"));
}

pub fn session_of_its_own() {
    let me = process::getpid();
    assert_eq!(process::setsid(), Ok(me));
    assert_eq!(stat(), [me.0, me.0]);
    assert_eq!((process::getsid(Pid(0)), process::getpgrp()), (Ok(me), me));
    assert_eq!(process::setsid(), Err(Errno::EPERM));
    assert_eq!(process::setpgrp(), Err(Errno::EPERM));
}

#[test]
fn masks_are_given_back() {
    passes(&mut command("ids::masks"));
}

pub fn masks() {
    let tmp = crate::util::temp_dir();
    // SAFETY: takes an integer.
    unsafe { libc::umask(0o027) };
    let mut before = 0o027;
    for bits in [0, 0o777, 0o22, 0o77] {
        assert_eq!(process::umask(Mode::from_bits_retain(bits)).bits(), before);
        let path = tmp.path().join(format!("{bits:o}"));
        fs::OpenOptions::new().write(true).create_new(true).mode(0o666).open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o666 & !bits);
        before = bits;
    }
    // The kernel keeps the low nine bits.
    process::umask(Mode::from_bits_retain(!0));
    assert_eq!(process::umask(Mode::empty()).bits(), 0o777);
}
