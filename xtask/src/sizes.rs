//! `cargo xtask sizes`: how large the examples are on each architecture, what a
//! feature adds to a program, and where the bytes are.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::project::{PROGRAM_GROUPS, Project};
use crate::rooms::{self, Breakdown};
use crate::targets::{Arch, Library, Target};
use crate::{cmd, console, elf};

#[derive(clap::Args)]
pub struct Args {
    /// The directory for the table
    #[arg(long, default_value = "docs/bench")]
    out: PathBuf,
}

/// Largest last. What each may be is in `tests/freestanding`.
const PROGRAMS: [&str; 16] = [
    "hello",
    "xattr",
    "cat",
    "contain",
    "ticks",
    "rm",
    "du",
    "top",
    "tree",
    "ls",
    "cp",
    "record",
    "shell",
    "run",
    "supervise",
    "init",
];

/// Those whose bytes are told by where they are.
const BROKEN_DOWN: [&str; 6] = ["hello", "cat", "tree", "ls", "run", "init"];

/// The features that `hello` can have on besides its own (`rt`,
/// `panic-handler`). `alloc` comes with `allocator`, without which no program is
/// whole; `std` is not for programs without libc.
const FEATURES: [&str; 5] = ["allocator", "embedded-io", "rand_core", "serde", "defmt"];

/// Those that `tests/sizes` makes use of.
const USED: [&str; 4] = ["panic-handler", "allocator", "embedded-io", "rand_core"];

/// How many of a program's symbols are told.
const SYMBOLS: usize = 5;

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

    let mut used = Vec::new();
    for feature in [None].into_iter().chain(USED.map(Some)) {
        let with = targets.iter().map(|target| used_size(project, target, feature));
        let with = with.collect::<Result<Vec<_>>>()?;
        let label = feature.map_or("`rt` alone".to_owned(), |feature| format!("`{feature}`"));
        used.push((label, with.iter().map(u64::to_string).collect()));
    }
    text += "\nHello by `rt` with a panic handler of its own, and with one use of one feature more: a panic\n\
             that may happen, bytes copied to the heap, a line written by a trait, a random number.\n\n";
    text += &table("hello with, bytes", &used);

    let host = targets.iter().find(|target| target.arch.is_host());
    if let Some(host) = host {
        text += &breakdown(&unstripped(project, host)?, host.arch);
    }

    let dir = project.root.join(&args.out);
    fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let path = dir.join("sizes.md");
    fs::write(&path, &text).with_context(|| path.display().to_string())?;
    console::line(format_args!("{text}\n{}", path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Programs by name, and the bytes of each.
type Sizes = Vec<(String, u64)>;

/// The bytes of the program that makes use of a feature.
fn used_size(project: &Project, target: &Target, feature: Option<&str>) -> Result<u64> {
    let mut cargo = target.cargo(project, "build", Library::Core);
    cargo.args(["--profile", "small", "--bins", "-p", "rawos-sizes", "--features"]);
    cargo.arg(feature.unwrap_or_default());
    cargo.arg("--target-dir").arg(target.target_dir(project).join("sizes"));
    let program = cmd::executables(&mut cargo)?;
    elf::size(&program.first().context("no program")?.path)
}

/// The examples with their symbols, which are not part of what is in memory.
fn unstripped(project: &Project, target: &Target) -> Result<Vec<(String, Breakdown)>> {
    let mut found = Vec::new();
    for (profile, packages) in PROGRAM_GROUPS {
        let own = packages.iter().filter(|package| **package != "rawos-test-programs");
        let mut cargo: Command = target.cargo(project, "build", Library::Core);
        cargo.env(format!("CARGO_PROFILE_{}_STRIP", profile.to_uppercase()), "none");
        cargo.args(["--profile", profile, "--bins"]).args(own.flat_map(|name| ["-p", name]));
        cargo.arg("--target-dir").arg(target.target_dir(project).join("unstripped"));
        for program in cmd::executables(&mut cargo)? {
            if BROKEN_DOWN.contains(&&*program.name) {
                found.push((program.name, rooms::look(&program.path)?));
            }
        }
    }
    found.sort_by_key(|(name, _)| BROKEN_DOWN.iter().position(|known| known == name));
    Ok(found)
}

/// A column for each program, a line for each room; and the largest symbols.
fn breakdown(programs: &[(String, Breakdown)], arch: Arch) -> String {
    // What is the program's own is one line for all.
    let line = |program: &str, room: &str| match program == room {
        true => "the program".to_owned(),
        false => room.to_owned(),
    };
    let mut lines: Vec<(String, Vec<u64>)> = Vec::new();
    for (column, (program, parts)) in programs.iter().enumerate() {
        for (room, size) in &parts.rooms {
            let label = line(program, room);
            let at = lines.iter().position(|(known, _)| *known == label).unwrap_or_else(|| {
                lines.push((label, vec![0; programs.len()]));
                lines.len() - 1
            });
            lines[at].1[column] += size;
        }
    }
    lines.sort_by_key(|(_, sizes)| std::cmp::Reverse(sizes.iter().sum::<u64>()));
    let mut text = format!(
        "\nWhere the bytes are on {arch}: what has a symbol, by crate, and rawos by room. What was made part of its\n\
         caller counts as the caller's; of a program's `main` the symbol is `FnOnce::call_once`.\n\n| room, bytes |"
    );
    programs.iter().for_each(|(name, _)| _ = write!(text, " {name} |"));
    let _ = writeln!(text, "\n|---|{}", "--:|".repeat(programs.len()));
    for (room, sizes) in lines {
        let cell = |size: u64| if size == 0 { String::new() } else { size.to_string() };
        let cells = sizes.into_iter().map(cell).collect::<Vec<_>>().join(" | ");
        let _ = writeln!(text, "| {room} | {cells} |");
    }
    text += "\nThe largest functions and tables:\n\n| program | symbol | bytes |\n|---|---|--:|\n";
    for (name, parts) in programs {
        for (symbol, size) in parts.symbols.iter().take(SYMBOLS) {
            let _ = writeln!(text, "| {name} | `{symbol}` | {size} |");
        }
    }
    text
}

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
    use super::{breakdown, row, table};
    use crate::rooms::Breakdown;
    use crate::targets::Arch;

    #[test]
    fn every_architecture_has_a_column() {
        let sizes: Vec<_> =
            [[7, 70], [8, 80], [9, 90]].map(|[a, b]| vec![("a".into(), a), ("b".into(), b)]).into();
        let table = table("bytes", &[row("b", &sizes, "b")]);
        assert!(table.starts_with("| bytes | x86_64 | aarch64 | riscv64 |\n"));
        assert!(table.ends_with("| b | 70 | 80 | 90 |\n"));
    }

    #[test]
    fn what_is_the_programs_own_is_one_line() {
        let parts = |rooms: &[(&str, u64)]| Breakdown {
            rooms: rooms.iter().map(|(room, size)| ((*room).to_owned(), *size)).collect(),
            symbols: vec![("rawos::fs::open".to_owned(), 7)],
        };
        let programs = [
            ("a".to_owned(), parts(&[("a", 10), ("rawos::fs", 20)])),
            ("b".to_owned(), parts(&[("b", 5)])),
        ];
        let text = breakdown(&programs, Arch::X86_64);
        for line in [
            "| room, bytes | a | b |",
            "| rawos::fs | 20 |  |",
            "| the program | 10 | 5 |",
            "| a | `rawos::fs::open` | 7 |",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
    }
}
