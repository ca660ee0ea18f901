//! `src/process/groups.rs`.

use rawos::{Errno, process};

use crate::{
    apart::{emulated, in_fork, root, status},
    util::{
        child::{command, passes},
        not_run, refuse,
    },
};

#[test]
fn groups_of_every_size() {
    match emulated() || !root() {
        true => not_run("setgroups needs root, and a process without an emulator's threads"),
        false => drop(passes(&mut command("groups::every_size"))),
    }
}

pub fn every_size() {
    for count in [0, 1, 2, 31, 32, 33, 300, 65536] {
        let groups: Vec<u32> = (0..count).map(|n| 3 * n + 1).collect();
        assert_eq!(process::setgroups(&groups), Ok(()));
        let listed: Vec<_> = groups.iter().map(u32::to_string).collect();
        assert!(status().ends_with(format!("Groups:\t{}", listed.join(" ")).trim_end()));
        let mut own = vec![0; groups.len() + 3];
        assert_eq!(process::getgroups(&mut own), Ok(groups.len()));
        assert_eq!(own[..groups.len()], groups);
        assert_eq!(process::getgroups(&mut own[..groups.len()]), Ok(groups.len()));
        if let Some(less) = groups.len().checked_sub(1) {
            assert_eq!(process::getgroups(&mut own[..less]), Err(Errno::EINVAL));
            assert_eq!(process::getgroups(&mut []), Err(Errno::EINVAL));
        }
        #[cfg(feature = "alloc")]
        assert_eq!(process::getgroups_alloc().as_ref(), Ok(&groups));
    }
    assert_eq!(process::setgroups(&[1; 65537]), Err(Errno::EINVAL));
    assert_eq!(process::setgroups(&[1, u32::MAX]), Err(Errno::EINVAL));
}

#[test]
fn privileges_are_dropped_whole() {
    match emulated() {
        true => not_run("the emulator's threads make the process one with threads"),
        false => drop(passes(&mut command("groups::dropped"))),
    }
}

pub fn dropped() {
    if !root() {
        assert_eq!(process::drop_privileges(1, 1, &[]), Err(Errno::EPERM));
        return;
    }
    for count in [0, 1, 5, 256, 257] {
        in_fork(|| {
            assert_eq!(process::setgroups(&[0, 4, 9]), Ok(()));
            let groups: Vec<u32> = (1..=count).collect();
            assert_eq!(process::drop_privileges(1000, 2000, &groups), Ok(()));
            let listed: Vec<_> = groups.iter().map(u32::to_string).collect();
            let ids = "Uid:\t1000\t1000\t1000\t1000\nGid:\t2000\t2000\t2000\t2000\nGroups:\t";
            assert_eq!(status(), (ids.to_owned() + &listed.join(" ")).trim_end());
            for id in [0, 1, 1001] {
                assert_eq!(process::setuid(id), Err(Errno::EPERM));
                assert_eq!(process::seteuid(id), Err(Errno::EPERM));
                assert_eq!(process::setgid(id), Err(Errno::EPERM));
                assert_eq!(process::drop_privileges(id, id, &[]), Err(Errno::EPERM));
            }
            assert_eq!(process::setgroups(&[]), Err(Errno::EPERM));
            String::new()
        });
    }
    // In another order than given, twice the same.
    in_fork(|| {
        assert_eq!(process::drop_privileges(1000, 2000, &[9, 5, 9]), Ok(()));
        String::new()
    });
    // A kernel that only says that it did: as many groups, but others.
    for count in [3, 300] {
        in_fork(|| {
            let old: Vec<u32> = (1001..=1000 + count).collect();
            assert_eq!(process::setgroups(&old), Ok(()));
            refuse(libc::SYS_setgroups, 0);
            let new: Vec<u32> = (1002..=1001 + count).collect();
            assert_eq!(process::drop_privileges(1000, 2000, &new), Err(Errno::EPERM));
            String::new()
        });
    }
    // Too many groups: nothing was changed.
    in_fork(|| {
        let before = status();
        assert_eq!(process::drop_privileges(1000, 2000, &[1; 65537]), Err(Errno::EINVAL));
        assert_eq!(status(), before);
        String::new()
    });
}
