//! `src/fs/makedirs.rs`: what `tests/parity/makedirs.rs` does not ask Python.

use std::{
    fs as stdfs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use rawos::{
    Errno,
    fs::{self, Mode},
};

use crate::util::{as_nobody, bulk_dir, temp_dir};

const ALL: Mode = Mode::IRWXU.union(Mode::IRWXG).union(Mode::IRWXO);

fn text(path: PathBuf) -> String {
    path.into_os_string().into_string().unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

#[test]
fn the_mode_is_for_the_last_directory_only() {
    let tmp = temp_dir();
    // The witness for the umask, which is the process's and not ours to set.
    stdfs::create_dir(tmp.path().join("plain")).unwrap();
    let plain = mode(&tmp.path().join("plain"));
    let path = text(tmp.path().join("a/b/c"));
    assert_eq!(fs::makedirs(path.as_bytes(), Mode::IRWXU, false), Ok(()));
    assert_eq!(mode(&tmp.path().join("a")), plain);
    assert_eq!(mode(&tmp.path().join("a/b")), plain);
    assert_eq!(mode(&tmp.path().join("a/b/c")), 0o700);
    // One that exists keeps its mode.
    assert_eq!(fs::makedirs(path.as_bytes(), ALL, true), Ok(()));
    assert_eq!(mode(&tmp.path().join("a/b/c")), 0o700);
}

#[test]
fn a_parent_nobody_may_write_to_is_eacces_and_stays_as_it_was() {
    let tmp = temp_dir();
    stdfs::create_dir(tmp.path().join("mine")).unwrap();
    let path = text(tmp.path().join("mine/a/b"));
    let result = as_nobody(|| fs::makedirs(path.as_bytes(), ALL, true));
    assert_eq!(result, Err(Errno::EACCES));
    // What exists is no error, even where nothing could be made.
    let path = text(tmp.path().join("mine"));
    assert_eq!(as_nobody(|| fs::makedirs(path.as_bytes(), ALL, true)), Ok(()));
    assert_eq!(stdfs::read_dir(path).unwrap().count(), 0);
}

#[test]
fn a_directory_on_a_read_only_file_system_exists_all_the_same() {
    assert_eq!(fs::makedirs("/proc/self", ALL, true), Ok(()));
    assert_eq!(fs::makedirs("/", ALL, true), Ok(()));
    assert_eq!(fs::makedirs("/", ALL, false), Err(Errno::EEXIST));
    assert_eq!(fs::makedirs("", ALL, true), Err(Errno::ENOENT));
    assert!(fs::makedirs("/proc/self/new/dir", ALL, true).is_err());
}

#[test]
fn a_bad_path_makes_no_parent() {
    let tmp = temp_dir();
    let nul = text(tmp.path().join("a/b\0c"));
    let long = text(tmp.path().join("a/".repeat(2100)));
    assert_eq!(fs::makedirs(nul.as_bytes(), ALL, true), Err(Errno::EINVAL));
    assert_eq!(fs::makedirs(long.as_bytes(), ALL, true), Err(Errno::ENAMETOOLONG));
    let old = text(tmp.path().join("old"));
    stdfs::write(&old, b"").unwrap();
    for bad in [&nul, &long] {
        assert!(fs::renames(old.as_bytes(), bad.as_bytes()).is_err());
        assert!(fs::renames(bad.as_bytes(), text(tmp.path().join("a/b")).as_bytes()).is_err());
        assert!(fs::removedirs(bad.as_bytes()).is_err());
    }
    assert_eq!(stdfs::read_dir(tmp.path()).unwrap().count(), 1);
}

#[test]
fn two_thousand_levels_need_no_stack() {
    let tmp = bulk_dir();
    let levels = (4095 - tmp.path().as_os_str().len()) / 2;
    let path = text(tmp.path().to_path_buf()) + &"/d".repeat(levels);
    let thread = std::thread::Builder::new().stack_size(64 << 10);
    let made = thread.spawn(move || {
        let made = fs::makedirs(path.as_bytes(), ALL, false);
        stdfs::write(tmp.path().join("keep"), b"").unwrap();
        let removed = fs::removedirs(path.as_bytes());
        (made, removed, stdfs::read_dir(tmp.path()).unwrap().count())
    });
    assert_eq!(made.unwrap().join().unwrap(), (Ok(()), Ok(()), 1));
}

#[test]
fn many_make_the_same_tree_at_once() {
    let tmp = temp_dir();
    for round in 0..20 {
        let path = text(tmp.path().join(format!("{round}/a/b/c/d/e")));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(fs::makedirs(path.as_bytes(), ALL, true), Ok(())));
            }
        });
        assert!(Path::new(&path).is_dir());
    }
}

#[test]
fn removing_stops_at_what_is_not_empty() {
    let tmp = temp_dir();
    stdfs::create_dir_all(tmp.path().join("a/b/c/d")).unwrap();
    stdfs::write(tmp.path().join("a/file"), b"").unwrap();
    let path = text(tmp.path().join("a/b/c/d//"));
    assert_eq!(fs::removedirs(path.as_bytes()), Ok(()));
    assert!(!tmp.path().join("a/b").exists());
    assert!(tmp.path().join("a/file").exists());
    assert_eq!(fs::removedirs(path.as_bytes()), Err(Errno::ENOENT));
    let full = text(tmp.path().join("a"));
    assert_eq!(fs::removedirs(full.as_bytes()), Err(Errno::ENOTEMPTY));
    let file = text(tmp.path().join("a/file"));
    assert_eq!(fs::removedirs(file.as_bytes()), Err(Errno::ENOTDIR));
}

#[test]
fn renaming_makes_and_prunes() {
    let tmp = temp_dir();
    stdfs::create_dir_all(tmp.path().join("old/x/y")).unwrap();
    stdfs::write(tmp.path().join("old/x/y/file"), b"content").unwrap();
    symlink("old", tmp.path().join("link")).unwrap();
    let old = text(tmp.path().join("old/x/y/file"));
    let new = text(tmp.path().join("new/1/2/file"));
    assert_eq!(fs::renames(old.as_bytes(), new.as_bytes()), Ok(()));
    assert_eq!(stdfs::read(new).unwrap(), b"content");
    assert!(!tmp.path().join("old").exists());
    assert!(tmp.path().join("link").is_symlink());
    // A missing `old` is found out after the parents were made, as in Python.
    let other = text(tmp.path().join("third/file"));
    assert_eq!(fs::renames(old.as_bytes(), other.as_bytes()), Err(Errno::ENOENT));
    assert!(tmp.path().join("third").is_dir());
}
