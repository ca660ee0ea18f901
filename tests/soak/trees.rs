//! Trees of files: the one that all read, and small ones.

use std::collections::BTreeSet;

use rawos::{
    fd,
    fs::{self, DirBuf, Mode, OFlags, Order},
};

use crate::worker::{Outcome, Worker};

/// What is in the tree: the directories end with a slash.
pub const TREE: [&str; 11] = [
    "deep/",
    "deep/a/",
    "deep/a/b/",
    "deep/a/b/c/",
    "deep/a/b/c/file",
    "deep/a/three",
    "empty/",
    "link",
    "one",
    "two",
    "wide/",
];
/// How many files are in `wide`.
pub const WIDE: usize = 20;

fn names(names: &fs::Names) -> BTreeSet<Vec<u8>> {
    names.iter().map(|name| name.to_bytes().to_vec()).collect()
}

fn expected() -> BTreeSet<Vec<u8>> {
    let wide = (0..WIDE).map(|number| format!("wide/{number}").into_bytes());
    TREE.iter().map(|name| name.as_bytes().to_vec()).chain(wide).collect()
}

pub fn listdir(worker: &mut Worker) -> Outcome {
    let top = names(&fs::listdir(&worker.tree)?);
    assert!(top.iter().map(Vec::as_slice).eq([
        &b"deep"[..],
        b"empty",
        b"link",
        b"one",
        b"two",
        b"wide"
    ]));
    Ok(())
}

/// The entries of a step, as in [`TREE`].
fn add(seen: &mut BTreeSet<Vec<u8>>, top: &str, dir: &[u8], dirs: &fs::Names, files: &fs::Names) {
    let dir = dir[top.len()..].strip_prefix(b"/").unwrap_or_default();
    let prefix = if dir.is_empty() { Vec::new() } else { [dir, b"/"].concat() };
    for (list, end) in [(dirs, &b"/"[..]), (files, b"")] {
        for name in list {
            // A symlink to a directory is one, and the tree names it as a link.
            let end = if name == c"link" { b"" } else { end };
            assert!(seen.insert([&prefix, name.to_bytes(), end].concat()));
        }
    }
}

pub fn walk(worker: &mut Worker) -> Outcome {
    let mut walk = fs::walk(&worker.tree)?.topdown(worker.rng.below(2) == 0);
    let mut seen = BTreeSet::new();
    while let Some(step) = walk.next() {
        let step = step.map_err(|error| error.errno())?;
        add(&mut seen, &worker.tree, step.dirpath, step.dirnames, step.filenames);
    }
    assert_eq!(seen, expected());
    Ok(())
}

pub fn fwalk(worker: &mut Worker) -> Outcome {
    let mut walk = fs::fwalk(&worker.tree)?.topdown(worker.rng.below(2) == 0);
    let mut seen = BTreeSet::new();
    while let Some(step) = walk.next() {
        let step = step.map_err(|error| error.errno())?;
        add(&mut seen, &worker.tree, step.dirpath, step.dirnames, step.filenames);
        // Sometimes it is left half-way.
        if worker.rng.below(20) == 0 {
            return Ok(());
        }
    }
    assert_eq!(seen, expected());
    Ok(())
}

pub fn traverse(worker: &mut Worker) -> Outcome {
    let mut buf = DirBuf::<1024>::sized();
    let mut tree = fs::traverse(&worker.tree, &mut buf)?;
    let mut seen = [0; 3];
    while let Some(visit) = tree.next() {
        seen[match visit?.order() {
            Order::Enter => 0,
            Order::Leave => 1,
            Order::Leaf => 2,
        }] += 1;
    }
    assert_eq!(seen, [6, 6, 5 + WIDE]);
    Ok(())
}

pub fn remove_tree(worker: &mut Worker) -> Outcome {
    let top = worker.path("tree");
    fs::makedirs(format!("{top}/a/b/c/d"), Mode::IRWXU, false)?;
    for name in ["one", "a/two", "a/b/c/d/three"] {
        let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL;
        let file = fs::open(format!("{top}/{name}"), flags, Mode::IRUSR)?;
        fd::write_all(&file, name.as_bytes())?;
    }
    // Of where it leads, nothing is removed: the others would not find it.
    fs::symlink(&worker.tree, format!("{top}/a/link"))?;
    fs::remove_tree(&top, &mut DirBuf::<300>::sized())?;
    assert!(!std::fs::exists(&top).unwrap());
    Ok(())
}
