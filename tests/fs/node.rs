//! `src/fs/node.rs`, against libc.

use rawos::{
    Errno,
    fs::{self, FileType, Mode, OFlags},
};

use crate::{scene::compare, util::temp_dir};

#[test]
fn mkfifo_and_mknod_at_every_path() {
    let (mode, bits) = (Mode::from_bits_retain(0o640), 0o640);
    compare(
        "mkfifo",
        |path| fs::mkfifo(path, mode),
        // SAFETY: only reads the path.
        |path| unsafe { libc::mkfifo(path.as_ptr(), bits) },
    );
    for (kind, device) in (0..16).flat_map(|kind| [(kind << 12, 0), (kind << 12, 0x103)]) {
        let (done, _) = compare(
            &format!("mknod {kind:o} {device}"),
            |path| fs::mknod(path, FileType::from_mode(kind), mode, device),
            // SAFETY: only reads the path.
            |path| unsafe { libc::mknod(path.as_ptr(), kind | bits, device) },
        );
        assert_eq!(done > 0, [0, 0o1, 0o2, 0o6, 0o10, 0o14].contains(&(kind >> 12)), "{kind:o}");
    }
    let tmp = temp_dir();
    let dir = fs::open(tmp.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    assert_eq!(fs::mkfifoat(&dir, "fifo", mode), Ok(()));
    assert!(fs::fstatat(&dir, "fifo", fs::AtFlags::empty()).unwrap().file_type().is_fifo());
    let far = fs::makedev(1 << 12, 0);
    assert_eq!(fs::mknodat(&dir, "x", FileType::CHR, mode, far), Err(Errno::EINVAL));
    let typed = Mode::from_bits_retain(0o020_600);
    assert_eq!(fs::mknodat(&dir, "x", FileType::CHR, typed, 0), Err(Errno::EINVAL));
}

#[test]
fn device_numbers_are_packed_as_libc_does() {
    let parts = [0, 1, 3, 0xff, 0x100, 0xfff, 0x1000, 0xf_ffff, 0x10_0000, 0x8000_0001, u32::MAX];
    for major in parts {
        for minor in parts {
            let device = fs::makedev(major, minor);
            assert_eq!(device, libc::makedev(major, minor), "{major:#x} {minor:#x}");
            assert_eq!((fs::major(device), fs::minor(device)), (major, minor));
        }
    }
    for device in [u64::MAX, 0x0123_4567_89ab_cdef, 1 << 63] {
        assert_eq!(fs::major(device), libc::major(device));
        assert_eq!(fs::minor(device), libc::minor(device));
    }
}
