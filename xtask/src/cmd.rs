//! Running commands: shown first, then streamed or captured.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

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
/// other than 0 is not an error here.
pub fn stream(command: &mut Command) -> Result<Finished> {
    println!("$ {}", show(command));
    let (reader, writer) = std::io::pipe().context("pipe")?;
    command.stdout(writer.try_clone().context("pipe")?).stderr(writer).stdin(Stdio::null());
    let spawned = command.spawn();
    // The command holds both writing ends, and reading ends only without them.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = spawned.with_context(|| format!("cannot start {}", show(command)))?;
    let mut text = String::new();
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).context("reading a command's output")? > 0 {
        let lossy = String::from_utf8_lossy(&line);
        print!("{lossy}");
        text.push_str(&lossy);
        line.clear();
    }
    std::io::stdout().flush().context("stdout")?;
    let status = child.wait().context("wait")?;
    Ok(Finished { success: status.success(), text })
}

/// Runs `command`; any status other than 0 is an error.
pub fn run(command: &mut Command) -> Result<()> {
    if !stream(command)?.success {
        bail!("{} failed", name(command));
    }
    Ok(())
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
    println!("$ {}", show(cargo));
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
