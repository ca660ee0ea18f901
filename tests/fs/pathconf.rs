//! `src/fs/pathconf.rs`, against libc.

use std::{ffi::CString, fs as stdfs, io, os::unix::fs::symlink};

use rawos::{
    Errno, Result,
    fd::{self, AsFd as _},
    fs::{self, PathconfName},
};

use crate::util::temp_dir;

/// What libc says: -1 is an error only if there is an errno.
fn witness(ask: impl FnOnce() -> libc::c_long) -> Result<Option<i64>> {
    // SAFETY: takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: errno is this thread's own.
    unsafe { *errno = 0 };
    match ask() {
        -1 => match io::Error::last_os_error().raw_os_error() {
            Some(number) if number != 0 => Err(Errno::from_raw(number).unwrap()),
            _ => Ok(None),
        },
        value => Ok(Some(value)),
    }
}

/// Every name, and some that are none.
fn names() -> impl Iterator<Item = PathconfName> {
    (-2..30).map(PathconfName::from_raw)
}

#[test]
fn every_limit_of_every_file_is_libcs() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    stdfs::write(&file, b"x").unwrap();
    symlink("nowhere", tmp.path().join("dangling")).unwrap();
    let at = |name: &str| tmp.path().join(name).to_str().unwrap().to_owned();
    let paths =
        ["/", "/proc", "/proc/self/maps", "/sys", "/dev", "/dev/null", "/dev/pts", "/dev/shm", ""];
    let mut paths = paths.map(str::to_owned).to_vec();
    paths.extend([".", "file", "file/", "file/x", "dangling", "missing"].map(at));
    let (mut answers, mut errors) = (0, 0);
    for path in paths {
        let c_path = CString::new(path.clone()).unwrap();
        for name in names() {
            let ours = fs::pathconf(&*path, name);
            // SAFETY: only reads the path.
            let theirs = witness(|| unsafe { libc::pathconf(c_path.as_ptr(), name.raw()) });
            assert_eq!(ours, theirs, "{path} {name:?}");
            answers += usize::from(ours.is_ok());
            errors += usize::from(ours.is_err());
        }
        let kinds = [("open", fs::OFlags::RDONLY), ("place", fs::OFlags::PATH)];
        for (kind, flags) in kinds {
            let Ok(open) = fs::open(&*path, flags, fs::Mode::empty()) else { continue };
            for name in names() {
                // SAFETY: touches no memory.
                let theirs = witness(|| unsafe { libc::fpathconf(open.as_raw_fd(), name.raw()) });
                assert_eq!(fs::fpathconf(&open, name), theirs, "{kind} {path} {name:?}");
            }
        }
    }
    assert!(answers > 150 && errors > 100, "{answers} {errors}");
}

#[test]
fn descriptors_without_a_path_and_without_a_file() {
    let (reader, writer) = fd::pipe().unwrap();
    // SAFETY: takes integers.
    let socket = unsafe { libc::socket(libc::AF_UNIX, libc::SOCK_STREAM, 0) };
    assert_ne!(socket, -1);
    // SAFETY: the number is nobody's.
    let closed = unsafe { fd::BorrowedFd::borrow_raw(1 << 24) };
    // SAFETY: just made, and closed at the end.
    let socket = unsafe { fd::OwnedFd::from_raw_fd(socket) };
    for fd in [reader.as_fd(), writer.as_fd(), socket.as_fd(), closed, fd::CWD] {
        for name in names() {
            // SAFETY: touches no memory.
            let theirs = witness(|| unsafe { libc::fpathconf(fd.as_raw_fd(), name.raw()) });
            assert_eq!(fs::fpathconf(fd, name), theirs, "{fd:?} {name:?}");
        }
    }
    assert_eq!(fs::fpathconf(closed, PathconfName::NAME_MAX), Err(Errno::EBADF));
    assert_eq!(fs::fpathconf(fd::CWD, PathconfName::PATH_MAX), Err(Errno::EBADF));
}

#[test]
fn names_and_numbers_lead_to_each_other() {
    let constants = [
        (PathconfName::LINK_MAX, libc::_PC_LINK_MAX, "PC_LINK_MAX"),
        (PathconfName::CHOWN_RESTRICTED, libc::_PC_CHOWN_RESTRICTED, "PC_CHOWN_RESTRICTED"),
        (PathconfName::FILESIZEBITS, libc::_PC_FILESIZEBITS, "PC_FILESIZEBITS"),
        (PathconfName::SYMLINK_MAX, libc::_PC_SYMLINK_MAX, "PC_SYMLINK_MAX"),
        (PathconfName::_2_SYMLINKS, libc::_PC_2_SYMLINKS, "PC_2_SYMLINKS"),
    ];
    for (name, number, text) in constants {
        assert_eq!((name.raw(), name.name()), (number, Some(text)));
        assert_eq!(format!("{name:?}"), text);
    }
    let all: Vec<_> = PathconfName::all().collect();
    assert_eq!(all.len(), 21);
    for (text, name) in all {
        assert_eq!((text.parse(), name.name()), (Ok(name), Some(text)));
    }
    for text in ["", "PC_", "PC_LINK_MAX\0", "LINK_MAX", "pc_link_max", "PC_LINK_MAX PC_MAX_CANON"]
    {
        assert_eq!(text.parse::<PathconfName>(), Err(Errno::EINVAL), "{text:?}");
    }
    assert_eq!(PathconfName::from_raw(i32::MIN).name(), None);
    assert_eq!(fs::pathconf("/\0", PathconfName::PATH_MAX), Err(Errno::EINVAL));
}
