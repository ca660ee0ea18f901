//! `src/fs/stat.rs`, against std's metadata.

use std::{
    fs as stdfs,
    os::unix::{fs::MetadataExt as _, net::UnixListener},
    path::Path,
};

use rawos::{
    Errno,
    fd::CWD,
    fs::{self, AtFlags, FileType, Stat},
};

use crate::util::temp_dir;

fn assert_same(ours: &Stat, theirs: &stdfs::Metadata, what: &Path) {
    let times = |sec: i64, nsec: i64| i128::from(sec) * 1_000_000_000 + i128::from(nsec);
    assert_eq!(
        (
            (ours.st_mode(), ours.st_ino(), ours.st_dev(), ours.st_nlink()),
            (ours.st_uid(), ours.st_gid(), ours.st_size() as u64, ours.st_blocks() as u64),
            (ours.st_blksize() as u64, ours.st_rdev()),
            (ours.st_atime_ns(), ours.st_mtime_ns(), ours.st_ctime_ns()),
        ),
        (
            (theirs.mode(), theirs.ino(), theirs.dev(), theirs.nlink()),
            (theirs.uid(), theirs.gid(), theirs.size(), theirs.blocks()),
            (theirs.blksize(), theirs.rdev()),
            (
                times(theirs.atime(), theirs.atime_nsec()),
                times(theirs.mtime(), theirs.mtime_nsec()),
                times(theirs.ctime(), theirs.ctime_nsec()),
            ),
        ),
        "{what:?}"
    );
}

#[test]
fn every_field_is_the_one_std_reads() {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    stdfs::write(at("file"), vec![7; 12_345]).unwrap();
    stdfs::create_dir(at("dir")).unwrap();
    stdfs::hard_link(at("file"), at("second name")).unwrap();
    std::os::unix::fs::symlink("file", at("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", at("dangling")).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    let old = std::time::UNIX_EPOCH - std::time::Duration::from_nanos(1_500_000_001);
    stdfs::File::open(at("dir")).unwrap().set_modified(old).unwrap();

    let mut seen = Vec::new();
    for path in ["file", "dir", "second name", "link", "dangling", "socket"]
        .map(at)
        .iter()
        .map(|path| path.as_path())
        .chain(["/", "/dev/null", "/proc/self", "/dev"].map(Path::new))
    {
        let name = path.to_str().unwrap();
        let lstat = fs::lstat(name).unwrap();
        assert_same(&lstat, &path.symlink_metadata().unwrap(), path);
        seen.push(lstat.file_type());
        match path.metadata() {
            Ok(theirs) => assert_same(&fs::stat(name).unwrap(), &theirs, path),
            Err(_) => assert_eq!(fs::stat(name).unwrap_err(), Errno::ENOENT),
        }
    }
    use FileType as T;
    let types = [T::REG, T::DIR, T::REG, T::LNK, T::LNK, T::SOCK, T::DIR, T::CHR, T::LNK, T::DIR];
    assert_eq!(seen, types);
    let modified = fs::stat(at("dir").to_str().unwrap()).unwrap();
    assert_eq!(modified.st_mtime_ns(), -1_500_000_001);
    assert_eq!((modified.st_mtime().tv_sec, modified.st_mtime().tv_nsec), (-2, 499_999_999));
}

#[test]
fn fstat_and_fstatat_agree_with_it() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(99).unwrap();
    // SAFETY: `file` outlives the borrow.
    let fd = unsafe { rawos::fd::BorrowedFd::borrow_raw(std::os::fd::AsRawFd::as_raw_fd(&file)) };
    assert_same(&fs::fstat(fd).unwrap(), &file.metadata().unwrap(), Path::new("fstat"));
    let by_empty_path = fs::fstatat(fd, "", AtFlags::EMPTY_PATH).unwrap();
    assert_same(&by_empty_path, &file.metadata().unwrap(), Path::new("fstatat"));
    assert_eq!(fs::fstatat(CWD, "/", !AtFlags::empty()).unwrap_err(), Errno::EINVAL);
    // SAFETY: the number is nobody's.
    let closed = unsafe { rawos::fd::BorrowedFd::borrow_raw(1 << 24) };
    assert_eq!(fs::fstat(closed).unwrap_err(), Errno::EBADF);
}

#[test]
fn mode_and_type_come_apart_and_unknown_types_stay() {
    let stat = fs::stat("/tmp").unwrap();
    assert_eq!(stat.mode().bits() | stat.file_type().bits(), stat.st_mode());
    assert_eq!(FileType::from_mode(0o100_755), FileType::REG);
    assert_eq!(format!("{:?}", FileType::from_mode(0o030_000)), "FileType(0o30000)");
    assert_eq!(format!("{:?}", FileType::SOCK), "SOCK");
    for (mode, is) in [
        (libc::S_IFDIR, FileType::is_dir as fn(FileType) -> bool),
        (libc::S_IFREG, FileType::is_file),
        (libc::S_IFLNK, FileType::is_symlink),
        (libc::S_IFCHR, FileType::is_char_device),
        (libc::S_IFBLK, FileType::is_block_device),
        (libc::S_IFIFO, FileType::is_fifo),
        (libc::S_IFSOCK, FileType::is_socket),
    ] {
        let matching = (0..16).filter(|bits| is(FileType::from_mode(bits << 12))).count();
        assert!(is(FileType::from_mode(mode)) && matching == 1);
    }
}
