//! Files: those that are too long, users and groups, the table of mounts.

use std::{ffi::CString, fs, os::unix::ffi::OsStrExt as _, path::Path};

use crate::{
    init::{
        file::read,
        mounts::place,
        user::{User, account, groups},
    },
    util::temp_dir,
};

fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

#[test]
#[cfg_attr(miri, ignore = "it reads files by system calls")]
fn of_a_file_that_is_too_long_whole_lines_count() {
    let tmp = temp_dir();
    let path = tmp.path().join("passwd");
    fs::write(&path, "root:x:0:0::/:\nworker:x:1000:1000::/:\n").unwrap();
    let mut buf = [0; 64];
    for (room, expected, all) in [
        (64, "root:x:0:0::/:\nworker:x:1000:1000::/:\n", true),
        // Else the worker would be 10.
        (26, "root:x:0:0::/:", false),
        (15, "root:x:0:0::/:", false),
        (14, "", false),
        (0, "", false),
    ] {
        let read = read(&c_path(&path), &mut buf[..room]);
        assert_eq!(read, Ok((expected.as_bytes(), all)), "{room}");
    }
}

const PASSWD: &[u8] = b"# users\nroot:x:0:0:root:/root:/bin/sh\nworker:x:1000:50:W:/w:/bin/ash\n";
const GROUP: &[u8] = b"wheel:x:10:root,worker\nstaff:x:50:\naudio:x:29:worker\nbad:x::worker\n";

fn found(user: Option<&str>, group: Option<&str>) -> Option<(u32, u32, Vec<u32>)> {
    let name = |name: Option<&str>| name.map(|name| CString::new(name).unwrap());
    let mut found = User::default();
    account(PASSWD, name(user).as_deref(), &mut found).ok()?;
    groups(GROUP, name(group).as_deref(), &mut found).ok()?;
    Some((found.uid, found.gid, found.groups.to_vec()))
}

#[test]
fn users_and_groups_are_names_or_numbers() {
    for (user, group, expected) in [
        (None, None, Some((0, 0, vec![0, 10]))),
        (Some("worker"), None, Some((1000, 50, vec![50, 10, 29]))),
        (Some("1000"), Some("wheel"), Some((1000, 10, vec![10, 10, 29]))),
        (Some("worker"), Some("29"), Some((1000, 29, vec![29, 10, 29]))),
        (Some("7"), None, Some((7, 7, vec![7]))),
        (Some("nobody"), Some("nogroup"), Some((65534, 65534, vec![65534]))),
        (Some("stranger"), None, None),
        (Some("worker"), Some("strangers"), None),
        (Some("4294967296"), None, None),
        (Some("worker"), Some("bad"), None),
    ] {
        assert_eq!(found(user, group), expected, "{user:?} {group:?}");
    }
}

#[test]
fn places_of_mounts_are_unescaped() {
    let told = |line: &[u8]| place(line).map(|(path, kind)| (path.bytes().to_vec(), kind.to_vec()));
    let line =
        b"36 35 98:0 /a /mnt/a\\040b\\134\\011 rw,noatime shared:1 master:2 - ext3 /dev/x rw";
    assert_eq!(told(line), Some((b"/mnt/a b\\\t".to_vec(), b"ext3".to_vec())));
    assert_eq!(told(b"36 35 98:0 / /x rw - tmpfs x rw"), Some((b"/x".to_vec(), b"tmpfs".to_vec())));
    for line in [&b""[..], b"36 35 98:0 /", b"36 35 98:0 / /x rw", b"36 35 98:0 / /x rw -"] {
        assert_eq!(told(line), None);
    }
}
