//! Walks against a bare loop of libc calls, and the crates that do the same.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::{
    ffi::{CStr, CString},
    fs as stdfs,
};

use common::{Bench, cpu};
use rawos::fs::{self, DirBuf};

/// The floor: openat, getdents64 and close on each directory, and a look at
/// each record's type; the way down by descriptors, as little work as can be.
fn bare(dir: libc::c_int, name: &CStr, buf: &mut [u8]) -> usize {
    let flags = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    // SAFETY: only reads the name.
    let fd = unsafe { libc::openat(dir, name.as_ptr(), flags) };
    assert!(fd >= 0);
    let mut found = 0;
    let mut directories = Vec::<CString>::new();
    loop {
        // SAFETY: writes at most the buffer's length.
        let len = unsafe { libc::syscall(libc::SYS_getdents64, fd, buf.as_mut_ptr(), buf.len()) }
            as usize;
        if len == 0 {
            break;
        }
        let mut at = 0;
        while at < len {
            let record = &buf[at..];
            let size = usize::from(u16::from_ne_bytes([record[16], record[17]]));
            let name = CStr::from_bytes_until_nul(&record[19..size]).unwrap();
            if !matches!(name.to_bytes(), b"." | b"..") {
                found += 1;
                if record[18] == libc::DT_DIR {
                    directories.push(name.to_owned());
                }
            }
            at += size;
        }
    }
    for name in &directories {
        found += bare(fd, name, buf);
    }
    // SAFETY: opened above.
    unsafe { libc::close(fd) };
    found
}

fn walk(top: &CStr) -> usize {
    let mut walk = fs::walk(top).unwrap();
    let mut found = 0;
    while let Some(step) = walk.next() {
        let step = step.unwrap();
        found += step.dirnames.len() + step.filenames.len();
    }
    found
}

fn fwalk(top: &CStr) -> usize {
    let mut walk = fs::fwalk(top).unwrap();
    let mut found = 0;
    while let Some(step) = walk.next() {
        let step = step.unwrap();
        found += step.dirnames.len() + step.filenames.len();
    }
    found
}

fn traverse(top: &CStr) -> usize {
    let mut buf = DirBuf::new();
    let mut tree = fs::traverse(top, &mut buf).unwrap();
    let mut found = 0;
    while let Some(visit) = tree.next() {
        found += usize::from(visit.unwrap().order() != fs::Order::Leave);
    }
    found
}

fn walkdir(top: &CStr) -> usize {
    walkdir::WalkDir::new(top.to_str().unwrap())
        .min_depth(1)
        .into_iter()
        .filter(|e| e.is_ok())
        .count()
}

fn jwalk(top: &CStr) -> usize {
    let walk = jwalk::WalkDir::new(top.to_str().unwrap()).skip_hidden(false).min_depth(1);
    walk.parallelism(jwalk::Parallelism::Serial).into_iter().filter(|e| e.is_ok()).count()
}

fn ignore(top: &CStr) -> usize {
    let mut walk = ignore::WalkBuilder::new(top.to_str().unwrap());
    // The top is among them.
    walk.standard_filters(false).build().filter(|e| e.is_ok()).count() - 1
}

/// Who walks, and how: it counts what is below.
type Side = (&'static str, fn(&CStr) -> usize);

fn main() {
    let (directories, files) = if common::quick() { (100, 10) } else { (1000, 100) };
    let tmp = common::directory();
    for i in 0..directories {
        let dir = tmp.path().join(format!("directory {i}"));
        stdfs::create_dir(&dir).unwrap();
        for j in 0..files {
            stdfs::write(dir.join(format!("file {j}")), b"").unwrap();
        }
    }
    let top = CString::new(tmp.path().to_str().unwrap()).unwrap();
    let expected = directories * (files + 1);
    let ours: [Side; 3] = [("walk", walk), ("fwalk", fwalk), ("traverse", traverse)];
    let peers: [Side; 3] = [("walkdir", walkdir), ("jwalk", jwalk), ("ignore", ignore)];

    let mut bench = Bench::new();
    let mut buf = vec![0; 32768];
    for (name, ours) in ours {
        let row = format!("{name}, {expected} entries");
        let floor = cpu(|| assert_eq!(bare(libc::AT_FDCWD, &top, &mut buf), expected));
        bench.row(&row, "bare loop", cpu(|| assert_eq!(ours(&top), expected)), floor);
        for (peer, theirs) in peers {
            let theirs = cpu(|| assert_eq!(theirs(&top), expected));
            bench.row(&row, peer, cpu(|| assert_eq!(ours(&top), expected)), theirs);
        }
    }
    bench.finish();
}
