//! `cargo xtask faults`: every system call that a function makes fails in every
//! way, and what became of it, as one table. `cargo xtask test` runs the same
//! trials, among the other tests; this keeps what they saw.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cmd;
use crate::console;
use crate::project::{ALL_FEATURES, Project};
use crate::targets::Arch;

#[derive(clap::Args)]
pub struct Args {
    /// Write down anew which system calls each function makes, in docs/syscalls
    #[arg(long)]
    write: bool,
}

/// The calls of x86_64 that the other architectures never had, and what is made
/// there instead.
const GENERIC: [(&str, &str); 0] = [];

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

/// Writes `docs/syscalls`: for this architecture what was seen, for the others
/// what they have in place of it.
fn write_down(project: &Project, calls: &str) -> Result<()> {
    if !Arch::ALL.into_iter().any(|arch| arch.is_host() && arch.triple().starts_with("x86_64")) {
        bail!("docs/syscalls is written on x86_64");
    }
    let docs = project.root.join("docs/syscalls");
    let mut functions = BTreeMap::<&str, BTreeSet<&str>>::new();
    for (function, made) in calls.lines().filter_map(|line| line.split_once('\t')) {
        functions.entry(function).or_default().extend(made.split(' ').filter(|c| !c.is_empty()));
    }
    let table = |name: &dyn Fn(&str) -> String| {
        functions.iter().fold(String::new(), |mut text, (function, made)| {
            let made: BTreeSet<String> = made.iter().map(|call| name(call)).collect();
            let made = made.into_iter().collect::<Vec<_>>().join(" ");
            let _ = writeln!(text, "{function}\t{made}");
            text
        })
    };
    let generic = |call: &str| {
        let other = GENERIC.iter().find(|(old, _)| *old == call);
        other.map_or(call, |(_, new)| new).to_owned()
    };
    let tables = [("x86_64.tsv", table(&str::to_owned)), ("generic.tsv", table(&generic))];
    for (file, text) in tables {
        fs::write(docs.join(file), text).with_context(|| file.to_owned())?;
    }
    Ok(())
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
