//! `examples/supervise.rs`: other programs without libc are what it keeps running.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::Stdio,
    thread,
    time::Duration,
};

use crate::{programs, run::words, told};

#[test]
fn supervise_starts_what_ends_again() {
    for program in programs("supervise") {
        let (three, none) = (words(&program, "code", &["3"]), words(&program, "code", &["0"]));
        let mut args: Vec<&str> = vec!["-n", "3", "-d", "1"];
        args.extend(three.iter().map(String::as_str));
        args.push("--");
        args.extend(none.iter().map(String::as_str));
        let (out, err, status) = told(&program.run(&args));
        assert_eq!((err.as_str(), status), ("", Some(0)), "{out}");
        let count = |end: &str| out.lines().filter(|line| line.ends_with(end)).count();
        assert_eq!((count(": exit status 3"), count(": exit status 0")), (3, 3), "{out}");
        assert_eq!(out.lines().filter(|line| line.contains(": process ")).count(), 6, "{out}");

        let (out, err, status) = told(&program.run(&["-n", "2", "-d", "1", "/no/such"]));
        let line = format!("{}: /no/such: No such file or directory (ENOENT)\n", program.name());
        assert_eq!((out.as_str(), err, status), ("", line.repeat(2), Some(1)));
        assert_eq!(told(&program.run(&["-n"])).2, Some(2));
        assert_eq!(told(&program.run(&[])).2, Some(2));
    }
}

#[test]
fn supervise_ends_all_when_it_is_told_to() {
    for program in programs("supervise") {
        let mut command = program.command();
        command.args(["-d", "1"]).args(words(&program, "cat", &[]));
        // Standard input that never ends.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let process = |line: Option<String>| {
            let line = line.expect("a line");
            line.rsplit_once(": process ").expect("a process").1.parse::<i32>().expect("its id")
        };
        let first = process(lines.next());
        // SAFETY: the process is our child's, which has not waited for it.
        assert_eq!(unsafe { libc::kill(first, libc::SIGKILL) }, 0);
        let ended = lines.next().expect("a line");
        assert!(ended.ends_with(": SIGKILL"), "{ended}");
        let second = process(lines.next());
        assert_ne!(first, second);

        // What is stopped ends, too.
        // SAFETY: as above.
        assert_eq!(unsafe { libc::kill(second, libc::SIGSTOP) }, 0);
        let stat = format!("/proc/{second}/stat");
        while !fs::read_to_string(&stat).unwrap().contains(") T ") {
            thread::sleep(Duration::from_millis(10));
        }
        // SAFETY: the process is our child.
        assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGTERM) }, 0);
        assert_eq!(lines.next().as_deref(), Some("SIGTERM"));
        let ended = lines.next().expect("a line");
        assert!(ended.ends_with(": SIGTERM"), "{ended}");
        assert_eq!(lines.next(), None);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        // SAFETY: sends nothing.
        assert_eq!(unsafe { libc::kill(second, 0) }, -1);
    }
}

#[test]
fn supervise_goes_on_where_nobody_reads_what_it_says() {
    for program in programs("supervise") {
        let mut command = program.command();
        command.args(["-n", "2", "-d", "1"]).args(words(&program, "cat", &["/no/such"]));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (_, err, status) = told(&command.stdout(writer).output().unwrap());
        assert_eq!((err.lines().count(), status), (2, Some(0)), "{err}");
    }
}
