//! `os.walk`, `os.listdir` and `os.scandir` on random trees: symlinks and loops
//! of them, odd bytes in names, directories that nobody may read.

use std::{
    ffi::OsString,
    fs as stdfs,
    os::unix::{
        ffi::OsStringExt as _,
        fs::{PermissionsExt as _, symlink},
    },
    path::Path,
};

use proptest::{prelude::*, test_runner::TestRunner};
use rawos::fs::{self, DirBuf, Names};

use crate::{
    python,
    util::{as_nobody, temp_dir},
};

#[derive(Clone, Debug)]
enum Node {
    File,
    Link(String),
    Fifo,
    Dir(u32, Vec<(Vec<u8>, Node)>),
}

fn names() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => prop::sample::select(b"abcd".to_vec()),
        1 => any::<u8>().prop_filter("not in names", |byte| ![0, b'/'].contains(byte)),
    ];
    prop::collection::vec(byte, 1..6).prop_filter("taken", |n| n != b"." && n != b"..")
}

/// Links may lead to `a`, and so to themselves.
fn nodes() -> impl Strategy<Value = Vec<(Vec<u8>, Node)>> {
    nodes_with(vec![".", "..", "a", "../a", "nowhere", "/etc"])
}

fn nodes_with(targets: Vec<&'static str>) -> impl Strategy<Value = Vec<(Vec<u8>, Node)>> {
    let target = prop::sample::select(targets);
    let leaf = prop_oneof![
        3 => Just(Node::File),
        2 => target.prop_map(|target| Node::Link(target.to_owned())),
        1 => Just(Node::Fifo),
    ];
    let mode = prop_oneof![6 => Just(0o755), 1 => Just(0o300), 1 => Just(0o000), 1 => Just(0o744)];
    let node = leaf.prop_recursive(5, 60, 8, move |inner| {
        let inner = prop::collection::vec((names(), inner), 0..8);
        (mode.clone(), inner).prop_map(|(mode, inner)| Node::Dir(mode, inner))
    });
    prop::collection::vec((names(), node), 0..10)
}

fn make(dir: &Path, nodes: &[(Vec<u8>, Node)]) {
    for (name, node) in nodes {
        let path = dir.join(OsString::from_vec(name.clone()));
        // A name that comes twice is made once.
        if path.symlink_metadata().is_ok() {
            continue;
        }
        match node {
            Node::File => stdfs::write(path, b"").unwrap(),
            Node::Link(target) => symlink(target, path).unwrap(),
            Node::Fifo => {
                let path = std::ffi::CString::new(path.into_os_string().into_vec()).unwrap();
                // SAFETY: mkfifo(3) only reads the path.
                assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
            }
            Node::Dir(mode, inner) => {
                stdfs::create_dir(&path).unwrap();
                make(&path, inner);
                stdfs::set_permissions(path, stdfs::Permissions::from_mode(*mode)).unwrap();
            }
        }
    }
}

const WALK: &str = "
import os, sys
top, topdown, follow = os.fsencode(sys.argv[1]), sys.argv[2] == 'True', sys.argv[3] == 'True'
def error(e): print('error', os.fsencode(e.filename).hex(), e.errno)
steps = 0
for path, dirs, files in os.walk(top, topdown, error, follow):
    print(path.hex(), '|', ' '.join(d.hex() for d in dirs), '|', ' '.join(f.hex() for f in files))
    if path.count(b'/') - top.count(b'/') == int(sys.argv[5]): dirs.clear()
    steps += 1
    if steps == int(sys.argv[4]): break
";

const FWALK: &str = "
import os, sys
top, topdown, follow = os.fsencode(sys.argv[1]), sys.argv[2] == 'True', sys.argv[3] == 'True'
def error(e): print('error', e.errno)
for path, dirs, files, fd in os.fwalk(top, topdown, error, follow_symlinks=follow):
    print(path.hex(), '|', ' '.join(d.hex() for d in dirs), '|', ' '.join(f.hex() for f in files),
          os.fstat(fd).st_ino)
";

fn fwalk(top: &str, topdown: bool, follow: bool) -> String {
    let names =
        |names: &Names| names.iter().map(|name| hex(name.to_bytes())).collect::<Vec<_>>().join(" ");
    let mut walk = fs::fwalk(top).unwrap().topdown(topdown).follow_symlinks(follow);
    let mut lines = String::new();
    while let Some(step) = walk.next() {
        lines += &match step {
            Ok(step) => {
                let inode = fs::fstat(step.dirfd).unwrap().st_ino();
                let (dirs, files) = (names(step.dirnames), names(step.filenames));
                format!("{} | {dirs} | {files} {inode}\n", hex(step.dirpath))
            }
            Err(error) => format!("error {}\n", error.errno().raw()),
        };
    }
    lines
}

#[test]
fn fwalk_gives_pythons_steps_in_pythons_order() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    // A link to itself ends Python's fwalk with an exception.
    let nodes = nodes_with(vec![".", "..", "nowhere", "/etc"]);
    let outcome = runner.run(&nodes, |nodes| {
        let tmp = temp_dir();
        make(tmp.path(), &nodes);
        let top = tmp.path().to_str().unwrap();
        for (topdown, nobody) in [(true, true), (false, true), (true, false), (false, false)] {
            let theirs = python(FWALK, &[top, python_bool(topdown), "False"], nobody);
            let ours = match nobody {
                true => as_nobody(|| fwalk(top, topdown, false)),
                false => fwalk(top, topdown, false),
            };
            prop_assert_eq!(ours, theirs, "{:?}", (topdown, nobody));
        }
        Ok(())
    });
    outcome.unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many steps at most, and so many directories down from the top.
fn walk(top: &str, topdown: bool, follow: bool, [limit, deepest]: [usize; 2]) -> String {
    let names =
        |names: &Names| names.iter().map(|name| hex(name.to_bytes())).collect::<Vec<_>>().join(" ");
    let mut walk = fs::walk(top).unwrap().topdown(topdown).followlinks(follow);
    let (mut lines, mut steps) = (String::new(), 0);
    while let Some(step) = walk.next() {
        match step {
            Ok(step) => {
                let path = hex(step.dirpath);
                lines +=
                    &format!("{path} | {} | {}\n", names(step.dirnames), names(step.filenames));
                let slashes = |path: &[u8]| path.iter().filter(|byte| **byte == b'/').count();
                if slashes(step.dirpath) - slashes(top.as_bytes()) == deepest {
                    step.dirnames.clear();
                }
                steps += 1;
                if steps == limit {
                    break;
                }
            }
            Err(error) => {
                let path = hex(error.path().to_bytes());
                lines += &format!("error {path} {}\n", error.errno().raw());
            }
        }
    }
    lines
}

#[test]
fn walk_gives_pythons_steps_in_pythons_order() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let outcome = runner.run(&nodes(), |nodes| {
        let tmp = temp_dir();
        make(tmp.path(), &nodes);
        let top = tmp.path().to_str().unwrap();
        for (topdown, follow, nobody) in
            [(true, false, true), (false, false, true), (true, true, true), (true, false, false)]
        {
            // Loops of links make many paths of few directories. The kernel begins to look a path up
            // again when others mount meanwhile, and counts its links twice then: 8 names of them are
            // far from 40 all the same.
            let limits = if follow { [300, 8] } else { [1000, 1000] };
            let theirs = their_walk(top, topdown, follow, limits, nobody);
            let ours = match nobody {
                true => as_nobody(|| walk(top, topdown, follow, limits)),
                false => walk(top, topdown, follow, limits),
            };
            prop_assert_eq!(ours, theirs, "{:?}", (topdown, follow, nobody));
        }
        Ok(())
    });
    outcome.unwrap();
}

fn their_walk(top: &str, topdown: bool, follow: bool, limits: [usize; 2], nobody: bool) -> String {
    let [limit, deepest] = limits.map(|limit| limit.to_string());
    python(WALK, &[top, python_bool(topdown), python_bool(follow), &limit, &deepest], nobody)
}

fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// The kernel follows 40 links in one path. What is behind the next is no
/// directory, though it is one from where the link is.
#[test]
fn a_loop_of_links_ends_where_pythons_does() {
    for links in [&[("loop", ".")][..], &[("a", "."), ("b", "a")]] {
        let tmp = temp_dir();
        let dir = tmp.path().join("dir");
        stdfs::create_dir(&dir).unwrap();
        for (name, target) in links {
            symlink(target, dir.join(name)).unwrap();
        }
        let top = tmp.path().to_str().unwrap();
        for topdown in [true, false] {
            let limits = [2000, 2000];
            let walks = || {
                let theirs = their_walk(top, topdown, true, limits, false);
                (walk(top, topdown, true, limits), theirs)
            };
            // A mount elsewhere shortens one of them now and then, as above.
            let (ours, theirs) = (0..20)
                .map(|_| walks())
                .find(|(ours, theirs)| ours == theirs)
                .unwrap_or_else(walks);
            assert_eq!(ours, theirs);
            assert!(theirs.lines().count() > 40, "{theirs}");
            assert!(!theirs.contains("error"), "{theirs}");
        }
    }
}

#[test]
fn links_are_followed_bottom_up_as_well() {
    let tmp = temp_dir();
    stdfs::create_dir_all(tmp.path().join("a/b")).unwrap();
    stdfs::create_dir_all(tmp.path().join("c")).unwrap();
    stdfs::write(tmp.path().join("c/file"), b"").unwrap();
    symlink("../c", tmp.path().join("a/to-c")).unwrap();
    symlink("nowhere", tmp.path().join("a/dangling")).unwrap();
    let top = tmp.path().to_str().unwrap();
    let theirs = their_walk(top, false, true, [100, 100], false);
    assert_eq!(walk(top, false, true, [100, 100]), theirs);
    assert_eq!(theirs.lines().count(), 5);
    for topdown in [true, false] {
        let theirs = python(FWALK, &[top, python_bool(topdown), "True"], false);
        assert_eq!(fwalk(top, topdown, true), theirs);
    }
}

const LIST: &str = "
import os, sys
top = os.fsencode(sys.argv[1])
print(' '.join(n.hex() for n in os.listdir(top)))
for e in os.scandir(top):
    def ask(f):
        try: return f()
        except OSError as error: return error.errno
    facts = [e.is_dir(), e.is_file(), e.is_symlink(), e.is_dir(follow_symlinks=False),
             e.is_file(follow_symlinks=False)] if os.path.exists(e.path) or not e.is_symlink() else \\
            [ask(e.is_dir), ask(e.is_file), e.is_symlink(), False, False]
    s = e.stat(follow_symlinks=False)
    print(e.name.hex(), e.inode(), *[int(f) for f in facts], s.st_mode, s.st_size, s.st_mtime_ns)
";

fn list(top: &str) -> String {
    let names = fs::listdir(top).unwrap();
    let mut text = names.iter().map(|n| hex(n.to_bytes())).collect::<Vec<_>>().join(" ") + "\n";
    let mut buf = DirBuf::new();
    let mut dir = fs::scandir(top, &mut buf).unwrap();
    while let Some(entry) = dir.next() {
        let entry = entry.unwrap();
        let fact = |fact: rawos::Result<bool>| match fact {
            Ok(fact) => i32::from(fact),
            Err(errno) => errno.raw(),
        };
        let facts = [
            fact(entry.is_dir(true)),
            fact(entry.is_file(true)),
            fact(entry.is_symlink()),
            fact(entry.is_dir(false)),
            fact(entry.is_file(false)),
        ];
        let stat = entry.stat(false).unwrap();
        text += &format!(
            "{} {} {} {} {} {}\n",
            hex(entry.name().to_bytes()),
            entry.inode(),
            facts.map(|fact| fact.to_string()).join(" "),
            stat.st_mode(),
            stat.st_size(),
            stat.st_mtime_ns(),
        );
    }
    text
}

#[test]
fn listdir_and_scandir_give_pythons_entries() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(12));
    let outcome = runner.run(&nodes(), |nodes| {
        let tmp = temp_dir();
        make(tmp.path(), &nodes);
        let top = tmp.path().to_str().unwrap();
        prop_assert_eq!(list(top), python(LIST, &[top], false));
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(list("/etc"), python(LIST, &["/etc"], false));
}
