//! Walks against a loop in C, and the crates that do the same.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

mod walks;

use std::{
    ffi::{CStr, CString},
    fs as stdfs,
};

use common::{Bench, cpu, floor};
use rawos::fs::DirBuf;
use walks::{fwalk, walk, walkdir};

fn traverse(top: &CStr) -> usize {
    walks::traverse(top, &mut DirBuf::new())
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
    for (name, ours) in ours {
        let row = format!("{name}, {expected} entries");
        let floor = cpu(|| assert_eq!(floor::walk(&top), expected));
        bench.row(&row, "C loop", cpu(|| assert_eq!(ours(&top), expected)), floor);
        for (peer, theirs) in peers {
            let theirs = cpu(|| assert_eq!(theirs(&top), expected));
            bench.row(&row, peer, cpu(|| assert_eq!(ours(&top), expected)), theirs);
        }
    }
    bench.finish();
}
