//! `src/user/{passwd,number,source}.rs`.

use std::os::fd::AsRawFd as _;

use proptest::prelude::*;
use rawos::{
    Errno,
    fd::BorrowedFd,
    user::{Passwd, PasswdReader},
};

use crate::{
    glibc::User,
    theirs::{self, file, texts},
};

fn user(entry: Passwd<'_>) -> User {
    let rest = [entry.gecos.to_vec(), entry.dir.to_vec(), entry.shell.to_vec()];
    (entry.name.to_vec(), entry.passwd.to_vec(), entry.uid, entry.gid, rest)
}

/// What `then` makes of a reader of the text.
fn with<T>(
    text: &[u8],
    room: usize,
    then: impl FnOnce(&mut PasswdReader<'_, BorrowedFd<'_>>) -> T,
) -> T {
    let file = file(text);
    // SAFETY: the file stays open meanwhile.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    let mut buf = vec![0; room];
    then(&mut PasswdReader::new(fd, &mut buf))
}

fn all(text: &[u8], room: usize) -> Vec<User> {
    with(text, room, |users| {
        let mut all = Vec::new();
        while let Some(entry) = users.next() {
            all.push(user(entry.unwrap()));
        }
        all
    })
}

proptest! {
    #![proptest_config(theirs::cases())]

    #[test]
    fn the_users_are_those_that_glibc_finds(text in texts(2)) {
        let theirs = theirs::users(&text);
        prop_assert_eq!(&all(&text, 4096), &theirs);
        // As small a buffer as holds the longest line.
        let longest = text.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or(0);
        prop_assert_eq!(&all(&text, longest + 1), &theirs);
        for name in [&b"a"[..], b"b", b"", b"+", b"+a", b"-b"] {
            let nis = name.first().is_some_and(|first| b"+-".contains(first));
            let expected = theirs.iter().find(|user| user.0 == name && !nis);
            let found = with(&text, 4096, |users| users.find_name(name).unwrap().map(user));
            prop_assert_eq!(found.as_ref(), expected);
        }
        for uid in [0, 1, 7, u32::MAX] {
            let nis = |user: &&User| user.0.first().is_some_and(|first| b"+-".contains(first));
            let expected = theirs.iter().find(|user| user.2 == uid && !nis(user));
            let found = with(&text, 4096, |users| users.find_uid(uid).unwrap().map(user));
            prop_assert_eq!(found.as_ref(), expected);
        }
    }
}

#[test]
fn the_generated_texts_have_users() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut users, mut lines) = (0, 0);
    for _ in 0..500 {
        let text = texts(2).new_tree(&mut runner).unwrap().current();
        users += theirs::users(&text).len();
        lines += text.split(|byte| *byte == b'\n').count();
    }
    assert!(users > 300 && users < lines * 9 / 10, "{users} of {lines}");
}

#[test]
fn a_line_too_long_is_reported_and_passed_over() {
    let text =
        format!("a:x:1:1::/:\nb:x:2:2:{}:/:\n#{}\nc:x:3:3::/:", "g".repeat(100), "-".repeat(99));
    with(text.as_bytes(), 40, |users| {
        assert_eq!(users.next().unwrap().unwrap().name, b"a");
        assert_eq!(users.next(), Some(Err(Errno::ERANGE)));
        assert_eq!(users.next().unwrap().unwrap().name, b"c");
        assert_eq!(users.next(), None);
    });
    // A look-up that cannot see every line says so.
    with(text.as_bytes(), 40, |users| assert_eq!(users.find_name("c"), Err(Errno::ERANGE)));
    with(b"a:x:1:1::/:", 0, |users| {
        assert_eq!(users.next(), Some(Err(Errno::ERANGE)));
        assert_eq!(users.next(), None);
    });
}

#[test]
fn a_file_that_cannot_be_read_ends_with_its_error() {
    let dir = std::fs::File::open("/").unwrap();
    // SAFETY: the directory stays open meanwhile.
    let fd = unsafe { BorrowedFd::borrow_raw(dir.as_raw_fd()) };
    let mut buf = [0; 64];
    let mut users = PasswdReader::new(fd, &mut buf);
    assert_eq!(users.next(), Some(Err(Errno::EISDIR)));
    assert_eq!(users.next(), None);
    assert_eq!(users.find_uid(0), Ok(None));
}

#[test]
fn a_password_is_not_shown() {
    let reader = with(b"", 99, |users| format!("{users:?}"));
    assert_eq!(reader, "PasswdReader { .. }");
    let shown = with(b"a:secret:1:2:g:/d:/s\n", 99, |users| format!("{:?}", users.next()));
    assert!(shown.contains(r#"name: "a", uid: 1, gid: 2, gecos: "g", dir: "/d", shell: "/s""#));
    assert!(!shown.contains("secret"));
}
