//! Whom a service of `examples/init` runs as: the first line has a user and a
//! group, the rest is `/etc/passwd` and `/etc/group` in one.
#![no_main]
use std::ffi::CString;

use libfuzzer_sys::fuzz_target;
use rawos_fuzz::{halves, text::number};

#[path = "../../examples/init"]
#[allow(dead_code, unused_imports, unused_macros)]
mod init {
    pub mod clock;
    pub mod file;
    pub mod log;
    pub mod machine;
    pub mod text;
    pub mod user;
}

use init::user::{User, account, groups};

fn id(text: &[u8]) -> Option<u32> {
    number(text)?.try_into().ok()
}

/// The number of a name that no line has.
fn unknown(name: &[u8]) -> Option<u32> {
    match name {
        b"root" => Some(0),
        b"nobody" | b"nogroup" => Some(65534),
        _ => id(name),
    }
}

fuzz_target!(|data: &[u8]| {
    let (head, text) = halves(data);
    let mut names = head.split(|byte| *byte == b' ').filter(|name| !name.is_empty());
    let mut name = || names.next().and_then(|name| CString::new(name).ok());
    let (user, group) = (name(), name());
    let lines: Vec<Vec<&[u8]>> = text
        .split(|byte| *byte == b'\n')
        .map(|line| line.trim_ascii().split(|byte| *byte == b':').collect())
        .collect();
    let find = |name: &[u8]| {
        let is = |line: &&Vec<&[u8]>| {
            line[0] == name || id(name).is_some() && line.get(2).is_some_and(|id| *id == name)
        };
        lines.iter().find(is)
    };
    let field =
        |line: &Vec<&[u8]>, index: usize| line.get(index).map_or(vec![], |field| field.to_vec());

    let wanted = user.as_ref().map_or(&b"0"[..], |user| user.to_bytes());
    let expected = match find(wanted) {
        Some(line) => id(&field(line, 2)).zip(id(&field(line, 3))).map(|(uid, gid)| {
            let fits = |index, most| Some(field(line, index)).filter(|field| field.len() <= most);
            (uid, gid, [fits(0, 64), fits(5, 256), fits(6, 256)].map(Option::unwrap_or_default))
        }),
        None => unknown(wanted).map(|id| (id, id, [const { vec![] }; 3])),
    };
    let mut found = User::default();
    let done = account(text, user.as_deref(), &mut found);
    let strings = [&found.name[..], &found.home, &found.shell].map(<[u8]>::to_vec);
    let ours = done.is_ok().then_some((found.uid, found.gid, strings));
    assert_eq!(ours, expected);
    let Some((uid, gid, [name, ..])) = expected else { return };

    let gid = match &group {
        Some(group) => match find(group.to_bytes()) {
            Some(line) => id(&field(line, 2)),
            None => unknown(group.to_bytes()),
        },
        None => Some(gid),
    };
    assert_eq!(groups(text, group.as_deref(), &mut found).is_ok(), gid.is_some());
    let Some(gid) = gid else { return };
    let member = |line: &&Vec<&[u8]>| {
        !name.is_empty() && field(line, 3).split(|byte| *byte == b',').any(|member| member == name)
    };
    let others = lines.iter().filter(member).filter_map(|line| id(&field(line, 2)));
    let all: Vec<u32> = [gid].into_iter().chain(others).take(64).collect();
    assert_eq!((found.uid, found.gid, &found.groups[..]), (uid, gid, &all[..]));
});
