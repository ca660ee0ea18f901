//! `examples/record.rs`: other programs without libc are what it records, and
//! scriptreplay plays it, where there is one.

use std::{
    fs,
    io::Write as _,
    mem::MaybeUninit,
    os::fd::AsRawFd as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::{Program, not_run, programs, run::words, sh::Screen, told, util::temp_dir};

const FIRST: &str = "Recorded by rawos\n";

/// Runs the words with this as input. What was shown, what was recorded, the
/// bytes in the pieces of it, and the status.
fn record(
    program: &Program,
    file: &Path,
    words: &[String],
    input: &str,
) -> (String, String, usize, Option<i32>) {
    let mut command = program.command();
    command.arg(file).args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().expect("it runs");
    let mut keys = child.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        scope.spawn(move || keys.write_all(input.as_bytes()).unwrap());
        child.wait_with_output().unwrap()
    });
    let (out, err, status) = told(&output);
    assert_eq!(err, "");
    let times = fs::read_to_string(format!("{}.times", file.display())).unwrap();
    let piece = |line: &str| {
        let (seconds, bytes) = line.split_once(' ').expect("two numbers");
        assert!(seconds.parse::<f64>().expect("seconds") >= 0.0);
        bytes.parse::<usize>().expect("bytes")
    };
    let bytes = times.lines().map(piece).sum();
    let recorded = fs::read_to_string(file).unwrap();
    (out, recorded, bytes, status)
}

#[test]
fn record_keeps_what_a_program_prints_on_its_terminal() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    for program in programs("record") {
        let expected = "typed\r\ntyped\r\n";
        let cat = words(&program, "cat", &[]);
        let recorded = record(&program, &file, &cat, "typed\n");
        // The terminal's echo, and what the program made of it.
        let both = format!("{FIRST}{expected}");
        assert_eq!(recorded, (expected.to_owned(), both, expected.len(), Some(0)));
        match Command::new("scriptreplay")
            .args(["file.times", "file", "1000"])
            .current_dir(&tmp)
            .output()
        {
            Ok(played) => assert!(told(&played).0.contains(expected), "{played:?}"),
            Err(_) => not_run(format_args!("record: there is no scriptreplay")),
        }
        // More than the terminal has room for at once.
        let (out, both, bytes, status) = record(&program, &file, &cat, &"x\n".repeat(5_000));
        assert_eq!((both, bytes, status), (format!("{FIRST}{out}"), out.len(), Some(0)));
        // The terminal's echo is lost where that is late.
        assert!((5_000..=10_000).contains(&out.matches("x\r\n").count()), "{}", out.len());
        // Input that ends within a line.
        let recorded = record(&program, &file, &cat, "line\nabc");
        assert_eq!((recorded.0.matches("abc").count(), recorded.3), (2, Some(0)), "{recorded:?}");
        for (args, status) in [(&["7"][..], 7), (&["0", "9"], 137)] {
            let code = words(&program, "code", args);
            assert_eq!(record(&program, &file, &code, "").3, Some(status));
        }
    }
}

#[test]
fn record_says_what_it_cannot_do() {
    let tmp = temp_dir();
    let file = tmp.path().join("file");
    for program in programs("record") {
        let name = program.name();
        let (out, ..) = record(&program, &file, &["/no/such".to_owned()], "");
        assert_eq!(out, format!("{name}: /no/such: No such file or directory (ENOENT)\r\n"));
        assert_eq!(told(&program.run(&[file.to_str().unwrap()])).2, Some(2));
        let (_, err, status) = told(&program.run(&["/no/such", "x"]));
        let text = format!("{name}: /no/such: No such file or directory (ENOENT)\n");
        assert_eq!((err, status), (text, Some(1)));
    }
}

#[test]
fn record_leaves_the_terminal_as_it_was_when_it_is_told_to_end() {
    let tmp = temp_dir();
    for program in programs("record") {
        let (_screen, terminal) = Screen::new();
        let is_raw = || {
            let mut modes = MaybeUninit::<libc::termios>::uninit();
            // SAFETY: fills in all modes.
            assert_eq!(unsafe { libc::tcgetattr(terminal.as_raw_fd(), modes.as_mut_ptr()) }, 0);
            // SAFETY: as above.
            unsafe { modes.assume_init() }.c_lflag & libc::ICANON == 0
        };
        let mut command = program.command();
        command.arg(tmp.path().join("file")).args(words(&program, "cat", &[]));
        let mut child = command.stdin(terminal.try_clone().unwrap()).spawn().expect("it runs");
        while !is_raw() {
            thread::sleep(Duration::from_millis(10));
        }
        // SAFETY: the process is our child.
        assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGTERM) }, 0);
        assert_eq!(child.wait().unwrap().code(), Some(128 + libc::SIGTERM));
        assert!(!is_raw());
    }
}
