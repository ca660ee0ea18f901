//! `cargo xtask release`: what a version has to pass before it is published.
//! The part that is quick is checked with every change, by `cargo xtask test`.
//!
//! Nothing is published here. What cannot run says so, and is not passed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::project::{ALL_FEATURES, FEATURE_SETS, Features, Project};
use crate::table::{Done, Table};
use crate::targets::{Arch, Library, Target};
use crate::{api, cmd, dependencies, lint};

const MUSL: &str = "x86_64-unknown-linux-musl";

/// Cargo's own tools, by package and version: installed below the target
/// directory where PATH has none.
const SEMVER: (&str, &str) = ("cargo-semver-checks", "0.51.0");
const DENY: (&str, &str) = ("cargo-deny", "0.20.2");

/// No features and all: what users build is between them.
const EXTREMES: [Features; 2] = [FEATURE_SETS[0], ALL_FEATURES];

#[derive(clap::Args)]
pub struct Args {
    /// Package what is there, committed or not: for trying it
    #[arg(long)]
    allow_dirty: bool,
}

/// What is quick enough to be checked with every change.
pub fn every_change(project: &Project, table: &mut Table) {
    table.step("changelog", "host", || changelog(project));
    table.step("licences, no libc", "host", || dependencies::crates(project));
    table.step("no std", "host", || dependencies::no_std(project));
    table.step("public API", "host", || api::check(project));
    for features in EXTREMES {
        table.step(&format!("check ({})", features.name), MUSL, || musl(project, features));
    }
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let mut table = Table::new();
    every_change(project, &mut table);
    table.step(&format!("check with Rust {}", lint::OLDEST), "host", || lint::oldest(project));
    let mut package = None;
    table.step("cargo package", "host", || {
        package = Some(Package::make(project, args)?);
        Ok(Done::ok())
    });
    // Without it there is nothing to build, and the row above has failed.
    if let Some(package) = package {
        for arch in Arch::ALL {
            for features in EXTREMES {
                table.step(&format!("the package ({})", features.name), arch.name(), || {
                    package.build(project, arch, features)
                });
            }
            table.step("its docs, as docs.rs", arch.name(), || package.docs(project, arch));
        }
        table.step("minimal versions", "host", || package.minimal_versions(project));
    }
    table.step("cargo publish --dry-run", "host", || publish(project, args));
    table.step("semver", "host", || semver(project));
    table.step("advisories", "host", || advisories(project));
    table.print();
    Ok(table.totals())
}

/// Whether the version that would be published is the changelog's newest.
fn changelog(project: &Project) -> Result<Done> {
    let text = fs::read_to_string(project.root.join("CHANGELOG.md")).context("CHANGELOG.md")?;
    let version = version(project)?;
    Ok(match newest(&text) {
        Some(newest) if newest == version => Done::ok(),
        newest => Done::failed(format!("{newest:?} is on top, the crate has {version}")),
    })
}

/// The version in the first heading of a changelog: `## 0.1.0, unreleased`.
fn newest(changelog: &str) -> Option<&str> {
    let heading = changelog.lines().find_map(|line| line.strip_prefix("## "))?;
    heading.split([',', ' ']).next()
}

fn musl(project: &Project, features: Features) -> Result<Done> {
    let mut libdir = Command::new("rustc");
    libdir.current_dir(&project.root).args(["--print", "target-libdir", "--target", MUSL]);
    let libdir = PathBuf::from(cmd::capture(&mut libdir)?.trim());
    let mut add = Command::new("rustup");
    add.current_dir(&project.root).args(["target", "add", MUSL]);
    let there = libdir.exists() || cmd::on_path("rustup") && cmd::stream(&mut add)?.success;
    if !there {
        return Ok(Done::not_run(format!("rustup cannot get the library for {MUSL}")));
    }
    let mut check = project.cargo("check");
    check.args(["-p", "rawos", "--lib", "--target", MUSL]).args(features.args);
    cmd::run(&mut check)?;
    Ok(Done::ok())
}

/// The crate as it would be published, away from its repository.
struct Package {
    dir: PathBuf,
}

impl Package {
    fn make(project: &Project, args: &Args) -> Result<Package> {
        let mut cargo = project.cargo("package");
        cargo.args(["-p", "rawos", "--no-verify"]);
        if args.allow_dirty {
            cargo.arg("--allow-dirty");
        }
        without_warnings(&mut cargo)?;
        let name = format!("rawos-{}", version(project)?);
        let archive = project.target_dir.join("package").join(format!("{name}.crate"));
        let into = project.target_dir.join("published");
        let dir = into.join(&name);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&into).with_context(|| into.display().to_string())?;
        cmd::run(Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(&into))?;
        Ok(Package { dir })
    }

    /// A cargo command in the package, for one architecture.
    fn cargo(&self, project: &Project, target: &Target, subcommand: &str) -> Command {
        let mut cargo = target.cargo(project, subcommand, Library::Std);
        cargo.current_dir(&self.dir).arg("--lib");
        cargo.arg("--target-dir").arg(target.target_dir(project).join("published/target"));
        cargo
    }

    fn build(&self, project: &Project, arch: Arch, features: Features) -> Result<Done> {
        let target = Target::prepare(project, arch)?;
        let mut cargo = self.cargo(project, &target, "build");
        cargo.env(target.variable("RUSTFLAGS"), "-D warnings");
        cmd::run(cargo.args(features.args))?;
        Ok(Done::ok())
    }

    /// Documentation as docs.rs makes it, with its compiler's unstable features,
    /// for one of the targets that the manifest names.
    fn docs(&self, project: &Project, arch: Arch) -> Result<Done> {
        let metadata = metadata(project)?;
        let docs = &rawos(&metadata)?["metadata"]["docs"]["rs"];
        let targets = docs["targets"].as_array().context("the manifest has none for docs.rs")?;
        if !targets.iter().any(|target| target == arch.triple()) {
            return Ok(Done::failed("the manifest does not name it for docs.rs"));
        }
        anyhow::ensure!(docs["all-features"] == true, "docs.rs would not have all features");
        let mut cargo = self.cargo(project, &Target::prepare(project, arch)?, "doc");
        cargo.args(["--no-deps", "--all-features"]);
        cargo.env("RUSTC_BOOTSTRAP", "1").env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
        cmd::run(&mut cargo)?;
        Ok(Done::ok())
    }

    /// Whether the oldest versions that the manifest allows are enough: each of
    /// its own dependencies, with whatever these need.
    fn minimal_versions(&self, project: &Project) -> Result<Done> {
        let dir = self.dir.with_file_name("minimal");
        let _ = fs::remove_dir_all(&dir);
        cmd::run(Command::new("cp").arg("-r").arg(&self.dir).arg(&dir))?;
        let manifest = dir.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).context("Cargo.toml")?;
        fs::write(&manifest, without_tests(&text)).context("Cargo.toml")?;
        let mut update = Command::new("cargo");
        update.current_dir(&dir).args(["update", "-Zdirect-minimal-versions"]);
        cmd::run(update.env("RUSTC_BOOTSTRAP", "1").env_remove("LD_LIBRARY_PATH"))?;
        let mut check = Command::new("cargo");
        check.current_dir(&dir).args(["check", "--lib", "--locked"]).args(ALL_FEATURES.args);
        check.arg("--target-dir").arg(project.target_dir.join("published/target"));
        cmd::run(check.env_remove("LD_LIBRARY_PATH"))?;
        Ok(Done::ok())
    }
}

/// The manifest that cargo wrote for a package, without what only its tests
/// need: it would decide about versions too.
fn without_tests(manifest: &str) -> String {
    let mut tests = false;
    let keep = |line: &&str| {
        if line.starts_with('[') {
            tests = line.contains("dev-dependencies") || line.starts_with("[[test]]");
        }
        !tests
    };
    manifest.lines().filter(keep).flat_map(|line| [line, "\n"]).collect()
}

/// All that publishing does, but for the upload.
fn publish(project: &Project, args: &Args) -> Result<Done> {
    let mut cargo = project.cargo("publish");
    cargo.args(["-p", "rawos", "--dry-run", "--registry=crates-io"]);
    if args.allow_dirty {
        cargo.arg("--allow-dirty");
    }
    without_warnings(&mut cargo)?;
    Ok(Done::ok())
}

/// Runs a command of cargo that warns of what a published crate should have.
fn without_warnings(cargo: &mut Command) -> Result<()> {
    let finished = cmd::stream(cargo)?;
    anyhow::ensure!(finished.success, "{}", cmd::first_error(&finished.text));
    // The tests stay in the repository, and nothing is uploaded.
    let meant = ["aborting upload due to dry run", "is not included in the published package"];
    let is_warning = |line: &&str| {
        line.starts_with("warning: ") && !meant.iter().any(|part| line.contains(part))
    };
    match finished.text.lines().find(is_warning) {
        Some(warning) => anyhow::bail!("{warning}"),
        None => Ok(()),
    }
}

/// Whether the version says enough of what changed since the last release.
fn semver(project: &Project) -> Result<Done> {
    let mut tags = Command::new("git");
    tags.current_dir(&project.root).args(["tag", "--list", "v*", "--sort=-version:refname"]);
    let tags = cmd::capture(&mut tags)?;
    let Some(last) = tags.lines().next() else {
        return Ok(Done::not_run("no release yet: no tag v…"));
    };
    let Some(mut semver) = tool(project, SEMVER)? else {
        return Ok(Done::not_run(format!("cargo cannot install {}", SEMVER.0)));
    };
    semver.args(["semver-checks", "-p", "rawos", "--all-features", "--baseline-rev", last]);
    cmd::run(&mut semver)?;
    Ok(Done::ok())
}

/// Whether a dependency is known to be unsafe, withdrawn or abandoned.
fn advisories(project: &Project) -> Result<Done> {
    let Some(mut fetch) = tool(project, DENY)? else {
        return Ok(Done::not_run(format!("cargo cannot install {}", DENY.0)));
    };
    if !cmd::stream(fetch.args(["--all-features", "fetch", "db"]))?.success {
        return Ok(Done::not_run("the advisories cannot be fetched"));
    }
    let Some(mut deny) = tool(project, DENY)? else { return Ok(Done::failed("it is gone")) };
    deny.args(["--all-features", "check", "--hide-inclusion-graph", "advisories", "sources"]);
    cmd::run(&mut deny)?;
    Ok(Done::ok())
}

/// A command of the tool, installed if need be.
fn tool(project: &Project, (name, version): (&str, &str)) -> Result<Option<Command>> {
    let root = project.target_dir.join("tools");
    let own = root.join("bin").join(name);
    if !cmd::on_path(name) && !own.exists() {
        let mut install = project.cargo("install");
        install.args(["--locked", "--version", version, name, "--root"]).arg(&root);
        if !cmd::stream(&mut install)?.success {
            return Ok(None);
        }
    }
    let mut command = Command::new(if own.exists() { own.as_path() } else { Path::new(name) });
    command.current_dir(&project.root).env_remove("LD_LIBRARY_PATH");
    Ok(Some(command))
}

fn version(project: &Project) -> Result<String> {
    let metadata = metadata(project)?;
    Ok(rawos(&metadata)?["version"].as_str().context("no version")?.to_owned())
}

fn metadata(project: &Project) -> Result<Value> {
    let mut metadata = project.cargo("metadata");
    metadata.args(["--format-version=1", "--no-deps"]);
    serde_json::from_str(&cmd::capture(&mut metadata)?).context("cargo metadata is not JSON")
}

fn rawos(metadata: &Value) -> Result<&Value> {
    let packages = metadata["packages"].as_array().context("no packages")?;
    packages.iter().find(|package| package["name"] == "rawos").context("no rawos")
}

#[cfg(test)]
mod tests {
    use super::{newest, without_tests};

    #[test]
    fn the_newest_version_is_the_first() {
        assert_eq!(newest("# Changelog\n\n## 0.2.0, unreleased\n## 0.1.0\n"), Some("0.2.0"));
        assert_eq!(newest("## 0.1.0\n"), Some("0.1.0"));
        assert_eq!(newest("# Changelog\n"), None);
    }

    #[test]
    fn a_manifest_loses_its_tests_alone() {
        let text = "[package]\nname = \"x\"\n[[test]]\nname = \"t\"\n[dependencies.a]\n\
            version = \"1\"\n[dev-dependencies.b]\nversion = \"2\"\n\
            [target.'cfg(x)'.dev-dependencies.c]\nversion = \"3\"\n[features]\nstd = []\n";
        let kept =
            "[package]\nname = \"x\"\n[dependencies.a]\nversion = \"1\"\n[features]\nstd = []\n";
        assert_eq!(without_tests(text), kept);
    }
}
