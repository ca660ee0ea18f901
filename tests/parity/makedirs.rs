//! `os.makedirs`, `os.removedirs` and `os.renames`: random lists of operations,
//! by python3 in one directory and by rawos in another. The errnos are the
//! same, and so are the trees.

use std::{
    ffi::CString,
    fs as stdfs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::Path,
};

use proptest::{prelude::*, test_runner::TestRunner};
use rawos::fs::{self, Mode};

use crate::{
    python,
    util::{as_nobody, bulk_dir},
};

/// Paths are relative to the case's directory; `@` stands for a directory
/// above it, by its absolute path.
#[derive(Clone, Debug)]
enum Op {
    Makedirs(String, u32, bool),
    Removedirs(String),
    Renames(String, String),
    File(String),
    Link(String, String),
}

fn paths() -> impl Strategy<Value = String> {
    let start = prop_oneof![8 => Just(""), 1 => Just("@/"), 1 => Just("@//"), 1 => Just("./")];
    let name = prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "c"]),
        1 => prop::sample::select(vec![".", ".."]),
        1 => prop::sample::select(vec!["...", "é", " ", "f", "l"]),
    ];
    let slash = prop_oneof![6 => Just("/"), 1 => Just("//")];
    let end = prop_oneof![6 => Just(""), 1 => Just("/"), 1 => Just("//"), 1 => Just("/."), 1 => Just("/./"), 1 => Just("/..")];
    let path =
        (start, prop::collection::vec((name, slash), 1..5), end).prop_map(|(start, names, end)| {
            let mut path = start.to_owned();
            for (at, (name, slash)) in names.iter().enumerate() {
                path += if at > 0 { slash } else { "" };
                path += name;
            }
            path + end
        });
    // No NUL bytes: Python has made the parents when it finds one.
    let odd = vec!["", "/", "//", ".", "..", "@", "/proc/self/x/y"];
    let long = "n".repeat(256);
    prop_oneof![
        20 => path,
        1 => prop::sample::select(odd).prop_map(str::to_owned),
        1 => Just(format!("a/{long}/b")),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let mode = prop::sample::select(vec![0o777, 0o700, 0o1777, 0o555, 0o000]);
    let target = prop::sample::select(vec!["a", "b/c", "nowhere", "..", "f", "l", "a/l"]);
    let op = prop_oneof![
        6 => (paths(), mode, any::<bool>()).prop_map(|(path, mode, ok)| Op::Makedirs(path, mode, ok)),
        2 => paths().prop_map(Op::Removedirs),
        3 => (paths(), paths()).prop_map(|(old, new)| Op::Renames(old, new)),
        1 => paths().prop_map(Op::File),
        1 => (target, paths()).prop_map(|(target, path)| Op::Link(target.to_owned(), path)),
    ];
    prop::collection::vec(op, 1..16)
}

const SCRIPT: &str = r"
import os, sys
base = sys.argv[1]
def text(part): return bytes.fromhex(part).decode().replace('@', here)
for case in open(sys.argv[2]):
    number, *ops = case.split()
    here = base + '/' + number
    os.chdir(here + '/r/r/r/r/r/r')
    errnos = []
    for op in ops:
        name, *args = op.split(',')
        try:
            if name == 'makedirs': os.makedirs(text(args[0]), int(args[1]), args[2] == 'true')
            elif name == 'removedirs': os.removedirs(text(args[0]))
            elif name == 'renames': os.renames(text(args[0]), text(args[1]))
            elif name == 'file': open(text(args[0]), 'x').close()
            elif name == 'link': os.symlink(text(args[0]), text(args[1]))
            errnos.append(0)
        except OSError as error: errnos.append(error.errno if name not in ('file', 'link') else 1)
        except ValueError: errnos.append(22 if name not in ('file', 'link') else 1)
    print(*errnos)
";

/// A case in the script's form.
fn encode(number: usize, ops: &[Op]) -> String {
    let hex = |path: &str| path.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut line = number.to_string();
    for op in ops {
        line += &match op {
            Op::Makedirs(path, mode, ok) => format!(" makedirs,{},{mode},{ok}", hex(path)),
            Op::Removedirs(path) => format!(" removedirs,{}", hex(path)),
            Op::Renames(old, new) => format!(" renames,{},{}", hex(old), hex(new)),
            Op::File(path) => format!(" file,{}", hex(path)),
            Op::Link(target, path) => format!(" link,{},{}", hex(target), hex(path)),
        };
    }
    line
}

/// Runs a case in the thread's own current directory.
fn run(here: &str, ops: &[Op]) -> String {
    let start = CString::new(format!("{here}/r/r/r/r/r/r")).unwrap();
    // SAFETY: chdir(2) only reads the path.
    assert_eq!(unsafe { libc::chdir(start.as_ptr()) }, 0);
    let text = |path: &str| path.replace('@', here);
    let ours = |result: rawos::Result<()>| result.err().map_or(0, rawos::Errno::raw);
    let errnos = ops.iter().map(|op| match op {
        Op::Makedirs(path, mode, ok) => {
            ours(fs::makedirs(text(path).as_bytes(), Mode::from_bits_retain(*mode), *ok))
        }
        Op::Removedirs(path) => ours(fs::removedirs(text(path).as_bytes())),
        Op::Renames(old, new) => ours(fs::renames(text(old).as_bytes(), text(new).as_bytes())),
        Op::File(path) => stdfs::File::create_new(text(path)).is_err().into(),
        Op::Link(target, path) => symlink(text(target), text(path)).is_err().into(),
    });
    errnos.map(|errno| errno.to_string()).collect::<Vec<_>>().join(" ")
}

/// Every path below `root`, with type, mode and, for a symlink, its target;
/// nothing if a case has renamed `root` itself.
fn tree(root: &Path) -> Option<Vec<String>> {
    if !root.exists() {
        return None;
    }
    let (mut found, mut open) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(dir) = open.pop() {
        for entry in stdfs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let meta = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(root).unwrap().to_owned();
            found.push(format!("{name:?} {:o} {:?}", meta.mode(), stdfs::read_link(&path).ok()));
            if meta.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    Some(found)
}

/// A directory for each case, deep enough for every `..`, and open to all.
fn scene(dir: &Path, cases: usize) {
    let open = |path: &Path| {
        stdfs::set_permissions(path, stdfs::Permissions::from_mode(0o777)).unwrap();
    };
    for number in 0..cases {
        let mut path = dir.join(number.to_string());
        stdfs::create_dir_all(&path).unwrap();
        stdfs::write(path.join("keep"), b"").unwrap();
        open(&path);
        for _ in 0..6 {
            path.push("r");
            stdfs::create_dir(&path).unwrap();
            open(&path);
        }
    }
}

fn agree(cases: &[Vec<Op>], nobody: bool) -> Result<(), TestCaseError> {
    let (their_tmp, our_tmp) = (bulk_dir(), bulk_dir());
    for tmp in [&their_tmp, &our_tmp] {
        stdfs::set_permissions(tmp.path(), stdfs::Permissions::from_mode(0o755)).unwrap();
    }
    // No path of a case has more than five `..`: none leaves its directory.
    let deep = "up/up/up/up/up/base";
    let (theirs, ours) = (their_tmp.path().join(deep), our_tmp.path().join(deep));
    scene(&theirs, cases.len());
    scene(&ours, cases.len());
    let lines: Vec<_> = cases.iter().enumerate().map(|(at, ops)| encode(at, ops)).collect();
    let file = their_tmp.path().join("cases");
    stdfs::write(&file, lines.join("\n")).unwrap();
    let args = [theirs.to_str().unwrap(), file.to_str().unwrap()];
    let their_errnos = python(SCRIPT, &args, nobody);
    let base = ours.to_str().unwrap();
    let all = || {
        // SAFETY: takes an integer; gives this thread a current directory of its own.
        assert_eq!(unsafe { libc::unshare(libc::CLONE_FS) }, 0);
        let run = |(at, ops): (usize, &Vec<Op>)| run(&format!("{base}/{at}"), ops);
        cases.iter().enumerate().map(run).collect::<Vec<_>>()
    };
    let our_errnos = match nobody {
        true => as_nobody(all),
        false => std::thread::scope(|scope| scope.spawn(all).join().unwrap()),
    };
    for (at, (ops, (ours_said, theirs_said))) in
        cases.iter().zip(our_errnos.iter().zip(their_errnos.lines())).enumerate()
    {
        prop_assert_eq!(ours_said, theirs_said, "case {}: {:?}", at, ops);
        let at = at.to_string();
        prop_assert_eq!(tree(&ours.join(&at)), tree(&theirs.join(&at)), "{:?}", ops);
    }
    prop_assert_eq!(their_errnos.lines().count(), cases.len());
    Ok(())
}

#[test]
fn a_case_may_rename_its_own_directory() {
    agree(&[vec![Op::Renames("@".into(), "@/../away".into())]], false).unwrap();
}

#[test]
fn makedirs_removedirs_and_renames_do_what_pythons_do() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(10));
    let cases = prop::collection::vec(ops(), 30..60);
    let outcome = runner.run(&(cases, any::<bool>()), |(cases, nobody)| agree(&cases, nobody));
    outcome.unwrap();
}

/// Every path of three parts, each with every end, on a tree with everything in it.
#[test]
fn makedirs_of_every_short_path() {
    let parts = ["a", ".", "..", "f", "l", "d", "new"];
    let mut cases = Vec::new();
    for first in parts {
        for second in parts {
            for end in ["", "/", "//", "/.", "/..", "/./", "/new", "/f", "//new/.//"] {
                let path = format!("{first}/{second}{end}");
                let scene = [
                    Op::Makedirs("a/a".into(), 0o777, false),
                    Op::File("f".into()),
                    Op::Link("a".into(), "l".into()),
                    Op::Link("nowhere".into(), "d".into()),
                ];
                for last in [
                    Op::Makedirs(path.clone(), 0o750, false),
                    Op::Makedirs(path.clone(), 0o750, true),
                    Op::Removedirs(path.clone()),
                    Op::Renames("a/a".into(), path.clone()),
                    Op::Renames(path.clone(), "x/y/z".into()),
                ] {
                    cases.push(scene.iter().cloned().chain([last]).collect());
                }
            }
        }
    }
    agree(&cases, false).unwrap();
}
