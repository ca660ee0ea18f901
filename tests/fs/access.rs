//! `src/fs/access.rs`, against libc and against itself without faccessat2.

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AccessMode, AtFlags},
};

use crate::{
    scene::{compare, in_thread, refuse, scene},
    util::as_nobody,
};

const FLAGS: [AtFlags; 4] = [
    AtFlags::empty(),
    AtFlags::EACCESS,
    AtFlags::SYMLINK_NOFOLLOW,
    AtFlags::EACCESS.union(AtFlags::SYMLINK_NOFOLLOW),
];

#[test]
fn the_constants_are_libcs() {
    assert_eq!(AtFlags::EACCESS.bits() as i32, libc::AT_EACCESS);
    let ours = [AccessMode::F_OK, AccessMode::R_OK, AccessMode::W_OK, AccessMode::X_OK];
    assert_eq!(
        ours.map(|mode| mode.bits() as i32),
        [libc::F_OK, libc::R_OK, libc::W_OK, libc::X_OK]
    );
}

#[test]
fn every_mode_and_flag_on_every_path() {
    for bits in 0..8 {
        let mode = AccessMode::from_bits_retain(bits);
        compare(
            &format!("access {mode:?}"),
            |path| {
                let result = fs::faccessat(CWD, path, mode, AtFlags::empty());
                assert_eq!(fs::access(path, mode), result.is_ok());
                result
            },
            // SAFETY: only reads the path.
            |path| unsafe { libc::access(path.as_ptr(), bits as i32) },
        );
        for flags in FLAGS {
            compare(
                &format!("faccessat {mode:?} {flags:?}"),
                |path| fs::faccessat(CWD, path, mode, flags),
                |path| {
                    let flags = flags.bits() as i32;
                    // SAFETY: only reads the path.
                    unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), bits as i32, flags) }
                },
            );
        }
    }
}

#[test]
fn without_faccessat2_the_answers_are_the_same() {
    let (_tmp, paths) = scene();
    let ask = || {
        let mut answers = Vec::new();
        for path in paths.iter().map(|path| path.as_c_str()) {
            for (bits, flags) in (0..9).flat_map(|bits| FLAGS.map(|flags| (bits, flags))) {
                let mode = AccessMode::from_bits_retain(bits);
                answers.push(fs::faccessat(CWD, path, mode, flags));
            }
            answers.push(fs::faccessat(CWD, path, AccessMode::R_OK, AtFlags::SYMLINK_FOLLOW));
        }
        answers
    };
    let (expected, nobodys) = (ask(), as_nobody(ask));
    assert_ne!(expected.iter().filter(|answer| answer.is_ok()).count(), 0);
    for errno in [Errno::ENOSYS, Errno::EPERM] {
        let refused = in_thread(|| {
            refuse(libc::SYS_faccessat2, errno);
            ask()
        });
        assert_eq!(refused, expected);
        let refused = as_nobody(|| {
            refuse(libc::SYS_faccessat2, errno);
            ask()
        });
        assert_eq!(refused, nobodys);
    }
}

#[test]
fn an_empty_path_needs_its_flag() {
    let file = fs::open("/", fs::OFlags::PATH, fs::Mode::empty()).unwrap();
    let (mode, flags) = (AccessMode::R_OK, AtFlags::EMPTY_PATH);
    // SAFETY: only reads the path.
    let theirs = crate::util::libc_result(unsafe {
        libc::syscall(libc::SYS_faccessat2, file.as_raw_fd(), c"".as_ptr(), 4, flags.bits())
    });
    assert_eq!(fs::faccessat(&file, "", mode, flags), theirs.map(drop));
    assert_eq!(fs::faccessat(&file, "", mode, AtFlags::empty()), Err(Errno::ENOENT));
    assert_eq!(fs::faccessat(&file, "etc", mode, AtFlags::empty()), Ok(()));
    assert!(!fs::access("/\0", AccessMode::F_OK));
}
