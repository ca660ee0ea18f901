//! What comes with the crate into a user's program: only crates whose licences
//! allow it, no libc, and without the feature `std` no std.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;
use spdx::{Expression, ParseMode};

use crate::cmd;
use crate::project::Project;
use crate::table::Done;
use crate::targets::Arch;

/// What a program of any kind may be distributed with, if it says so.
const LICENCES: [&str; 7] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "Unicode-3.0",
    "Zlib",
];

/// The parts of Rust's library that need no operating system.
const NO_STD: [&str; 3] = ["libcore-", "liballoc-", "libcompiler_builtins-"];

/// Whether all that a user's build compiles with every feature may be used, and
/// none of it is libc.
pub fn crates(project: &Project) -> Result<Done> {
    let metadata = metadata(project)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let mut wrong = Vec::new();
    let names = below_rawos(&metadata)?;
    for package in packages.iter().filter(|package| names.contains(&text(&package["id"]))) {
        let (name, licence) = (text(&package["name"]), text(&package["license"]));
        if !may_be_used(licence) {
            wrong.push(format!("{name} has the licence '{licence}'"));
        }
        if name == "libc" {
            wrong.push("libc is among the dependencies".to_owned());
        }
    }
    crate::console::line(format_args!("{} crates", names.len()));
    Ok(match wrong.is_empty() {
        true => Done::ok(),
        false => Done::failed(wrong.join("; ")),
    })
}

/// Whether the crate with every feature but `std`, and all below it, builds
/// where Rust's library has no std. Macros that run in the compiler may have it.
pub fn no_std(project: &Project) -> Result<Done> {
    let host = Arch::ALL.into_iter().find(|arch| arch.is_host()).context("an unknown host")?;
    let mut libdir = Command::new("rustc");
    libdir.current_dir(&project.root).args(["--print", "target-libdir"]);
    let libdir = cmd::capture(&mut libdir)?;
    let sysroot = project.target_dir.join("no-std");
    let there = sysroot.join("lib/rustlib").join(host.triple()).join("lib");
    // Those of another toolchain would be in the way.
    let _ = fs::remove_dir_all(&there);
    fs::create_dir_all(&there).with_context(|| there.display().to_string())?;
    for entry in fs::read_dir(libdir.trim()).context("Rust's library")? {
        let file = entry.context("Rust's library")?;
        let name = file.file_name();
        if NO_STD.iter().any(|part| name.to_string_lossy().starts_with(part)) {
            symlink(file.path(), there.join(name)).context("a link to Rust's library")?;
        }
    }
    let metadata = metadata(project)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let rawos = packages.iter().find(|package| package["name"] == "rawos").context("no rawos")?;
    let features = rawos["features"].as_object().context("no features")?.keys();
    let features: Vec<&str> = features.map(String::as_str).filter(|name| *name != "std").collect();
    let mut check = project.cargo("check");
    check.args(["-p", "rawos", "--lib", "--no-default-features", "--target", host.triple()]);
    check.arg(format!("--features={}", features.join(",")));
    check.env("RUSTFLAGS", format!("--sysroot={}", sysroot.display()));
    cmd::run(check.arg("--target-dir").arg(sysroot.join("target")))?;
    Ok(Done::ok())
}

fn metadata(project: &Project) -> Result<Value> {
    let mut metadata = project.cargo("metadata");
    metadata.args(["--format-version=1", "--all-features"]);
    let host = Arch::ALL.into_iter().find(|arch| arch.is_host()).map_or("", Arch::triple);
    metadata.args(["--filter-platform", host]);
    serde_json::from_str(&cmd::capture(&mut metadata)?).context("cargo metadata is not JSON")
}

/// The ids of rawos and of what is compiled with it, but for its tests.
fn below_rawos(metadata: &Value) -> Result<Vec<&str>> {
    let nodes = metadata["resolve"]["nodes"].as_array().context("no graph of dependencies")?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    let rawos = packages.iter().find(|package| package["name"] == "rawos").context("no rawos")?;
    let mut found = vec![text(&rawos["id"])];
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        next += 1;
        let node = nodes.iter().find(|node| node["id"] == id).context("no node")?;
        for dependency in node["deps"].as_array().into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array();
            let used = kinds.into_iter().flatten().any(|kind| kind["kind"] != "dev");
            let id = text(&dependency["pkg"]);
            if used && !found.contains(&id) {
                found.push(id);
            }
        }
    }
    Ok(found)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether one of the ways to use what has this licence is among ours.
fn may_be_used(licence: &str) -> bool {
    // Old packages write `MIT/Apache-2.0`.
    Expression::parse_mode(licence, ParseMode::LAX)
        .is_ok_and(|all| all.evaluate(|one| LICENCES.contains(&one.to_string().as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{below_rawos, may_be_used};

    #[test]
    fn licences_are_read() {
        for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0-only OR MIT", "(MIT OR GPL-2.0) AND Zlib"] {
            assert!(may_be_used(good), "{good}");
        }
        for bad in ["", "GPL-3.0-only", "MIT AND GPL-3.0-only", "Nonsense"] {
            assert!(!may_be_used(bad), "{bad}");
        }
    }

    #[test]
    fn what_only_tests_need_is_not_below() {
        let dep =
            |name: &str, kind: Option<&str>| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [{"name": "rawos", "id": "rawos"}],
            "resolve": {"nodes": [
                {"id": "rawos", "deps": [dep("a", None), dep("b", Some("dev")), dep("c", Some("build"))]},
                {"id": "a", "deps": [dep("d", None)]},
                {"id": "b", "deps": []}, {"id": "c", "deps": []},
                {"id": "d", "deps": [dep("a", None)]},
            ]},
        });
        assert_eq!(below_rawos(&metadata).unwrap(), ["rawos", "a", "c", "d"]);
    }
}
