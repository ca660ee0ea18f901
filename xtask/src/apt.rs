//! Debian packages fetched by name and unpacked, with an apt configuration of
//! our own, so that the machine's stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cmd;
use crate::targets::Arch;

/// A private apt: the machine's mirror and keys, one suite, one architecture.
/// Its directory goes when it does.
pub struct Apt {
    dir: PathBuf,
    options: Vec<String>,
}

impl Apt {
    /// With the lists of `suite`, in the directory `apt` of `dir`.
    pub fn configure(dir: &Path, arch: Arch, suite: &str) -> Result<Apt> {
        const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let dir = dir.join("apt");
        for part in ["state/lists/partial", "cache/archives/partial"] {
            let part = dir.join(part);
            fs::create_dir_all(&part).with_context(|| part.display().to_string())?;
        }
        let arch = arch.debian();
        let keys = match Path::new(KEYS).exists() {
            true => format!(" signed-by={KEYS}"),
            false => String::new(),
        };
        let list = dir.join("sources.list");
        let source = format!("deb [arch={arch}{keys}] {} {suite} main\n", mirror()?);
        fs::write(&list, source).with_context(|| list.display().to_string())?;
        let status = dir.join("status");
        fs::write(&status, "").with_context(|| status.display().to_string())?;
        let options = vec![
            format!("Dir::State={}", dir.join("state").display()),
            format!("Dir::State::status={}", status.display()),
            format!("Dir::Cache={}", dir.join("cache").display()),
            format!("Dir::Etc::sourcelist={}", list.display()),
            "Dir::Etc::sourceparts=/dev/null".to_owned(),
            "Dir::Etc::preferencesparts=/dev/null".to_owned(),
            format!("APT::Architecture={arch}"),
            format!("APT::Architectures::={arch}"),
            "Acquire::Languages=none".to_owned(),
            // apt's own user may not be let into our directory.
            "APT::Sandbox::User=root".to_owned(),
        ];
        let apt = Apt { dir, options };
        cmd::run(apt.command("apt-get").arg("update"))?;
        Ok(apt)
    }

    /// Downloads `packages` and unpacks them, uninstalled, into `into`.
    pub fn unpack(&self, packages: &[&str], into: &Path) -> Result<()> {
        cmd::run(self.command("apt-get").arg("download").args(packages).current_dir(&self.dir))?;
        for entry in fs::read_dir(&self.dir).with_context(|| self.dir.display().to_string())? {
            let path = entry.context("reading a directory")?.path();
            if path.extension().is_some_and(|extension| extension == "deb") {
                cmd::run(Command::new("dpkg-deb").arg("-x").arg(&path).arg(into))?;
            }
        }
        Ok(())
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(self.options.iter().flat_map(|option| ["-o", option]));
        command
    }
}

impl Drop for Apt {
    fn drop(&mut self) {
        // What stays is in the way of nobody.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// The mirror of Debian's main archive that this machine is set up to use.
fn mirror() -> Result<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(parts) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(parts.flatten().map(|entry| entry.path()));
    }
    let words = |path: &PathBuf| -> Vec<String> {
        let text = fs::read_to_string(path).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
    };
    let is_main =
        |word: &String| word.contains("://") && word.trim_end_matches('/').ends_with("/debian");
    files
        .iter()
        .flat_map(words)
        .find(is_main)
        .context("apt's sources name no mirror of Debian (…/debian)")
}
