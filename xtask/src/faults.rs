//! `cargo xtask faults`: every system call that a function makes fails in every
//! way, and what became of it, as one table. `cargo xtask test` runs the same
//! trials, among the other tests; this keeps what they saw.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::cmd;
use crate::console;
use crate::project::{ALL_FEATURES, Project};

#[derive(clap::Args)]
pub struct Args {
    /// Add the system calls that each function made to docs/syscalls
    #[arg(long)]
    write: bool,
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let dir = project.target_dir.join("faults");
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let (outcomes, calls) = (dir.join("outcomes.tsv"), dir.join("calls.tsv"));
    let mut cargo = project.cargo("test");
    cargo.args(ALL_FEATURES.args).args(["--test", "faults"]).env("RAWOS_FAULTS", &outcomes);
    if args.write {
        cargo.env("RAWOS_SYSCALLS", &calls);
    }
    let passed = cmd::stream(&mut cargo)?.success;
    let table = dir.join("outcomes.md");
    let (text, totals) = markdown(&read(&outcomes)?);
    fs::write(&table, text).with_context(|| table.display().to_string())?;
    console::line(format_args!("{totals}; the table is {}", table.display()));
    if passed && args.write {
        write_down(project, &read(&calls)?)?;
    }
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// The table of function, system call and outcome, and how much is in it.
fn markdown(outcomes: &str) -> (String, String) {
    let mut rows: Vec<Vec<&str>> =
        outcomes.lines().map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    rows.sort_unstable();
    let mut text = "| function | system call | outcome | if it fails with |\n".to_owned();
    text += "|---|---|---|---|\n";
    let (mut functions, mut faults) = (BTreeSet::new(), 0);
    let mut by_outcome = BTreeMap::<&str, usize>::new();
    for row in &rows {
        let [function, call, outcome, errnos] = row[..] else { continue };
        functions.insert(function);
        let count = errnos.split(' ').count();
        faults += count;
        let kind = outcome.strip_prefix("fails with").map_or(outcome, |_| "fails with another");
        *by_outcome.entry(kind).or_default() += count;
        let _ = writeln!(text, "| `{function}` | `{call}` | {outcome} | {errnos} |");
    }
    let mut totals = format!("{} functions and variants, {faults} faults", functions.len());
    for (outcome, count) in by_outcome {
        let _ = write!(totals, ", {count} {outcome}");
    }
    (text, totals)
}

/// Adds to `docs/syscalls/calls.tsv` what was seen here. What other kernels made
/// the functions do stays in it.
fn write_down(project: &Project, calls: &str) -> Result<()> {
    let path = project.root.join("docs/syscalls/calls.tsv");
    let known = read(&path)?;
    let mut functions = BTreeMap::<&str, BTreeSet<&str>>::new();
    for line in known.lines().chain(calls.lines()) {
        let Some((function, made)) = line.split_once('\t') else { continue };
        functions.entry(function).or_default().extend(made.split_whitespace());
    }
    let mut text = String::new();
    for (function, made) in functions {
        let made = made.into_iter().collect::<Vec<_>>().join(" ");
        let _ = writeln!(text, "{function}\t{made}");
    }
    fs::write(&path, text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn outcomes_are_counted() {
        let (table, totals) =
            markdown("b::x\topen\tfails so\tEIO EPERM\na::y\tread\tretried\tEINTR\n");
        assert_eq!(totals, "2 functions and variants, 3 faults, 2 fails so, 1 retried");
        assert!(table.ends_with(
            "| `a::y` | `read` | retried | EINTR |\n| `b::x` | `open` | fails so | EIO EPERM |\n"
        ));
    }
}
