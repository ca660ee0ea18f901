//! Building the freestanding programs, and the proof that they need nothing
//! but a kernel.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cmd::{self, Executable};
use crate::console;
use crate::elf;
use crate::project::{PROGRAM_GROUPS, Project};
use crate::targets::{Library, Target};

/// The freestanding programs of one architecture.
pub struct Programs {
    pub list: Vec<Executable>,
}

impl Programs {
    /// The directory they are in.
    pub fn dir(&self) -> Result<&Path> {
        self.list.first().and_then(|program| program.path.parent()).context("no programs")
    }

    /// The path of the program called `name`.
    pub fn find(&self, name: &str) -> Option<&Path> {
        self.list.iter().find(|program| program.name == name).map(|program| &*program.path)
    }
}

/// How programs are linked: what precedes their name, and what `build.rs`
/// reads in `RAWOS_PIE`. The first is how users link. The last keeps its
/// symbols, for [`check`].
const LINKED: [(&str, Option<&str>); 3] =
    [("", None), ("pie-", Some("1")), (WITH_SYMBOLS, Some("relr"))];

const WITH_SYMBOLS: &str = "relr-";

/// Builds all of them as users would, small and stripped, and as static-PIE,
/// and puts them in one directory.
pub fn build(project: &Project, target: &Target) -> Result<Programs> {
    let dir = target.target_dir(project).join("programs").join(target.arch.name());
    // Nothing of an earlier build is to be taken for this one's.
    if dir.exists() {
        fs::remove_dir_all(&dir).context("emptying the programs' directory")?;
    }
    fs::create_dir_all(&dir).context("making the programs' directory")?;
    let mut list = Vec::new();
    for (prefix, pie) in LINKED {
        for mut cargo in commands(project, target) {
            // Only the programs are built anew for it, not Rust's library.
            if let Some(pie) = pie {
                cargo.env("RAWOS_PIE", pie);
            }
            if prefix == WITH_SYMBOLS {
                for (profile, _) in PROGRAM_GROUPS {
                    let setting = format!("CARGO_PROFILE_{}_STRIP", profile.to_uppercase());
                    cargo.env(setting, "none");
                }
                let unstripped = target.target_dir(project).join("unstripped");
                cargo.arg("--target-dir").arg(unstripped);
            }
            for Executable { name, path } in cmd::executables(&mut cargo)? {
                let name = format!("{prefix}{name}");
                let staged = dir.join(&name);
                fs::copy(&path, &staged).with_context(|| format!("copying {}", path.display()))?;
                list.push(Executable { name, path: staged });
            }
        }
    }
    list.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Programs { list })
}

/// Fails unless every program is static and leaves no symbol undefined, which
/// those with a symbol table show for all: they are linked from the same code.
pub fn check(programs: &Programs) -> Result<()> {
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for Executable { name, path } in &programs.list {
        if elf::has_interpreter(path)? {
            faults.push(format!("{name} asks for an interpreter"));
        }
        let undefined = elf::undefined_symbols(path)?;
        if !undefined.is_empty() {
            faults.push(format!("{name} leaves undefined {}", undefined.join(" ")));
        }
        let symbols = elf::has_symbols(path)?;
        looked_at += usize::from(symbols);
        if symbols != name.starts_with(WITH_SYMBOLS) {
            let has = if symbols { "has symbols still" } else { "has no symbols to look at" };
            faults.push(format!("{name} {has}"));
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    let count = programs.list.len();
    console::line(format_args!(
        "{count} programs: no interpreter, no undefined symbols in the {looked_at} that have any"
    ));
    Ok(())
}

/// What builds them, a command for each profile.
fn commands(project: &Project, target: &Target) -> Vec<Command> {
    let command = |(profile, packages): &(&str, &[&str])| {
        let mut cargo = target.cargo(project, "build", Library::Core);
        cargo.args(["--profile", profile, "--bins"]);
        for package in *packages {
            cargo.args(["-p", package]);
        }
        cargo
    };
    PROGRAM_GROUPS.iter().map(command).collect()
}
