//! The checks that run no test: formatting, clippy, documentation, and the
//! oldest supported compiler.

use std::process::Command;

use anyhow::Result;

use crate::project::{ALL_FEATURES, FEATURE_SETS, PROGRAM_GROUPS, Project};
use crate::table::{Done, Table};
use crate::targets::{Arch, Library, Target, Toolchain, ensure_components};
use crate::{cmd, release};

pub const OLDEST: &str = env!("CARGO_PKG_RUST_VERSION");

/// Everything that is checked once, on this machine.
pub fn host(project: &Project, table: &mut Table) {
    if !table.step("rustfmt and clippy", "host", || done(ensure_components(project))) {
        return;
    }
    table.step("fmt", "host", || done(cmd::run(project.cargo("fmt").args(["--all", "--check"]))));
    table.step("fmt (fuzz)", "host", || {
        let mut fmt = project.cargo("fmt");
        done(cmd::run(fmt.args(["--manifest-path=fuzz/Cargo.toml", "--check"])))
    });
    for features in FEATURE_SETS {
        table.step(&format!("clippy ({})", features.name), "host", || {
            let mut clippy = project.cargo("clippy");
            clippy.args(["-p", "rawos", "--all-targets"]).args(features.args);
            done(deny_warnings(&mut clippy))
        });
    }
    table.step("clippy (programs)", "host", || {
        let all = PROGRAM_GROUPS.iter().try_for_each(|(_, packages)| {
            let mut clippy = project.cargo("clippy");
            clippy
                .arg("--bins")
                .args(packages.iter().map(|package| format!("--package={package}")));
            deny_warnings(&mut clippy)
        });
        // With all features, since each is used.
        let mut sizes = project.cargo("clippy");
        sizes.args(["--bins", "--package=rawos-sizes", "--all-features"]);
        done(all.and_then(|()| deny_warnings(&mut sizes)))
    });
    table.step("clippy (benches)", "host", || {
        let mut clippy = project.cargo("clippy");
        clippy.args(["-p", "rawos-benches", "-p", "rawos-getrandom", "--all-targets"]);
        done(deny_warnings(&mut clippy))
    });
    table.step("clippy (xtask)", "host", || {
        let mut clippy = project.cargo("clippy");
        done(deny_warnings(clippy.args(["-p", "xtask", "-p", "xtask-guest", "--all-targets"])))
    });
    for features in [FEATURE_SETS[0], ALL_FEATURES] {
        table.step(&format!("doc ({})", features.name), "host", || {
            let mut doc = project.cargo("doc");
            doc.args(["-p", "rawos", "--no-deps"]).args(features.args);
            done(cmd::run(doc.env("RUSTDOCFLAGS", "-D warnings")))
        });
    }
    table.step(&format!("check with Rust {OLDEST}"), "host", || oldest(project));
    release::every_change(project, table);
}

/// Clippy for another architecture.
pub fn cross(project: &Project, table: &mut Table, arch: Arch) {
    table.step("clippy (all)", arch.name(), || {
        let target = Target::prepare(project, arch)?;
        if target.toolchain == Toolchain::Debian {
            // Debian's toolchain has no clippy; warnings are denied all the same.
            let mut check = target.cargo(project, "check", Library::Std);
            check.args(["-p", "rawos", "--all-targets"]).args(ALL_FEATURES.args);
            return done(cmd::run(check.env("RUSTFLAGS", "-D warnings")));
        }
        let mut clippy = target.cargo(project, "clippy", Library::Std);
        clippy.args(["-p", "rawos", "--all-targets"]).args(ALL_FEATURES.args);
        done(deny_warnings(&mut clippy))
    });
}

fn deny_warnings(clippy: &mut Command) -> Result<()> {
    cmd::run(clippy.args(["--", "-D", "warnings"]))
}

/// Whether the crate builds with the compiler its `rust-version` promises.
pub fn oldest(project: &Project) -> Result<Done> {
    match oldest_cargo(project, "check")? {
        Some(mut check) => done(cmd::run(check.args(["-p", "rawos"]).args(ALL_FEATURES.args))),
        None => Ok(Done::not_run(format!("rustup cannot get toolchain {OLDEST}"))),
    }
}

/// A cargo command of that compiler, in a target directory of its own; `None`
/// where it cannot be had.
pub fn oldest_cargo(project: &Project, subcommand: &str) -> Result<Option<Command>> {
    if !cmd::on_path("rustup") {
        return Ok(None);
    }
    let mut there = Command::new("rustup");
    if !cmd::stream(there.args(["run", OLDEST, "rustc", "--version"]))?.success {
        let mut install = Command::new("rustup");
        install.args(["toolchain", "install", OLDEST, "--profile=minimal", "--no-self-update"]);
        if !cmd::stream(&mut install)?.success {
            return Ok(None);
        }
    }
    let mut cargo = Command::new("rustup");
    cargo.current_dir(&project.root).args(["run", OLDEST, "cargo", subcommand]);
    cargo.arg("--target-dir").arg(project.target_dir.join(OLDEST));
    // Set by the rustup that runs this, and stronger than `run`'s choice.
    for name in ["CARGO", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        cargo.env_remove(name);
    }
    Ok(Some(cargo))
}

fn done(result: Result<()>) -> Result<Done> {
    result.map(|()| Done::ok())
}
