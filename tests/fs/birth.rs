//! `src/fs/birth.rs`, against std.

use std::{fs as stdfs, time::UNIX_EPOCH};

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AtFlags},
};

use crate::{
    scene::{compare, in_thread, refuse, scene},
    util::temp_dir,
};

#[test]
fn it_is_the_one_std_reads() {
    let tmp = temp_dir();
    let (file, link) = (tmp.path().join("file"), tmp.path().join("link"));
    stdfs::write(&file, b"x").unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    std::os::unix::fs::symlink("file", &link).unwrap();
    let witness = |meta: stdfs::Metadata| {
        let born = meta.created().ok()?;
        Some(born.duration_since(UNIX_EPOCH).unwrap().as_nanos() as i128)
    };
    for path in [file.as_path(), &link, "/".as_ref(), "/proc".as_ref(), "/dev/shm".as_ref()] {
        let name = path.to_str().unwrap();
        let Ok(meta) = path.metadata() else { continue };
        let ours = fs::birthtime(name).unwrap().map(|time| time.as_ns());
        assert_eq!(ours, witness(meta), "{path:?}");
        let ours = fs::birthtimeat(CWD, name, AtFlags::SYMLINK_NOFOLLOW).unwrap();
        let theirs = witness(path.symlink_metadata().unwrap());
        assert_eq!(ours.map(|time| time.as_ns()), theirs, "{path:?}");
    }
    assert_eq!(fs::birthtimeat(CWD, "/", !AtFlags::empty()), Err(Errno::EINVAL));
}

#[test]
fn errors_are_those_of_stat_with_and_without_statx() {
    let stat = |path: &std::ffi::CStr| {
        // SAFETY: zeroes are a valid stat.
        let mut stat: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: reads the path and writes the struct.
        unsafe { libc::stat(path.as_ptr(), &mut stat) }
    };
    compare("birthtime", |path| fs::birthtime(path).map(drop), stat);
    let (_tmp, paths) = scene();
    let ask = || paths.iter().map(|path| fs::birthtime(&**path)).collect::<Vec<_>>();
    let before = ask();
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        // Not `compare`, whose witness is std, which calls statx.
        let refused = in_thread(|| {
            refuse(libc::SYS_statx, errno);
            ask()
        });
        let without: Vec<_> = before.iter().map(|result| result.map(|_| None)).collect();
        assert!(refused == without || refused == before, "{refused:?}");
    }
}
