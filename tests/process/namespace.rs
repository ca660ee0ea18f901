//! `src/process/namespace.rs`.

use std::{env, fs, os::fd::AsRawFd as _, path::PathBuf, thread};

use rawos::{
    Errno, fd,
    fs::{Mode, OFlags},
    process::{self, CloneFlags},
};

use crate::{
    apart::{
        child::{command, passes},
        emulated, not_run, root,
    },
    util::as_nobody,
};

#[test]
fn flags_have_libcs_values() {
    let pairs = [
        (CloneFlags::FILES, libc::CLONE_FILES),
        (CloneFlags::FS, libc::CLONE_FS),
        (CloneFlags::NEWCGROUP, libc::CLONE_NEWCGROUP),
        (CloneFlags::NEWIPC, libc::CLONE_NEWIPC),
        (CloneFlags::NEWNET, libc::CLONE_NEWNET),
        (CloneFlags::NEWNS, libc::CLONE_NEWNS),
        (CloneFlags::NEWPID, libc::CLONE_NEWPID),
        (CloneFlags::NEWTIME, 0x80),
        (CloneFlags::NEWUSER, libc::CLONE_NEWUSER),
        (CloneFlags::NEWUTS, libc::CLONE_NEWUTS),
        (CloneFlags::SIGHAND, libc::CLONE_SIGHAND),
        (CloneFlags::SYSVSEM, libc::CLONE_SYSVSEM),
        (CloneFlags::THREAD, libc::CLONE_THREAD),
        (CloneFlags::VM, libc::CLONE_VM),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.bits() as i32, theirs, "{ours:?}");
    }
}

#[test]
fn a_thread_has_its_own_directory() {
    let before = env::current_dir().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            assert_eq!(process::unshare(CloneFlags::FS), Ok(()));
            env::set_current_dir("/proc").unwrap();
            assert_eq!(env::current_dir().unwrap(), PathBuf::from("/proc"));
        });
    });
    assert_eq!(env::current_dir().unwrap(), before);
}

#[test]
fn what_threads_share_stays_shared() {
    for flags in [CloneFlags::VM, CloneFlags::THREAD, CloneFlags::SIGHAND] {
        assert_eq!(process::unshare(flags), Err(Errno::EINVAL), "{flags:?}");
    }
    assert_eq!(process::unshare(CloneFlags::FILES), Err(Errno::ENOTSUP));
    assert_eq!(process::unshare(CloneFlags::FILES | CloneFlags::FS), Err(Errno::ENOTSUP));
    assert_eq!(process::unshare(CloneFlags::from_bits_retain(1)), Err(Errno::EINVAL));
    assert_eq!(process::unshare(CloneFlags::empty()), Ok(()));
}

#[test]
fn without_privilege_nothing_is_unshared() {
    as_nobody(|| {
        let own = fs::File::open("/proc/self/ns/uts").unwrap();
        // SAFETY: the descriptor is open, and `own` keeps it so.
        let own = unsafe { fd::BorrowedFd::borrow_raw(own.as_raw_fd()) };
        assert_eq!(process::setns(own, CloneFlags::NEWUTS), Err(Errno::EPERM));
        assert_eq!(process::setns(own, CloneFlags::NEWIPC), Err(Errno::EINVAL));
        for flags in [CloneFlags::NEWUTS, CloneFlags::NEWNS, CloneFlags::NEWPID] {
            assert_eq!(process::unshare(flags), Err(Errno::EPERM), "{flags:?}");
        }
    });
}

#[test]
fn into_a_namespace_and_back() {
    passes(&mut command("namespace::there_and_back"));
}

pub fn there_and_back() {
    let uts = || fs::read_link("/proc/self/ns/uts").unwrap();
    let home = uts();
    let ns = rawos::fs::open("/proc/self/ns/uts", OFlags::RDONLY, Mode::empty()).unwrap();
    // SAFETY: takes an integer.
    if !root() || unsafe { libc::unshare(libc::CLONE_NEWUTS) } != 0 {
        return not_run("namespaces need privilege");
    }
    let away = uts();
    assert_ne!(away, home);
    assert_eq!(process::setns(&ns, CloneFlags::NEWIPC), Err(Errno::EINVAL));
    assert_eq!(uts(), away);
    assert_eq!(process::setns(&ns, CloneFlags::NEWUTS), Ok(()));
    assert_eq!(uts(), home);
    assert_eq!(process::unshare(CloneFlags::NEWUTS), Ok(()));
    assert_ne!(uts(), home);
    assert_eq!(process::setns(&ns, CloneFlags::empty()), Ok(()));
    assert_eq!(uts(), home);

    assert_eq!(process::unshare(CloneFlags::NEWUTS | CloneFlags::FS), Ok(()));
    // SAFETY: takes integers.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, libc::getppid(), 0) };
    if pidfd == -1 {
        return not_run("pidfd_open");
    }
    // SAFETY: the descriptor was just opened, and stays open.
    let parent = unsafe { fd::BorrowedFd::borrow_raw(pidfd as i32) };
    assert_eq!(process::setns(parent, CloneFlags::empty()), Err(Errno::EINVAL));
    assert_eq!(process::setns(parent, CloneFlags::NEWUTS), Ok(()));
    assert_eq!(uts(), home);
}

#[test]
fn descriptors_of_its_own() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("namespace::descriptors"))),
    }
}

pub fn descriptors() {
    for flags in [CloneFlags::FILES, CloneFlags::THREAD, CloneFlags::VM, CloneFlags::SYSVSEM] {
        let before = fs::read_dir("/proc/self/fd").unwrap().count();
        assert_eq!(process::unshare(flags), Ok(()), "{flags:?}");
        assert_eq!(fs::read_dir("/proc/self/fd").unwrap().count(), before);
    }
}
