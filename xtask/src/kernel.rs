//! Debian's kernels, fetched by package name.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::cmd;
use crate::machine::Emulator;
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

/// A kernel image on this machine.
pub struct Kernel {
    pub arch: Arch,
    pub series: &'static str,
    /// The package it came in.
    pub package: String,
    pub image: PathBuf,
    /// What boots it.
    pub emulator: Emulator,
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
    let emulator = Emulator::find(target_dir, arch, series)?;
    Ok(Kernel { arch, series: source.series, package, image, emulator })
}

/// Downloads and unpacks the newest package of `source` into `dir/unpacked`.
/// Returns its name.
fn fetch(dir: &Path, arch: Arch, source: &Source) -> Result<String> {
    let apt = Apt::configure(dir, arch, source.suite)?;
    let names = cmd::capture(apt.command("apt-cache").args(["pkgnames", source.prefix]))?;
    let version = |name: &str| {
        let middle = name.strip_prefix(source.prefix)?.strip_suffix(source.suffix)?;
        version_numbers(middle)
    };
    let newest = names.lines().filter_map(|name| Some((version(name)?, name))).max();
    let (_, package) = newest.with_context(|| {
        format!("no package {}…{} in {}", source.prefix, source.suffix, source.suite)
    })?;
    apt.unpack(&[package], &dir.join("unpacked"))?;
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
