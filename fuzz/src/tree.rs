//! A tree of files as std sees it, and as rawos walks it.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _};
use std::path::Path;

use rawos::fs;

/// What a file is: mode, links, size, the path of the same file that comes
/// first, and its content or target.
type Seen = (u32, u64, u64, Vec<u8>, Vec<u8>);

/// Every file below `root`, by its path.
pub fn seen(root: &Path) -> BTreeMap<Vec<u8>, Seen> {
    let (mut seen, mut first) = (BTreeMap::new(), HashMap::new());
    let mut left = vec![root.to_owned()];
    while let Some(dir) = left.pop() {
        let mut paths: Vec<_> =
            std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
            let file = path.symlink_metadata().unwrap();
            let content = match file.mode() & libc::S_IFMT {
                libc::S_IFREG => std::fs::read(&path).unwrap(),
                libc::S_IFLNK => std::fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec(),
                _ => Vec::new(),
            };
            let same = first.entry(file.ino()).or_insert_with(|| name.clone()).clone();
            seen.insert(name, (file.mode(), file.nlink(), file.size(), same, content));
            if file.is_dir() {
                left.push(path);
            }
        }
    }
    seen
}

/// rawos walks through the same files.
pub fn check_walk(root: &Path, seen: &BTreeMap<Vec<u8>, Seen>) {
    let mut walked = BTreeMap::new();
    let mut add = |dir: &[u8], name: &[u8]| {
        let path = [dir, b"/", name].concat();
        let stat = fs::lstat(&path).unwrap();
        let name = path[root.as_os_str().len() + 1..].to_vec();
        walked.insert(name, (stat.st_mode(), stat.st_nlink(), stat.st_size().cast_unsigned()));
    };
    let mut walk = fs::walk(root).unwrap();
    while let Some(step) = walk.next() {
        let step = step.unwrap();
        let names = step.dirnames.iter().chain(step.filenames.iter());
        names.for_each(|name| add(step.dirpath, name.to_bytes()));
    }
    let seen = seen.iter().map(|(name, file)| (name.clone(), (file.0, file.1, file.2)));
    assert!(walked.into_iter().eq(seen));
}
