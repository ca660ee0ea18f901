//! `examples/contain.rs`: what other programs without libc see in a container.

use std::{fs, os::unix::process::CommandExt as _, path::Path};

use crate::{
    not_run, programs, runner, told,
    util::{temp_dir, write_program},
};

const PROGRAMS: [&str; 5] = ["cat", "code", "hello", "ls", "top"];

/// A root directory with programs in it.
fn root() -> tempfile::TempDir {
    let tmp = temp_dir();
    fs::create_dir(tmp.path().join("proc")).unwrap();
    for name in PROGRAMS {
        let program = fs::read(&programs(name).remove(0).path).unwrap();
        write_program(&tmp.path().join(name), &program);
    }
    tmp
}

/// Whether the root directory is that of a guest, and says so.
fn cannot(err: &str) -> bool {
    let booted = std::env::var_os("RAWOS_BOOTED").is_some();
    let cannot = booted && err.contains("pivot_root: Invalid argument");
    if cannot {
        not_run(format_args!("contain: the initramfs cannot be put away"));
    }
    cannot
}

#[test]
fn contain_shows_nothing_of_the_outside() {
    // SAFETY: takes nothing.
    if unsafe { libc::geteuid() } != 0 || runner().is_some() {
        return not_run(format_args!("contain: it takes root, and no emulator"));
    }
    let tmp = root();
    let path = tmp.path().to_str().unwrap();
    for program in programs("contain") {
        let run = |args: &[&str]| told(&program.run(&[&[path], args].concat()));
        let (out, err, status) = run(&["/hello"]);
        if cannot(&err) {
            return;
        }
        assert_eq!((out.as_str(), err.as_str(), status), ("Hello, world!\n", "", Some(0)));
        assert_eq!(run(&["/ls", "/"]).0, "cat\ncode\nhello\nls\nproc\ntop\n");
        assert_eq!(run(&["/ls", "/.."]).0, "cat\ncode\nhello\nls\nproc\ntop\n");
        // Process 1, and no other.
        let (out, ..) = run(&["/top"]);
        let pids: Vec<_> = out.lines().skip(1).map(|line| line[..15].to_owned()).collect();
        assert_eq!(pids, ["      1       0"], "{out}");
        // No network but its own loopback.
        let (out, ..) = run(&["/cat", "/proc/net/dev"]);
        let devices: Vec<_> = out.lines().skip(2).map(|line| line.split(':').next()).collect();
        assert_eq!(devices, [Some("    lo")], "{out}");
        assert_eq!(run(&["/cat", "/proc/sys/kernel/hostname"]).0, "contained\n");
        assert_eq!(run(&["/code", "7"]), (String::new(), String::new(), Some(7)));

        // A root that is where it begins.
        let here = program.command().current_dir(path).args([".", "/hello"]).output().unwrap();
        assert_eq!(told(&here), ("Hello, world!\n".to_owned(), String::new(), Some(0)));

        let (_, err, status) = run(&["/no/such"]);
        let text = format!("{}: /no/such: No such file or directory (ENOENT)\n", program.name());
        assert_eq!((err, status), (text, Some(127)));
        assert_eq!(told(&program.run(&[path])).2, Some(2));
        // What was mounted in there is not here.
        assert_eq!(fs::read_dir(Path::new(path).join("proc")).unwrap().count(), 0);
    }
}

#[test]
fn contain_says_what_it_needs() {
    if runner().is_some() {
        return not_run(format_args!("contain: an emulator makes no namespace of users"));
    }
    let tmp = root();
    let path = tmp.path().to_str().unwrap();
    for program in programs("contain") {
        let mut command = program.command();
        // SAFETY: takes nothing.
        if unsafe { libc::geteuid() } == 0 {
            // A copy where nobody can run it too.
            let copy = tmp.path().join("contain");
            write_program(&copy, &fs::read(&program.path).unwrap());
            command = std::process::Command::new(copy);
            command.uid(65534).gid(65534);
        }
        let (out, err, status) = told(&command.args([path, "/hello"]).output().unwrap());
        if cannot(&err) {
            return;
        }
        match status {
            Some(0) => assert_eq!((out.as_str(), err.as_str()), ("Hello, world!\n", "")),
            _ => assert!(err.contains("it takes root") || err.contains("proc: "), "{err}"),
        }
    }
}
