//! A session on a pseudo-terminal, held by a program without libc: what runs on
//! the terminal learns of its size, reads what is typed, and none of its output
//! is lost, whether it ends or is killed.

use std::{path::Path, process::Command};

use crate::{Program, not_run, programs, runner};

/// What the shell does; `winch` comes whenever it gets to it.
const SCRIPT: &str = r##"
trap 'echo winch' WINCH
stty size
echo '#resize'
until [ "$(stty size)" = '33 111' ]; do sleep 0.02; done
stty size
echo '#type'
read -r typed
echo "got $typed"
i=0
while [ $i -lt 3000 ]; do echo "line $i"; i=$((i + 1)); done
"##;

/// Runs `inner` on a terminal of the program's and compares all that came of
/// it with what should.
fn session(program: &Program, inner: &[&str], ended: &str) {
    let mut command: Command = program.command();
    command.args(inner).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = command.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}{errors}");
    // A terminal ends lines with two bytes; the last is the program's own.
    let body = told.strip_suffix(&format!("{ended}\n")).unwrap_or_else(|| panic!("{told}{errors}"));
    let body: Vec<&str> = body.strip_suffix("\r\n").unwrap().split("\r\n").collect();
    let (winch, rest): (Vec<&str>, Vec<&str>) = body.iter().partition(|line| **line == "winch");
    assert_eq!(winch.len(), 1, "{told}");
    let killed = ended.contains("signal");
    let expected = ["0 0", "#resize", "33 111", "#type", "typed", "got typed"]
        .map(str::to_owned)
        .into_iter()
        .chain((0..3000).map(|number| format!("line {number}")))
        .chain(killed.then(|| "#kill".to_owned()));
    assert!(rest.iter().map(|line| (*line).to_owned()).eq(expected), "{told}");
}

#[test]
fn a_shell_on_a_terminal_of_its_own() {
    if !["/bin/sh", "/bin/stty"].iter().all(|path| Path::new(path).exists()) {
        not_run(format_args!("there is no shell"));
        return;
    }
    for program in programs("pty") {
        let killed = format!("{SCRIPT}echo '#kill'; exec sleep 1000");
        session(&program, &["/bin/sh", "-c", &killed], "ended signal 9");
        let done = format!("{SCRIPT}exit 7");
        session(&program, &["/bin/sh", "-c", &done], "ended status Some(7)");
    }
}

#[test]
fn a_program_without_libc_on_a_terminal_of_its_own() {
    for program in programs("pty") {
        let runner = runner().unwrap_or_default();
        let mut inner: Vec<&str> = runner.iter().map(String::as_str).collect();
        inner.extend([program.name(), "inner"]);
        session(&program, &inner, "ended signal 9");
        inner.push("exit");
        session(&program, &inner, "ended status Some(7)");
    }
}

#[test]
fn what_cannot_be_started_ends_with_an_error() {
    for program in programs("pty") {
        let output = program.run(&["/no/such/program"]);
        let told = String::from_utf8_lossy(&output.stdout);
        // The child's complaint, on its terminal.
        assert!(told.contains("No such file or directory (ENOENT)\r\n"), "{told}");
        assert!(told.ends_with("ended status Some(1)\n"), "{told}");
    }
}
