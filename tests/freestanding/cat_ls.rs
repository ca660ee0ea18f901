//! `examples/cat.rs` and `examples/ls.rs`.

use std::{
    fs,
    io::Write as _,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
        process::CommandExt as _,
    },
    process::Stdio,
    time::{Duration, UNIX_EPOCH},
};

use crate::{
    close, programs, runner, told,
    util::{bulk_dir, temp_dir},
};

#[test]
fn cat_copies_files_and_standard_input() {
    let tmp = temp_dir();
    let big: Vec<u8> = (0..3_000_000u32).map(|i| (i % 251) as u8).collect();
    fs::write(tmp.path().join("big"), &big).unwrap();
    fs::write(tmp.path().join("small"), b"small").unwrap();
    for program in programs("cat") {
        let mut child = program
            .command()
            .current_dir(tmp.path())
            .args(["small", "-", "big"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b" input ").unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.stdout == [b"small input ", &big[..]].concat());
        assert_eq!(output.status.code(), Some(0));
        // Without arguments, standard input alone: /dev/null here.
        assert_eq!(told(&program.run(&[])), (String::new(), String::new(), Some(0)));
    }
}

#[test]
fn cat_says_what_is_wrong_and_goes_on() {
    let program = programs("cat").remove(0);
    let name = program.name();
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    fs::write(&file, b"content").unwrap();
    let (out, err, status) = told(&program.run(&["/no/such", "/", file.to_str().unwrap()]));
    let expected = format!(
        "{name}: /no/such: No such file or directory (ENOENT)\n{name}: /: Is a directory (EISDIR)\n"
    );
    assert_eq!((out.as_str(), err, status), ("content", expected, Some(1)));

    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = program.command().arg(&file).stdout(full).output().unwrap();
    let expected = format!("{name}: standard output: No space left on device (ENOSPC)\n");
    assert_eq!(told(&output), (String::new(), expected, Some(1)));
    if runner().is_none() {
        let mut command = program.command();
        close(command.arg(&file).stderr(Stdio::piped()), 1 << 0 | 1 << 1);
        let (_, err, status) = told(&command.output().unwrap());
        // The file became descriptor 0, and cannot be written to as 1.
        let expected = format!("{name}: standard output: Bad file descriptor (EBADF)\n");
        assert_eq!((err, status), (expected, Some(1)));
    }
}

#[test]
fn cat_does_not_read_what_it_writes() {
    let program = programs("cat").remove(0);
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    fs::write(&file, b"content").unwrap();
    let open = || fs::OpenOptions::new().read(true).append(true).open(&file).unwrap();
    for (arg, stdin) in [(file.to_str().unwrap(), Stdio::null()), ("-", open().into())] {
        let mut command = program.command();
        // So that it would not fill the disk.
        let limit = || {
            let limit = libc::rlimit { rlim_cur: 1 << 20, rlim_max: 1 << 20 };
            // SAFETY: setrlimit(2) reads the struct.
            unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) };
            Ok(())
        };
        // SAFETY: setrlimit(2) may be called between fork and exec.
        unsafe { command.pre_exec(limit) };
        let output = command.args([arg, "/dev/null"]).stdin(stdin).stdout(open()).output();
        let text = format!("{}: {arg}: input file is output file\n", program.name());
        assert_eq!(told(&output.unwrap()), (String::new(), text, Some(1)));
        assert_eq!(fs::read(&file).unwrap(), b"content");
    }
    // Emptied by the shell's `>`, it has an end.
    let emptied = fs::File::create(&file).unwrap();
    let output = program.command().arg(&file).stdout(emptied).output().unwrap();
    assert_eq!(told(&output), (String::new(), String::new(), Some(0)));
}

#[test]
fn ls_sorts_and_hides() {
    let tmp = temp_dir();
    for name in ["b", "a", ".hidden", "C", "ä"] {
        fs::write(tmp.path().join(name), b"").unwrap();
    }
    let root = tmp.path().to_str().unwrap();
    for program in programs("ls") {
        assert_eq!(told(&program.run(&[root])).0, "C\na\nb\nä\n");
        assert_eq!(told(&program.run(&["-a", root])).0, ".\n..\n.hidden\nC\na\nb\nä\n");
        // Files come first, or they would seem to be in the directory.
        let titles = format!("/dev/null\n\n{root}:\nC\na\nb\nä\n\n{root}:\nC\na\nb\nä\n");
        let (out, err, status) = told(&program.run(&[root, "/dev/null", "/no/such", root]));
        assert_eq!((out, err.lines().count(), status), (titles, 1, Some(1)));
        assert_eq!(told(&program.run(&["-x"])).2, Some(2));
        let (_, err, status) = told(&program.run(&["/no/such"]));
        let text = format!("{}: /no/such: No such file or directory (ENOENT)\n", program.name());
        assert_eq!((err, status), (text, Some(1)));
    }
}

#[test]
fn ls_l_tells_what_std_reads() {
    let tmp = temp_dir();
    let at = |name: &str| tmp.path().join(name);
    for (name, mode, seconds) in [
        ("a", 0o644, 0),
        ("b", 0o4755, 951_825_600),   // 2000-02-29 12:00
        ("c", 0o2644, 4_107_542_399), // 2100-02-28 23:59:59
        ("d", 0o000, 1_709_164_800),  // 2024-02-29
        ("e", 0o7777, 1_735_689_599), // 2024-12-31 23:59:59
    ] {
        let file = fs::File::create(at(name)).unwrap();
        file.set_len(seconds % 100_000).unwrap();
        file.set_permissions(fs::Permissions::from_mode(mode)).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }
    let old = UNIX_EPOCH - Duration::from_secs(1);
    fs::create_dir(at("f")).unwrap();
    fs::File::open(at("f")).unwrap().set_modified(old).unwrap();
    let facts = |name: &str| {
        let meta = at(name).symlink_metadata().unwrap();
        format!("{:3} {:5} {:5} {:10}", meta.nlink(), meta.uid(), meta.gid(), meta.len())
    };
    let expected = [
        ("-rw-r--r--", "a", "1970-01-01 00:00"),
        ("-rwsr-xr-x", "b", "2000-02-29 12:00"),
        ("-rw-r-Sr--", "c", "2100-02-28 23:59"),
        ("----------", "d", "2024-02-29 00:00"),
        ("-rwsrwsrwt", "e", "2024-12-31 23:59"),
        ("drwxr-xr-x", "f", "1969-12-31 23:59"),
    ]
    .map(|(mode, name, time)| format!("{mode} {} {time} {name}\n", facts(name)))
    .concat();
    let program = programs("ls").remove(0);
    fs::set_permissions(at("f"), fs::Permissions::from_mode(0o755)).unwrap();
    let output = program.run(&["-l", tmp.path().to_str().unwrap()]);
    assert_eq!(told(&output), (expected, String::new(), Some(0)));

    symlink("where it points", at("link")).unwrap();
    let link = told(&program.run(&["-l", at("link").to_str().unwrap()])).0;
    assert!(link.starts_with("lrwxrwxrwx   1 "), "{link}");
    assert!(link.ends_with("/link -> where it points\n"), "{link}");
    let null = told(&program.run(&["-l", "/dev/null"])).0;
    assert!(null.starts_with("crw") && null.contains("   1,    3 "), "{null}");
}

#[test]
fn ls_lists_names_to_the_buffers_end_and_no_further() {
    let tmp = bulk_dir();
    for i in 0..65_537 {
        fs::write(tmp.path().join(i.to_string()), b"").unwrap();
    }
    let program = programs("ls").remove(0);
    let root = tmp.path().to_str().unwrap();
    let (out, err, status) = told(&program.run(&[root]));
    let text = format!("{}: {root}: No buffer space available (ENOBUFS)\n", program.name());
    assert_eq!((out.as_str(), err, status), ("", text, Some(1)));
    fs::remove_file(tmp.path().join("9")).unwrap();
    let (out, err, status) = told(&program.run(&[root]));
    assert_eq!((out.lines().count(), err.as_str(), status), (65_536, "", Some(0)));
}
