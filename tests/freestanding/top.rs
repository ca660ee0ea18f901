//! `examples/top.rs`, against what std reads in `/proc`.

use std::{
    ffi::CString,
    fs,
    io::{Error, ErrorKind},
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    Program, not_run, programs, runner, told,
    util::{temp_dir, write_program},
};

/// A line: process id, parent, state, seconds, KiB and name.
fn parse(line: &str) -> (u32, u32, &str, f64, u64, &str) {
    let mut rest = line;
    let mut next = || {
        let (field, after) = rest.trim_start().split_once(' ').expect("a field");
        rest = after;
        field
    };
    let number = |text: &str| text.parse::<u64>().expect("a number");
    let (pid, parent, state) = (next(), next(), next());
    let (seconds, kib) = (next().parse().expect("seconds"), number(next()));
    (number(pid) as u32, number(parent) as u32, state, seconds, kib, rest)
}

fn tables(program: &Program, args: &[&str]) -> Vec<Vec<String>> {
    let (out, err, status) = told(&program.run(args));
    assert_eq!((err.as_str(), status), ("", Some(0)), "{out}");
    let table = |text: &str| {
        let mut lines = text.lines().map(str::to_owned);
        assert_eq!(lines.next().as_deref(), Some("    PID  PARENT S      CPU      KIB NAME"));
        lines.collect()
    };
    out.split("\n\n").map(table).collect()
}

#[test]
fn top_lists_the_processes_the_busiest_first() {
    if !Path::new("/proc/self/stat").exists() {
        return not_run(format_args!("top: there is no /proc"));
    }
    let me = std::process::id();
    for program in programs("top") {
        // One that waits for input.
        let cat = programs("cat").remove(0);
        let mut child = cat.command().stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let tables = tables(&program, &["-n", "2", "-d", "0"]);
        assert_eq!(tables.len(), 2);
        for table in &tables {
            let lines: Vec<_> = table.iter().map(|line| parse(line)).collect();
            assert!(lines.windows(2).all(|pair| pair[0].3 >= pair[1].3), "{table:?}");
            assert!(lines.iter().any(|line| line.0 == me && line.4 > 0), "{table:?}");
            let line = lines.iter().find(|line| line.0 == child.id()).expect("the child");
            let name = fs::read_to_string(format!("/proc/{}/comm", child.id())).unwrap();
            assert_eq!((line.1, line.5), (me, name.trim_end()));
        }
        assert_eq!(self::tables(&program, &["-c", "2"])[0].len(), 2);
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
        assert_eq!(told(&program.run(&["-n"])).2, Some(2));
    }
}

#[test]
fn top_escapes_a_name_that_is_made_to_mislead() {
    if runner().is_some() {
        return not_run(format_args!("top: the name of an emulated process is the emulator's"));
    }
    let tmp = temp_dir();
    let path = tmp.path().join("1) R 1 (\u{1b}\n");
    write_program(&path, &fs::read(&programs("cat").remove(0).path).unwrap());
    let mut command = std::process::Command::new(&path);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    for program in programs("top") {
        let table = tables(&program, &[]).remove(0);
        let mut lines = table.iter().map(|line| parse(line));
        let line = lines.find(|line| line.0 == child.id()).expect("the child");
        assert_eq!(line.5, r"1) R 1 (\x1b\n");
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn top_says_what_it_cannot_read_and_its_status_is_1() {
    if runner().is_some() {
        return not_run(format_args!("top: the emulator is not in a root directory of its own"));
    }
    for program in programs("top") {
        // A /proc in which a process says nothing.
        let tmp = temp_dir();
        for pid in ["1", "2"] {
            fs::create_dir_all(tmp.path().join("proc").join(pid)).unwrap();
        }
        let numbers = vec!["7"; 50].join(" ");
        fs::write(tmp.path().join("proc/1/stat"), format!("1 (fine) S {numbers}\n")).unwrap();
        fs::write(tmp.path().join("proc/2/stat"), b"").unwrap();
        write_program(&tmp.path().join("top"), &fs::read(&program.path).unwrap());
        let root = CString::new(tmp.path().to_str().unwrap()).unwrap();
        // SAFETY: chroot(2) reads the path, and may be called between fork and exec.
        let chroot = move || match unsafe { libc::chroot(root.as_ptr()) } {
            0 => Ok(()),
            _ => Err(Error::last_os_error()),
        };
        let mut command = Command::new("/top");
        // SAFETY: as above.
        unsafe { command.pre_exec(chroot) };
        let output = match command.output() {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                return not_run(format_args!("top: chroot takes root"));
            }
            output => output.unwrap(),
        };
        let (out, err, status) = told(&output);
        assert_eq!((err.as_str(), status), ("/top: 2: Bad message (EBADMSG)\n", Some(1)));
        assert!(out.ends_with(" fine\n") && out.lines().count() == 2, "{out}");
    }
}
