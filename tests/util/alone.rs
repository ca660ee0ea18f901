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
        default_signals();
        return then();
    }
    let mut command = this_program();
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

/// A command that starts this test binary again, in the emulator if there is one.
pub fn this_program() -> Command {
    let exe = env::current_exe().expect("the test binary");
    let Some(runner) = runner() else { return Command::new(exe) };
    let mut command = Command::new(&runner[0]);
    command.args(&runner[1..]).arg(exe);
    command
}

/// The emulator that runs this program, by the environment.
pub fn runner() -> Option<Vec<String>> {
    let words = |value: String| value.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    env::var("RAWOS_RUNNER").ok().map(words).filter(|words| !words.is_empty())
}

/// Gives every signal the default action, and blocks none: whoever started the
/// tests may have had some ignored, as nohup(1) does. A broken pipe is std's.
pub fn default_signals() {
    for signal in (1..=64).filter(|signal| *signal != libc::SIGPIPE) {
        // SAFETY: the default action is no handler. Some cannot be set.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: zeroes are a set without signals.
    let none: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: reads the set.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &none, std::ptr::null_mut()) };
}

/// Says that this test does not run here, and why. It passes then, and `xtask`
/// counts it as skipped: it sees the line, which goes past the test harness.
pub fn not_run(why: impl fmt::Display) {
    say(&format!("not run: {why}\n"));
}

/// Says that a part of this test does not run here, while the rest does.
pub fn not_run_in_part(why: impl fmt::Display) {
    say(&format!("not run in part: {why}\n"));
}

/// In one write, since other tests have their say meanwhile.
fn say(line: &str) {
    io::stderr().write_all(line.as_bytes()).expect("standard error");
}
