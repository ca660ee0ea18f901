//! `/etc/passwd`, `/etc/group`, and who is in them.

use std::fs::{self, File};

use rawos::user::{self, GroupReader, PasswdReader};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// Longer than the buffers of these rows.
const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\n\
    # a comment\n\
    daemon:x:1:1:daemon of a long name indeed:/usr/sbin:/usr/sbin/nologin\n\
    me:x:1000:100:Me:/home/me:/bin/sh\n";

const GROUP: &str = "root:x:0:\n\
    many:x:7:one,two,three,four,five,six,seven,eight,me,ten\n\
    me:x:1000:\n\
    wheel:x:10:root,me\n";

fn passwd() -> File {
    fs::write("passwd", PASSWD).expect("it is written");
    File::open("passwd").expect("it is there")
}

fn group() -> File {
    fs::write("group", GROUP).expect("it is written");
    File::open("group").expect("it is there")
}

/// The ids of `me`, as the file says.
const GROUPS: [u32; 3] = [100, 7, 10];

/// Whether this process may set its groups: to those that it has.
fn may_set_groups() -> bool {
    let mut groups = [0; 1024];
    // SAFETY: writes at most so many.
    let count = unsafe { libc::getgroups(1024, groups.as_mut_ptr()) };
    // SAFETY: reads as many.
    count >= 0 && unsafe { libc::setgroups(count as usize, groups.as_ptr()) } == 0
}

/// The groups now, of a child that is about to end.
fn groups_now() -> Vec<u32> {
    let status = fs::read_to_string("/proc/self/status").expect("it is there");
    let line = status.lines().find_map(|line| line.strip_prefix("Groups:")).expect("a line");
    line.split_whitespace().map(|group| group.parse().expect("a number")).collect()
}

/// Whether nobody is logged in here: the user of that name, whose id has many digits.
fn nobody_is_logged_in() -> bool {
    // Whoever has no login yet may say who it is.
    let _ = fs::write("/proc/self/loginuid", "65534");
    let is =
        |path: &str, is: fn(&str) -> bool| fs::read_to_string(path).is_ok_and(|text| is(&text));
    is("/proc/self/loginuid", |id| id == "65534")
        && is("/etc/passwd", |text| text.contains("\nnobody:x:65534:"))
}

/// Whether there are other threads is asked by unshare, again after a pause, or of /proc where it
/// is forbidden. Memory that is not given back is no reason to say that groups were not set.
const ALONE: &[Rule] = &[
    Rule::Absorbs(Sysno::unshare, &[]),
    Rule::Absorbs(Sysno::munmap, &[]),
    Rule::Stays(Sysno::munmap),
];

/// Nobody logged in, or the kernel does not tell; then `/etc/passwd`.
const LOGIN: &[Rule] = &[Rule::On(1, &Rule::Turns(Sysno::openat, &[libc::ENOENT], libc::ENXIO))];

pub const ROWS: &[Row] = &[
    Row {
        name: "user::PasswdReader::open",
        run: |t| {
            drop(passwd());
            t.call(|| PasswdReader::open("passwd", &mut [0; 8]).map(drop));
        },
        rules: &[],
    },
    Row {
        name: "user::PasswdReader::next",
        run: |t| {
            let (file, mut buf) = (passwd(), [0; 72]);
            let mut reader = PasswdReader::new(&file, &mut buf);
            t.call_and(
                || {
                    let mut users = Vec::new();
                    while let Some(user) = reader.next() {
                        let user = user?;
                        users.push((user.name.to_vec(), user.uid));
                    }
                    rawos::Result::Ok(users)
                },
                |users| {
                    let Ok(users) = users else { return };
                    let wanted = [("root", 0), ("daemon", 1), ("me", 1000)];
                    assert!(
                        users
                            .iter()
                            .map(|(name, uid)| (&name[..], *uid))
                            .eq(wanted.map(|(name, uid)| (name.as_bytes(), uid)))
                    );
                },
            );
        },
        rules: &[],
    },
    Row {
        name: "user::PasswdReader::find_name",
        run: |t| {
            let (file, mut buf) = (passwd(), [0; 72]);
            let mut reader = PasswdReader::new(&file, &mut buf);
            t.call_and(
                || reader.find_name("me").map(|user| user.map(|user| user.uid)),
                |uid| assert!(uid.is_err() || uid == Ok(Some(1000))),
            );
        },
        rules: &[],
    },
    Row {
        name: "user::PasswdReader::find_uid",
        run: |t| {
            let (file, mut buf) = (passwd(), [0; 72]);
            let mut reader = PasswdReader::new(&file, &mut buf);
            t.call_and(
                || reader.find_uid(1000).map(|user| user.map(|user| user.gid)),
                |gid| assert!(gid.is_err() || gid == Ok(Some(100))),
            );
        },
        rules: &[],
    },
    Row {
        name: "user::GroupReader::open",
        run: |t| {
            drop(group());
            t.call(|| GroupReader::open("group", &mut [0; 8]).map(drop));
        },
        rules: &[],
    },
    Row {
        name: "user::GroupReader::next",
        run: |t| {
            let (file, mut buf) = (group(), [0; 24]);
            let mut reader = GroupReader::new(&file, &mut buf);
            t.call_and(
                || {
                    let mut gids = Vec::new();
                    while let Some(group) = reader.next() {
                        gids.push(group?.gid());
                    }
                    rawos::Result::Ok(gids)
                },
                |gids| assert!(gids.is_err() || gids == Ok(vec![0, 7, 1000, 10])),
            );
        },
        rules: &[],
    },
    Row {
        name: "user::GroupReader::find_name",
        run: |t| {
            let (file, mut buf) = (group(), [0; 24]);
            let mut reader = GroupReader::new(&file, &mut buf);
            t.call_and(
                || reader.find_name("wheel").map(|group| group.map(|group| group.gid())),
                |gid| assert!(gid.is_err() || gid == Ok(Some(10))),
            );
        },
        rules: &[],
    },
    Row {
        name: "user::GroupReader::find_gid",
        run: |t| {
            let (file, mut buf) = (group(), [0; 24]);
            let mut reader = GroupReader::new(&file, &mut buf);
            t.call_and(
                || reader.find_gid(10).map(|group| group.map(|group| group.name().to_vec())),
                |name| assert!(name.is_err() || name == Ok(Some(b"wheel".to_vec()))),
            );
        },
        rules: &[],
    },
    Row {
        name: "user::Group::next_member",
        run: |t| {
            let (file, mut buf) = (group(), [0; 24]);
            let mut reader = GroupReader::new(&file, &mut buf);
            let mut group = reader.find_gid(7).expect("it is read").expect("it is there");
            t.call_and(
                || {
                    let mut members = Vec::new();
                    while let Some(member) = group.next_member() {
                        members.push(String::from_utf8_lossy(member?).into_owned());
                    }
                    rawos::Result::Ok(members.join(","))
                },
                |members| {
                    let wanted = "one,two,three,four,five,six,seven,eight,me,ten";
                    assert!(members.is_err() || members.as_deref() == Ok(wanted));
                },
            );
        },
        rules: &[],
    },
    Row {
        name: "user::getgrouplist",
        run: |t| {
            if fs::exists("/etc/group").is_ok_and(|is| is) {
                t.call(|| user::getgrouplist("no such user", 7, &mut [0; 8]));
            }
        },
        rules: &[],
    },
    Row {
        name: "user::fgetgrouplist",
        run: |t| {
            let (file, mut groups) = (group(), [0; 8]);
            t.call_and(
                || user::fgetgrouplist(&file, "me", 100, &mut groups),
                |count| assert!(count.is_err() || count == Ok(3)),
            );
            assert!(groups[..3] == GROUPS || groups[2] == 0);
        },
        rules: &[],
    },
    Row {
        name: "user::initgroups",
        run: |t| {
            if may_set_groups() && fs::exists("/etc/group").is_ok_and(|is| is) {
                t.call(|| user::initgroups("no such user", 7));
            }
        },
        rules: ALONE,
    },
    Row {
        name: "user::finitgroups",
        run: |t| {
            let file = group();
            if may_set_groups() {
                let before = groups_now();
                t.call(|| user::finitgroups(&file, "me", 100));
                let now = groups_now();
                assert!(now == [7, 10, 100] || now == before);
            }
        },
        rules: ALONE,
    },
    Row {
        name: "user::getlogin",
        run: |t| {
            let mut buf = [0; 4096];
            if nobody_is_logged_in() {
                t.call_and(
                    || user::getlogin(&mut buf).map(<[u8]>::to_vec),
                    |name| assert!(name.is_err() || name == Ok(b"nobody".to_vec())),
                );
            }
        },
        rules: LOGIN,
    },
    Row {
        name: "user::getlogin_alloc",
        run: |t| {
            if nobody_is_logged_in() {
                t.call(user::getlogin_alloc);
            }
        },
        rules: LOGIN,
    },
];
