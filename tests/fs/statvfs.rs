//! `src/fs/statvfs.rs`, against libc.

use std::ffi::CString;

use rawos::{
    Errno,
    fs::{self, Mode, OFlags, StFlags, StatVfs},
};

use crate::{scene::compare, util::temp_dir};

fn witness(path: &str) -> libc::statvfs {
    let path = CString::new(path).unwrap();
    // SAFETY: zeroes are a valid statvfs.
    let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
    // SAFETY: reads the path and writes the struct.
    assert_eq!(unsafe { libc::statvfs(path.as_ptr(), &mut stat) }, 0);
    stat
}

/// What does not change while others write.
fn assert_same(ours: &StatVfs, theirs: &libc::statvfs, path: &str) {
    assert_eq!(
        (ours.f_bsize(), ours.f_frsize(), ours.f_blocks(), ours.f_namemax()),
        (theirs.f_bsize, theirs.f_frsize, theirs.f_blocks, theirs.f_namemax),
        "{path}"
    );
    assert_eq!(ours.f_flag().bits(), theirs.f_flag, "{path}");
    assert_eq!(ours.f_fsid(), theirs.f_fsid, "{path}");
    assert_eq!(ours.f_files() == 0, theirs.f_files == 0, "{path}");
    assert_eq!(ours.f_favail(), ours.f_ffree(), "{path}");
    let near = |a: u64, b: u64, all: u64| a.abs_diff(b) <= all / 4;
    assert!(near(ours.f_bfree(), theirs.f_bfree, theirs.f_blocks), "{path}");
    assert!(near(ours.f_bavail(), theirs.f_bavail, theirs.f_blocks), "{path}");
    assert!(near(ours.f_ffree(), theirs.f_ffree, theirs.f_files), "{path}");
}

#[test]
fn every_field_is_the_one_libc_reads() {
    let tmp = temp_dir();
    let paths = ["/", "/proc", "/sys", "/dev", "/dev/shm", tmp.path().to_str().unwrap()];
    let mut seen = 0;
    for path in paths.into_iter().filter(|path| std::path::Path::new(path).is_dir()) {
        assert_same(&fs::statvfs(path).unwrap(), &witness(path), path);
        let dir = fs::open(path, OFlags::RDONLY, Mode::empty()).unwrap();
        assert_same(&fs::fstatvfs(&dir).unwrap(), &witness(path), path);
        seen += 1;
    }
    assert!(seen >= 4);
    let root = format!("{:?}", fs::statvfs("/").unwrap());
    assert!(root.contains("f_namemax: ") && root.contains("f_flag: StFlags("), "{root}");
}

#[test]
fn the_constants_are_libcs() {
    use StFlags as S;
    assert_eq!(
        [S::RDONLY, S::NOSUID, S::NODEV, S::NOEXEC, S::SYNCHRONOUS, S::MANDLOCK, S::WRITE]
            .map(|flag| flag.bits()),
        [
            libc::ST_RDONLY,
            libc::ST_NOSUID,
            libc::ST_NODEV,
            libc::ST_NOEXEC,
            libc::ST_SYNCHRONOUS,
            libc::ST_MANDLOCK,
            libc::ST_WRITE
        ]
    );
    assert_eq!(
        [S::APPEND, S::IMMUTABLE, S::NOATIME, S::NODIRATIME, S::RELATIME].map(|flag| flag.bits()),
        [
            libc::ST_APPEND,
            libc::ST_IMMUTABLE,
            libc::ST_NOATIME,
            libc::ST_NODIRATIME,
            libc::ST_RELATIME
        ]
    );
}

#[test]
fn errors() {
    compare(
        "statvfs",
        |path| fs::statvfs(path).map(drop),
        |path| {
            // SAFETY: zeroes are a valid statvfs.
            let mut stat: libc::statvfs = unsafe { std::mem::zeroed() };
            // SAFETY: reads the path and writes the struct.
            unsafe { libc::statvfs(path.as_ptr(), &mut stat) }
        },
    );
    // SAFETY: the number is nobody's.
    let closed = unsafe { rawos::fd::BorrowedFd::borrow_raw(1 << 24) };
    assert_eq!(fs::fstatvfs(closed).unwrap_err(), Errno::EBADF);
}
