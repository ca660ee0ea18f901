//! `src/user/group.rs`.

use std::os::fd::AsRawFd as _;

use proptest::prelude::*;
use rawos::{Errno, fd::BorrowedFd, user::GroupReader};

use crate::{
    glibc::Group,
    theirs::{self, file, texts},
};

/// What `then` makes of a reader of the text.
pub fn with<T>(
    text: &[u8],
    room: usize,
    then: impl FnOnce(&mut GroupReader<'_, BorrowedFd<'_>>) -> T,
) -> T {
    let file = file(text);
    // SAFETY: the file stays open meanwhile.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    let mut buf = vec![0; room];
    then(&mut GroupReader::new(fd, &mut buf))
}

fn read(group: &mut rawos::user::Group<'_, '_, BorrowedFd<'_>>, most: usize) -> Group {
    let mut members = Vec::new();
    while members.len() < most {
        let Some(member) = group.next_member() else { break };
        members.push(member.unwrap().to_vec());
    }
    (group.name().to_vec(), group.passwd().to_vec(), group.gid(), members)
}

fn all(text: &[u8], room: usize, most: usize) -> Vec<Group> {
    with(text, room, |groups| {
        let mut all = Vec::new();
        while let Some(group) = groups.next() {
            all.push(read(&mut group.unwrap(), most));
        }
        all
    })
}

proptest! {
    #![proptest_config(theirs::cases())]

    #[test]
    fn the_groups_are_those_that_glibc_finds(text in texts(1)) {
        let mut theirs = theirs::groups(&text);
        // Noise has heads of any length, but none longer than a line.
        let longest = text.split(|byte| *byte == b'\n').map(<[u8]>::len).max().unwrap_or(0);
        for room in [2 * longest + 2, 2 * longest + 3, 4096] {
            prop_assert_eq!(&all(&text, room, usize::MAX), &theirs);
        }
        for gid in [0, 1, 7, u32::MAX] {
            let nis = |group: &&Group| group.0.first().is_some_and(|first| b"+-".contains(first));
            let expected = theirs.iter().find(|group| group.2 == gid && !nis(group));
            let found = with(&text, 4096, |groups| {
                groups.find_gid(gid).unwrap().map(|mut group| read(&mut group, usize::MAX))
            });
            prop_assert_eq!(found.as_ref(), expected);
        }
        for name in ["a", "b", "", "+", "-a"] {
            let expected = theirs.iter().find(|group| group.0 == name.as_bytes());
            let expected = expected.filter(|_| !name.starts_with(['+', '-']));
            let found = with(&text, 4096, |groups| {
                groups.find_name(name).unwrap().map(|mut group| read(&mut group, usize::MAX))
            });
            prop_assert_eq!(found.as_ref(), expected);
        }
        // Whoever stops in the middle of the members finds the next group all the same.
        theirs.iter_mut().for_each(|group| group.3.truncate(1));
        prop_assert_eq!(&all(&text, 4096, 1), &theirs);
    }
}

#[test]
fn a_hundred_thousand_members_through_a_small_buffer() {
    let members: Vec<_> = (0..100_000).map(|n| format!("member{n}")).collect();
    let text = format!("big:x:5:{}\nnext:x:6:a\n", members.join(","));
    with(text.as_bytes(), 32, |groups| {
        let mut big = groups.next().unwrap().unwrap();
        for expected in &members {
            assert_eq!(big.next_member(), Some(Ok(expected.as_bytes())));
        }
        assert_eq!(big.next_member(), None);
        assert_eq!(big.next_member(), None);
        assert_eq!((big.name(), big.passwd(), big.gid()), (&b"big"[..], &b"x"[..], 5));
        assert_eq!(groups.next().unwrap().unwrap().name(), b"next");
    });
    with(text.as_bytes(), 32, |groups| {
        assert_eq!(groups.find_name("next").unwrap().unwrap().gid(), 6);
    });
}

#[test]
fn what_does_not_fit_is_reported_and_passed_over() {
    let long = "m".repeat(40);
    let text = format!("{long}:x:1:a\nb:x:2:c,{long},d\ne:x:3:f");
    with(text.as_bytes(), 32, |groups| {
        assert_eq!(groups.next().unwrap().unwrap_err(), Errno::ERANGE);
        let mut b = groups.next().unwrap().unwrap();
        assert_eq!(b.next_member(), Some(Ok(&b"c"[..])));
        assert_eq!(b.next_member(), Some(Err(Errno::ERANGE)));
        assert_eq!(b.next_member(), Some(Ok(&b"d"[..])));
        assert_eq!(b.next_member(), None);
        assert_eq!(groups.next().unwrap().unwrap().gid(), 3);
        assert!(groups.next().is_none());
    });
    for room in 0..3 {
        with(b"a:x:1:b", room, |groups| {
            assert_eq!(groups.next().unwrap().unwrap_err(), Errno::ERANGE);
            assert!(groups.next().is_none());
        });
    }
}

#[test]
fn they_are_shown() {
    let shown = with(b"wheel:x:10:a\n", 99, |groups| {
        assert_eq!(format!("{groups:?}"), "GroupReader { .. }");
        format!("{:?}", groups.next().unwrap().unwrap())
    });
    assert_eq!(shown, "Group { name: \"wheel\", gid: 10, .. }");
}
