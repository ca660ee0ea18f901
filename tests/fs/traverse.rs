//! `src/fs/traverse.rs`: every entry, in order, whatever happens meanwhile.

use std::{
    collections::BTreeSet,
    ffi::{CStr, CString},
    fs as stdfs,
    os::{
        fd::AsRawFd as _,
        unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use rawos::{
    Errno,
    fs::{self, AtFlags, DirBuf, Mode, OFlags, Order, Traverse},
};

use crate::{
    scene::{in_thread, refuse},
    util::{as_nobody, bulk_dir, not_run, runner, temp_dir},
};

/// Every path below `root`, by std; directories not in `device` not entered.
fn by_std(root: &Path, device: Option<u64>) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        if device.is_some_and(|device| dir.metadata().unwrap().dev() != device) {
            continue;
        }
        for entry in stdfs::read_dir(&dir).unwrap() {
            let entry = entry.unwrap();
            found.insert(entry.path().strip_prefix(root).unwrap().to_path_buf());
            if entry.file_type().unwrap().is_dir() {
                open.push(entry.path());
            }
        }
    }
    found
}

/// Every path the traversal visits, after checking its order: a directory is
/// entered, what is in it comes, it is left.
fn collect(mut tree: Traverse<'_>) -> (BTreeSet<PathBuf>, Vec<Errno>) {
    let (mut found, mut errors) = (BTreeSet::new(), Vec::new());
    let mut stack: Vec<String> = Vec::new();
    while let Some(visit) = tree.next() {
        let visit = match visit {
            Ok(visit) => visit,
            Err(errno) => {
                errors.push(errno);
                continue;
            }
        };
        let name = visit.entry().name().to_str().unwrap().to_owned();
        if visit.order() == Order::Leave {
            assert_eq!(visit.depth(), stack.len());
            assert_eq!(Some(name), stack.pop());
            continue;
        }
        assert_eq!(visit.depth(), stack.len() + 1);
        let path = stack.iter().chain([&name]).collect::<PathBuf>();
        assert!(found.insert(path.clone()), "twice: {path:?}");
        let is_dir = visit.entry().is_dir(false).unwrap();
        assert_eq!(is_dir, visit.order() == Order::Enter);
        if is_dir {
            stack.push(name);
        }
    }
    assert!(stack.is_empty() && tree.next().is_none());
    (found, errors)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn it_visits_what_std_finds() {
    for root in ["/etc", "/sys/class"].map(Path::new) {
        if !root.exists() {
            continue;
        }
        let expected = by_std(root, None);
        assert_eq!(collect(fs::traverse(text(root), &mut DirBuf::new()).unwrap()).0, expected);
    }
    assert!(!by_std(Path::new("/sys/class"), None).is_empty());
}

#[derive(Clone, Debug)]
pub enum Node {
    File,
    Link,
    Dir(Vec<Node>),
}

pub fn trees() -> impl Strategy<Value = Vec<Node>> {
    let leaf = prop_oneof![Just(Node::File), Just(Node::Link)];
    let node = leaf.prop_recursive(20, 200, 12, |inner| {
        prop::collection::vec(inner, 0..12).prop_map(Node::Dir)
    });
    prop::collection::vec(node, 0..20)
}

pub fn make(dir: &Path, nodes: &[Node]) {
    for (i, node) in nodes.iter().enumerate() {
        let path = dir.join(format!("{}{i}", "long name ".repeat(i % 4)));
        match node {
            Node::File => stdfs::write(path, b"").unwrap(),
            Node::Link => symlink(".", path).unwrap(),
            Node::Dir(inner) => {
                stdfs::create_dir(&path).unwrap();
                make(&path, inner);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any tree, through buffers that hold it all or next to nothing.
    #[test]
    fn any_tree_through_any_buffer(nodes in trees()) {
        let tmp = bulk_dir();
        make(tmp.path(), &nodes);
        let expected = by_std(tmp.path(), None);
        let root = text(tmp.path());
        prop_assert_eq!(&collect(fs::traverse(root, &mut DirBuf::new()).unwrap()).0, &expected);
        let mut small = DirBuf::<1024>::sized();
        prop_assert_eq!(&collect(fs::traverse(root, &mut small).unwrap()).0, &expected);
    }
}

/// Nests `depth` directories `d` in `root`, each with a file before and one
/// after it, without a path longer than the kernel takes.
pub fn nest(root: &Path, depth: usize) {
    let mut dir = stdfs::File::open(root).unwrap();
    for _ in 0..depth {
        for file in [c"a", c"z"] {
            // SAFETY: mknodat(2) only reads the name.
            let made =
                unsafe { libc::mknodat(dir.as_raw_fd(), file.as_ptr(), libc::S_IFREG | 0o600, 0) };
            assert_eq!(made, 0);
        }
        // SAFETY: mkdirat(2) only reads the name.
        assert_eq!(unsafe { libc::mkdirat(dir.as_raw_fd(), c"d".as_ptr(), 0o700) }, 0);
        // SAFETY: openat(2) only reads the name.
        let fd = unsafe { libc::openat(dir.as_raw_fd(), c"d".as_ptr(), libc::O_DIRECTORY) };
        assert_ne!(fd, -1);
        // SAFETY: just opened, for us.
        dir = unsafe { std::os::fd::FromRawFd::from_raw_fd(fd) };
    }
}

/// Removes what is in `root`, on the way out of every directory.
fn remove<const N: usize>(root: &Path, buf: &mut DirBuf<N>) -> usize {
    let mut tree = fs::traverse(text(root), buf).unwrap();
    let mut removed = 0;
    while let Some(visit) = tree.next() {
        let visit = visit.unwrap();
        let flags = match visit.order() {
            Order::Enter => continue,
            Order::Leave => AtFlags::REMOVEDIR,
            Order::Leaf => AtFlags::empty(),
        };
        fs::unlinkat(visit.entry().dir_fd(), visit.entry().name(), flags).unwrap();
        removed += 1;
    }
    removed
}

#[test]
fn a_chain_deeper_than_paths_and_descriptors_go() {
    let tmp = bulk_dir();
    nest(tmp.path(), 3000);
    let mut buf = Box::new(DirBuf::<{ 128 << 10 }>::sized());
    let mut tree = fs::traverse(text(tmp.path()), &mut buf).unwrap();
    let (mut visits, mut depth, mut lowest, mut highest) = ([0; 3], 0, i32::MAX, 0);
    while let Some(visit) = tree.next() {
        let visit = visit.unwrap();
        visits[visit.order() as usize] += 1;
        depth = depth.max(visit.depth());
        let fd = visit.entry().dir_fd().as_raw_fd();
        (lowest, highest) = (lowest.min(fd), highest.max(fd));
    }
    drop(tree);
    assert_eq!((visits, depth), ([3000, 3000, 6000], 3000));
    assert_eq!(remove(tmp.path(), &mut buf), 9000);
    assert_eq!(stdfs::read_dir(tmp.path()).unwrap().count(), 0);
}

#[test]
fn too_deep_for_the_buffer_is_an_error_and_no_end() {
    let tmp = bulk_dir();
    nest(tmp.path(), 100);
    let mut buf = DirBuf::<1024>::sized();
    let (found, errors) = collect(fs::traverse(text(tmp.path()), &mut buf).unwrap());
    assert_eq!(errors, [Errno::ENOBUFS]);
    // The directory that was too deep was visited; above it, nothing is missing.
    let deepest = found.iter().map(|path| path.components().count()).max().unwrap();
    assert!(deepest > 14 && deepest < 100, "{deepest}");
    assert_eq!(found.len(), 3 * deepest);
}

#[test]
fn removing_on_the_way_misses_nothing_even_with_a_small_buffer() {
    let tmp = bulk_dir();
    for i in 0..20 {
        for j in 0..20 {
            let dir = tmp.path().join(format!("{i}/{j}"));
            stdfs::create_dir_all(&dir).unwrap();
            for k in 0..10 {
                stdfs::write(dir.join(k.to_string()), b"").unwrap();
            }
        }
    }
    assert_eq!(remove(tmp.path(), &mut DirBuf::<1024>::sized()), 20 + 400 + 4000);
    assert_eq!(stdfs::read_dir(tmp.path()).unwrap().count(), 0);
}

#[test]
fn a_skipped_directory_is_left_at_once() {
    let tmp = temp_dir();
    stdfs::create_dir_all(tmp.path().join("skip/inner")).unwrap();
    stdfs::create_dir_all(tmp.path().join("take/inner")).unwrap();
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(text(tmp.path()), &mut buf).unwrap();
    let mut seen = Vec::new();
    while let Some(visit) = tree.next() {
        let visit = visit.unwrap();
        let name = visit.entry().name().to_str().unwrap().to_owned();
        seen.push((name.clone(), visit.order()));
        if name == "skip" && visit.order() == Order::Enter {
            tree.skip();
        }
    }
    let at = |what: (&str, Order)| {
        seen.iter().position(|(name, order)| (&**name, *order) == what).unwrap()
    };
    assert_eq!(at(("skip", Order::Enter)) + 1, at(("skip", Order::Leave)));
    assert_eq!(at(("take", Order::Enter)) + 3, at(("take", Order::Leave)));
    assert_eq!(seen.len(), 6);
}

#[test]
fn what_cannot_be_read_is_an_error_in_its_place() {
    let tmp = temp_dir();
    for name in ["a", "b", "closed", "y", "z"] {
        stdfs::create_dir_all(tmp.path().join(name).join("inner")).unwrap();
    }
    let mode = |mode| {
        let mode = stdfs::Permissions::from_mode(mode);
        stdfs::set_permissions(tmp.path().join("closed"), mode).unwrap();
    };
    mode(0o700);
    let (found, errors) =
        as_nobody(|| collect(fs::traverse(text(tmp.path()), &mut DirBuf::new()).unwrap()));
    assert_eq!(errors, [Errno::EACCES]);
    assert_eq!(found.len(), 9);
    assert!(!found.contains(Path::new("closed/inner")));
}

#[test]
fn a_directory_swapped_for_a_link_is_not_followed() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    stdfs::create_dir(tmp.path().join("dir")).unwrap();
    stdfs::write(outside.path().join("precious"), b"").unwrap();
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(text(tmp.path()), &mut buf).unwrap();
    assert_eq!(tree.next().unwrap().unwrap().order(), Order::Enter);
    stdfs::remove_dir(tmp.path().join("dir")).unwrap();
    symlink(outside.path(), tmp.path().join("dir")).unwrap();
    let error = tree.next().unwrap().map(drop).unwrap_err();
    assert!(error == Errno::ENOTDIR || error == Errno::ELOOP, "{error}");
    assert_eq!(tree.next().unwrap().unwrap().order(), Order::Leave);
    assert!(tree.next().is_none());
}

#[test]
fn a_directory_that_vanishes_is_an_error_in_its_place() {
    let tmp = temp_dir();
    stdfs::create_dir(tmp.path().join("dir")).unwrap();
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(text(tmp.path()), &mut buf).unwrap();
    assert_eq!(tree.next().unwrap().unwrap().order(), Order::Enter);
    stdfs::remove_dir(tmp.path().join("dir")).unwrap();
    assert_eq!(tree.next().unwrap().map(drop), Err(Errno::ENOENT));
    assert_eq!(tree.next().unwrap().unwrap().order(), Order::Leave);
    assert!(tree.next().is_none());
}

#[test]
fn a_directory_moved_away_ends_it_instead_of_leading_out() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    nest(tmp.path(), 40);
    stdfs::create_dir(outside.path().join("sub")).unwrap();
    stdfs::write(outside.path().join("sub/precious"), b"").unwrap();
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(text(tmp.path()), &mut buf).unwrap();
    let outcome = loop {
        let visit = match tree.next().unwrap() {
            Ok(visit) => visit,
            Err(errno) => break errno,
        };
        assert_ne!(visit.entry().name(), c"precious");
        if visit.depth() == 40 && visit.order() == Order::Enter {
            // The directory at depth 10 goes elsewhere, with all below it.
            let moved = tmp.path().join("d/".repeat(10));
            stdfs::rename(moved, outside.path().join("sub/moved")).unwrap();
        }
    };
    assert_eq!(outcome, Errno::ESTALE);
    assert!(tree.next().is_none());
}

#[test]
fn it_stays_on_one_file_system_when_asked() {
    let root = Path::new("/dev");
    let device = root.metadata().unwrap().dev();
    let expected = by_std(root, Some(device));
    let mut buf = DirBuf::new();
    let tree = fs::traverse("/dev", &mut buf).unwrap().one_file_system().unwrap();
    let (found, errors) = collect(tree);
    assert_eq!((found, errors), (expected, vec![]));
    // There was something not to enter.
    let mounted = |name: &str| root.join(name).metadata().is_ok_and(|meta| meta.dev() != device);
    assert!(mounted("pts") || mounted("shm"));
}

/// Mounts, in this thread alone: a tmpfs on `path/whole`, a part of it on
/// another part, and a tmpfs in that. False, and said, without the privilege.
fn mounts(path: &Path) -> bool {
    let mount = |source: &Path, target: &Path, kind: &CStr, flags| {
        let c_string = |path: &Path| CString::new(text(path)).unwrap();
        let (source, target) = (c_string(source), c_string(target));
        // SAFETY: reads the strings.
        unsafe {
            libc::mount(source.as_ptr(), target.as_ptr(), kind.as_ptr(), flags, std::ptr::null())
        }
    };
    // SAFETY: takes an integer.
    let unshared = unsafe { libc::unshare(libc::CLONE_NEWNS) };
    let root = Path::new("/");
    if unshared != 0 || mount(root, root, c"", libc::MS_REC | libc::MS_PRIVATE) != 0 {
        not_run("mounts need privilege");
        return false;
    }
    let whole = path.join("whole");
    stdfs::create_dir(&whole).unwrap();
    assert_eq!(mount(root, &whole, c"tmpfs", 0), 0);
    for dir in ["volume/inner", "top/a/bound", "top/a/other", "top/z"] {
        stdfs::create_dir_all(whole.join(dir)).unwrap();
    }
    assert_eq!(mount(root, &whole.join("top/a/other"), c"tmpfs", 0), 0);
    stdfs::write(whole.join("top/a/other/precious"), "").unwrap();
    stdfs::write(whole.join("top/a/file"), "").unwrap();
    let (volume, bound) = (whole.join("volume"), whole.join("top/a/bound"));
    assert_eq!(mount(&volume, &bound, c"", libc::MS_BIND), 0);
    true
}

#[test]
fn a_bind_mount_is_another_file_system() {
    if runner().is_some() {
        return not_run("the emulator does not tell one mount from another");
    }
    let tmp = temp_dir();
    in_thread(|| {
        if !mounts(tmp.path()) {
            return;
        }
        let top = tmp.path().join("whole/top");
        let mut buf = DirBuf::new();
        let tree = fs::traverse(text(&top), &mut buf).unwrap().one_file_system().unwrap();
        let expected = ["a", "a/bound", "a/file", "a/other", "z"].map(PathBuf::from);
        assert_eq!(collect(tree), (expected.into(), vec![]));
        let dir = fs::open(text(&top), OFlags::PATH, Mode::empty()).unwrap();
        assert_eq!(fs::remove_content(&dir, true, &mut buf), Ok(()));
        let left = by_std(&tmp.path().join("whole"), None);
        let expected =
            ["volume", "volume/inner", "top", "top/a", "top/a/bound", "top/a/bound/inner"];
        let others = ["top/a/other", "top/a/other/precious"];
        assert_eq!(left, expected.iter().chain(&others).map(PathBuf::from).collect());
    });
}

#[test]
fn where_mounts_are_not_told_devices_are() {
    for errno in [Errno::EPERM, Errno::ENOSYS] {
        let tmp = temp_dir();
        in_thread(|| {
            if !mounts(tmp.path()) {
                return;
            }
            refuse(libc::SYS_statx, errno);
            let top = tmp.path().join("whole/top");
            let mut buf = DirBuf::new();
            let tree = fs::traverse(text(&top), &mut buf).unwrap().one_file_system().unwrap();
            let expected = ["a", "a/bound", "a/bound/inner", "a/file", "a/other", "z"];
            assert_eq!(collect(tree), (expected.map(PathBuf::from).into(), vec![]));
        });
    }
}

#[test]
fn the_top_may_be_a_descriptor_and_must_be_a_directory() {
    let tmp = temp_dir();
    make(tmp.path(), &[Node::File, Node::Dir(vec![Node::Link])]);
    let path = CString::new(text(tmp.path())).unwrap();
    // SAFETY: open(2) only reads the path.
    let fd = unsafe { libc::open(path.as_ptr(), libc::O_PATH | libc::O_CLOEXEC) };
    // SAFETY: just opened, for us.
    let fd = unsafe { rawos::fd::OwnedFd::from_raw_fd(fd) };
    let found = collect(fs::ftraverse(&fd, &mut DirBuf::new()).unwrap()).0;
    assert_eq!(found, by_std(tmp.path(), None));
    let errno = |path: &str| fs::traverse(path, &mut DirBuf::<280>::sized()).map(drop);
    assert_eq!(errno("/dev/null"), Err(Errno::ENOTDIR));
    assert_eq!(errno("/no/such/directory"), Err(Errno::ENOENT));
}
