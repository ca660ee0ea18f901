//! The three architectures, and the toolchain that builds for each: rustup's,
//! or Debian's compiler and library source where rustup can fetch nothing.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::cmd;
use crate::install::{self, Need};
use crate::project::Project;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Arch {
    #[value(name = "x86_64")]
    X86_64,
    Aarch64,
    Riscv64,
}

impl Arch {
    pub const ALL: [Arch; 3] = [Arch::X86_64, Arch::Aarch64, Arch::Riscv64];

    /// As Rust, QEMU and GNU call it.
    pub fn name(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64",
            Arch::Aarch64 => "aarch64",
            Arch::Riscv64 => "riscv64",
        }
    }

    /// As Debian calls it.
    pub fn debian(self) -> &'static str {
        match self {
            Arch::X86_64 => "amd64",
            Arch::Aarch64 => "arm64",
            Arch::Riscv64 => "riscv64",
        }
    }

    pub fn triple(self) -> &'static str {
        match self {
            Arch::X86_64 => "x86_64-unknown-linux-gnu",
            Arch::Aarch64 => "aarch64-unknown-linux-gnu",
            Arch::Riscv64 => "riscv64gc-unknown-linux-gnu",
        }
    }

    pub fn gnu(self) -> String {
        format!("{}-linux-gnu", self.name())
    }

    pub fn is_host(self) -> bool {
        self.name() == std::env::consts::ARCH
    }

    pub fn linker(self) -> String {
        match self.is_host() {
            true => "cc".to_owned(),
            false => format!("{}-gcc", self.gnu()),
        }
    }

    /// The emulator of single programs.
    pub fn emulator(self) -> String {
        format!("qemu-{}-static", self.name())
    }

    /// The package of the emulator of whole machines.
    pub fn machine_package(self) -> &'static str {
        match self {
            Arch::X86_64 => "qemu-system-x86",
            Arch::Aarch64 => "qemu-system-arm",
            Arch::Riscv64 => "qemu-system-misc",
        }
    }
}

impl std::fmt::Display for Arch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that runs this, with the target's library from rustup.
    Rustup,
    /// Debian's, which builds the target's library from source.
    Debian,
}

/// How much of the library a build needs, where it is built from source.
#[derive(Clone, Copy)]
pub enum Library {
    Core,
    Std,
}

/// What freestanding programs have of Rust's library.
const CORE: &str = "core,alloc,compiler_builtins";

/// An architecture with all it takes to build for it.
#[derive(Clone, Copy)]
pub struct Target {
    pub arch: Arch,
    pub toolchain: Toolchain,
}

impl Target {
    /// Finds or installs a linker and a library for `arch`.
    pub fn prepare(project: &Project, arch: Arch) -> Result<Target> {
        install::ensure(&install::for_linking(arch))?;
        let debian = std::env::var("RAWOS_CROSS").is_ok_and(|choice| choice == "debian");
        let toolchain = match () {
            () if arch.is_host() => Toolchain::Rustup,
            () if !debian && has_library(project, arch)? => Toolchain::Rustup,
            () => {
                install::ensure(&[
                    Need::new("/usr/bin/rustc", "rustc-web"),
                    Need::new("/usr/bin/cargo", "cargo-web"),
                    Need::new("/usr/lib/rustlib/src/rust/library/Cargo.lock", "rust-web-src"),
                ])?;
                Toolchain::Debian
            }
        };
        Ok(Target { arch, toolchain })
    }

    /// A cargo command for this target, in its own target directory where the
    /// toolchain is another.
    pub fn cargo(&self, project: &Project, subcommand: &str, library: Library) -> Command {
        let mut cargo = project.cargo(subcommand);
        if self.toolchain == Toolchain::Debian {
            cargo = Command::new("/usr/bin/cargo");
            cargo.current_dir(&project.root).arg(subcommand);
            // For tests/codegen, which calls cargo itself.
            cargo.env("RAWOS_BUILD_STD", CORE);
            match library {
                Library::Core => cargo.arg(format!("-Zbuild-std={CORE}")),
                // Tests unwind whatever the profile says, and the library has
                // to be built once for all: not once per way to panic.
                Library::Std => cargo.arg("-Zbuild-std").env("CARGO_PROFILE_DEV_PANIC", "unwind"),
            };
            cargo.env("RUSTC_BOOTSTRAP", "1");
            cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTDOC", "/usr/bin/rustdoc");
            cargo.env("CARGO_TARGET_DIR", project.target_dir.join("debian"));
            // Set by `cargo run` to the other toolchain's libraries.
            cargo.env_remove("LD_LIBRARY_PATH");
        }
        cargo.args(["--target", self.arch.triple()]);
        if !self.arch.is_host() {
            cargo.env(self.variable("LINKER"), self.arch.linker());
            cargo.env(self.variable("RUNNER"), self.arch.emulator());
        }
        cargo
    }

    /// Where [`Target::cargo`] builds.
    pub fn target_dir(&self, project: &Project) -> PathBuf {
        match self.toolchain {
            Toolchain::Rustup => project.target_dir.clone(),
            Toolchain::Debian => project.target_dir.join("debian"),
        }
    }

    /// The name of cargo's variable for a setting of this target.
    pub fn variable(&self, setting: &str) -> String {
        let triple = self.arch.triple().to_uppercase().replace('-', "_");
        format!("CARGO_TARGET_{triple}_{setting}")
    }

    /// Makes a cargo command's executables need no loader and no library, so
    /// that they run wherever there is a kernel; and small enough to pack.
    pub fn link_statically(&self, project: &Project, cargo: &mut Command) {
        const STATIC: &str = "-C target-feature=+crt-static";
        cargo.env(self.variable("RUSTFLAGS"), STATIC).env("RUSTDOCFLAGS", STATIC);
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_PROFILE_DEV_STRIP", "debuginfo");
        cargo.arg("--target-dir").arg(self.target_dir(project).join("static"));
    }
}

/// Whether rustup has, or can get, the library for `arch`.
fn has_library(project: &Project, arch: Arch) -> Result<bool> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(&project.root).args(["--print", "target-libdir", "--target", arch.triple()]);
    let libdir = PathBuf::from(cmd::capture(&mut rustc)?.trim());
    if libdir.exists() {
        return Ok(true);
    }
    if !cmd::on_path("rustup") {
        return Ok(false);
    }
    let mut rustup = Command::new("rustup");
    rustup.current_dir(&project.root).args(["target", "add", arch.triple()]);
    Ok(cmd::stream(&mut rustup)?.success && libdir.exists())
}

/// Gets the components of rustup that the checks on this machine call.
pub fn ensure_components(project: &Project) -> Result<()> {
    for (program, component) in [("rustfmt", "rustfmt"), ("clippy-driver", "clippy")] {
        let mut version = Command::new(program);
        version.current_dir(&project.root).arg("--version");
        let there = cmd::on_path(program) && cmd::capture(&mut version).is_ok();
        if there {
            continue;
        }
        if !cmd::on_path("rustup") {
            bail!("{program} is missing, and there is no rustup to get it with");
        }
        let mut rustup = Command::new("rustup");
        rustup.current_dir(&project.root);
        cmd::run(rustup.args(["component", "add", component]))?;
    }
    Ok(())
}
