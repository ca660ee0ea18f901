//! The groups of the users of this machine.

use rawos::user::{GroupReader, PasswdReader, getgrouplist};

#[test]
fn every_user_has_pythons_groups() {
    let script = "
import os, pwd
for user in pwd.getpwall():
    print(user.pw_name, user.pw_uid, user.pw_gid, user.pw_dir, user.pw_shell,
          *os.getgrouplist(user.pw_name, user.pw_gid), sep=':')
";
    let mut buf = [0; 4096];
    let mut users = PasswdReader::open("/etc/passwd", &mut buf).unwrap();
    let mut ours = String::new();
    while let Some(user) = users.next() {
        let user = user.unwrap();
        let mut groups = [0; 256];
        let count = getgrouplist(user.name, user.gid, &mut groups).unwrap();
        let text = [user.name, user.dir, user.shell].map(|text| str::from_utf8(text).unwrap());
        ours += &format!("{}:{}:{}:{}:{}", text[0], user.uid, user.gid, text[1], text[2]);
        for group in &groups[..count] {
            ours += &format!(":{group}");
        }
        ours.push('\n');
    }
    assert_eq!(crate::python(script, &[], false), ours);
}

#[test]
fn every_group_has_pythons_members() {
    let script = "
import grp
for group in grp.getgrall():
    print(group.gr_name, group.gr_gid, *group.gr_mem, sep=':')
";
    let mut buf = [0; 4096];
    let mut groups = GroupReader::open("/etc/group", &mut buf).unwrap();
    let mut ours = String::new();
    while let Some(group) = groups.next() {
        let mut group = group.unwrap();
        ours += &format!("{}:{}", str::from_utf8(group.name()).unwrap(), group.gid());
        while let Some(member) = group.next_member() {
            ours += &format!(":{}", str::from_utf8(member.unwrap()).unwrap());
        }
        ours.push('\n');
    }
    assert_eq!(crate::python(script, &[], false), ours);
}
