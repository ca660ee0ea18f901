//! Tests that need a process of their own, and tests that do not run.

use std::{
    env, fmt,
    io::{self, Write as _},
    process::{Command, Stdio},
};

/// The variable that tells the second process which test it is for.
const ALONE: &str = "RAWOS_ALONE";

/// Runs `then` in a process of its own, where it may change what a process
/// has only once: limits, mounts, ids. `test` is the name of the test that
/// calls this, as in `cargo test -- --list`: the test binary is started again
/// for it alone.
pub fn alone(test: &str, then: impl FnOnce()) {
    if env::var_os(ALONE).is_some_and(|wanted| wanted == test) {
        return then();
    }
    let exe = env::current_exe().expect("the test binary");
    let runner = env::var("RAWOS_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace();
    let mut command = match words.next() {
        Some(emulator) => Command::new(emulator),
        None => Command::new(&exe),
    };
    if !runner.is_empty() {
        command.args(words).arg(&exe);
    }
    // Its standard error is ours: what does not run is said there.
    let output = command
        .args([test, "--exact", "--test-threads=1"])
        .env(ALONE, test)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("the test binary runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{test}, alone: {}\n{told}", output.status);
    assert!(told.contains(" 1 passed"), "no test is named {test}\n{told}");
}

/// Says that this test does not run here, and why. It passes then, and `xtask`
/// counts it as skipped: it sees the line, which goes past the test harness.
pub fn not_run(why: fmt::Arguments<'_>) {
    say(&format!("not run: {why}\n"));
}

/// Says that a part of this test does not run here, while the rest does.
pub fn not_run_in_part(why: fmt::Arguments<'_>) {
    say(&format!("not run in part: {why}\n"));
}

/// In one write, since other tests have their say meanwhile.
fn say(line: &str) {
    io::stderr().write_all(line.as_bytes()).expect("standard error");
}
