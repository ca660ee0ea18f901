//! `src/fd/file.rs`: fsync, ftruncate, posix_fallocate, posix_fadvise.

use rawos::{
    Errno,
    fd::{self, Advice},
};

use crate::{
    common::{Row, borrow, memfd, number, sealed},
    util::libc_result,
};

const ADVICE: [(Advice, i32); 6] = [
    (Advice::Normal, libc::POSIX_FADV_NORMAL),
    (Advice::Sequential, libc::POSIX_FADV_SEQUENTIAL),
    (Advice::Random, libc::POSIX_FADV_RANDOM),
    (Advice::NoReuse, libc::POSIX_FADV_NOREUSE),
    (Advice::WillNeed, libc::POSIX_FADV_WILLNEED),
    (Advice::DontNeed, libc::POSIX_FADV_DONTNEED),
];

/// The result of a libc call that returns its error instead of setting errno.
fn returned(number: i32) -> rawos::Result<()> {
    Errno::from_raw(number).map_or(Ok(()), Err)
}

#[test]
fn errors_are_those_of_libc() {
    let row = Row::new();
    for &(name, raw) in &row.fds {
        let fd = number(raw);
        // SAFETY: none of these calls touches memory.
        let theirs = libc_result(unsafe { libc::fsync(raw) }).map(drop);
        assert_eq!(fd::fsync(fd), theirs, "fsync {name}");
        // SAFETY: as above.
        let theirs = libc_result(unsafe { libc::fdatasync(raw) }).map(drop);
        assert_eq!(fd::fdatasync(fd), theirs, "fdatasync {name}");
        for len in [20, 10, i64::MAX, -1, i64::MIN] {
            // SAFETY: as above.
            let theirs = libc_result(unsafe { libc::ftruncate(raw, len) }).map(drop);
            assert_eq!(fd::ftruncate(fd, len as u64), theirs, "ftruncate {name} {len}");
        }
        for (offset, len) in [(0, 1), (5, 20), (0, 0), (-1, 1), (1, -1), (i64::MAX, 1)] {
            for (ours, theirs) in ADVICE {
                // SAFETY: as above.
                let theirs = returned(unsafe { libc::posix_fadvise(raw, offset, len, theirs) });
                let what = format!("posix_fadvise {name} {offset} {len} {ours:?}");
                let ours = fd::posix_fadvise(fd, offset as u64, len as u64, ours);
                assert_eq!(ours, theirs, "{what}");
            }
            let ours = fd::posix_fallocate(fd, offset as u64, len as u64);
            if ours == Err(Errno::EOPNOTSUPP) {
                continue; // glibc would write to the file instead
            }
            // SAFETY: as above.
            let theirs = returned(unsafe { libc::posix_fallocate(raw, offset, len) });
            assert_eq!(ours, theirs, "posix_fallocate {name} {offset} {len}");
        }
    }
}

#[test]
fn ftruncate_cuts_and_extends_beyond_four_gigabytes() {
    let file = memfd();
    fd::write(borrow(&file), b"0123456789").unwrap();
    for len in [4, 0x1_8000_0003, 0] {
        assert_eq!(fd::ftruncate(borrow(&file), len), Ok(()));
        assert_eq!(file.metadata().unwrap().len(), len);
        assert_eq!(fd::lseek(borrow(&file), fd::SeekFrom::Current(0)), Ok(10));
    }
    assert_eq!(fd::ftruncate(borrow(&sealed(b"x")), 0), Err(Errno::EPERM));
}

#[test]
fn posix_fallocate_reserves_room() {
    use std::os::unix::fs::MetadataExt as _;
    let file = memfd();
    assert_eq!(fd::posix_fallocate(borrow(&file), 4096, 8192), Ok(()));
    assert_eq!(file.metadata().unwrap().len(), 12288);
    assert!(file.metadata().unwrap().blocks() * 512 >= 8192);
    assert_eq!(fd::posix_fallocate(borrow(&file), 0, 0), Err(Errno::EINVAL));
    assert_eq!(fd::posix_fallocate(borrow(&sealed(b"x")), 0, 10), Err(Errno::EPERM));
}
