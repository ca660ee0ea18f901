//! `src/fs/open.rs`: open, openat and the flags.

use std::{fs as stdfs, os::unix::fs::PermissionsExt as _};

use rawos::{
    Errno,
    fd::{self, CWD},
    fs::{self, AtFlags, Mode, OFlags},
};

use crate::util::{is_cloexec, temp_dir};

#[test]
fn flags_have_the_architectures_values() {
    macro_rules! check {
        ($($NAME:ident = $LIBC:ident),* $(,)?) => {$(
            assert_eq!(OFlags::$NAME.bits(), libc::$LIBC as u32, stringify!($NAME));
        )*};
    }
    check! {
        RDONLY = O_RDONLY, WRONLY = O_WRONLY, RDWR = O_RDWR, ACCMODE = O_ACCMODE, CREAT = O_CREAT,
        EXCL = O_EXCL, NOCTTY = O_NOCTTY, TRUNC = O_TRUNC, APPEND = O_APPEND,
        NONBLOCK = O_NONBLOCK, DSYNC = O_DSYNC, SYNC = O_SYNC, ASYNC = O_ASYNC, DIRECT = O_DIRECT,
        DIRECTORY = O_DIRECTORY, NOFOLLOW = O_NOFOLLOW, NOATIME = O_NOATIME, CLOEXEC = O_CLOEXEC,
        PATH = O_PATH, TMPFILE = O_TMPFILE,
    }
    // glibc says 0 on 64-bit: the kernel's own value, which differs.
    let largefile = if cfg!(target_arch = "aarch64") { 0o400_000 } else { 0o100_000 };
    assert_eq!(OFlags::LARGEFILE.bits(), largefile);
    for (ours, theirs) in [
        (AtFlags::SYMLINK_NOFOLLOW, libc::AT_SYMLINK_NOFOLLOW),
        (AtFlags::SYMLINK_FOLLOW, libc::AT_SYMLINK_FOLLOW),
        (AtFlags::EMPTY_PATH, libc::AT_EMPTY_PATH),
        (AtFlags::REMOVEDIR, libc::AT_REMOVEDIR),
        (AtFlags::NO_AUTOMOUNT, libc::AT_NO_AUTOMOUNT),
    ] {
        assert_eq!(ours.bits(), theirs as u32);
    }
    for (ours, theirs) in [
        (Mode::ISUID, libc::S_ISUID),
        (Mode::ISGID, libc::S_ISGID),
        (Mode::ISVTX, libc::S_ISVTX),
        (Mode::IRWXU, libc::S_IRWXU),
        (Mode::IRUSR, libc::S_IRUSR),
        (Mode::IWUSR, libc::S_IWUSR),
        (Mode::IXUSR, libc::S_IXUSR),
        (Mode::IRWXG, libc::S_IRWXG),
        (Mode::IRGRP, libc::S_IRGRP),
        (Mode::IWGRP, libc::S_IWGRP),
        (Mode::IXGRP, libc::S_IXGRP),
        (Mode::IRWXO, libc::S_IRWXO),
        (Mode::IROTH, libc::S_IROTH),
        (Mode::IWOTH, libc::S_IWOTH),
        (Mode::IXOTH, libc::S_IXOTH),
    ] {
        assert_eq!(ours.bits(), theirs);
    }
}

#[test]
fn bits_of_a_newer_kernel_survive() {
    let odd = OFlags::from_bits_retain(1 << 30) | OFlags::CREAT;
    assert_eq!(OFlags::from_bits(odd.bits()), Some(odd));
    assert_eq!((!OFlags::empty()).bits(), u32::MAX);
    assert_eq!(OFlags::from_bits_truncate(u32::MAX).bits(), u32::MAX);
}

#[test]
fn open_creates_with_the_mode_and_is_close_on_exec() {
    let tmp = temp_dir();
    let path = tmp.path().join("new");
    let bytes = path.to_str().unwrap();
    let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL;
    let file = fs::open(bytes, flags, Mode::IRUSR | Mode::IWUSR).unwrap();
    assert!(is_cloexec(file.as_raw_fd()));
    fd::write_all(&file, b"content").unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode(), 0o100_600);
    assert_eq!(stdfs::read(&path).unwrap(), b"content");
    assert_eq!(fs::open(bytes, flags, Mode::empty()).unwrap_err(), Errno::EEXIST);

    let file = fs::open(bytes, OFlags::WRONLY | OFlags::TRUNC, Mode::empty()).unwrap();
    assert_eq!(path.metadata().unwrap().len(), 0);
    drop(file);
    let file = fs::open(bytes, OFlags::WRONLY | OFlags::APPEND, Mode::empty()).unwrap();
    fd::write_all(&file, b"a").unwrap();
    fd::lseek(&file, fd::SeekFrom::Start(0)).unwrap();
    fd::write_all(&file, b"b").unwrap();
    assert_eq!(stdfs::read(&path).unwrap(), b"ab");
}

#[test]
fn openat_starts_from_the_directory() {
    let tmp = temp_dir();
    stdfs::write(tmp.path().join("file"), b"x").unwrap();
    let dir =
        fs::open(tmp.path().to_str().unwrap(), OFlags::PATH | OFlags::DIRECTORY, Mode::empty())
            .unwrap();
    let file = fs::openat(&dir, "file", OFlags::RDONLY, Mode::empty()).unwrap();
    assert_eq!(fd::read(&file, &mut [0; 2]), Ok(1));
    let missing = fs::openat(CWD, "no such file", OFlags::RDONLY, Mode::empty());
    assert_eq!(missing.unwrap_err(), Errno::ENOENT);
    // An absolute path does not look at the directory, open or not.
    // SAFETY: the number is nobody's.
    let closed = unsafe { fd::BorrowedFd::borrow_raw(1 << 24) };
    assert!(fs::openat(closed, "/dev/null", OFlags::RDONLY, Mode::empty()).is_ok());
    let relative = fs::openat(closed, "null", OFlags::RDONLY, Mode::empty());
    assert_eq!(relative.unwrap_err(), Errno::EBADF);
}

#[test]
fn a_signal_does_not_end_the_open_of_a_fifo() {
    let tmp = temp_dir();
    let path = tmp.path().join("fifo");
    let c_path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: mkfifo(3) only reads the path.
    assert_eq!(unsafe { libc::mkfifo(c_path.as_ptr(), 0o600) }, 0);
    let late = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(100));
        stdfs::OpenOptions::new().write(true).open(path).unwrap()
    });
    let open = || fs::open(c_path.as_c_str(), OFlags::RDONLY, Mode::empty());
    assert!(crate::util::interrupted(30, open).is_ok());
    drop(late.join().unwrap());
}
