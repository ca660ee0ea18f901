//! `cargo xtask demo`: what a program without libc can do, and how small it is.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{cmd, elf};

#[derive(clap::Args)]
pub struct Args {
    /// The directory to walk
    #[arg(default_value = ".")]
    path: PathBuf,
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    // The profile strips, and without a symbol table nothing is undefined.
    let undefined = elf::undefined_symbols(&build(project, Some("none"))?)?;
    let tree = build(project, None)?;
    let mut walk = Command::new(&tree);
    walk.arg(&args.path).arg("-summary");
    let status = walk.status().with_context(|| cmd::show(&walk))?;
    println!();
    println!("program            {}", shown(&tree, project));
    println!("size               {} bytes", elf::size(&tree)?);
    println!("interpreter        {}", if elf::has_interpreter(&tree)? { "yes" } else { "none" });
    println!(
        "undefined symbols  {}",
        if undefined.is_empty() { "none".to_owned() } else { undefined.join(" ") }
    );
    if !undefined.is_empty() {
        bail!("the program is not whole");
    }
    // Not 0 where a directory could not be read.
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds `tree` with the stable toolchain, as a user would; `strip` stands in
/// for the profile's own choice.
fn build(project: &Project, strip: Option<&str>) -> Result<PathBuf> {
    let mut cargo = project.cargo("build");
    cargo.args(["--profile", "small", "-p", "rawos-examples", "--bin", "tree"]);
    if let Some(strip) = strip {
        cargo.env("CARGO_PROFILE_SMALL_STRIP", strip);
        cargo.arg("--target-dir").arg(project.target_dir.join("unstripped"));
    }
    let built = cmd::executables(&mut cargo)?.pop().context("no tree built")?;
    Ok(built.path)
}

fn shown(path: &Path, project: &Project) -> String {
    path.strip_prefix(&project.root).unwrap_or(path).display().to_string()
}
