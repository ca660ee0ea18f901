//! `cargo xtask api`: every public item of the crate, as `docs/public-api.txt`
//! has it. A change of the crate that changes the file is seen in review; one
//! that does not change the file, but should, fails.
//!
//! Functions of traits are left out: that the trait is there says as much.
//!
//! The compiler's own list of items is not of a stable form. The file is made
//! with the oldest compiler, which stays the same for long, so that nothing but
//! the crate changes it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::lint::{OLDEST, oldest_cargo};
use crate::project::{ALL_FEATURES, Project};
use crate::table::Done;
use crate::{cmd, console};

const FILE: &str = "docs/public-api.txt";

#[derive(clap::Args)]
pub struct Args {
    /// Write the file anew
    #[arg(long)]
    write: bool,
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    if args.write {
        let api = list(project)?.with_context(|| format!("there is no Rust {OLDEST}"))?;
        fs::write(project.root.join(FILE), api).context(FILE)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = crate::table::Table::new();
    table.step("public API", "host", || check(project));
    Ok(table.totals())
}

/// Whether the crate has the items that the file says, and no other.
pub fn check(project: &Project) -> Result<Done> {
    let Some(api) = list(project)? else {
        return Ok(Done::not_run(format!("rustup cannot get toolchain {OLDEST}")));
    };
    let kept = fs::read_to_string(project.root.join(FILE)).unwrap_or_default();
    if kept == api {
        return Ok(Done::ok());
    }
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (kept.lines().collect(), api.lines().collect());
    let gone = before.difference(&after).map(|line| format!("-{line}"));
    let new = after.difference(&before).map(|line| format!("+{line}"));
    let changes: Vec<String> = gone.chain(new).collect();
    console::line(format_args!("{}", changes.join("\n")));
    let count = changes.len();
    Ok(Done::failed(format!("{count} lines of {FILE} differ: if meant, cargo xtask api --write")))
}

/// The public items, a line each; `None` without the compiler for it.
fn list(project: &Project) -> Result<Option<String>> {
    let Some(mut cargo) = oldest_cargo(project, "rustdoc")? else { return Ok(None) };
    // For rustdoc alone: what else is built is then the same as without it.
    let wrapper = project.target_dir.join("rustdoc-json");
    fs::create_dir_all(&project.target_dir)
        .and_then(|()| fs::write(&wrapper, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n"))
        .and_then(|()| fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)))
        .with_context(|| wrapper.display().to_string())?;
    cargo.env("RUSTDOC", &wrapper).args(["-p", "rawos", "--lib"]).args(ALL_FEATURES.args);
    cargo.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
    cmd::run(&mut cargo)?;
    let json = project.target_dir.join(OLDEST).join("doc/rawos.json");
    let api = public_api::Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .with_context(|| json.display().to_string())?;
    Ok(Some(without_methods_of_traits(api.items().map(|item| item.to_string()))))
}

/// The lines, but for the functions that follow from a line `impl Trait for Type`.
fn without_methods_of_traits(items: impl Iterator<Item = String>) -> String {
    let (mut text, mut implied) = (String::new(), None);
    for item in items {
        if item.starts_with("impl") {
            let of = item.split_once(" for ").map(|(_, of)| of);
            implied = of.and_then(|of| of.split(['<', ' ']).next()).map(|of| format!(" fn {of}"));
        }
        let is_implied = |begin: &String| {
            let rest = item.split_once(begin.as_str()).map(|(_, rest)| rest);
            rest.is_some_and(|rest| rest.starts_with(['<', ':']))
        };
        if !implied.as_ref().is_some_and(is_implied) {
            text += &item;
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without_methods_of_traits;

    #[test]
    fn only_methods_of_traits_are_left_out() {
        let lines = [
            "pub struct a::B",
            "impl a::B",
            "pub const fn a::B::new() -> Self",
            "impl core::clone::Clone for a::B",
            "-pub fn a::B::clone(&self) -> a::B",
            "impl<T> core::iter::Iterator for a::C<T> where T: X",
            "pub type a::C<T>::Item = T",
            "-pub fn a::C<T>::next(&mut self) -> T",
            "pub fn a::Bar(b: a::B)",
        ];
        let all = lines.map(|line| line.trim_start_matches('-').to_owned());
        let kept = lines.into_iter().filter(|line| !line.starts_with('-'));
        let kept: String = kept.flat_map(|line| [line, "\n"]).collect();
        assert_eq!(without_methods_of_traits(all.into_iter()), kept);
    }
}
