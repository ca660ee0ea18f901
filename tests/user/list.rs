//! `src/user/list.rs`.

use std::os::fd::AsRawFd as _;

use proptest::prelude::*;
use rawos::{Errno, Result, fd::BorrowedFd, process, user};

use crate::{
    child::{command, passes},
    theirs::{self, file, texts},
};

fn list(text: &[u8], name: &str, group: u32, groups: &mut [u32]) -> Result<usize> {
    let file = file(text);
    // SAFETY: the file stays open meanwhile.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    user::fgetgrouplist(fd, name, group, groups)
}

proptest! {
    #![proptest_config(theirs::cases())]

    #[test]
    fn the_list_is_of_the_groups_with_the_user(
        text in texts(1),
        name in "[ab]{0,2}",
        group in 0..9_u32,
    ) {
        let mut expected = vec![group];
        for (title, _, gid, members) in theirs::groups(&text) {
            let nis = title.first().is_some_and(|first| b"+-".contains(first));
            if gid != group && !nis && members.iter().any(|member| member == name.as_bytes()) {
                expected.push(gid);
            }
        }
        for room in 0..expected.len() + 2 {
            let mut groups = vec![u32::MAX; room];
            prop_assert_eq!(list(&text, &name, group, &mut groups), Ok(expected.len()));
            let given = room.min(expected.len());
            prop_assert_eq!(&groups[..given], &expected[..given]);
            prop_assert!(groups[given..].iter().all(|gid| *gid == u32::MAX));
        }
    }
}

#[test]
fn the_last_of_a_hundred_thousand_members_is_one() {
    let members: Vec<_> = (0..100_000).map(|n| format!("m{n}")).collect();
    let long = "x".repeat(5000);
    let text = format!("big:x:5:{},{long},me\nother:x:6:you\nlast:x:7:me", members.join(","));
    let mut groups = [0; 4];
    assert_eq!(list(text.as_bytes(), "me", 1, &mut groups), Ok(3));
    assert_eq!(groups, [1, 5, 7, 0]);
    assert_eq!(list(text.as_bytes(), "m99999", 5, &mut groups), Ok(1));
    assert_eq!(list(text.as_bytes(), "a\0", 5, &mut groups), Err(Errno::EINVAL));
    // Whether the long one is this user cannot be known.
    assert_eq!(list(text.as_bytes(), &long, 5, &mut groups), Ok(1));
    assert_eq!(list(text.as_bytes(), &long, 1, &mut groups), Err(Errno::ERANGE));
}

#[test]
fn comments_and_nis_give_nobody_a_group() {
    let text = b"#root:x:0:me\n+:x:0:me\n-:x:0:me\n+root:x:0:me\n  spaced:x:5:me\n";
    let mut groups = [0; 4];
    assert_eq!(list(text, "me", 1, &mut groups), Ok(2));
    assert_eq!(groups, [1, 5, 0, 0]);
}

#[test]
fn etc_group_is_read_as_libc_reads_it() {
    for name in ["root", "nobody", "daemon", "no such user"] {
        let mut theirs = [0_u32; 256];
        let mut count = 256;
        let c_name = std::ffi::CString::new(name).unwrap();
        // SAFETY: writes at most 256 ids, and their number.
        unsafe { libc::getgrouplist(c_name.as_ptr(), 77, theirs.as_mut_ptr(), &mut count) };
        let mut ours = [0; 256];
        match std::path::Path::new("/etc/group").exists() {
            true => {
                assert_eq!(user::getgrouplist(name, 77, &mut ours), Ok(count as usize));
                assert_eq!(ours, theirs);
            }
            false => {
                assert_eq!(user::getgrouplist(name, 77, &mut ours), Err(Errno::ENOENT));
                assert_eq!(user::initgroups(name, 77), Err(Errno::ENOENT));
            }
        }
    }
}

#[test]
fn groups_are_set_in_a_process_without_threads() {
    let file = file(b"a:x:1:me\nb:x:2:you\nc:x:3:me,you\n");
    // SAFETY: the file stays open meanwhile.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    assert_eq!(user::finitgroups(fd, "me", 9), Err(Errno::ENOTSUP));
    passes(&mut command("list::groups_of_root"));
}

pub fn groups_of_root() {
    // SAFETY: takes no argument.
    if unsafe { libc::geteuid() } != 0 || std::env::var_os("RAWOS_RUNNER").is_some() {
        return eprintln!("not run: setgroups needs root and one thread, without an emulator's");
    }
    let many: String = (1..=65535).map(|gid| format!("g{gid}:x:{gid}:many,too-many\n")).collect();
    let text = format!("a:x:1:me\nb:x:2:you\nc:x:3:me,you\n{many}last:x:70000:too-many\n");
    let set = |name| {
        let file = file(text.as_bytes());
        // SAFETY: the file stays open meanwhile.
        let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
        user::finitgroups(fd, name, 0)
    };
    let mut groups = vec![0; 65536];
    assert_eq!(set("me"), Ok(()));
    assert_eq!(process::getgroups(&mut groups), Ok(3));
    assert_eq!(groups[..3], [0, 1, 3]);
    assert_eq!(set("too-many"), Err(Errno::EINVAL));
    assert_eq!(process::getgroups(&mut groups), Ok(3));
    assert_eq!(set("many"), Ok(()));
    assert_eq!(process::getgroups(&mut groups), Ok(65536));
    assert!(groups.iter().copied().eq(0..=65535));
}
