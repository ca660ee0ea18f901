//! `src/path/components.rs`: its functions agree with each other.

use rawos::{
    Errno,
    path::{FsStr, basename, components, dirname, join, split},
};

use crate::util::short_paths;

#[test]
fn both_ends_give_the_same_names() {
    for path in short_paths() {
        let forwards: Vec<FsStr> = components(&path[..]).collect();
        let mut backwards: Vec<FsStr> = components(&path[..]).rev().collect();
        backwards.reverse();
        assert_eq!(forwards, backwards, "{path:?}");
        // From both ends in turn, nothing comes twice or is lost.
        let (mut names, mut front, mut back) = (components(&path[..]), vec![], vec![]);
        while let Some(name) = names.next() {
            front.push(name);
            let Some(name) = names.next_back() else { break };
            back.push(name);
        }
        assert!(names.next().is_none() && names.next_back().is_none());
        front.extend(back.iter().rev());
        assert_eq!(front, forwards, "{path:?}");
    }
}

#[test]
fn what_was_split_can_be_joined() {
    for path in short_paths() {
        let (head, tail) = split(&path[..]);
        assert_eq!((dirname(&path[..]), basename(&path[..])), (head, tail));
        let mut buf = [0; 16];
        let joined = join(&mut buf, head, tail).unwrap();
        assert!(components(&joined).eq(components(&path[..])), "{path:?}");
    }
}

#[test]
fn a_buffer_of_just_the_size_is_enough() {
    for (a, b, len) in [("a", "b", 3), ("a/", "b", 3), ("", "b", 1), ("a", "", 2), ("", "", 0)] {
        let mut buf = [0; 8];
        assert_eq!(join(&mut buf[..len], a, b).map(|path| path.as_bytes().len()), Ok(len));
        if let Some(less) = len.checked_sub(1) {
            assert_eq!(join(&mut buf[..less], a, b), Err(Errno::ENAMETOOLONG));
        }
    }
    assert_eq!(join(&mut [0; 2], "long enough to fail", "/b").unwrap(), "/b");
}
