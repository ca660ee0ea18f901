//! `cargo xtask names`: how many functions of Python's `os` each crate has under
//! their names, for the table in README.md.
//!
//! Counted in the sources: a `fn` or a `doc(alias)` of the name, public or not,
//! on any system. That is generous, but for a function that is there under
//! another name without an alias. Constants are not counted: crates differ in
//! how they spell them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cmd;
use crate::project::Project;

/// A crate, or two that belong together.
struct Peer {
    /// Names and versions.
    crates: &'static [(&'static str, &'static str)],
    /// The parts that are not for users.
    hidden: &'static [&'static str],
}

const PEERS: [Peer; 5] = [
    Peer { crates: &[("rustix", "1.1.6")], hidden: &["backend", "runtime.rs"] },
    Peer { crates: &[("nix", "0.31.3")], hidden: &[] },
    Peer { crates: &[("nc", "0.9.8")], hidden: &[] },
    Peer { crates: &[("tiny-std", "0.4.0"), ("rusl", "0.5.1")], hidden: &[] },
    Peer { crates: &[("c-scape", "0.22.3"), ("c-gull", "0.22.3")], hidden: &[] },
];

pub fn run(project: &Project) -> Result<ExitCode> {
    let table = fs::read_to_string(project.root.join("tests/docs/names.tsv"))?;
    let functions: Vec<&str> = table.lines().filter_map(function).collect();
    let metadata = fetched(&project.target_dir.join("names"))?;
    let mut counts = vec![("rawos".to_owned(), count(&project.root.join("src"), &["sys"])?)];
    for Peer { crates, hidden } in PEERS {
        let mut found = BTreeSet::new();
        for (name, _) in crates {
            found.append(&mut count(&sources(&metadata, name)?, hidden)?);
        }
        let names = crates.iter().map(|(name, version)| format!("{name} {version}"));
        counts.push((names.collect::<Vec<_>>().join(", "), found));
    }
    let sysroot = cmd::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std/src");
    match library.exists() {
        true => counts.push(("std".into(), count(&library, &["sys", "tests"])?)),
        false => println!("std not counted: `rustup component add rust-src` brings its sources"),
    }
    println!("{} functions of Python's os:", functions.len());
    for (name, found) in counts {
        let there = functions.iter().filter(|name| found.contains(**name)).count();
        println!("{there:>4}  {name}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The name in a row of the table that is of a function. (`W*` and `S_IS*` are
/// named as constants are, and left out with them.)
fn function(row: &str) -> Option<&str> {
    let (name, item) = row.split_once('\t')?;
    let (_, item) = item.split('\t').next()?.split_once("::")?;
    let lower = |text: &str| !text.contains(|c: char| c.is_uppercase() || c == ':' || c == '.');
    let data = ["st_", "supports_", "environ", "cloexec", "nonblock"];
    let data = data.iter().any(|start| name.starts_with(start));
    (lower(name) && lower(item) && !data).then_some(name)
}

/// Has cargo bring the peers, and says where they are.
fn fetched(dir: &Path) -> Result<serde_json::Value> {
    let mut manifest = "[package]\nname = \"peers\"\nedition = \"2024\"\n".to_owned();
    manifest += "[workspace]\n[dependencies]\n";
    for (name, version) in PEERS.iter().flat_map(|peer| peer.crates) {
        let _ = writeln!(manifest, "{name} = \"={version}\"");
    }
    fs::create_dir_all(dir.join("src"))?;
    fs::write(dir.join("src/lib.rs"), "")?;
    fs::write(dir.join("Cargo.toml"), manifest)?;
    let mut metadata = Command::new("cargo");
    metadata.args(["metadata", "--format-version=1"]).current_dir(dir);
    serde_json::from_str(&cmd::capture(&mut metadata)?).context("cargo metadata is not JSON")
}

/// The directory `src` of a package.
fn sources(metadata: &serde_json::Value, name: &str) -> Result<PathBuf> {
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == name).context(name.to_owned())?;
    let manifest = package["manifest_path"].as_str().context("no manifest")?;
    Ok(Path::new(manifest).with_file_name("src"))
}

/// The names of functions, and the aliases, in the files under `dir`.
fn count(dir: &Path, hidden: &[&str]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if hidden.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            found.append(&mut count(&path, hidden)?);
        } else if name.ends_with(".rs") {
            fs::read_to_string(&path)?.lines().for_each(|line| declared(line, &mut found));
        }
    }
    Ok(found)
}

/// Adds what a line of code declares.
fn declared(line: &str, found: &mut BTreeSet<String>) {
    let line = line.trim_start();
    if line.starts_with("//") {
        return;
    }
    if line.contains("alias") {
        found.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    for rest in line.split("fn ").skip(1) {
        found.extend(rest.split(['(', '<']).next().map(str::to_owned));
    }
}

#[cfg(test)]
mod tests {
    use super::{declared, function};

    #[test]
    fn functions_are_told_from_the_rest() {
        assert_eq!(function("getcwdb\tfs::getcwd\tbytes"), Some("getcwdb"));
        for other in ["# open", "O_RDWR\tfs::OFlags::RDWR", "STDIN_FILENO\tfd::stdin"] {
            assert_eq!(function(other), None);
        }
    }

    #[test]
    fn declarations_are_functions_and_aliases() {
        let mut found = Default::default();
        for line in ["pub fn dup<F: AsFd>(fd: F) {", "#[doc(alias = \"x\")]", "// fn no()", "\"y\""]
        {
            declared(line, &mut found);
        }
        assert!(found.iter().eq(["dup", "x"]), "{found:?}");
    }
}
