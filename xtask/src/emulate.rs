//! `cargo xtask emulate`: what cargo calls to run a test program under
//! qemu-user. A program in which nothing happens any more is looked at, ended
//! and started a second time: qemu-user itself hangs once in a while, and the
//! closing table tells when it did.

use std::fs;
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::targets::Arch;
use crate::{cmd, doc_tests};

/// No single test is silent for so long, unless it hangs.
const SILENCE: Duration = Duration::from_secs(150);

/// What a line of output that tells of a hang begins with.
const HUNG: &str = "hung under qemu-user, and started again: ";

#[derive(clap::Args)]
pub struct Args {
    /// The emulator, the program and its arguments
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    if let [_, program, ..] = &args.command[..]
        && let Some(names) = doc_tests::prepared(program)?
    {
        return doc_tests::run(&args.command, &names);
    }
    let ended = twice(&mut command(&args.command), "")?;
    print(&ended.text)?;
    Ok(match ended.status {
        Some(status) => ExitCode::from(status),
        None => ExitCode::FAILURE,
    })
}

/// A program and its arguments.
pub fn command(words: &[String]) -> Command {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

/// Runs a program, and once more if it hung. `begun` is what libtest would have
/// said before.
pub fn twice(command: &mut Command, begun: &str) -> Result<Attempt> {
    let first = attempt(command, SILENCE)?;
    if first.status.is_some() {
        return Ok(first);
    }
    let text = format!("{begun}{}", first.text);
    // Indented, so that its counts are not taken for those of a whole run.
    let lines = text.lines().map(|line| format!("    {line}\n"));
    print(&lines.collect::<String>())?;
    print(&format!("{HUNG}{}\n", after(&text)))?;
    attempt(command, SILENCE)
}

/// What cargo is to put before a test program of `arch`.
pub fn runner(arch: Arch) -> Result<String> {
    let this = std::env::current_exe().context("where am I?")?;
    Ok(format!("{} emulate {}", this.display(), arch.emulator()))
}

/// The hangs that a test run's output tells of.
pub fn hangs(output: &str) -> Vec<String> {
    output.lines().filter_map(|line| line.strip_prefix(HUNG)).map(str::to_owned).collect()
}

pub struct Attempt {
    /// None if it hung.
    pub status: Option<u8>,
    /// Both its outputs, and the state of its processes if it hung.
    pub text: String,
}

fn attempt(command: &mut Command, silence: Duration) -> Result<Attempt> {
    let (reader, writer) = std::io::pipe().context("pipe")?;
    command.stdin(Stdio::null()).stdout(writer.try_clone().context("pipe")?).stderr(writer);
    let spawned = command.spawn();
    // The command holds writing ends, and the reader waits for the last one.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.with_context(|| format!("cannot start {}", cmd::show(command)))?;
    let chunks = cmd::read_in_background(reader);
    let mut bytes = Vec::new();
    let mut silent = Duration::ZERO;
    let mut status = None;
    loop {
        match chunks.recv_timeout(Duration::from_millis(100)) {
            Ok(chunk) => {
                bytes.extend_from_slice(&chunk);
                silent = Duration::ZERO;
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // Silence after its end: another process still has the pipe.
            Err(RecvTimeoutError::Timeout) if status.is_some() => break,
            Err(RecvTimeoutError::Timeout) => {
                status = child.try_wait().context("wait")?;
                silent += Duration::from_millis(100);
            }
        }
        if silent > silence {
            let mut text = String::from_utf8_lossy(&bytes).into_owned();
            text.push('\n');
            cmd::tree(child.id()).into_iter().for_each(|pid| text.push_str(&describe(pid)));
            cmd::kill_tree(child.id());
            child.wait().context("wait")?;
            return Ok(Attempt { status: None, text });
        }
    }
    let status = child.wait().context("wait")?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    // As the shell has it; the number of a signal says more than a plain 1.
    let signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| 128 + signal);
    let code = status.code().or(signal).and_then(|code| u8::try_from(code).ok());
    Ok(Attempt { status: Some(code.unwrap_or(1)), text })
}

/// What a process and its threads wait for, by /proc.
fn describe(pid: u32) -> String {
    let read = |path: String| fs::read_to_string(path).unwrap_or_default().replace('\0', " ");
    let mut text = format!("process {pid}: {}\n", read(format!("/proc/{pid}/cmdline")).trim_end());
    let status = read(format!("/proc/{pid}/status"));
    let signals = ["State:", "SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:"];
    for line in status.lines().filter(|line| signals.iter().any(|name| line.starts_with(name))) {
        text.push_str(&format!("  {line}\n"));
    }
    for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
        let task = task.path();
        let of = |name: &str| read(task.join(name).display().to_string()).trim_end().to_owned();
        text.push_str(&format!(
            "  thread {}: waits in {}, system call {}\n",
            task.file_name().unwrap_or_default().display(),
            of("wchan"),
            of("syscall")
        ));
    }
    text
}

/// Where it hung: libtest names a test before it runs it alone.
fn after(text: &str) -> String {
    let begun = text.lines().rev().find(|line| line.starts_with("test "));
    begun.unwrap_or("before its first test").to_owned()
}

fn print(text: &str) -> Result<()> {
    std::io::stdout().lock().write_all(text.as_bytes()).context("stdout")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Attempt, HUNG, after, attempt, command, hangs};

    fn shell(script: &str) -> Attempt {
        let mut command = command(&["sh", "-c", script].map(str::to_owned));
        attempt(&mut command, Duration::from_secs(1)).unwrap()
    }

    #[test]
    fn a_program_that_ends_is_passed_on() {
        let ended = shell("echo out; echo err >&2; exit 3");
        assert_eq!((ended.status, &*ended.text), (Some(3), "out\nerr\n"));
        assert_eq!(shell("kill -9 $$").status, Some(137));
    }

    #[test]
    fn a_program_that_hangs_is_ended_and_described() {
        let hung = shell("printf 'test a ... ok\\ntest b ... '; sleep 100");
        assert_eq!(hung.status, None);
        assert!(hung.text.contains("thread "), "{}", hung.text);
        assert!(hung.text.contains("sleep 100"), "{}", hung.text);
        assert_eq!(after(&hung.text), "test b ... ");
    }

    #[test]
    fn hangs_are_found_in_the_output_of_a_run() {
        let output = format!("ok\n{HUNG}test b ... \ntest a ... ok\n");
        assert_eq!(hangs(&output), ["test b ... "]);
    }
}
