//! Installing, by Debian package name, the programs that are missing.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::cmd;
use crate::targets::Arch;

/// A program on PATH, or a file, and the package that has it.
pub struct Need {
    what: String,
    package: String,
}

impl Need {
    pub fn new(what: impl Into<String>, package: impl Into<String>) -> Need {
        Need { what: what.into(), package: package.into() }
    }

    fn is_met(&self) -> bool {
        match self.what.starts_with('/') {
            true => Path::new(&self.what).exists(),
            false => cmd::on_path(&self.what),
        }
    }
}

/// What the tests on this machine start.
pub fn for_host() -> Vec<Need> {
    vec![Need::new("cc", "gcc"), Need::new("python3", "python3")]
}

/// A linker and a C library for programs of `arch`.
pub fn for_linking(arch: Arch) -> Vec<Need> {
    if arch.is_host() {
        return vec![Need::new("cc", "gcc"), Need::new("/usr/include/stdlib.h", "libc6-dev")];
    }
    let (gnu, dashed) = (arch.gnu(), arch.name().replace('_', "-"));
    vec![
        Need::new(arch.linker(), format!("gcc-{dashed}-linux-gnu")),
        Need::new(format!("/usr/{gnu}/lib/libc.a"), format!("libc6-dev-{}-cross", arch.debian())),
    ]
}

/// The emulator of single programs.
pub fn for_emulating(arch: Arch) -> Vec<Need> {
    match arch.is_host() {
        true => Vec::new(),
        false => vec![Need::new(arch.emulator(), "qemu-user-static")],
    }
}

/// The emulator of whole machines, and what fetching a kernel for it takes.
pub fn for_booting(arch: Arch) -> Vec<Need> {
    let mut needs = vec![
        Need::new("dpkg-deb", "dpkg"),
        Need::new(format!("qemu-system-{}", arch.name()), arch.machine_package()),
    ];
    if arch == Arch::Riscv64 {
        let firmware = "/usr/share/qemu/opensbi-riscv64-generic-fw_dynamic.bin";
        needs.push(Need::new(firmware, "opensbi"));
    }
    needs
}

/// Installs the packages of what `needs` misses. Does nothing, and asks the
/// network nothing, when all is there.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let mut packages: Vec<&str> =
        needs.iter().filter(|need| !need.is_met()).map(|need| need.package.as_str()).collect();
    packages.sort_unstable();
    packages.dedup();
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !cmd::on_path("apt-get") {
        bail!("missing, and there is no apt-get to install it with: {list}");
    }
    let install = ["install", "-y", "--no-install-recommends"];
    let mut done = cmd::run(apt_get().args(install).args(&packages));
    if done.is_err() {
        // The package lists may be older than the archive, or not there.
        cmd::run(apt_get().arg("update"))?;
        done = cmd::run(apt_get().args(install).args(&packages));
    }
    done?;
    match needs.iter().find(|need| !need.is_met()) {
        Some(need) => bail!("{} is missing even with {} installed", need.what, need.package),
        None => Ok(()),
    }
}

/// apt-get, as root if there is a way.
fn apt_get() -> Command {
    let sudo = !is_root() && cmd::on_path("sudo");
    let mut command = Command::new(if sudo { "sudo" } else { "apt-get" });
    if sudo {
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    cmd::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
