//! Directories read, trees removed and files copied, against std, against `rm`,
//! and against loops in C. `cargo xtask bench` makes the table.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::ffi::{CStr, CString};
use std::fs as stdfs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Bench, cpu, floor, prepared};
use rawos::fs::{self, DirBuf};

fn rawos_list<const N: usize>(path: &CStr, buf: &mut DirBuf<N>) -> usize {
    let mut entries = fs::scandir(path, buf).expect("a directory");
    let mut found = 0;
    while let Some(entry) = entries.next() {
        entry.expect("an entry");
        found += 1;
    }
    found
}

fn rustix_list(path: &CStr, buf: &mut Vec<u8>) -> usize {
    let flags = rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
    let fd = rustix::fs::open(path, flags, rustix::fs::Mode::empty()).expect("a directory");
    let mut entries = rustix::fs::RawDir::new(fd, buf.spare_capacity_mut());
    let mut found = 0;
    while let Some(entry) = entries.next() {
        found +=
            usize::from(!matches!(entry.expect("an entry").file_name().to_bytes(), b"." | b".."));
    }
    found
}

fn list(bench: &mut Bench, top: &Path, count: usize) {
    let dir = top.join(count.to_string());
    stdfs::create_dir(&dir).expect("a directory");
    (0..count).for_each(|i| stdfs::write(dir.join(format!("file {i}")), b"").expect("a file"));
    let path = CString::new(dir.as_os_str().as_bytes()).expect("no NUL");
    let row = format!("scandir, {count} entries");
    let mut ours = DirBuf::new();
    let mut again = Vec::with_capacity(32768);
    let mut compare = |peer: &str, theirs: &mut dyn FnMut() -> usize| {
        let ours = cpu(|| assert_eq!(rawos_list(&path, &mut ours), count));
        bench.row(&row, peer, ours, cpu(|| assert_eq!(theirs(), count)));
    };
    compare("C loop", &mut || floor::list(&path));
    compare("rustix", &mut || rustix_list(&path, &mut again));
    compare("std", &mut || stdfs::read_dir(&dir).expect("a directory").flatten().count());
}

/// The same with a look at each entry.
fn stat(bench: &mut Bench, top: &Path, count: usize) {
    let dir = top.join(count.to_string());
    let path = CString::new(dir.as_os_str().as_bytes()).expect("no NUL");
    let row = format!("scandir and stat, {count} entries");
    let mut buf = DirBuf::new();
    let mut compare = |peer: &str, theirs: &mut dyn FnMut() -> usize| {
        let ours = cpu(|| {
            let mut entries = fs::scandir(&*path, &mut buf).expect("a directory");
            let mut found = 0;
            while let Some(entry) = entries.next() {
                let stat = entry.expect("an entry").stat(false).expect("a look");
                found += usize::from(stat.st_nlink() != 0);
            }
            assert_eq!(found, count);
        });
        bench.row(&row, peer, ours, cpu(|| assert_eq!(theirs(), count)));
    };
    compare("C loop", &mut || floor::stat(&path));
    compare("std", &mut || {
        let entries = stdfs::read_dir(&dir).expect("a directory").flatten();
        entries.filter(|entry| entry.metadata().is_ok()).count()
    });
}

/// As a C program would: nftw(3) and remove(3).
fn nftw_remove(path: &CStr) {
    type Visit = unsafe extern "C" fn(
        *const libc::c_char,
        *const libc::stat,
        libc::c_int,
        *mut libc::c_void,
    ) -> libc::c_int;
    unsafe extern "C" {
        fn nftw(path: *const libc::c_char, visit: Visit, fds: i32, flags: i32) -> libc::c_int;
    }
    unsafe extern "C" fn visit(
        path: *const libc::c_char,
        _: *const libc::stat,
        _: libc::c_int,
        _: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: nftw(3) gives a string.
        unsafe { libc::remove(path) }
    }
    const FTW_PHYS: i32 = 1;
    const FTW_DEPTH: i32 = 8;
    // SAFETY: reads the path, and calls `visit` as it says.
    assert_eq!(unsafe { nftw(path.as_ptr(), visit, 64, FTW_PHYS | FTW_DEPTH) }, 0);
}

fn remove(bench: &mut Bench, top: &Path) {
    let (directories, files) = if common::quick() { (20, 20) } else { (200, 100) };
    let tree = || -> PathBuf {
        let tree = top.join("tree");
        for i in 0..directories {
            let dir = tree.join(i.to_string());
            stdfs::create_dir_all(&dir).expect("a directory");
            (0..files).for_each(|j| stdfs::write(dir.join(j.to_string()), b"").expect("a file"));
        }
        tree
    };
    let c_string = |path: &Path| CString::new(path.as_os_str().as_bytes()).expect("no NUL");
    let row = format!("remove_tree, {} entries", directories * (files + 1));
    let mut buf = DirBuf::new();
    let mut compare = |peer: &str, theirs: &mut dyn FnMut(&Path)| {
        let ours = prepared(tree, |path| fs::remove_tree(&*path, &mut buf).expect("removed"));
        bench.row(&row, peer, ours, prepared(tree, |path| theirs(&path)));
        assert!(!top.join("tree").exists());
    };
    compare("rm -r", &mut |path| {
        assert!(Command::new("rm").arg("-r").arg(path).status().expect("rm").success());
    });
    compare("std", &mut |path| stdfs::remove_dir_all(path).expect("removed"));
    compare("nftw", &mut |path| nftw_remove(&c_string(path)));
    compare("C loop", &mut |path| _ = floor::remove(&c_string(path)));
}

fn copy(bench: &mut Bench, top: &Path, name: &str, size: usize) {
    let (from, to) = (top.join("from"), top.join("to"));
    stdfs::write(&from, vec![b'x'; size]).expect("a file");
    let gone = || drop(stdfs::remove_file(&to));
    let ours = || {
        prepared(gone, |()| {
            assert_eq!(fs::copy_file(from.as_path(), to.as_path()), Ok(size as u64));
        })
    };
    let row = format!("copy_file, {name}");
    let theirs = prepared(gone, |()| {
        assert_eq!(stdfs::copy(&from, &to).expect("copied"), size as u64);
    });
    bench.row(&row, "std", ours(), theirs);
    gone();
}

fn main() {
    let tmp = common::directory();
    let mut bench = Bench::new();
    list(&mut bench, tmp.path(), 10);
    list(&mut bench, tmp.path(), if common::quick() { 10_000 } else { 100_000 });
    stat(&mut bench, tmp.path(), 10);
    remove(&mut bench, tmp.path());
    copy(&mut bench, tmp.path(), "4 KiB", 4 << 10);
    copy(&mut bench, tmp.path(), "16 MiB", 16 << 20);
    bench.finish();
}
