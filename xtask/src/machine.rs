//! The emulators of whole machines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::cmd;
use crate::targets::Arch;

/// The packages that an emulator of x86_64 consists of, apart from libraries.
const X86_64: [&str; 4] = ["qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios"];

/// An emulator on this machine.
pub struct Emulator {
    program: PathBuf,
    /// Where it has its firmware, if not where it was built to look.
    data: Vec<PathBuf>,
}

impl Emulator {
    /// Finds, or fetches, one that is fit for kernels of `series`.
    pub fn find(target_dir: &Path, arch: Arch, series: &str) -> Result<Emulator> {
        let installed = PathBuf::from(format!("qemu-system-{arch}"));
        if arch != Arch::X86_64 || series != "6.12" || major(&installed)? >= 10 {
            return Ok(Emulator { program: installed, data: Vec::new() });
        }
        // QEMU 7.2 corrupts x86_64 guests of 6.12: one boot in ten dies in the
        // kernel with it, none with 10.0.
        let dir = target_dir.join("qemu-backports");
        let program = dir.join("usr/bin/qemu-system-x86_64");
        if !program.exists() {
            fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
            Apt::configure(&dir, arch, "bookworm-backports")?.unpack(&X86_64, &dir)?;
        }
        major(&program)?;
        let data = ["usr/share/qemu", "usr/share/seabios"].map(|part| dir.join(part));
        Ok(Emulator { program, data: data.into() })
    }

    pub fn command(&self) -> Command {
        let mut qemu = Command::new(&self.program);
        for dir in &self.data {
            qemu.arg("-L").arg(dir);
        }
        qemu
    }
}

/// The first number of an emulator's version.
fn major(qemu: &Path) -> Result<u32> {
    let version = cmd::capture(Command::new(qemu).arg("--version"))?;
    let number = version.split_whitespace().skip_while(|&word| word != "version").nth(1);
    let major = number.and_then(|number| number.split('.').next()?.parse().ok());
    major.with_context(|| format!("{} has no version", qemu.display()))
}
