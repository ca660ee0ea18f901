//! `examples/tree.rs`, against what std finds.

use std::{
    collections::BTreeSet,
    ffi::{CString, OsStr, OsString},
    fs,
    io::Read as _,
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::{FileTypeExt as _, PermissionsExt as _, symlink},
        process::{CommandExt as _, ExitStatusExt as _},
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use proptest::prelude::*;

use crate::{
    Program, close, not_run, programs, runner, told,
    util::{bulk_dir, temp_dir},
};

#[path = "../../examples/common/fnmatch.rs"]
mod fnmatch;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Every bracket is closed: what an open one means, POSIX leaves open.
    #[test]
    fn patterns_match_as_in_libc(pattern in patterns(), name in "[abc\\[\\]!^*?-]{0,6}") {
        let c = |text: &str| CString::new(text).unwrap();
        let (c_pattern, c_name) = (c(&pattern), c(&name));
        // SAFETY: fnmatch(3) only reads the two strings.
        let theirs = unsafe { libc::fnmatch(c_pattern.as_ptr(), c_name.as_ptr(), 0) };
        let ours = fnmatch::fnmatch(pattern.as_bytes(), name.as_bytes());
        prop_assert_eq!(ours, theirs == 0);
    }
}

fn patterns() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => "[abc\\]!^-]",
        2 => Just("*".to_owned()),
        1 => Just("?".to_owned()),
        1 => "\\\\[ab*?\\[]",
        3 => "\\[[!^]?(\\]|[abc*?!-])([abc*?]|a-c|\\\\b){0,3}-?\\]",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// The paths that the program printed, each ended by `end`.
fn printed(stdout: &[u8], end: u8) -> BTreeSet<PathBuf> {
    let whole = stdout.last().is_none_or(|last| *last == end);
    assert!(whole, "the output does not end in a whole path");
    let paths = stdout.split(|byte| *byte == end).filter(|path| !path.is_empty());
    let found: Vec<_> = paths.map(|path| PathBuf::from(OsStr::from_bytes(path))).collect();
    let set: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(found.len(), set.len(), "a path came twice");
    set
}

/// `root` and every path below it that `wanted` wants.
fn expected(root: &Path, wanted: impl Fn(&Path, usize) -> bool) -> BTreeSet<PathBuf> {
    let mut all = vec![(root.to_path_buf(), 0)];
    let mut at = 0;
    while let Some((path, depth)) = all.get(at).cloned() {
        at += 1;
        if path.symlink_metadata().unwrap().is_dir()
            && let Ok(entries) = fs::read_dir(&path)
        {
            all.extend(entries.map(|entry| (entry.unwrap().path(), depth + 1)));
        }
    }
    all.into_iter().filter(|(path, depth)| wanted(path, *depth)).map(|(path, _)| path).collect()
}

fn scene() -> tempfile::TempDir {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    fs::create_dir_all(at("a/b/c/d")).unwrap();
    fs::create_dir_all(at("empty")).unwrap();
    for i in 0..300 {
        fs::write(at(&format!("a/b/file {i}.rs")), vec![b'x'; i]).unwrap();
    }
    symlink("..", at("a/up")).unwrap();
    symlink("nowhere", at("dangling")).unwrap();
    let odd = (1..=255u8).filter(|byte| *byte != b'/').collect();
    fs::write(tmp.path().join("a").join(OsString::from_vec(odd)), b"").unwrap();
    let _ = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
    tmp
}

fn tree() -> Program {
    programs("tree").remove(0)
}

#[test]
fn it_prints_what_is_there() {
    let tmp = scene();
    for program in programs("tree") {
        let root = tmp.path().to_str().unwrap();
        let output = program.run(&[root, "-print0"]);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(printed(&output.stdout, 0), expected(tmp.path(), |_, _| true));
    }
}

#[test]
fn usr_is_what_find_finds() {
    if std::env::var_os("RAWOS_BOOTED").is_some() {
        return not_run(format_args!("a guest has neither find nor /usr"));
    }
    let find = Command::new("find").args(["/usr", "-print0"]).output().expect("find");
    assert_eq!(find.status.code(), Some(0));
    let output = tree().run(&["/usr", "-print0"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((errors.as_ref(), output.status.code()), ("", Some(0)));
    let found = printed(&find.stdout, 0);
    assert!(found.len() > 1000, "{}", found.len());
    assert!(printed(&output.stdout, 0) == found);
}

#[test]
fn directories_that_vanish_are_said_and_the_status_is_1() {
    let tmp = temp_dir();
    let dir = |i: usize| tmp.path().join(format!("{}{i}", "x".repeat(200)));
    for i in 0..1000 {
        fs::create_dir(dir(i)).unwrap();
    }
    let mut command = tree().command();
    command.arg(tmp.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // 200 KB of paths do not fit into the pipe: it waits for us somewhere.
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    (0..1000).for_each(|i| fs::remove_dir(dir(i)).unwrap());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    let complaints = text.lines().filter(|l| l.ends_with(": No such file or directory (ENOENT)"));
    let complaints = complaints.count();
    assert!(complaints > 100 && complaints == text.lines().count(), "{complaints}");
    // All are in the list, which was read before.
    assert_eq!(output.stdout.split(|byte| *byte == b'\n').count(), 1002);
}

#[test]
fn options_choose_as_in_find() {
    let tmp = scene();
    let root = tmp.path().to_str().unwrap();
    let run = |args: &[&str]| {
        let output = tree().run(&[&[root, "-print0"], args].concat());
        assert_eq!(output.status.code(), Some(0), "{:?}", told(&output));
        printed(&output.stdout, 0)
    };
    let kind = |path: &Path| path.symlink_metadata().unwrap().file_type();
    let ends = |path: &Path| path.as_os_str().as_bytes().ends_with(b"7.rs");
    assert_eq!(run(&["-type", "d"]), expected(tmp.path(), |path, _| kind(path).is_dir()));
    assert_eq!(run(&["-type", "f"]), expected(tmp.path(), |path, _| kind(path).is_file()));
    assert_eq!(
        run(&["-type", "l,s"]),
        expected(tmp.path(), |path, _| kind(path).is_symlink() || kind(path).is_socket())
    );
    assert_eq!(run(&["-name", "*7.rs"]), expected(tmp.path(), |path, _| ends(path)));
    assert_eq!(run(&["-maxdepth", "0"]), expected(tmp.path(), |_, depth| depth == 0));
    assert_eq!(run(&["-maxdepth", "2"]), expected(tmp.path(), |_, depth| depth <= 2));
    let name = tmp.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(run(&["-name", name]), expected(tmp.path(), |_, depth| depth == 0));
}

#[test]
fn paths_are_spelled_as_in_find() {
    let tmp = temp_dir();
    fs::create_dir(tmp.path().join("dir")).unwrap();
    fs::write(tmp.path().join("dir/x"), b"").unwrap();
    fs::write(tmp.path().join("dir/y"), b"").unwrap();
    symlink("dir", tmp.path().join("link")).unwrap();
    let run = |args: &[&str]| {
        let output = tree().command().current_dir(tmp.path()).args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{:?}", told(&output));
        let mut lines: Vec<_> =
            String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines.join(" ")
    };
    assert_eq!(run(&["dir"]), "dir dir/x dir/y");
    assert_eq!(run(&["dir/"]), "dir/ dir/x dir/y");
    assert_eq!(run(&["./dir", "dir/x"]), "./dir ./dir/x ./dir/y dir/x");
    assert_eq!(run(&["link"]), "link");
    assert_eq!(run(&["link/"]), "link/ link/x link/y");
    assert_eq!(run(&[]), ". ./dir ./dir/x ./dir/y ./link");
}

#[test]
fn the_summary_counts_what_was_printed() {
    let tmp = scene();
    let output = tree().run(&[tmp.path().to_str().unwrap(), "-summary"]);
    let bytes = (0..300).sum::<u64>();
    let summary = format!("6 directories, 301 files of {bytes} bytes, 2 symlinks, 1 others\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), summary);
    let output = tree().run(&[tmp.path().to_str().unwrap(), "-type", "d", "-summary"]);
    let summary = "6 directories, 0 files of 0 bytes, 0 symlinks, 0 others\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), summary);
}

#[test]
fn what_is_wrong_is_said_and_the_status_is_1() {
    let tmp = scene();
    let root = tmp.path().to_str().unwrap();
    let program = tree();
    let name = program.name();
    let long = "x/".repeat(3000);
    for (arg, text) in [
        ("/no/such/file", "No such file or directory (ENOENT)"),
        ("", "No such file or directory (ENOENT)"),
        ("/dev/null/x", "Not a directory (ENOTDIR)"),
        (&long, "File name too long (ENAMETOOLONG)"),
    ] {
        // Also a long message is whole.
        let line = format!("{name}: {arg}: {text}\n");
        assert_eq!(told(&program.run(&[arg])), (String::new(), line, Some(1)));
    }
    // What can be read is printed all the same.
    let (out, err, status) = told(&program.run(&["/no/such/file", "/dev/null"]));
    assert_eq!((out.as_str(), status), ("/dev/null\n", Some(1)));
    assert!(err.contains("ENOENT"));

    let (_, err, status) = told(&program.run(&[root, "-size", "3"]));
    assert_eq!((err, status), (format!("{name}: unknown option -size\n"), Some(2)));
    for args in [&["-type", "x"][..], &["-type"], &["-maxdepth", "-1"], &["-maxdepth"], &["-name"]]
    {
        let (out, err, status) = told(&program.run(&[&[root], args].concat()));
        assert_eq!((out.as_str(), status), ("", Some(2)), "{args:?}");
        assert!(err.starts_with(name), "{err}");
    }
}

#[test]
fn output_that_goes_nowhere_is_an_error() {
    let program = tree();
    let name = program.name();
    let mut command = program.command();
    close(command.arg("/dev/null"), 1 << 1);
    let (_, err, status) = told(&command.stderr(Stdio::piped()).output().unwrap());
    // An emulator may open a file of its own as the free descriptor 1.
    if runner().is_none() {
        let text = format!("{name}: standard output: Bad file descriptor (EBADF)\n");
        assert_eq!((err, status), (text, Some(1)));
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let (_, err, status) = told(&program.command().arg("/dev").stdout(full).output().unwrap());
    let text = format!("{name}: standard output: No space left on device (ENOSPC)\n");
    assert_eq!((err, status), (text, Some(1)));
}

#[test]
fn a_reader_that_goes_ends_it_by_sigpipe() {
    let tmp = temp_dir();
    for i in 0..2000 {
        fs::write(tmp.path().join(format!("{}{i}", "x".repeat(200))), b"").unwrap();
    }
    let mut command = tree().command();
    command.arg(tmp.path()).stdout(Stdio::piped());
    // The test runner ignores SIGPIPE, which children inherit otherwise.
    let default = || {
        // SAFETY: the default action is no code of ours.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        Ok(())
    };
    // SAFETY: signal(2) may be called between fork and exec.
    unsafe { command.pre_exec(default) };
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGPIPE));
}

#[test]
fn what_may_not_be_read_is_said_and_the_rest_printed() {
    let tmp = scene();
    fs::set_permissions(tmp.path().join("a/b/c"), fs::Permissions::from_mode(0o700)).unwrap();
    // Where everybody can start it.
    let Program { path, linked } = tree();
    let program = Program { path: tmp.path().join("copy of the program"), linked };
    fs::copy(path, &program.path).unwrap();
    let mut command = program.command();
    // SAFETY: geteuid(2) takes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    if root {
        command.uid(65534).gid(65534);
    }
    let status = i32::from(root);
    let mut readable = expected(tmp.path(), |path, _| !path.ends_with("a/b/c/d"));
    if status == 0 {
        readable.insert(tmp.path().join("a/b/c/d"));
    }
    let output = command.arg(tmp.path()).arg("-print0").output().unwrap();
    assert_eq!(output.status.code(), Some(status));
    assert_eq!(printed(&output.stdout, 0), readable);
    if status == 1 {
        let text = format!("{}: Permission denied (EACCES)\n", tmp.path().join("a/b/c").display());
        assert!(String::from_utf8_lossy(&output.stderr).ends_with(&text));
    }
}

/// A million files here, a hundred thousand where everything is emulated.
#[test]
fn a_huge_directory_in_the_memory_of_a_small_one() {
    let emulated = runner().is_some() || std::env::var_os("RAWOS_BOOTED").is_some();
    let count = if emulated { 100_000 } else { 1_000_000 };
    let tmp = bulk_dir();
    fs::write(tmp.path().join("0"), b"").unwrap();
    for i in 1..count {
        // ext4 allows 65,000 links of a file.
        let first = i / 60_000 * 60_000;
        match i == first {
            true => fs::write(tmp.path().join(i.to_string()), b"").unwrap(),
            false => {
                fs::hard_link(tmp.path().join(first.to_string()), tmp.path().join(i.to_string()))
                    .unwrap()
            }
        }
    }
    let mut command = tree().command();
    command.arg(tmp.path()).arg("-summary").stdout(Stdio::piped()).stderr(Stdio::piped());
    if runner().is_none() {
        // Its image has 5 MiB of empty buffers; there is room for nothing more.
        let limit = libc::rlimit { rlim_cur: 8 << 20, rlim_max: 8 << 20 };
        // SAFETY: setrlimit(2) reads the struct.
        let set = move || match unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        };
        // SAFETY: setrlimit(2) may be called between fork and exec.
        unsafe { command.pre_exec(set) };
    }
    let output = command.output().unwrap();
    let summary = format!("1 directories, {count} files of 0 bytes, 0 symlinks, 0 others\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), summary);
    let mut seen = vec![false; count];
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let name = Path::new(OsStr::from_bytes(line)).file_name().unwrap().to_str().unwrap();
        let Ok(number) = name.parse::<usize>() else { continue };
        assert!(!std::mem::replace(&mut seen[number], true), "{number} came twice");
    }
    assert!(seen.iter().all(|seen| *seen));

    // The same on the heap: `rt` with an allocator.
    for walk in programs("walk") {
        let (out, err, status) = told(&walk.run(&[tmp.path().to_str().unwrap()]));
        let text = format!("0 directories, {count} others\n");
        assert_eq!((out, err.as_str(), status), (text, "", Some(0)));
    }
}
