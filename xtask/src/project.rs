//! Where the repository and its target directory are, and which feature sets
//! its crate is checked with.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cmd;

/// The repository that the current directory is in.
pub struct Project {
    pub root: PathBuf,
    pub target_dir: PathBuf,
}

/// The packages of freestanding programs, and the profile that each is built
/// with. They are bins without std, so they are never built for the test
/// profile. One build has one set of features, and `init` is without those of
/// the others.
pub const PROGRAM_GROUPS: [(&str, &[&str]); 2] =
    [("small", &["rawos-examples", "rawos-test-programs"]), ("tiny", &["rawos-init"])];

/// A choice of the crate's features that must build and pass on its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Features {
    pub name: &'static str,
    pub args: &'static [&'static str],
}

pub const ALL_FEATURES: Features = Features { name: "all", args: &["--all-features"] };

pub const FEATURE_SETS: [Features; 4] = [
    Features { name: "none", args: &[] },
    Features { name: "alloc", args: &["--features=alloc"] },
    Features { name: "std", args: &["--features=std"] },
    ALL_FEATURES,
];

impl Project {
    pub fn find() -> Result<Project> {
        let mut metadata = Command::new("cargo");
        metadata.args(["metadata", "--format-version=1", "--no-deps"]);
        let metadata: serde_json::Value = serde_json::from_str(&cmd::capture(&mut metadata)?)
            .context("cargo metadata is not JSON")?;
        let root = metadata["workspace_root"].as_str().context("no workspace root")?;
        let target_dir = metadata["target_directory"].as_str().context("no target directory")?;
        Ok(Project { root: root.into(), target_dir: target_dir.into() })
    }

    /// The arguments that name the crate's own tests and those test programs.
    pub fn tests(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.root.join("tests")).context("tests")? {
            let entry = entry?;
            let name = entry.file_name().into_string().unwrap_or_default();
            if entry.path().join("main.rs").exists() && wanted(&name) {
                names.push(format!("--test={name}"));
            }
        }
        names.sort();
        names.insert(0, "--lib".to_owned());
        Ok(names)
    }

    /// A cargo command for this machine. [`crate::targets::Target::cargo`]
    /// makes those for a named target.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = Command::new("cargo");
        // Set by `cargo run` for xtask, and not meant for its children.
        cargo.env_remove("LD_LIBRARY_PATH");
        cargo.current_dir(&self.root).arg(subcommand);
        cargo
    }
}
