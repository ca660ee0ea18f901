//! `src/fs/memfd.rs`, against libc.

use rawos::{
    Errno, fd,
    fs::{self, MemfdFlags, SealFlags},
};

use crate::util::{is_cloexec, libc_result};

#[test]
fn the_constants_are_libcs() {
    use MemfdFlags as M;
    assert_eq!(
        [M::CLOEXEC, M::ALLOW_SEALING, M::HUGETLB, M::NOEXEC_SEAL, M::EXEC].map(|f| f.bits()),
        [
            libc::MFD_CLOEXEC,
            libc::MFD_ALLOW_SEALING,
            libc::MFD_HUGETLB,
            libc::MFD_NOEXEC_SEAL,
            libc::MFD_EXEC
        ]
    );
    for (flag, kib) in [
        (M::HUGE_64KB, 64),
        (M::HUGE_512KB, 512),
        (M::HUGE_1MB, 1 << 10),
        (M::HUGE_2MB, 2 << 10),
        (M::HUGE_8MB, 8 << 10),
        (M::HUGE_16MB, 16 << 10),
        (M::HUGE_32MB, 32 << 10),
        (M::HUGE_256MB, 256 << 10),
        (M::HUGE_512MB, 512 << 10),
        (M::HUGE_1GB, 1 << 20),
        (M::HUGE_2GB, 2 << 20),
        (M::HUGE_16GB, 16_u64 << 20),
    ] {
        assert_eq!(flag.bits(), ((kib * 1024).ilog2() & M::HUGE_MASK) << M::HUGE_SHIFT);
    }
    use SealFlags as S;
    assert_eq!(
        [S::SEAL, S::SHRINK, S::GROW, S::WRITE, S::FUTURE_WRITE, S::EXEC].map(|f| f.bits() as i32),
        [
            libc::F_SEAL_SEAL,
            libc::F_SEAL_SHRINK,
            libc::F_SEAL_GROW,
            libc::F_SEAL_WRITE,
            libc::F_SEAL_FUTURE_WRITE,
            libc::F_SEAL_EXEC
        ]
    );
}

#[test]
fn it_is_a_file_with_a_name_for_proc() {
    let file = fs::memfd_create("some name", MemfdFlags::empty()).unwrap();
    assert!(is_cloexec(file.as_raw_fd()));
    assert_eq!(fd::write(&file, b"hello"), Ok(5));
    let mut buf = [0; 8];
    assert_eq!(fd::pread(&file, &mut buf, 1), Ok(4));
    let link = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap();
    assert_eq!(link.to_str(), Some("/memfd:some name (deleted)"));
    let longest = fs::memfd_create(&*"n".repeat(249), MemfdFlags::empty());
    assert!(longest.is_ok());
    let longer = fs::memfd_create(&*"n".repeat(250), MemfdFlags::empty());
    assert_eq!(longer.unwrap_err(), Errno::EINVAL);
}

#[test]
fn every_flag_as_libc_says() {
    let mut worked = 0;
    for bit in 0..32 {
        for with in [0, libc::MFD_ALLOW_SEALING, libc::MFD_HUGETLB] {
            let bits = 1 << bit | with;
            let ours = fs::memfd_create("flags", MemfdFlags::from_bits_retain(bits)).map(drop);
            // SAFETY: only reads the name.
            let theirs = unsafe { libc::memfd_create(c"flags".as_ptr(), bits) };
            let theirs = libc_result(theirs).map(|fd| {
                // SAFETY: just opened.
                unsafe { libc::close(fd as i32) };
            });
            assert_eq!(ours, theirs, "{bits:#x}");
            worked += u32::from(ours.is_ok());
        }
    }
    assert!(worked > 2);
}

#[test]
fn seals_hold() {
    let file = fs::memfd_create("seals", MemfdFlags::ALLOW_SEALING).unwrap();
    assert_eq!(fs::get_seals(&file), Ok(SealFlags::empty()));
    fd::write_all(&file, b"hello").unwrap();
    assert_eq!(fs::add_seals(&file, SealFlags::GROW), Ok(()));
    assert_eq!(fd::write(&file, b"more"), Err(Errno::EPERM));
    assert_eq!(fd::pwrite(&file, b"J", 0), Ok(1));
    assert_eq!(fs::add_seals(&file, SealFlags::WRITE | SealFlags::SEAL), Ok(()));
    assert_eq!(fd::pwrite(&file, b"H", 0), Err(Errno::EPERM));
    let all = SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    assert_eq!(fs::get_seals(&file), Ok(all));
    // SAFETY: F_GET_SEALS touches no memory.
    let theirs = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_GET_SEALS) };
    assert_eq!(all.bits() as i32, theirs);
    assert_eq!(fs::add_seals(&file, SealFlags::SHRINK), Err(Errno::EPERM));
    let (reader, writer) = fd::pipe().unwrap();
    assert_eq!(fs::get_seals(&reader), Err(Errno::EINVAL));
    assert_eq!(fs::add_seals(&reader, SealFlags::SEAL), Err(Errno::EPERM));
    assert_eq!(fs::add_seals(&writer, SealFlags::SEAL), Err(Errno::EINVAL));
}
