//! `src/fs/attr.rs`, against libc and against itself without fchmodat2.

use std::os::unix::fs::MetadataExt as _;

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AtFlags, MemfdFlags, Mode},
};

use crate::{
    scene::{compare, in_thread, refuse, scene},
    util::{as_nobody, libc_result},
};

/// fchmodat2(2), which the libc crate does not know everywhere.
const FCHMODAT2: libc::c_long = 452;

#[test]
fn chmod_and_lchmod() {
    for bits in [0, 0o640, 0o7777] {
        let mode = Mode::from_bits_retain(bits);
        let (done, _) = compare(
            "chmod",
            |path| fs::chmod(path, mode),
            // SAFETY: only reads the path.
            |path| unsafe { libc::chmod(path.as_ptr(), bits) },
        );
        assert!(done > 3);
        compare(
            "lchmod",
            |path| fs::lchmod(path, mode),
            |path| {
                let flags = libc::AT_SYMLINK_NOFOLLOW;
                // SAFETY: only reads the path.
                unsafe { libc::fchmodat(libc::AT_FDCWD, path.as_ptr(), bits, flags) }
            },
        );
    }
}

#[test]
fn without_fchmodat2_lchmod_does_the_same() {
    let change = |errno: Option<Errno>| {
        let (tmp, paths) = scene();
        let results: Vec<_> = paths.iter().map(|path| fs::lchmod(&**path, Mode::IRWXU)).collect();
        let nobodys = as_nobody(|| {
            if let Some(errno) = errno {
                refuse(FCHMODAT2, errno);
            }
            paths.iter().map(|path| fs::lchmod(&**path, Mode::IRUSR)).collect::<Vec<_>>()
        });
        let mode = |name: &str| tmp.path().join(name).symlink_metadata().unwrap().mode();
        let modes = ["file", "to-file", "dir", "fifo", "closed"].map(mode);
        (results, nobodys, modes)
    };
    let expected = in_thread(|| change(None));
    assert_eq!(expected.2[0] & 0o7777, 0o700);
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        let refused = in_thread(|| {
            refuse(FCHMODAT2, errno);
            change(Some(errno))
        });
        assert_eq!(refused, expected);
    }
    let flags = !(AtFlags::SYMLINK_NOFOLLOW | AtFlags::EMPTY_PATH);
    assert_eq!(fs::fchmodat(CWD, "/", Mode::IRWXU, flags), Err(Errno::EINVAL));
}

#[test]
fn lchmod_with_many_descriptors_open() {
    // The number of the descriptor is spelled out: one digit, two, three.
    let (tmp, _) = scene();
    let file = tmp.path().join("file");
    in_thread(|| {
        refuse(FCHMODAT2, Errno::ENOSYS);
        let mut open = Vec::new();
        for bits in 0..130 {
            let mode = Mode::from_bits_retain(bits | 0o600);
            assert_eq!(fs::lchmod(file.to_str().unwrap(), mode), Ok(()));
            assert_eq!(file.metadata().unwrap().mode() & 0o7777, mode.bits());
            open.push(std::fs::File::open(&file).unwrap());
        }
    });
}

#[test]
fn chown_and_lchown() {
    let ids = [(None, None), (Some(65534), None), (None, Some(12)), (Some(0), Some(0))];
    for (uid, gid) in ids {
        let c = |id: Option<u32>| id.unwrap_or(u32::MAX);
        compare(
            "chown",
            |path| fs::chown(path, uid, gid),
            // SAFETY: only reads the path.
            |path| unsafe { libc::chown(path.as_ptr(), c(uid), c(gid)) },
        );
        compare(
            "lchown",
            |path| fs::lchown(path, uid, gid),
            // SAFETY: only reads the path.
            |path| unsafe { libc::lchown(path.as_ptr(), c(uid), c(gid)) },
        );
    }
    let tmp = crate::util::temp_dir();
    let path = tmp.path().to_str().unwrap();
    assert_eq!(fs::chown(path, Some(u32::MAX), None), Err(Errno::EINVAL));
    assert_eq!(fs::lchown(path, None, Some(u32::MAX)), Err(Errno::EINVAL));
}

#[test]
fn by_descriptor() {
    let file = fs::memfd_create("attr", MemfdFlags::empty()).unwrap();
    assert_eq!(fs::fchmod(&file, Mode::IRUSR), Ok(()));
    assert_eq!(fs::fstat(&file).unwrap().mode(), Mode::IRUSR);
    let nobodys = as_nobody(|| (fs::fchmod(&file, Mode::IRWXU), fs::fchown(&file, Some(1), None)));
    // SAFETY: takes no argument.
    if unsafe { libc::getuid() } == 0 {
        assert_eq!(nobodys, (Err(Errno::EPERM), Err(Errno::EPERM)));
        assert_eq!(fs::fchown(&file, Some(3), None), Ok(()));
        assert_eq!(fs::fchown(&file, None, Some(4)), Ok(()));
        let stat = fs::fstat(&file).unwrap();
        assert_eq!((stat.st_uid(), stat.st_gid()), (3, 4));
    }
    let place = fs::open("/", fs::OFlags::PATH, Mode::empty()).unwrap();
    assert_eq!(fs::fchmod(&place, Mode::IRWXU), Err(Errno::EBADF));
    assert_eq!(fs::fchown(&place, None, None), Err(Errno::EBADF));
    // SAFETY: the number is nobody's.
    let closed = unsafe { rawos::fd::BorrowedFd::borrow_raw(1 << 24) };
    let none = AtFlags::empty();
    assert_eq!(fs::fchmodat(closed, "x", Mode::IRWXU, none), Err(Errno::EBADF));
    assert_eq!(fs::fchownat(closed, "x", None, None, none), Err(Errno::EBADF));
    let (tmp, _) = scene();
    let dir = fs::open(tmp.path().to_str().unwrap(), fs::OFlags::RDONLY, Mode::empty()).unwrap();
    assert_eq!(fs::fchmodat(&dir, "file", Mode::IXUSR, none), Ok(()));
    assert_eq!(tmp.path().join("file").metadata().unwrap().mode() & 0o7777, 0o100);
    assert_eq!(fs::fchownat(&dir, "", None, None, AtFlags::EMPTY_PATH), Ok(()));
    // An empty path with a flag: as the kernel says, whatever it knows.
    let flags = AtFlags::EMPTY_PATH;
    // SAFETY: only reads the path.
    let theirs = libc_result(unsafe {
        libc::syscall(FCHMODAT2, dir.as_raw_fd(), c"".as_ptr(), 0o700, flags.bits())
    });
    assert_eq!(fs::fchmodat(&dir, "", Mode::IRWXU, flags), theirs.map(drop));
}

#[test]
fn truncate_cuts_and_grows() {
    for len in [0_u64, 3, 10_000, 1 << 62, u64::MAX] {
        // The scene's pipe has no reader: truncate(2) does not open it.
        compare(
            "truncate",
            |path| fs::truncate(path, len),
            // SAFETY: only reads the path.
            |path| unsafe { libc::truncate64(path.as_ptr(), len as i64) },
        );
    }
    fs::sync();
}
