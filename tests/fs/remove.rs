//! `src/fs/remove.rs`: the whole tree, and nothing but the tree.

use std::{
    fs as stdfs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use rawos::{
    Errno,
    fs::{self, DirBuf, Mode, OFlags},
};

use crate::{
    traverse::{make, nest, text, trees},
    util::{as_nobody, bulk_dir, temp_dir},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn any_tree_goes_whole(nodes in trees()) {
        let tmp = bulk_dir();
        let top = tmp.path().join("top");
        stdfs::create_dir(&top).unwrap();
        make(&top, &nodes);
        prop_assert_eq!(fs::remove_tree(text(&top), &mut DirBuf::<1024>::sized()), Ok(()));
        prop_assert!(top.symlink_metadata().is_err());
        prop_assert!(tmp.path().exists());
    }
}

#[test]
fn a_deep_chain_goes_whole() {
    let tmp = bulk_dir();
    let top = tmp.path().join("top");
    stdfs::create_dir(&top).unwrap();
    nest(&top, 3000);
    let mut buf = Box::new(DirBuf::<{ 128 << 10 }>::sized());
    assert_eq!(fs::remove_tree(text(&top), &mut buf), Ok(()));
    assert!(!top.exists());
}

#[test]
fn symlinks_go_and_what_they_point_to_stays() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    stdfs::write(outside.path().join("precious"), b"").unwrap();
    let top = tmp.path().join("top");
    stdfs::create_dir(&top).unwrap();
    symlink(outside.path(), top.join("link")).unwrap();
    symlink(&top, tmp.path().join("to-top")).unwrap();
    let by_link = fs::remove_tree(text(&tmp.path().join("to-top")), &mut DirBuf::new());
    assert!(matches!(by_link, Err(Errno::ENOTDIR | Errno::ELOOP)), "{by_link:?}");
    assert!(top.join("link").symlink_metadata().is_ok());
    assert_eq!(fs::remove_tree(text(&top), &mut DirBuf::new()), Ok(()));
    assert!(outside.path().join("precious").exists());
}

/// What does not name a directory in another changes nothing; a symlink is not
/// followed for the slash after it.
#[test]
fn a_path_without_a_name_to_remove_is_refused() {
    let tmp = temp_dir();
    let top = tmp.path().join("top");
    stdfs::create_dir_all(top.join("a/b")).unwrap();
    symlink("top", tmp.path().join("link")).unwrap();
    let remove = |path: &str| {
        let path = format!("{}/{path}", text(tmp.path()));
        fs::remove_tree(path.as_bytes(), &mut DirBuf::new())
    };
    for path in ["top/.", "top/a/..", "top/a/../", "top/./", "."] {
        assert_eq!(remove(path), Err(Errno::EINVAL), "{path}");
    }
    assert_eq!(fs::remove_tree("", &mut DirBuf::new()), Err(Errno::ENOENT));
    assert_eq!(remove("link/"), Err(Errno::ENOTDIR));
    assert!(top.join("a/b").exists());
    // Through the tree itself, which is gone afterwards.
    assert_eq!(remove("top/a/b/../../../top//"), Ok(()));
    assert!(!top.exists());
    assert!(tmp.path().join("link").symlink_metadata().is_ok());
}

#[test]
fn an_error_is_reported_and_the_rest_removed() {
    let tmp = temp_dir();
    let top = tmp.path().join("top");
    for name in ["a", "closed", "z"] {
        stdfs::create_dir_all(top.join(name).join("inner")).unwrap();
    }
    let open = |path: &Path, mode| {
        stdfs::set_permissions(path, stdfs::Permissions::from_mode(mode)).unwrap();
    };
    for path in [&top, &top.join("a"), &top.join("z"), &top.join("a/inner"), &top.join("z/inner")] {
        open(path, 0o777);
    }
    open(&top.join("closed"), 0o755);
    let result = as_nobody(|| fs::remove_tree(text(&top), &mut DirBuf::new()));
    assert_eq!(result, Err(Errno::EACCES));
    assert!(top.join("closed/inner").exists());
    assert!(!top.join("a").exists() && !top.join("z").exists());
    assert_eq!(fs::remove_tree("/no/such/tree", &mut DirBuf::new()), Err(Errno::ENOENT));
}

#[test]
fn a_slash_or_a_dot_at_the_end_leads_through_no_symlink() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    stdfs::write(outside.path().join("precious"), b"").unwrap();
    symlink(outside.path(), tmp.path().join("link")).unwrap();
    let link = text(&tmp.path().join("link")).to_owned();
    for end in ["/", "//", "/.", "/./", "/..", "/../"] {
        let removed = fs::remove_tree(&*format!("{link}{end}"), &mut DirBuf::new());
        let dots = end.contains('.');
        let expected = if dots { Errno::EINVAL } else { Errno::ENOTDIR };
        assert!(removed == Err(expected) || !dots && removed == Err(Errno::ELOOP), "{removed:?}");
        assert!(outside.path().join("precious").exists(), "{end}");
        assert!(tmp.path().join("link").is_symlink(), "{end}");
    }
    // A directory goes, however many slashes there are.
    stdfs::create_dir_all(tmp.path().join("dir/inner")).unwrap();
    let dir = format!("{}///", text(&tmp.path().join("dir")));
    assert_eq!(fs::remove_tree(&*dir, &mut DirBuf::new()), Ok(()));
    assert!(!tmp.path().join("dir").exists());
    for nothing in ["", "/no/such/", "."] {
        assert!(fs::remove_tree(nothing, &mut DirBuf::new()).is_err(), "{nothing:?}");
    }
}

#[test]
fn the_content_alone_goes_from_an_open_directory() {
    let tmp = temp_dir();
    stdfs::create_dir_all(tmp.path().join("a/b")).unwrap();
    let dir = fs::open(text(tmp.path()), OFlags::DIRECTORY, Mode::empty()).unwrap();
    assert_eq!(fs::remove_content(&dir, true, &mut DirBuf::new()), Ok(()));
    assert_eq!(stdfs::read_dir(tmp.path()).unwrap().count(), 0);
}

/// Someone swaps a directory of the tree for a symlink out of it, and back, as
/// fast as possible, while trees are removed and walked.
#[test]
fn a_hostile_neighbour_leads_nobody_out() {
    let (tmp, outside) = (temp_dir(), temp_dir());
    stdfs::create_dir_all(outside.path().join("x")).unwrap();
    for i in 0..20 {
        stdfs::write(outside.path().join(format!("x/precious {i}")), b"").unwrap();
    }
    let seconds = if std::env::var_os("RAWOS_SOAK").is_some() { 60 } else { 3 };
    let (done, end) = (AtomicBool::new(false), Instant::now() + Duration::from_secs(seconds));
    let top = tmp.path().join("top");
    let mut rounds = 0;
    thread::scope(|scope| {
        scope.spawn(|| {
            let (victim, aside) = (top.join("a/victim"), tmp.path().join("aside"));
            while !done.load(Relaxed) {
                if stdfs::rename(&victim, &aside).is_ok() {
                    let _ = symlink(outside.path(), &victim);
                    thread::yield_now();
                    let _ = stdfs::remove_file(&victim);
                    let _ = stdfs::rename(&aside, &victim);
                }
                let _ = stdfs::remove_dir_all(&aside);
            }
        });
        while Instant::now() < end {
            let _ = stdfs::create_dir_all(top.join("a/victim/x"));
            for i in 0..20 {
                let _ = stdfs::write(top.join(format!("a/victim/x/file {i}")), b"");
            }
            #[cfg(feature = "alloc")]
            {
                let mut walk = fs::fwalk(text(&top)).unwrap();
                while let Some(step) = walk.next() {
                    let Ok(step) = step else { continue };
                    let inside = step.filenames.iter();
                    for name in inside {
                        assert!(!name.to_bytes().starts_with(b"precious"), "fwalk was led out");
                    }
                }
            }
            let _ = fs::remove_tree(text(&top), &mut DirBuf::<4096>::sized());
            rounds += 1;
        }
        done.store(true, Relaxed);
    });
    // What this test wrote itself may have gone through the link, too.
    let left = (0..20).filter(|i| outside.path().join(format!("x/precious {i}")).exists());
    assert_eq!(left.count(), 20);
    assert!(rounds > 3, "{rounds}");
}
