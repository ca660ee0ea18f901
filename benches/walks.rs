//! Who goes through a tree, for `tree` (as many entries as they are) and
//! `growth` (more and more of them): each counts what is below.

use std::ffi::CStr;

use rawos::fs::{self, DirBuf};

pub fn walk(top: &CStr) -> usize {
    let mut walk = fs::walk(top).unwrap();
    let mut found = 0;
    while let Some(step) = walk.next() {
        let step = step.unwrap();
        found += step.dirnames.len() + step.filenames.len();
    }
    found
}

pub fn fwalk(top: &CStr) -> usize {
    let mut walk = fs::fwalk(top).unwrap();
    let mut found = 0;
    while let Some(step) = walk.next() {
        let step = step.unwrap();
        found += step.dirnames.len() + step.filenames.len();
    }
    found
}

pub fn traverse<const N: usize>(top: &CStr, buf: &mut DirBuf<N>) -> usize {
    let mut tree = fs::traverse(top, buf).unwrap();
    let mut found = 0;
    while let Some(visit) = tree.next() {
        found += usize::from(visit.unwrap().order() != fs::Order::Leave);
    }
    found
}

pub fn walkdir(top: &CStr) -> usize {
    walkdir::WalkDir::new(top.to_str().unwrap())
        .min_depth(1)
        .into_iter()
        .filter(|e| e.is_ok())
        .count()
}
