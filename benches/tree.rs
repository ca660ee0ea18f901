//! Walks and stat against a bare loop of libc calls and against peers, in one
//! run: CPU time, one after the other in turn, as ratios.
//!
//! `cargo bench --features std --bench tree [-- DIRECTORIES FILES]` makes a tree of 1,000
//! directories with 100 files each (unless told otherwise) and prints a table:
//! the median of the ratios of neighbouring runs, and their quartiles.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::{
    ffi::{CStr, CString},
    fs as stdfs,
    hint::black_box,
    path::Path,
};

use rawos::fs::{self, DirBuf};

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    // SAFETY: zeroes are a valid rusage.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) }, 0);
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

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

fn rustix_stat(path: &CStr) {
    for _ in 0..100_000 {
        black_box(rustix::fs::stat(black_box(path)).unwrap());
    }
}

fn rawos_stat(path: &CStr) {
    for _ in 0..100_000 {
        black_box(fs::stat(black_box(path)).unwrap());
    }
}

fn rustix_stat_str(path: &str) {
    for _ in 0..100_000 {
        black_box(rustix::fs::stat(black_box(path)).unwrap());
    }
}

fn rawos_stat_str(path: &str) {
    for _ in 0..100_000 {
        black_box(fs::stat(black_box(path)).unwrap());
    }
}

/// Runs the two in turn and prints the ratio of their CPU times.
fn compare(what: &str, rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) {
    let mut ratios = Vec::new();
    for round in 0..=rounds {
        let mut times = [0.0; 2];
        // The order changes, so that neither is always the one after the other.
        for turn in 0..2 {
            let start = cpu();
            if (turn + round) % 2 == 0 {
                ours()
            } else {
                theirs()
            }
            times[(turn + round) % 2] = cpu() - start;
        }
        // The first round warms the caches.
        if round > 0 {
            ratios.push(times[0] / times[1]);
        }
    }
    ratios.sort_by(f64::total_cmp);
    let at = |quarter: usize| ratios[quarter * (ratios.len() - 1) / 4];
    println!("{what:32} {:5.2}   {:5.2} to {:5.2}", at(2), at(1), at(3));
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let (directories, files) = (numbers.next().unwrap_or(1000), numbers.next().unwrap_or(100));
    let shm = Path::new("/dev/shm");
    let parent = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() };
    let tmp = tempfile::Builder::new().prefix("rawos-bench-").tempdir_in(parent).unwrap();
    for i in 0..directories {
        let dir = tmp.path().join(format!("directory {i}"));
        stdfs::create_dir(&dir).unwrap();
        for j in 0..files {
            stdfs::write(dir.join(format!("file {j}")), b"").unwrap();
        }
    }
    let top = CString::new(tmp.path().to_str().unwrap()).unwrap();
    let expected = directories * (files + 1);
    let mut buf = vec![0; 32768];
    let mut floor = || assert_eq!(bare(libc::AT_FDCWD, &top, &mut buf), expected);

    println!("{directories} directories of {files} files; CPU time, ratio and its quartiles");
    compare("walk / bare loop", 20, || assert_eq!(walk(&top), expected), &mut floor);
    compare("fwalk / bare loop", 20, || assert_eq!(fwalk(&top), expected), &mut floor);
    compare("traverse / bare loop", 20, || assert_eq!(traverse(&top), expected), &mut floor);
    compare("walkdir / bare loop", 20, || assert_eq!(walkdir(&top), expected), &mut floor);
    let file = tmp.path().join("directory 0/file 0");
    let (text, c_text) = (file.to_str().unwrap(), CString::new(file.to_str().unwrap()).unwrap());
    compare("stat(&CStr) / rustix", 40, || rawos_stat(&c_text), || rustix_stat(&c_text));
    compare("stat(&str) / rustix", 40, || rawos_stat_str(text), || rustix_stat_str(text));
}
