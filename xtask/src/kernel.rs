//! Debian's kernels, fetched by package name with an apt configuration of our
//! own, so that the machine's stays as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cmd;
use crate::targets::Arch;

/// Where a series of kernels is to be had. The version in the middle of the
/// package's name changes from week to week.
struct Source {
    series: &'static str,
    suite: &'static str,
    prefix: &'static str,
    suffix: &'static str,
}

const fn source(
    series: &'static str,
    suite: &'static str,
    prefix: &'static str,
    suffix: &'static str,
) -> Source {
    Source { series, suite, prefix, suffix }
}

const X86_64: [Source; 4] = [
    source("5.10", "bullseye", "linux-image-5.10.0-", "-cloud-amd64-unsigned"),
    source("6.1", "bookworm", "linux-image-6.1.0-", "-cloud-amd64-unsigned"),
    source("6.12", "trixie", "linux-image-6.12.", "-cloud-amd64-unsigned"),
    source("7.2", "forky", "linux-binary-7.", "-cloud-amd64"),
];

const AARCH64: [Source; 4] = [
    source("5.10", "bullseye", "linux-image-5.10.0-", "-cloud-arm64-unsigned"),
    source("6.1", "bookworm", "linux-image-6.1.0-", "-cloud-arm64-unsigned"),
    source("6.12", "trixie", "linux-image-6.12.", "-cloud-arm64-unsigned"),
    source("7.2", "forky", "linux-binary-7.", "-cloud-arm64"),
];

const RISCV64: [Source; 2] = [
    source("6.12", "trixie", "linux-image-6.12.", "-riscv64"),
    source("7.2", "forky", "linux-binary-7.", "-riscv64"),
];

fn sources(arch: Arch) -> &'static [Source] {
    match arch {
        Arch::X86_64 => &X86_64,
        Arch::Aarch64 => &AARCH64,
        Arch::Riscv64 => &RISCV64,
    }
}

/// The series to boot when none is asked for: the newest that is both stable
/// and small. QEMU 7.2 corrupts x86_64 guests of 6.12, and 6.12 for riscv64
/// is a package of 112 MB.
pub fn default_series(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "6.1",
        Arch::Aarch64 => "6.12",
        Arch::Riscv64 => "7.2",
    }
}

/// All that can be asked for.
pub fn all_series(arch: Arch) -> Vec<&'static str> {
    sources(arch).iter().map(|source| source.series).collect()
}

/// Why this machine's emulator is not to be trusted with such a kernel, if so.
pub fn unfit(arch: Arch, series: &str) -> Result<Option<String>> {
    if arch != Arch::X86_64 || series != "6.12" {
        return Ok(None);
    }
    let version = cmd::capture(Command::new("qemu-system-x86_64").arg("--version"))?;
    let number = version.split_whitespace().skip_while(|&word| word != "version").nth(1);
    let major = number.and_then(|number| number.split('.').next()?.parse::<u32>().ok());
    // One boot in ten dies in the kernel with 7.2, none with 10.0.
    Ok(match major {
        Some(major) if major >= 10 => None,
        _ => Some("QEMU before 10 corrupts x86_64 guests of 6.12".to_owned()),
    })
}

/// A kernel image on this machine.
pub struct Kernel {
    pub arch: Arch,
    pub series: &'static str,
    /// The package it came in.
    pub package: String,
    pub image: PathBuf,
}

/// Finds the kernel among those fetched before, or fetches it.
pub fn get(target_dir: &Path, arch: Arch, series: &str) -> Result<Kernel> {
    let Some(source) = sources(arch).iter().find(|source| source.series == series) else {
        bail!("no kernel {series} for {arch}; there are {}", all_series(arch).join(", "));
    };
    let dir = target_dir.join("kernels").join(format!("{arch}-{series}"));
    let image = dir.join("image");
    let note = dir.join("package");
    if !image.exists() {
        // What an interrupted run left.
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
        }
        let package = fetch(&dir, arch, source)?;
        fs::write(&note, package).with_context(|| note.display().to_string())?;
        let unpacked = dir.join("unpacked");
        let found = find_image(&unpacked)?.context("no kernel image in the package")?;
        fs::rename(&found, &image).with_context(|| found.display().to_string())?;
        fs::remove_dir_all(&unpacked).with_context(|| unpacked.display().to_string())?;
    }
    let package = fs::read_to_string(&note).with_context(|| note.display().to_string())?;
    Ok(Kernel { arch, series: source.series, package, image })
}

/// Downloads and unpacks the newest package of `source` into `dir/unpacked`.
/// Returns its name.
fn fetch(dir: &Path, arch: Arch, source: &Source) -> Result<String> {
    let apt = Apt::configure(dir, arch, source.suite)?;
    cmd::run(apt.command("apt-get").arg("update"))?;
    let names = cmd::capture(apt.command("apt-cache").args(["pkgnames", source.prefix]))?;
    let version = |name: &str| {
        let middle = name.strip_prefix(source.prefix)?.strip_suffix(source.suffix)?;
        version_numbers(middle)
    };
    let newest = names.lines().filter_map(|name| Some((version(name)?, name))).max();
    let (_, package) = newest.with_context(|| {
        format!("no package {}…{} in {}", source.prefix, source.suffix, source.suite)
    })?;
    cmd::run(apt.command("apt-get").args(["download", package]).current_dir(dir))?;
    let unpacked = dir.join("unpacked");
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry.context("reading a directory")?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            cmd::run(Command::new("dpkg-deb").arg("-x").arg(&path).arg(&unpacked))?;
            fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
    }
    fs::remove_dir_all(&apt.dir).with_context(|| apt.dir.display().to_string())?;
    Ok(package.to_owned())
}

/// The numbers in what a package's name has for a version (`46`,
/// `2.12+deb14`); none if it has anything but a version there (`0-rt-9`).
fn version_numbers(text: &str) -> Option<Vec<u32>> {
    let (version, distribution) = match text.split_once("+deb") {
        Some((version, number)) => (version, Some(number)),
        None => (text, None),
    };
    version.split('.').chain(distribution).map(|number| number.parse().ok()).collect()
}

/// The kernel image in an unpacked package: in boot, or (newer packages)
/// beside the modules.
fn find_image(dir: &Path) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let entry = entry.context("reading a directory")?;
        let name = entry.file_name();
        let is_image = ["vmlinuz", "vmlinux"]
            .iter()
            .any(|prefix| name.to_str().is_some_and(|name| name.starts_with(prefix)));
        let kind = entry.file_type().context("reading a directory")?;
        if kind.is_file() && is_image {
            return Ok(Some(entry.path()));
        }
        if kind.is_dir()
            && let Some(found) = find_image(&entry.path())?
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A private apt: the machine's mirror and keys, one suite, one architecture.
struct Apt {
    dir: PathBuf,
    options: Vec<String>,
}

impl Apt {
    fn configure(dir: &Path, arch: Arch, suite: &str) -> Result<Apt> {
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
        Ok(Apt { dir, options })
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(self.options.iter().flat_map(|option| ["-o", option]));
        command
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

#[cfg(test)]
mod tests {
    use super::version_numbers;

    #[test]
    fn newer_packages_compare_greater() {
        assert!(version_numbers("9") < version_numbers("46"));
        assert!(version_numbers("2.9+deb14") < version_numbers("2.12+deb14"));
        assert_eq!(version_numbers("46-rt"), None);
        assert_eq!(version_numbers("12.107+deb13-cloud"), None);
    }
}
