//! `src/fs/names.rs`: listdir and its list.
#![cfg(feature = "alloc")]

use std::{collections::BTreeSet, fs as stdfs, os::unix::ffi::OsStringExt as _};

use proptest::prelude::*;
use rawos::{
    Errno,
    fs::{self, Mode, Names, OFlags},
};

use crate::util::bulk_dir;

#[test]
fn listdir_is_stds_read_dir_by_path_and_by_descriptor() {
    let tmp = bulk_dir();
    for i in 0..3000 {
        stdfs::write(tmp.path().join(format!("file number {i}")), b"").unwrap();
    }
    let path = tmp.path().to_str().unwrap();
    let theirs: BTreeSet<Vec<u8>> =
        stdfs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_vec()).collect();
    let ours = fs::listdir(path).unwrap();
    assert_eq!(ours.len(), theirs.len());
    assert_eq!(ours.iter().map(|n| n.to_bytes().to_vec()).collect::<BTreeSet<_>>(), theirs);
    let dir = fs::open(path, OFlags::RDONLY, Mode::empty()).unwrap();
    for _ in 0..2 {
        let ours = fs::flistdir(&dir).unwrap();
        assert_eq!(ours.iter().map(|n| n.to_bytes().to_vec()).collect::<BTreeSet<_>>(), theirs);
    }
    assert_eq!(fs::listdir("/dev/null").unwrap_err(), Errno::ENOTDIR);
}

proptest! {
    /// A `Names` does what a vector of strings does.
    #[test]
    fn it_behaves_like_a_vector(plan in prop::collection::vec((0..6u8, "[a-c]{0,3}"), 0..60)) {
        let (mut ours, mut model) = (Names::new(), Vec::<String>::new());
        for (operation, name) in plan {
            match operation {
                0 | 1 => {
                    ours.push(&*name).unwrap();
                    model.push(name);
                }
                2 => {
                    ours.retain(|n| n.to_bytes() != name.as_bytes());
                    model.retain(|n| *n != name);
                }
                3 => {
                    ours.sort();
                    model.sort();
                }
                4 => {
                    ours.reverse();
                    model.reverse();
                }
                _ => {
                    let index = name.len();
                    prop_assert_eq!(ours.remove(index), index < model.len());
                    if index < model.len() {
                        model.remove(index);
                    }
                }
            }
            prop_assert_eq!(ours.len(), model.len());
            prop_assert!(ours.iter().map(|n| n.to_str().unwrap()).eq(&model));
            prop_assert!(ours.iter().rev().map(|n| n.to_str().unwrap()).eq(model.iter().rev()));
        }
        ours.clear();
        prop_assert!(ours.is_empty() && ours.get(0).is_none());
    }
}
