//! Documentation tests under qemu-user, one by one.
//!
//! rustdoc makes one program of them, which starts a child for each test: by a
//! fork beside threads, in which qemu-user hangs now and then, and all the
//! tests are lost. So each is started from here, by its number.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::emulate;
use crate::{cmd, console};

/// The file with the names of the tests, in the order of their numbers.
pub const NAMES: &str = "RAWOS_DOC_TESTS";

/// The number of the one test that rustdoc's program is to run.
const NUMBER: &str = "RUSTDOC_DOCTEST_RUN_NB_TEST";

/// Writes the names of the tests that `cargo` would run into the file that
/// [`NAMES`] is to name.
pub fn list(cargo: &mut Command, path: &Path) -> Result<()> {
    cargo.args(["--doc", "--", "--list"]);
    console::line(format_args!("$ {}", cmd::show(cargo)));
    let listed = cmd::capture(cargo)?;
    let names = names(&listed);
    ensure!(!names.is_empty(), "no documentation tests");
    fs::write(path, names.join("\n")).with_context(|| path.display().to_string())
}

/// The first list is that of the one program. The rest are programs of their
/// own, which cargo runs as any.
fn names(listed: &str) -> Vec<&str> {
    let tests = listed.lines().skip_while(|line| !line.ends_with(": test"));
    tests.map_while(|line| line.strip_suffix(": test")).collect()
}

/// Where the names are, if `program` is that one program, and all is prepared.
pub fn prepared(program: &str) -> Result<Option<PathBuf>> {
    let Some(names) = std::env::var_os(NAMES) else { return Ok(None) };
    let program = fs::read(program).with_context(|| program.to_owned())?;
    let is_one = String::from_utf8_lossy(&program).contains(NUMBER);
    Ok(is_one.then(|| names.into()))
}

/// Runs each test, and says what libtest would say.
pub fn run(command: &[String], names: &Path) -> Result<ExitCode> {
    let names = fs::read_to_string(names).with_context(|| names.display().to_string())?;
    let mut failed = Vec::new();
    println!("\nrunning {} tests", names.lines().count());
    for (number, name) in names.lines().enumerate() {
        let ended = emulate::twice(&mut numbered(command, number), &format!("test {name} ... "))?;
        let well = ended.status == Some(0);
        println!("test {name} ... {}", if well { "ok" } else { "FAILED" });
        if !well {
            println!("{}", ended.text);
            failed.push(name);
        }
    }
    let count = names.lines().count();
    let beyond = emulate::twice(&mut numbered(command, count), "no test ... ")?;
    let text = beyond.text;
    ensure!(text.contains("Unexpected value"), "there is a test with no name: {text}");
    if !failed.is_empty() {
        println!("\nfailures:\n    {}", failed.join("\n    "));
    }
    let (result, code) = match failed.len() {
        0 => ("ok", ExitCode::SUCCESS),
        _ => ("FAILED", ExitCode::FAILURE),
    };
    println!("\ntest result: {result}. {} passed; {} failed", count - failed.len(), failed.len());
    Ok(code)
}

fn numbered(command: &[String], number: usize) -> Command {
    let mut one = emulate::command(command);
    one.env_remove(NAMES).env(NUMBER, number.to_string());
    one
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn the_first_list_is_that_of_the_one_program() {
        let listed = "a (line 1): test\nb (line 2): test\n\n2 tests, 0 benchmarks\n\
            c (line 3): test\n\n1 test, 0 benchmarks\n";
        assert_eq!(names(listed), ["a (line 1)", "b (line 2)"]);
        assert!(names("0 tests, 0 benchmarks\n").is_empty());
    }
}
