//! Running commands: shown first, then streamed or captured.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::console;

/// No single command takes this long, unless a test hangs.
const TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// What is left of a command that was streamed to the console.
pub struct Finished {
    pub success: bool,
    /// Both its outputs, as they came.
    pub text: String,
}

/// The command as one would type it, with the variables set for it.
pub fn show(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={:?}", name.to_string_lossy(), value?.to_string_lossy()))
    });
    let words = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned());
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

/// Runs `command`, its output going to the console as it comes. A status
/// other than 0 is not an error here; not ending in time is.
pub fn stream(command: &mut Command) -> Result<Finished> {
    console::line(format_args!("$ {}", show(command)));
    let (reader, writer) = std::io::pipe().context("pipe")?;
    command.stdout(writer.try_clone().context("pipe")?).stderr(writer).stdin(Stdio::null());
    let spawned = command.spawn();
    // The command holds writing ends, and the reader waits for the last one.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.with_context(|| format!("cannot start {}", show(command)))?;
    let chunks = read_in_background(reader);
    let deadline = Instant::now() + TIMEOUT;
    let mut bytes = Vec::new();
    let mut status = None;
    loop {
        match chunks.recv_timeout(Duration::from_secs(1)) {
            Ok(chunk) => {
                console::write(&chunk).context("stdout")?;
                bytes.extend_from_slice(&chunk);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            // Silence after its end: another process still has the pipe.
            Err(RecvTimeoutError::Timeout) if status.is_some() => break,
            Err(RecvTimeoutError::Timeout) => status = child.try_wait().context("wait")?,
        }
        if Instant::now() > deadline {
            kill_tree(child.id());
            child.wait().context("wait")?;
            bail!("{} did not end within {} min", name(command), TIMEOUT.as_secs() / 60);
        }
    }
    let status = child.wait().context("wait")?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Ok(Finished { success: status.success(), text })
}

/// Reads in a thread, so that the reader of the channel can give up waiting.
pub fn read_in_background(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

/// A process and all that descend from it.
pub fn tree(pid: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|child| child.parse().ok());
    std::iter::once(pid).chain(children.flat_map(tree)).collect()
}

/// Kills a process and all that descend from it: cargo's end alone would leave
/// the test it runs.
pub fn kill_tree(pid: u32) {
    for pid in tree(pid) {
        // It may have ended by itself in the meantime. A small Debian has no
        // program of that name, but every shell has it built in.
        let _ = Command::new("sh").args(["-c", &format!("kill -KILL {pid}")]).status();
    }
}

/// Runs `command`; any status other than 0 is an error, with the first that
/// the command printed.
pub fn run(command: &mut Command) -> Result<()> {
    let finished = stream(command)?;
    if !finished.success {
        bail!("{}: {}", name(command), first_error(&finished.text));
    }
    Ok(())
}

/// What a failed command's output first says of an error.
pub fn first_error(output: &str) -> &str {
    let mut lines = output.lines();
    let error = lines.find_map(|line| line.strip_prefix("error").filter(|rest| !rest.is_empty()));
    error.map_or("failed", |rest| rest.trim_start_matches(": "))
}

/// The standard output of `command`, whose errors go to the console.
pub fn capture(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", show(command)))?;
    if !output.status.success() {
        bail!("{} failed", name(command));
    }
    String::from_utf8(output.stdout).context("output is not UTF-8")
}

/// What an error calls a command: `cargo build`.
fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let plain = |word: &&std::ffi::OsStr| !word.to_string_lossy().starts_with('-');
    let words = words.filter(plain).take(2).map(|word| word.to_string_lossy());
    words.collect::<Vec<_>>().join(" ")
}

/// An executable that cargo built.
#[derive(Clone, Debug)]
pub struct Executable {
    pub name: String,
    pub path: PathBuf,
}

/// Runs a cargo command that builds, and lists the executables it built.
pub fn executables(cargo: &mut Command) -> Result<Vec<Executable>> {
    cargo.arg("--message-format=json-render-diagnostics");
    console::line(format_args!("$ {}", show(cargo)));
    let messages = capture(cargo)?;
    let mut found = Vec::new();
    for line in messages.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let path = message["executable"].as_str();
        if let (Some(path), Some(name)) = (path, message["target"]["name"].as_str()) {
            found.push(Executable { name: name.to_owned(), path: path.into() });
        }
    }
    Ok(found)
}

/// Whether PATH has a program of this name.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}
