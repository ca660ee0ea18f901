//! `src/fs/walk.rs`: order, pruning, errors. Python itself is asked in
//! `tests/parity`.

use std::{
    fs as stdfs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
};

use rawos::{
    Errno,
    fs::{self, Walk},
};

use crate::util::{as_nobody, temp_dir};

/// `path: dirnames | filenames` for each step, relative to `root`, with names
/// sorted so that the order is known.
fn steps(root: &Path, mut walk: Walk) -> Vec<String> {
    let root = root.to_str().unwrap();
    let mut lines = Vec::new();
    while let Some(step) = walk.next() {
        match step {
            Ok(step) => {
                step.dirnames.sort();
                step.filenames.sort();
                let names = |names: &fs::Names| {
                    names.iter().map(|n| n.to_str().unwrap()).collect::<Vec<_>>().join(" ")
                };
                let path = std::str::from_utf8(step.dirpath).unwrap();
                let path = path.strip_prefix(root).unwrap_or(path);
                lines.push(format!("{path}: {} | {}", names(step.dirnames), names(step.filenames)));
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
    stdfs::write(at("a/x"), b"").unwrap();
    stdfs::write(at("b/y"), b"").unwrap();
    symlink("../b", at("a/to-b")).unwrap();
    symlink("nowhere", at("b/dangling")).unwrap();
    tmp
}

fn walk(tmp: &tempfile::TempDir) -> Walk {
    fs::walk(tmp.path().to_str().unwrap()).unwrap()
}

#[test]
fn top_down() {
    let tmp = scene();
    let expected = [
        ": a b | file",
        "/a: deep to-b | x",
        "/a/deep: er | ",
        "/a/deep/er:  | ",
        "/b:  | dangling y",
    ];
    assert_eq!(steps(tmp.path(), walk(&tmp)), expected);
}

#[test]
fn bottom_up_has_the_same_steps_each_after_those_in_it() {
    let tmp = scene();
    let mut up = steps(tmp.path(), walk(&tmp).topdown(false));
    assert_eq!(up.last().unwrap(), ": a b | file");
    let at = |path: &str| up.iter().position(|line| line.starts_with(path)).unwrap();
    assert!(at("/a/deep/er:") < at("/a/deep:") && at("/a/deep:") < at("/a:"));
    up.sort();
    let mut down = steps(tmp.path(), walk(&tmp));
    down.sort();
    assert_eq!(up, down);
}

#[test]
fn links_are_followed_when_asked() {
    let tmp = scene();
    let followed = steps(tmp.path(), walk(&tmp).followlinks(true));
    assert!(followed.contains(&"/a/to-b:  | dangling y".to_owned()), "{followed:?}");
    assert_eq!(followed.len(), 6);
    // A loop ends where the kernel's patience with links does.
    symlink(".", tmp.path().join("b/self")).unwrap();
    let looped = steps(tmp.path(), walk(&tmp).followlinks(true));
    assert!(looped.len() > 40 && looped.len() < 200, "{}", looped.len());
}

#[test]
fn pruned_reordered_and_added_directories() {
    let tmp = scene();
    let outside = temp_dir();
    stdfs::write(outside.path().join("there"), b"").unwrap();
    let mut walk = walk(&tmp);
    let mut paths = Vec::new();
    while let Some(step) = walk.next() {
        let step = match step {
            Ok(step) => step,
            Err(error) => {
                paths.push(format!("{error}"));
                continue;
            }
        };
        paths.push(String::from_utf8(step.dirpath.to_vec()).unwrap());
        if step.dirpath == tmp.path().to_str().unwrap().as_bytes() {
            step.dirnames.sort();
            step.dirnames.reverse();
            step.dirnames.push(outside.path().to_str().unwrap()).unwrap();
            step.dirnames.push("missing").unwrap();
            step.dirnames.push("a/deep/er").unwrap();
        } else if step.dirpath.ends_with(b"/a") {
            step.dirnames.retain(|name| name != c"deep");
        }
    }
    let root = tmp.path().to_str().unwrap();
    let expected = [
        root.to_owned(),
        format!("{root}/b"),
        format!("{root}/a"),
        outside.path().to_str().unwrap().to_owned(),
        format!("{root}/missing: No such file or directory (ENOENT)"),
        format!("{root}/a/deep/er"),
    ];
    assert_eq!(paths, expected);
}

#[test]
fn errors_come_in_place_and_the_walk_goes_on() {
    let tmp = scene();
    stdfs::set_permissions(tmp.path().join("a/deep"), stdfs::Permissions::from_mode(0o700))
        .unwrap();
    let lines = as_nobody(|| steps(tmp.path(), walk(&tmp)));
    let expected =
        [": a b | file", "/a: deep to-b | x", "/a/deep! EACCES at 2", "/b:  | dangling y"];
    assert_eq!(lines, expected);

    let missing = steps(Path::new("/"), fs::walk("/no/such/top").unwrap());
    assert_eq!(missing, ["no/such/top! ENOENT at 0"]);
    let file = steps(Path::new("/"), fs::walk("/dev/null").unwrap());
    assert_eq!(file, ["dev/null! ENOTDIR at 0"]);
    assert_eq!(fs::walk("a\0b").unwrap_err(), Errno::EINVAL);
    assert_eq!(fs::walk("x/".repeat(3000).as_str()).unwrap_err(), Errno::ENAMETOOLONG);
}

#[test]
fn a_directory_that_vanishes_before_it_is_entered() {
    let tmp = scene();
    let mut walk = walk(&tmp);
    walk.next().unwrap().unwrap().dirnames.sort();
    stdfs::remove_dir_all(tmp.path().join("a")).unwrap();
    let error = walk.next().unwrap().unwrap_err();
    assert_eq!((error.errno(), error.depth()), (Errno::ENOENT, 1));
    #[cfg(feature = "std")]
    {
        let theirs = std::io::Error::from(error.clone());
        assert_eq!(theirs.kind(), std::io::ErrorKind::NotFound);
        assert_eq!(theirs.to_string(), error.to_string());
        assert_eq!(theirs.downcast::<rawos::fs::WalkError>().unwrap(), error);
    }
    assert!(walk.next().unwrap().unwrap().dirpath.ends_with(b"/b"));
    assert!(walk.next().is_none());
}

#[test]
fn the_top_may_be_spelled_in_any_way() {
    let tmp = scene();
    let root = tmp.path().to_str().unwrap();
    for (top, child) in
        [(format!("{root}/"), format!("{root}/a")), (format!("{root}/."), format!("{root}/./a"))]
    {
        let mut walk = fs::walk(&*top).unwrap();
        let first = walk.next().unwrap().unwrap();
        assert_eq!(first.dirpath, top.as_bytes());
        first.dirnames.sort();
        assert_eq!(walk.next().unwrap().unwrap().dirpath, child.as_bytes());
    }
}
