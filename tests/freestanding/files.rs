//! `examples/du.rs`, `rm.rs`, `cp.rs` and `xattr.rs`, against std and libc, and
//! against the system's own du where there is one.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::CString,
    fs,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink},
    },
    path::Path,
    process::{Command, Stdio},
    time::{Duration, UNIX_EPOCH},
};

use crate::{
    Program, not_run, programs, told,
    util::{bulk_dir, temp_dir},
};

/// Adds the lines that du should print for the tree at `path`; its blocks.
fn add_up(path: &Path, seen: &mut BTreeSet<u64>, lines: &mut BTreeMap<String, u64>) -> u64 {
    let meta = path.symlink_metadata().unwrap();
    let counted = !meta.is_dir() && meta.nlink() > 1 && !seen.insert(meta.ino());
    let mut blocks = if counted { 0 } else { meta.blocks() };
    if meta.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            blocks += add_up(&entry.unwrap().path(), seen, lines);
        }
        lines.insert(path.display().to_string(), blocks.div_ceil(2));
    }
    blocks
}

fn lines(out: &str) -> BTreeMap<String, u64> {
    let line = |line: &str| {
        let (size, path) = line.split_once('\t').expect("a tab");
        (path.to_owned(), size.parse().expect("a number"))
    };
    out.lines().map(line).collect()
}

#[test]
fn du_adds_up_what_std_finds() {
    let tmp = bulk_dir();
    let at = |name: &str| tmp.path().join(name);
    fs::create_dir_all(at("a/b/c")).unwrap();
    fs::create_dir(at("empty")).unwrap();
    for (name, size) in [("a/one", 1), ("a/b/two", 5000), ("a/b/c/three", 100_000)] {
        fs::write(at(name), vec![b'x'; size]).unwrap();
    }
    // One that is as large as nothing, and one that counts once.
    fs::File::create(at("a/hole")).unwrap().set_len(1 << 30).unwrap();
    fs::hard_link(at("a/b/c/three"), at("a/b/c/again")).unwrap();
    symlink(at("a"), at("empty/link")).unwrap();

    let root = tmp.path().to_str().unwrap();
    let mut expected = BTreeMap::new();
    add_up(tmp.path(), &mut BTreeSet::new(), &mut expected);
    for program in programs("du") {
        let (out, err, status) = told(&program.run(&[root]));
        assert_eq!((lines(&out), err.as_str(), status), (expected.clone(), "", Some(0)));
        // What is in it comes before itself.
        assert!(out.ends_with(&format!("\t{root}\n")), "{out}");

        // A path is spelled as it was given.
        let (out, ..) = told(&program.run(&[&format!("{root}/a/")]));
        assert!(out.contains(&format!("\t{root}/a/b\n")), "{out}");
        assert!(out.ends_with(&format!("\t{root}/a/\n")), "{out}");

        let (out, ..) = told(&program.run(&["-s", root, &format!("{root}/a/one")]));
        let one = at("a/one").metadata().unwrap().blocks().div_ceil(2);
        assert_eq!(out, format!("{}\t{root}\n{one}\t{root}/a/one\n", expected[root]));

        let all = lines(&told(&program.run(&["-a", root])).0);
        assert_eq!(all.len(), expected.len() + 6, "{all:?}");
        assert_eq!(all[&format!("{root}/a/one")], one);
        let twice = ["three", "again"].map(|name| all[&format!("{root}/a/b/c/{name}")]);
        let three = at("a/b/c/three").metadata().unwrap().blocks().div_ceil(2);
        assert!(twice == [0, three] || twice == [three, 0], "{twice:?}");

        let (_, err, status) = told(&program.run(&["/no/such"]));
        let text = format!("{}: /no/such: No such file or directory (ENOENT)\n", program.name());
        assert_eq!((err, status), (text, Some(1)));
    }
    if std::env::var_os("RAWOS_BOOTED").is_some() {
        return not_run(format_args!("du beside the system's: that of a guest is the example"));
    }
    match Command::new("du").args(["-k", root]).output() {
        Ok(theirs) => assert_eq!(lines(&told(&theirs).0), expected),
        Err(_) => not_run(format_args!("du beside the system's: there is none")),
    }
}

#[test]
fn du_adds_up_the_rest_when_directories_vanish() {
    use std::io::Read as _;

    let tmp = temp_dir();
    let dir = |i: usize| tmp.path().join(format!("{}{i}", "x".repeat(200)));
    (0..1000).for_each(|i| fs::create_dir(dir(i)).unwrap());
    let mut command = programs("du").remove(0).command();
    command.arg(tmp.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // 200 KB of paths do not fit into the pipe: it waits for us somewhere.
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    (0..1000).for_each(|i| fs::remove_dir(dir(i)).unwrap());
    let (out, err, status) = told(&child.wait_with_output().unwrap());
    let out = format!("{}{out}", char::from(first[0]));
    assert!(err.lines().all(|line| line.ends_with("No such file or directory (ENOENT)")), "{err}");
    // Each is left, and the top is the last.
    assert_eq!((lines(&out).len(), status), (1001, Some(1)));
    assert!(out.ends_with(&format!("\t{}\n", tmp.path().display())), "{out}");
}

#[test]
fn rm_removes_what_is_named_and_nothing_else() {
    for program in programs("rm") {
        let tmp = temp_dir();
        let at = |name: &str| tmp.path().join(name);
        let path = |name: &str| at(name).to_str().unwrap().to_owned();
        fs::create_dir_all(at("tree/deep/deeper")).unwrap();
        fs::create_dir(at("kept")).unwrap();
        for name in ["tree/deep/file", "kept/file", "file", "other"] {
            fs::write(at(name), b"x").unwrap();
        }
        symlink(at("kept"), at("tree/deep/link")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        let run = |args: &[&str]| says(&program, "rm", args);

        let refused = (format!("rm: {}: Is a directory (EISDIR)\n", path("tree")), Some(1));
        assert_eq!(run(&[&path("tree"), &path("file")]), refused);
        assert!(at("tree/deep/file").exists() && !at("file").exists());
        assert_eq!(run(&["-r", &path("tree"), &path("dangling")]), (String::new(), Some(0)));
        assert!(!at("tree").exists() && at("dangling").symlink_metadata().is_err());
        // Where the symlink led, nothing is gone.
        assert!(at("kept/file").exists());

        let missing =
            (format!("rm: {}: No such file or directory (ENOENT)\n", path("file")), Some(1));
        assert_eq!(run(&[&path("file")]), missing);
        assert_eq!(run(&["-f", &path("file"), &path("other")]), (String::new(), Some(0)));
        assert!(!at("other").exists());
        let dot = path("kept/.");
        assert_eq!(
            run(&["-rf", &dot]),
            (format!("rm: {dot}: Invalid argument (EINVAL)\n"), Some(1))
        );
        assert!(at("kept/file").exists());
        assert_eq!(run(&["-x"]), ("rm: unknown option -x\n".to_owned(), Some(2)));
        let usage = "rm: usage: rm [-f] [-r] PATH...\n".to_owned();
        assert_eq!((run(&[]), run(&["-f"])), ((usage, Some(2)), (String::new(), Some(0))));
        // A name that is made to command a terminal.
        let shown = "rm: x?[2J??m?: No such file or directory (ENOENT)\n".to_owned();
        assert_eq!(run(&["x\u{1b}[2J\u{9b}m\n"]), (shown, Some(1)));
    }
}

/// What a copy keeps of every file below `root`, by path.
fn facts(root: &Path) -> BTreeMap<String, (u32, i64, i64, u64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut todo = vec![root.to_path_buf()];
    while let Some(path) = todo.pop() {
        let meta = path.symlink_metadata().unwrap();
        let content = match meta.file_type() {
            kind if kind.is_file() => fs::read(&path).unwrap(),
            kind if kind.is_symlink() => {
                fs::read_link(&path).unwrap().as_os_str().as_bytes().into()
            }
            _ => Vec::new(),
        };
        if meta.is_dir() {
            todo.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let size = if meta.is_dir() { 0 } else { meta.len() };
        found.insert(name, (meta.mode(), meta.mtime(), meta.mtime_nsec(), size, content));
    }
    found
}

#[test]
fn cp_r_copies_a_tree_as_it_is() {
    let tmp = bulk_dir();
    let at = |name: &str| tmp.path().join(name);
    let path = |name: &str| at(name).to_str().unwrap().to_owned();
    fs::create_dir_all(at("from/dir/inner")).unwrap();
    fs::write(at("from/dir/file"), b"content").unwrap();
    fs::set_permissions(at("from/dir/file"), fs::Permissions::from_mode(0o751)).unwrap();
    let hole = fs::File::create(at("from/hole")).unwrap();
    hole.write_all_at(b"end", 1 << 26).unwrap();
    symlink("../nowhere", at("from/link")).unwrap();
    mkfifo(&at("from/fifo"));
    fs::set_permissions(at("from/dir/inner"), fs::Permissions::from_mode(0o1555)).unwrap();
    for (name, seconds) in
        [("from/dir/file", 1), ("from/dir/inner", 2), ("from/dir", 3), ("from", 4)]
    {
        let time = UNIX_EPOCH + Duration::new(1_000_000_000 + seconds, 123_456_789);
        fs::File::open(at(name)).unwrap().set_modified(time).unwrap();
    }
    let expected = facts(&at("from"));
    assert_eq!(expected.len(), 7);
    for (number, program) in programs("cp").into_iter().enumerate() {
        let to = format!("to{number}");
        let done = (String::new(), String::new(), Some(0));
        assert_eq!(told(&program.run(&["-r", &path("from"), &path(&to)])), done);
        assert_eq!(facts(&at(&to)), expected);
        assert!(at(&to).join("fifo").metadata().unwrap().file_type().is_fifo());
        let blocks = at(&to).join("hole").metadata().unwrap().blocks();
        assert!(blocks < 1 << 16, "{blocks}");
        // A second time it goes into the directory that is there.
        assert_eq!(told(&program.run(&["-r", &path("from/"), &path(&to)])), done);
        assert_eq!(facts(&at(&to).join("from")), expected);
    }
}

#[test]
fn cp_copies_files_and_says_what_it_cannot() {
    for program in programs("cp") {
        let tmp = temp_dir();
        let at = |name: &str| tmp.path().join(name);
        let path = |name: &str| at(name).to_str().unwrap().to_owned();
        let run = |args: &[&str]| says(&program, "cp", args);
        fs::create_dir_all(at("dir/sub")).unwrap();
        fs::write(at("a"), b"a").unwrap();
        fs::write(at("b"), b"b").unwrap();
        let fine = (String::new(), Some(0));
        assert_eq!(run(&[&path("a"), &path("copy")]), fine);
        assert_eq!(run(&[&path("a"), &path("b"), &path("dir")]), fine);
        let read = |name: &str| fs::read(at(name)).unwrap();
        assert_eq!([read("copy"), read("dir/a"), read("dir/b")], [b"a", b"a", b"b"]);

        let error = |what: &str, text: &str| (format!("cp: {}: {text}\n", path(what)), Some(1));
        let both = |from: &str, to: &str, text: &str| {
            (format!("cp: {} to {}: {text}\n", path(from), path(to)), Some(1))
        };
        let directory = both("dir", "new", "Is a directory (EISDIR)");
        assert_eq!(run(&[&path("dir"), &path("new")]), directory);
        let nowhere = both("a", "none/b", "No such file or directory (ENOENT)");
        assert_eq!(run(&[&path("a"), &path("none/b")]), nowhere);
        let no_directory = error("copy", "Not a directory (ENOTDIR)");
        assert_eq!(run(&[&path("a"), &path("b"), &path("copy")]), no_directory);
        let missing = both("none", "new", "No such file or directory (ENOENT)");
        assert_eq!(run(&[&path("none"), &path("new")]), missing);
        assert_eq!(run(&[&path("a")]).1, Some(2));

        // A copy of a tree in itself does not go on for ever.
        let inside = both("dir/itself", "dir/itself/itself", "Invalid argument (EINVAL)");
        assert_eq!(run(&["-r", &path("dir"), &path("dir/itself")]), inside);
        assert_eq!(read("dir/itself/a"), b"a");
        assert!(!at("dir/itself/itself").exists());
        // Nor do files and symlinks go that are to be copied onto themselves.
        symlink("../a", at("dir/sub/link")).unwrap();
        assert_eq!(run(&["-r", &path("dir/."), &path("dir")]).1, Some(1));
        assert_eq!([read("dir/a"), read("dir/b"), read("dir/sub/link")], [b"a", b"b", b"a"]);
    }
}

/// The names in a directory, sorted.
fn names(path: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| name(entry).into_string().unwrap()).collect();
    names.sort();
    names
}

/// What it says on standard error, where it goes by `name`, and its status. It prints nothing.
fn says(program: &Program, name: &str, args: &[&str]) -> (String, Option<i32>) {
    let (out, err, status) = told(&program.run(args));
    assert_eq!(out, "");
    (err.replace(program.name(), name), status)
}

pub fn mkfifo(path: &Path) {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: reads the path.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o640) }, 0);
}

#[test]
fn cp_leaves_what_is_there_unless_it_is_to_be_replaced() {
    for program in programs("cp") {
        let tmp = temp_dir();
        let at = |name: &str| tmp.path().join(name);
        let path = |name: &str| at(name).to_str().unwrap().to_owned();
        let run = |args: &[&str]| says(&program, "cp", args);
        let mode = |name: &str, mode| {
            fs::set_permissions(at(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        let fine = (String::new(), Some(0));
        fs::create_dir_all(at("from/sub/new")).unwrap();
        fs::write(at("from/file"), b"file").unwrap();
        symlink("one", at("from/link")).unwrap();
        mkfifo(&at("from/fifo"));

        // `..` leads nowhere but into the target.
        fs::create_dir_all(at("around/target/sub")).unwrap();
        mode("around/target", 0o1777);
        mode("around/target/sub", 0o700);
        assert_eq!(run(&["-r", &path("from/sub/.."), &path("around/target")]), fine);
        assert_eq!(names(&at("around")), ["target"]);
        assert_eq!(names(&at("around/target")), ["fifo", "file", "link", "sub"]);
        // Directories that were there have their own permissions still.
        let modes = ["", "/sub", "/sub/new"]
            .map(|name| at(&format!("around/target{name}")).metadata().unwrap().mode() & 0o7777);
        let new = at("from/sub/new").metadata().unwrap().mode() & 0o7777;
        assert_eq!(modes, [0o1777, 0o700, new]);

        // Once more, with symlink and pipe there already.
        fs::remove_file(at("from/link")).unwrap();
        symlink("two", at("from/link")).unwrap();
        assert_eq!(run(&["-r", &path("from/."), &path("around/target")]), fine);
        assert_eq!(fs::read_link(at("around/target/link")).unwrap(), Path::new("two"));

        // A pipe is not replaced by a file, a symlink is, but not where it leads.
        let fifo = at("around/target/fifo");
        let (err, status) = run(&[&path("from/file"), fifo.to_str().unwrap()]);
        assert!(err.ends_with("/fifo: File exists (EEXIST)\n") && status == Some(1), "{err}");
        assert!(fifo.metadata().unwrap().file_type().is_fifo());
        fs::write(at("other"), b"other").unwrap();
        symlink("other", at("to")).unwrap();
        assert_eq!(run(&[&path("from/file"), &path("to")]), fine);
        assert!(at("to").symlink_metadata().unwrap().is_file());
        assert_eq!(fs::read(at("other")).unwrap(), b"other");
    }
}

#[test]
fn cp_goes_on_after_a_path_that_is_too_long() {
    let program = programs("cp").remove(0);
    let tmp = bulk_dir();
    let at = |name: &str| tmp.path().join(name);
    // Two halves of a path, one moved into the other.
    let half = vec!["x".repeat(240); 10].join("/");
    for name in ["from/one", "from/two"] {
        fs::create_dir_all(at(name).join(&half)).unwrap();
        fs::create_dir_all(at("half").join(&half)).unwrap();
        fs::rename(at("half"), at(name).join(&half).join("half")).unwrap();
    }
    fs::write(at("from/file"), b"file").unwrap();
    let output = program.command().arg("-r").args([at("from"), at("to")]).output().unwrap();
    let (_, err, status) = told(&output);
    let long = err.lines().filter(|line| line.ends_with(": File name too long (ENAMETOOLONG)"));
    assert_eq!((long.count(), err.lines().count(), status), (2, 2, Some(1)), "{err}");
    assert_eq!(names(&at("to")), ["file", "one", "two"]);
    assert!(at("to/one").join(&half).exists() && at("to/two").join(&half).exists());
}

#[test]
fn xattr_sets_what_libc_gets() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    fs::write(&file, b"").unwrap();
    let path = file.to_str().unwrap();
    let c_path = CString::new(path).unwrap();
    let set = |name: &std::ffi::CStr| {
        // SAFETY: reads the strings and 2 bytes of value.
        unsafe { libc::setxattr(c_path.as_ptr(), name.as_ptr(), c"v1".as_ptr().cast(), 2, 0) == 0 }
    };
    let get = |name: &str| {
        let (mut value, name) = ([0u8; 64], CString::new(name).unwrap());
        let buf = value.as_mut_ptr().cast();
        // SAFETY: writes at most 64 bytes there.
        let len = unsafe { libc::getxattr(c_path.as_ptr(), name.as_ptr(), buf, 64) };
        usize::try_from(len).ok().map(|len| value[..len].to_vec())
    };
    // Not every file system has the first kind, and not every user the other.
    let Some(name) = [c"user.rawos", c"trusted.rawos"].into_iter().find(|name| set(name)) else {
        return not_run(format_args!("xattr: the file system has no extended attributes"));
    };
    let name = name.to_str().unwrap();
    let other = format!("{name}2");
    for program in programs("xattr") {
        let run = |args: &[&str]| told(&program.run(args));
        let fine = |out: &str| (out.to_owned(), String::new(), Some(0));
        assert_eq!(run(&["set", path, name, "v1"]), fine(""));
        assert_eq!(run(&["list", path]), fine(&format!("{name}\n")));
        assert_eq!(run(&["get", path, name]), fine("v1"));
        assert_eq!(run(&["set", path, &other, "another value"]), fine(""));
        assert_eq!(get(&other), Some(b"another value".to_vec()));
        let mut names: Vec<_> = run(&["list", path]).0.lines().map(str::to_owned).collect();
        names.sort();
        assert_eq!(names, [name, &other]);
        assert_eq!(run(&["remove", path, &other]), fine(""));
        assert_eq!(get(&other), None);
        let (_, err, status) = run(&["get", path, &other]);
        let text = format!("{}: {path}: No data available (ENODATA)\n", program.name());
        assert_eq!((err, status), (text, Some(1)));
        assert_eq!(run(&["get", path]).2, Some(2));
        let twice = format!("{path}:\n{name}\n").repeat(2);
        assert_eq!(run(&["list", path, path]), fine(&twice));
        // It is not the file that is full.
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = program.command().args(["list", path]).stdout(full).output().unwrap();
        let text =
            format!("{}: standard output: No space left on device (ENOSPC)\n", program.name());
        assert_eq!(told(&output), (String::new(), text, Some(1)));

        // The symlink's own: there are none.
        let link = tmp.path().join("link");
        let _ = fs::remove_file(&link);
        symlink(&file, &link).unwrap();
        let link = link.to_str().unwrap();
        assert_eq!(run(&["list", link]), fine(&format!("{name}\n")));
        assert_eq!(run(&["list", "-h", link]), fine(""));
    }
}
