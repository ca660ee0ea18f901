//! Building the freestanding programs, and the proof that they need nothing
//! but a kernel.

use std::fs;
use std::path::{Path, PathBuf};
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
/// reads in `RAWOS_PIE`. The first is how users link.
const LINKED: [(&str, Option<&str>); 3] =
    [("", None), ("pie-", Some("1")), ("relr-", Some("relr"))];

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

/// Fails unless every program is static and leaves no symbol undefined. Looks
/// at a second build that is not stripped: without a symbol table, nothing
/// could be undefined.
pub fn check(project: &Project, target: &Target, programs: &Programs) -> Result<()> {
    let dir: PathBuf = target.target_dir(project).join("unstripped");
    let mut faults = Vec::new();
    for mut unstripped in commands(project, target) {
        for profile in ["SMALL", "TINY"] {
            unstripped.env(format!("CARGO_PROFILE_{profile}_STRIP"), "none");
        }
        unstripped.arg("--target-dir").arg(&dir);
        for Executable { name, path } in cmd::executables(&mut unstripped)? {
            if !elf::has_symbols(&path)? {
                faults.push(format!("{name} has no symbols to look at"));
            }
            let undefined = elf::undefined_symbols(&path)?;
            if !undefined.is_empty() {
                faults.push(format!("{name} leaves undefined {}", undefined.join(" ")));
            }
        }
    }
    for Executable { name, path } in &programs.list {
        if elf::has_interpreter(path)? {
            faults.push(format!("{name} asks for an interpreter"));
        }
        let undefined = elf::undefined_symbols(path)?;
        if !undefined.is_empty() {
            faults.push(format!("{name}, stripped, leaves undefined {}", undefined.join(" ")));
        }
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    let count = programs.list.len();
    console::line(format_args!("{count} programs: no interpreter, no undefined symbols"));
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
