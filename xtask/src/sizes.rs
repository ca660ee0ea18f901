//! `cargo xtask sizes`: how large the examples are on each architecture, and
//! what a feature adds to a program that has it on.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::project::{PROGRAM_GROUPS, Project};
use crate::targets::{Arch, Library, Target};
use crate::{cmd, console, elf};

#[derive(clap::Args)]
pub struct Args {
    /// The directory for the table
    #[arg(long, default_value = "docs/bench")]
    out: PathBuf,
}

/// Largest last. What each may be is in `tests/freestanding`.
const PROGRAMS: [&str; 6] = ["hello", "cat", "ls", "tree", "run", "init"];

/// The features that `hello` can have on besides its own (`rt`,
/// `panic-handler`). `alloc` comes with `allocator`, without which no program is
/// whole; `std` is not for programs without libc.
const FEATURES: [&str; 5] = ["allocator", "embedded-io", "rand_core", "serde", "defmt"];

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let targets = Arch::ALL.map(|arch| Target::prepare(project, arch));
    let targets = targets.into_iter().collect::<Result<Vec<_>>>()?;
    let mut text = "<!-- Made by `cargo xtask sizes`. -->\n\n".to_owned();

    let programs = targets.iter().map(|target| sizes(project, target, None));
    let programs = programs.collect::<Result<Vec<_>>>()?;
    text += &table("program, bytes", &PROGRAMS.map(|name| row(name, &programs, name)));

    let mut features = Vec::new();
    for feature in FEATURES {
        let with = targets.iter().map(|target| sizes(project, target, Some(feature)));
        let with = with.collect::<Result<Vec<_>>>()?;
        for name in ["hello", "tree"] {
            let added = programs.iter().zip(&with).map(|(without, with)| {
                let (without, with) = (find(without, name)?, find(with, name)?);
                Some(format!("{:+}", with.cast_signed() - without.cast_signed()))
            });
            let added = added.map(Option::unwrap_or_default).collect();
            features.push((format!("`{feature}` on in {name}"), added));
        }
    }
    text += "\nA feature that is on and not called should add nothing:\n\n";
    text += &table("feature, bytes", &features);

    let dir = project.root.join(&args.out);
    fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let path = dir.join("sizes.md");
    fs::write(&path, &text).with_context(|| path.display().to_string())?;
    console::line(format_args!("{text}\n{}", path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Programs by name, and the bytes of each.
type Sizes = Vec<(String, u64)>;

/// The examples, built as users would; with a feature more, those of
/// `rawos-examples` alone.
fn sizes(project: &Project, target: &Target, feature: Option<&str>) -> Result<Sizes> {
    let mut sizes = Vec::new();
    for (profile, packages) in PROGRAM_GROUPS {
        // The programs of the tests have features that the examples have not.
        let own = packages.iter().filter(|package| **package != "rawos-test-programs");
        let mut cargo: Command = target.cargo(project, "build", Library::Core);
        cargo.args(["--profile", profile, "--bins"]);
        if let Some(feature) = feature {
            if !packages.contains(&"rawos-examples") {
                continue;
            }
            cargo.arg("--features").arg(format!("rawos/{feature}"));
        }
        cargo.args(own.flat_map(|package| ["-p", package]));
        cargo.arg("--target-dir").arg(target.target_dir(project).join("sizes"));
        for program in cmd::executables(&mut cargo)? {
            sizes.push((program.name, elf::size(&program.path)?));
        }
    }
    Ok(sizes)
}

fn find(sizes: &Sizes, name: &str) -> Option<u64> {
    sizes.iter().find(|(known, _)| known == name).map(|(_, size)| *size)
}

fn row(label: &str, sizes: &[Sizes], name: &str) -> (String, Vec<String>) {
    let columns = sizes.iter().map(|sizes| find(sizes, name).map(|size| size.to_string()));
    (label.to_owned(), columns.map(Option::unwrap_or_default).collect())
}

fn table(head: &str, rows: &[(String, Vec<String>)]) -> String {
    let arches = Arch::ALL.map(|arch| arch.to_string()).join(" | ");
    let mut text = format!("| {head} | {arches} |\n|---|--:|--:|--:|\n");
    for (label, columns) in rows {
        let _ = writeln!(text, "| {label} | {} |", columns.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{row, table};

    #[test]
    fn every_architecture_has_a_column() {
        let sizes: Vec<_> =
            [[7, 70], [8, 80], [9, 90]].map(|[a, b]| vec![("a".into(), a), ("b".into(), b)]).into();
        let table = table("bytes", &[row("b", &sizes, "b")]);
        assert!(table.starts_with("| bytes | x86_64 | aarch64 | riscv64 |\n"));
        assert!(table.ends_with("| b | 70 | 80 | 90 |\n"));
    }
}
