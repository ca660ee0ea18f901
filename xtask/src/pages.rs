//! `cargo xtask pages`: the pages of `docs/guide` that are made of tables. What
//! makes them is the test that finds them stale, `tests/docs/pages.rs`.

use std::process::ExitCode;

use anyhow::Result;

use crate::cmd;
use crate::project::Project;

pub fn run(project: &Project) -> Result<ExitCode> {
    let mut cargo = project.cargo("test");
    cargo.args(["--test", "docs", "--all-features", "pages::"]).env("RAWOS_WRITE_PAGES", "1");
    let passed = cmd::stream(&mut cargo)?.success;
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
