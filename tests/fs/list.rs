//! `src/fs/list.rs`: scandir and its entries.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs as stdfs,
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{DirEntryExt as _, symlink},
        net::UnixListener,
    },
    path::Path,
};

use rawos::{
    Errno,
    fs::{self, DirBuf, Mode, OFlags},
};

use crate::util::{as_nobody, bulk_dir, temp_dir};

/// Name to (inode, is a directory, is a symlink), by std.
fn by_std(dir: &Path) -> BTreeMap<Vec<u8>, (u64, bool, bool)> {
    let entries = stdfs::read_dir(dir).unwrap().map(|entry| {
        let entry = entry.unwrap();
        let file_type = entry.file_type().unwrap();
        let facts = (entry.ino(), file_type.is_dir(), file_type.is_symlink());
        (entry.file_name().into_vec(), facts)
    });
    entries.collect()
}

fn by_scandir<const N: usize>(
    dir: &Path,
    buf: &mut DirBuf<N>,
) -> BTreeMap<Vec<u8>, (u64, bool, bool)> {
    let mut found = BTreeMap::new();
    let mut reader = fs::scandir(dir.as_os_str().as_bytes(), buf).unwrap();
    while let Some(entry) = reader.next() {
        let entry = entry.unwrap();
        let facts = (entry.inode(), entry.is_dir(false).unwrap(), entry.is_symlink().unwrap());
        let twice = found.insert(entry.name().to_bytes().to_vec(), facts);
        assert_eq!(twice, None, "{entry:?}");
    }
    assert!(reader.next().is_none());
    found
}

#[test]
fn it_finds_what_std_finds() {
    let tmp = temp_dir();
    stdfs::create_dir(tmp.path().join("dir")).unwrap();
    symlink("dir", tmp.path().join("link")).unwrap();
    for byte in (1..=255u8).filter(|byte| *byte != b'/' && *byte != b'.') {
        stdfs::write(tmp.path().join(OsString::from_vec(vec![byte])), b"").unwrap();
    }
    for len in [2, 100, 255] {
        stdfs::write(tmp.path().join("n".repeat(len)), b"").unwrap();
    }
    for name in ["...", "..x", ".x", "x."] {
        stdfs::write(tmp.path().join(name), b"").unwrap();
    }
    assert_eq!(by_scandir(tmp.path(), &mut DirBuf::new()), by_std(tmp.path()));
    assert_eq!(by_scandir(tmp.path(), &mut DirBuf::<280>::sized()), by_std(tmp.path()));
    let etc = Path::new("/dev");
    assert_eq!(by_scandir(etc, &mut DirBuf::<512>::sized()), by_std(etc));
}

#[test]
fn ten_thousand_entries_through_a_small_buffer() {
    let tmp = bulk_dir();
    for i in 0..10_000 {
        stdfs::hard_link(
            {
                let first = tmp.path().join("0");
                if i == 0 {
                    stdfs::write(&first, b"").unwrap();
                    continue;
                }
                first
            },
            tmp.path().join(i.to_string()),
        )
        .unwrap();
    }
    let found = by_scandir(tmp.path(), &mut DirBuf::<1024>::sized());
    assert_eq!(found.len(), 10_000);
    assert_eq!(found, by_std(tmp.path()));
}

#[test]
fn it_follows_links_only_when_asked_and_remembers() {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    stdfs::create_dir(at("dir")).unwrap();
    stdfs::write(at("file"), b"12345").unwrap();
    symlink("dir", at("to-dir")).unwrap();
    symlink("file", at("to-file")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    // (is_dir, is_file following; is_dir, is_file, is_symlink not following)
    let expected = BTreeMap::from([
        ("dir", [Ok(true), Ok(false), Ok(true), Ok(false), Ok(false)]),
        ("file", [Ok(false), Ok(true), Ok(false), Ok(true), Ok(false)]),
        ("to-dir", [Ok(true), Ok(false), Ok(false), Ok(false), Ok(true)]),
        ("to-file", [Ok(false), Ok(true), Ok(false), Ok(false), Ok(true)]),
        ("dangling", [Ok(false), Ok(false), Ok(false), Ok(false), Ok(true)]),
        ("socket", [Ok(false), Ok(false), Ok(false), Ok(false), Ok(false)]),
        ("loop", [Err(Errno::ELOOP), Err(Errno::ELOOP), Ok(false), Ok(false), Ok(true)]),
    ]);
    let mut buf = DirBuf::new();
    let mut reader = fs::scandir(tmp.path().to_str().unwrap(), &mut buf).unwrap();
    let mut seen = 0;
    while let Some(entry) = reader.next() {
        let entry = entry.unwrap();
        let name = entry.name().to_str().unwrap().to_owned();
        let facts = [
            entry.is_dir(true),
            entry.is_file(true),
            entry.is_dir(false),
            entry.is_file(false),
            entry.is_symlink(),
        ];
        assert_eq!(facts, expected[&*name], "{name}");
        assert!(!entry.is_junction());
        let lstat = entry.stat(false).unwrap();
        assert_eq!(lstat.st_ino(), entry.inode());
        assert_eq!(entry.file_type().unwrap(), lstat.file_type());
        if name == "file" {
            // Known not to be a link: one stat serves both, and is kept.
            stdfs::write(at("file"), b"longer than before").unwrap();
            assert_eq!(entry.stat(true).unwrap().st_size(), 5);
        }
        seen += 1;
    }
    assert_eq!(seen, expected.len());
}

#[test]
fn a_vanished_entry_is_nothing_and_no_error() {
    let tmp = temp_dir();
    symlink("x", tmp.path().join("link")).unwrap();
    stdfs::write(tmp.path().join("file"), b"").unwrap();
    let mut buf = DirBuf::new();
    let mut reader = fs::scandir(tmp.path().to_str().unwrap(), &mut buf).unwrap();
    while let Some(entry) = reader.next() {
        let entry = entry.unwrap();
        stdfs::remove_file(tmp.path().join(entry.name().to_str().unwrap())).unwrap();
        assert_eq!(entry.is_dir(true), Ok(false));
        assert_eq!(entry.stat(false).unwrap_err(), Errno::ENOENT);
        // What the directory told stays told.
        assert_eq!(entry.is_symlink(), Ok(entry.name() == c"link"));
    }
}

#[test]
fn a_directory_removed_while_open_is_empty() {
    let tmp = temp_dir();
    let dir = tmp.path().join("dir");
    stdfs::create_dir(&dir).unwrap();
    let mut buf = DirBuf::new();
    let mut reader = fs::scandir(dir.to_str().unwrap(), &mut buf).unwrap();
    stdfs::remove_dir(&dir).unwrap();
    assert!(reader.next().is_none());
    assert!(reader.next().is_none());
}

#[test]
fn scans_of_one_descriptor_do_not_disturb_each_other() {
    let tmp = temp_dir();
    for i in 0..500 {
        stdfs::write(tmp.path().join(i.to_string()), b"").unwrap();
    }
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    let (mut one, mut two) = (DirBuf::<512>::sized(), DirBuf::<512>::sized());
    let mut first = fs::fscandir(&dir, &mut one).unwrap();
    let mut second = fs::fscandir(&dir, &mut two).unwrap();
    let mut counts = (0, 0);
    loop {
        let (a, b) = (first.next().is_some(), second.next().is_some());
        counts = (counts.0 + usize::from(a), counts.1 + usize::from(b));
        if !a && !b {
            break;
        }
    }
    assert_eq!(counts, (500, 500));
    drop((first, second));
    let mut third = fs::fscandir(&dir, &mut one).unwrap();
    assert!(third.next().is_some());
}

#[test]
fn errors_are_clear() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    stdfs::write(&file, b"").unwrap();
    let closed = tmp.path().join("closed");
    stdfs::create_dir(&closed).unwrap();
    stdfs::set_permissions(&closed, std::os::unix::fs::PermissionsExt::from_mode(0o300)).unwrap();
    let scan = |path: &str| fs::scandir(path, &mut DirBuf::<280>::sized()).map(drop);
    assert_eq!(scan(file.to_str().unwrap()), Err(Errno::ENOTDIR));
    assert_eq!(scan("/no/such/directory"), Err(Errno::ENOENT));
    assert_eq!(scan("/tmp\0"), Err(Errno::EINVAL));
    assert_eq!(scan(&"x/".repeat(3000)), Err(Errno::ENAMETOOLONG));
    assert_eq!(as_nobody(|| scan(closed.to_str().unwrap())), Err(Errno::EACCES));
}
