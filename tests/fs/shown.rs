//! How the types of the room look in `{:?}`, which shows no more than it says.

use std::{fs as stdfs, os::unix::fs::MetadataExt as _};

use rawos::fs::{self, DirBuf};

use crate::util::temp_dir;

#[test]
fn what_reads_a_directory() {
    let tmp = temp_dir();
    stdfs::write(tmp.path().join("a"), "").unwrap();
    let mut buf = DirBuf::<1024>::sized();
    assert_eq!(format!("{buf:?}"), "DirBuf { size: 1024, .. }");
    let mut dir = fs::scandir(tmp.path().to_str().unwrap(), &mut buf).unwrap();
    assert!(format!("{dir:?}").starts_with("ReadDir { dir: "), "{dir:?}");
    let entry = dir.next().unwrap().unwrap();
    let inode = stdfs::metadata(tmp.path().join("a")).unwrap().ino();
    let shown = format!("{entry:?}");
    let expected = format!("DirEntry {{ name: \"a\", inode: {inode}, file_type: ");
    assert!(shown.starts_with(&expected), "{shown}");
    let tree = fs::traverse(tmp.path().to_str().unwrap(), &mut buf).unwrap();
    assert_eq!(format!("{tree:?}"), "Traverse { depth: 1, .. }");
}

#[test]
fn the_stat_of_a_file() {
    let theirs = stdfs::metadata("/proc/self/comm").unwrap();
    let shown = format!("{:?}", fs::stat("/proc/self/comm").unwrap());
    let expected = format!("Stat {{ st_mode: {:#o}, st_ino: ", theirs.mode());
    assert!(shown.starts_with(&expected), "{shown}");
    let owner = format!("st_uid: {}, st_gid: {}, st_size: 0, ", theirs.uid(), theirs.gid());
    assert!(shown.contains(&owner) && shown.ends_with(", .. }"), "{shown}");
}

#[cfg(feature = "alloc")]
#[test]
fn walks_and_names() {
    let tmp = temp_dir();
    stdfs::write(tmp.path().join("a"), "").unwrap();
    let walk = fs::walk(tmp.path().to_str().unwrap()).unwrap();
    let shown = format!("{walk:?}");
    assert!(shown.starts_with("Walk { topdown: true, followlinks: false, depth: "), "{shown}");
    let walk = fs::fwalk(tmp.path().to_str().unwrap()).unwrap();
    let shown = format!("{walk:?}");
    let expected = "Fwalk { topdown: true, follow_symlinks: false, depth: ";
    assert!(shown.starts_with(expected), "{shown}");
    let names = fs::listdir(tmp.path().to_str().unwrap()).unwrap();
    assert_eq!(format!("{names:?}"), "[\"a\"]");
    let mut seen = 0;
    for name in &names {
        assert_eq!(name, &names[seen]);
        seen += 1;
    }
    assert_eq!(seen, 1);
}

/// The error of a walk is that of the system call behind it.
#[cfg(feature = "alloc")]
#[test]
fn the_error_of_a_walk_has_a_source() {
    use rawos::Errno;
    let tmp = temp_dir();
    let missing = tmp.path().join("missing");
    let mut walk = fs::walk(missing.to_str().unwrap()).unwrap();
    let error = walk.next().unwrap().unwrap_err();
    let source = std::error::Error::source(&error).expect("a source");
    assert_eq!(source.to_string(), Errno::ENOENT.to_string());
    assert_eq!(Errno::from(error), Errno::ENOENT);
}
