//! `src/fs/fwalk.rs`. Python itself is asked in `tests/parity`.

use std::{
    fs as stdfs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
};

use rawos::{
    Errno,
    fs::{self, Fwalk},
};

use crate::{
    traverse::{nest, text},
    util::{as_nobody, bulk_dir, temp_dir},
};

/// `path: dirnames | filenames` for each step, relative to `root`, sorted; and
/// that `dirfd` is the directory at that path.
fn steps(root: &Path, mut walk: Fwalk) -> Vec<String> {
    let root = text(root);
    let mut lines = Vec::new();
    while let Some(step) = walk.next() {
        match step {
            Ok(step) => {
                step.dirnames.sort();
                step.filenames.sort();
                let path = std::str::from_utf8(step.dirpath).unwrap();
                if path.len() < 4096 {
                    let (theirs, ours) =
                        (Path::new(path).metadata(), fs::fstat(step.dirfd).unwrap());
                    let theirs = theirs.unwrap();
                    assert_eq!((ours.st_dev(), ours.st_ino()), (theirs.dev(), theirs.ino()));
                }
                let names = |names: &fs::Names| {
                    names.iter().map(|n| n.to_str().unwrap()).collect::<Vec<_>>().join(" ")
                };
                let path = path.strip_prefix(root).unwrap_or(path);
                let (dirs, files) = (names(step.dirnames), names(step.filenames));
                lines.push(format!("{path}: {dirs} | {files}"));
            }
            Err(error) => {
                let path = error.path().to_str().unwrap();
                let path = path.strip_prefix(root).unwrap_or(path);
                lines.push(format!("{path}! {:?} at {}", error.errno(), error.depth()));
            }
        }
    }
    assert!(walk.next().is_none());
    lines
}

fn scene() -> tempfile::TempDir {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    stdfs::create_dir_all(at("a/deep/er")).unwrap();
    stdfs::create_dir_all(at("b")).unwrap();
    stdfs::write(at("file"), b"").unwrap();
    stdfs::write(at("b/y"), b"").unwrap();
    symlink("../b", at("a/to-b")).unwrap();
    tmp
}

fn walk(tmp: &tempfile::TempDir) -> Fwalk {
    fs::fwalk(text(tmp.path())).unwrap()
}

#[test]
fn top_down_and_bottom_up() {
    let tmp = scene();
    let down =
        [": a b | file", "/a: deep to-b | ", "/a/deep: er | ", "/a/deep/er:  | ", "/b:  | y"];
    assert_eq!(steps(tmp.path(), walk(&tmp)), down);
    let mut up = steps(tmp.path(), walk(&tmp).topdown(false));
    assert_eq!(up.last().unwrap(), down[0]);
    let at = |path: &str| up.iter().position(|line| line.starts_with(path)).unwrap();
    assert!(at("/a/deep/er:") < at("/a/deep:") && at("/a/deep:") < at("/a:"));
    up.sort();
    let mut sorted = down.map(str::to_owned);
    sorted.sort();
    assert_eq!(up, sorted);
    let followed = steps(tmp.path(), walk(&tmp).follow_symlinks(true));
    assert!(followed.contains(&"/a/to-b:  | y".to_owned()), "{followed:?}");
}

#[test]
fn deeper_than_paths_and_descriptors_go() {
    let tmp = bulk_dir();
    nest(tmp.path(), 3000);
    for topdown in [true, false] {
        let mut walk = walk(&tmp).topdown(topdown);
        let (mut count, mut last) = (0, 0);
        while let Some(step) = walk.next() {
            let step = step.unwrap();
            count += 1;
            last = step.dirpath.len();
            assert_eq!(
                step.filenames.len(),
                if count == 3001 && topdown || count == 1 && !topdown { 0 } else { 2 }
            );
        }
        let root = text(tmp.path()).len();
        assert_eq!((count, last), (3001, if topdown { root + 6000 } else { root }));
    }
    fs::remove_content(
        fs::open(text(tmp.path()), fs::OFlags::DIRECTORY, fs::Mode::empty()).unwrap(),
        false,
        &mut Box::new(fs::DirBuf::<{ 128 << 10 }>::sized()),
    )
    .unwrap();
}

#[test]
fn errors_come_in_place_and_the_walk_goes_on() {
    let tmp = scene();
    stdfs::set_permissions(tmp.path().join("a/deep"), stdfs::Permissions::from_mode(0o700))
        .unwrap();
    let lines = as_nobody(|| steps(tmp.path(), walk(&tmp)));
    assert_eq!(lines, [": a b | file", "/a: deep to-b | ", "/a/deep! EACCES at 2", "/b:  | y"]);
    assert_eq!(fs::fwalk("/no/such/top").unwrap_err(), Errno::ENOENT);
    assert_eq!(fs::fwalk("/dev/null").unwrap_err(), Errno::ENOTDIR);
}

#[test]
fn a_directory_swapped_for_a_link_is_passed_in_silence() {
    let (tmp, outside) = (scene(), temp_dir());
    stdfs::create_dir(outside.path().join("precious")).unwrap();
    let mut walk = walk(&tmp);
    walk.next().unwrap().unwrap().dirnames.retain(|name| name == c"b");
    stdfs::remove_dir_all(tmp.path().join("b")).unwrap();
    symlink(outside.path(), tmp.path().join("b")).unwrap();
    assert!(walk.next().is_none());
}

#[test]
fn a_directory_moved_away_ends_it() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    nest(tmp.path(), 40);
    let mut walk = walk(&tmp).topdown(false);
    let outcome = loop {
        match walk.next().unwrap() {
            Ok(step) => {
                // The first step is the deepest.
                if step.dirpath.ends_with(&b"/d".repeat(40)) {
                    let moved = tmp.path().join("d/".repeat(10));
                    stdfs::rename(moved, outside.path().join("moved")).unwrap();
                }
            }
            Err(error) => break error.errno(),
        }
    };
    assert_eq!(outcome, Errno::ESTALE);
    assert!(walk.next().is_none());
}
