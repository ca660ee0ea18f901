//! The same bad arguments to rawos and to libc: the same errno, and nothing
//! changed.

use std::{
    ffi::{CStr, CString},
    fs as stdfs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use rawos::{
    Errno,
    fs::{self, Mode, OFlags},
};

use crate::util::{as_nobody, libc_result, temp_dir};

/// A directory with one of everything, and every kind of path into it.
fn scene() -> (tempfile::TempDir, Vec<CString>) {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    stdfs::create_dir(at("dir")).unwrap();
    stdfs::create_dir(at("full")).unwrap();
    stdfs::write(at("full/file"), b"x").unwrap();
    stdfs::write(at("file"), b"x").unwrap();
    symlink("dir", at("to-dir")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    symlink("loop", at("loop")).unwrap();
    stdfs::create_dir(at("closed")).unwrap();
    stdfs::set_permissions(at("closed"), stdfs::Permissions::from_mode(0o0)).unwrap();
    let paths = [
        "",
        ".",
        "..",
        "dir",
        "dir/",
        "dir/.",
        "dir/..",
        "full",
        "full/file",
        "full/file/",
        "full/file/x",
        "file",
        "file/",
        "to-dir",
        "to-dir/",
        "dangling",
        "dangling/",
        "loop",
        "loop/x",
        "closed",
        "closed/x",
        "missing",
        "missing/",
        "missing/x",
    ];
    let mut all: Vec<CString> =
        paths.iter().map(|path| CString::new(at(path).to_str().unwrap()).unwrap()).collect();
    // `join` drops nothing but the empty path's meaning.
    all.push(c"".into());
    all.push(CString::new(at(&"n".repeat(256)).to_str().unwrap()).unwrap());
    all.push(CString::new("/x".repeat(3000)).unwrap());
    all.push(c"/proc/1".into());
    all.push(c"/proc/self/missing".into());
    (tmp, all)
}

/// Every path below `root`, with its type and mode.
fn tree(root: &Path) -> Vec<(String, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = stdfs::read_dir(&dir) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            found.push((path.strip_prefix(root).unwrap().display().to_string(), meta.mode()));
            if meta.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Runs `ours` in one scene and `theirs` in another, path by path.
fn compare(
    what: &str,
    ours: impl Fn(&CStr) -> rawos::Result<()> + Sync + std::panic::RefUnwindSafe,
    theirs: impl Fn(&CStr) -> libc::c_int + Sync + std::panic::RefUnwindSafe,
) {
    for nobody in [false, true] {
        let ((our_dir, our_paths), (their_dir, their_paths)) = (scene(), scene());
        let mut failed = 0;
        for (our_path, their_path) in our_paths.iter().zip(&their_paths) {
            let (ours, theirs) = if nobody {
                (
                    as_nobody(|| ours(our_path)),
                    as_nobody(|| libc_result(theirs(their_path)).map(drop)),
                )
            } else {
                (ours(our_path), libc_result(theirs(their_path)).map(drop))
            };
            assert_eq!(ours, theirs, "{what} {our_path:?}, as nobody: {nobody}");
            failed += i32::from(ours.is_err());
        }
        assert!(failed > 5, "{what}: the scene has bad paths");
        assert_eq!(tree(our_dir.path()), tree(their_dir.path()), "{what}");
    }
}

#[test]
fn mkdir() {
    compare(
        "mkdir",
        |path| fs::mkdir(path, Mode::IRWXU),
        // SAFETY: only reads the path.
        |path| unsafe { libc::mkdir(path.as_ptr(), 0o700) },
    );
}

#[test]
fn rmdir() {
    // SAFETY: only reads the path.
    compare("rmdir", |path| fs::rmdir(path), |path| unsafe { libc::rmdir(path.as_ptr()) });
}

#[test]
fn unlink_and_remove() {
    // SAFETY: only reads the path.
    compare("unlink", |path| fs::unlink(path), |path| unsafe { libc::unlink(path.as_ptr()) });
    // SAFETY: as above.
    compare("remove", |path| fs::remove(path), |path| unsafe { libc::unlink(path.as_ptr()) });
}

#[test]
fn rename_and_replace() {
    for (from_scene, other) in [(true, "target"), (false, "file"), (true, "full"), (false, "dir")] {
        let other_of = |path: &CStr| {
            // The scene's directory: all of its paths have it as a prefix.
            let text = path.to_str().unwrap();
            let root = text.find("/rawos-").and_then(|start| {
                let end = text[start + 1..].find('/')? + start + 1;
                Some(&text[..end])
            });
            CString::new(format!("{}/{other}", root.unwrap_or("/nonexistent"))).unwrap()
        };
        let ends = |path: &CStr| {
            let other = other_of(path);
            if from_scene { (path.to_owned(), other) } else { (other, path.to_owned()) }
        };
        compare(
            "rename",
            |path| {
                let (src, dst) = ends(path);
                fs::rename(src.as_c_str(), dst.as_c_str())
            },
            |path| {
                let (src, dst) = ends(path);
                // SAFETY: only reads the paths.
                unsafe { libc::rename(src.as_ptr(), dst.as_ptr()) }
            },
        );
    }
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name).to_str().unwrap().to_owned();
    stdfs::write(at("a"), b"a").unwrap();
    stdfs::write(at("b"), b"b").unwrap();
    assert_eq!(fs::replace(&*at("a"), &*at("b")), Ok(()));
    assert_eq!(stdfs::read(at("b")).unwrap(), b"a");
    assert!(!Path::new(&at("a")).exists());
}

#[test]
fn open_with_every_flag() {
    use OFlags as O;
    for flags in [
        O::RDONLY,
        O::WRONLY,
        O::RDWR | O::CREAT,
        O::WRONLY | O::CREAT | O::EXCL,
        O::WRONLY | O::TRUNC,
        O::DIRECTORY,
        O::NOFOLLOW,
        O::PATH | O::NOFOLLOW,
        O::DIRECTORY | O::NOFOLLOW,
        O::RDWR | O::TMPFILE,
        O::RDONLY | O::NOATIME,
    ] {
        compare(
            &format!("open {flags:?}"),
            |path| fs::open(path, flags | O::NONBLOCK, Mode::IRUSR | Mode::IWUSR).map(drop),
            |path| {
                let flags = (flags | O::NONBLOCK).bits() as i32;
                // SAFETY: only reads the path.
                let fd = unsafe { libc::open(path.as_ptr(), flags, 0o600) };
                if fd >= 0 {
                    // SAFETY: just opened.
                    unsafe { libc::close(fd) };
                }
                fd.min(0)
            },
        );
    }
}

#[test]
fn stat_and_lstat() {
    let stat = |path: &CStr, flags: libc::c_int| {
        // SAFETY: zeroes are a valid stat.
        let mut stat: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: reads the path and writes the struct.
        unsafe { libc::fstatat(libc::AT_FDCWD, path.as_ptr(), &mut stat, flags) }
    };
    compare("stat", |path| fs::stat(path).map(drop), |path| stat(path, 0));
    compare(
        "lstat",
        |path| fs::lstat(path).map(drop),
        |path| stat(path, libc::AT_SYMLINK_NOFOLLOW),
    );
}

#[test]
fn renaming_across_file_systems_is_exdev() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    stdfs::write(&file, b"x").unwrap();
    let target = "/dev/shm/rawos-exdev";
    if std::os::unix::fs::MetadataExt::dev(&stdfs::metadata("/dev").unwrap())
        == std::os::unix::fs::MetadataExt::dev(&tmp.path().metadata().unwrap())
    {
        panic!("/dev and the temporary directory are one file system: no second one to test with");
    }
    let target = if Path::new("/dev/shm").is_dir() { target } else { "/dev/rawos-exdev" };
    assert_eq!(fs::rename(file.to_str().unwrap(), target), Err(Errno::EXDEV));
    assert!(file.exists());
}
