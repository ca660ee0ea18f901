//! Programs without libc, run as subprocesses: the examples and those of
//! `tests/programs`, each linked at a fixed address, as a static-PIE, and as a
//! static-PIE with the compact table of relocations (`relr`).
//!
//! - `RAWOS_PROGRAMS`: the directory they are in, as `hello`, `pie-hello` and
//!   `relr-hello`; without it, cargo builds them here, for the host.
//! - `RAWOS_RUNNER`: the command to run them with, such as `qemu-aarch64-static`.
//!
//! What cannot run says so on standard error, past the test harness.
#![cfg(not(miri))] // Miri runs no programs
#![allow(clippy::std_instead_of_core, reason = "tests have std")]

mod cat_ls;
mod contain;
mod elf;
mod end;
mod environ;
mod files;
mod getrandom;
mod handler;
mod hello;
mod init;
mod pty;
mod readme;
mod record;
mod run;
mod secure;
mod sh;
mod sizes;
mod start;
mod supervise;
mod ticks;
mod top;
mod tree;

use std::{
    env,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

#[path = "../util/mod.rs"]
mod util;

use util::{not_run, not_run_in_part};

/// How a program is linked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Linked {
    Fixed,
    Pie,
    Relr,
}

use Linked::{Fixed, Pie, Relr};

impl Linked {
    fn prefix(self) -> &'static str {
        match self {
            Fixed => "",
            Pie => "pie-",
            Relr => "relr-",
        }
    }
}

/// A program to run.
struct Program {
    path: PathBuf,
    linked: Linked,
}

/// Programs that show how a program starts, and what it starts with.
const STARTS: [&str; 9] =
    ["args", "environ", "fail", "handler", "hello", "memfns", "panics", "relocs", "secure"];

/// The ways in which `name` is there: all three, unless `RAWOS_PROGRAMS` says
/// where to look and they are not there. The first must be. Where processors are
/// emulated, which takes long, those that show no more of it start in two ways.
fn programs(name: &str) -> Vec<Program> {
    let emulated = runner().is_some() || env::var_os("RAWOS_BOOTED").is_some();
    let ways: &[Linked] = match emulated && !STARTS.contains(&name) {
        true => &[Fixed, Pie],
        false => &[Fixed, Pie, Relr],
    };
    let mut found = Vec::new();
    for &linked in ways {
        let path = match env::var_os("RAWOS_PROGRAMS") {
            Some(dir) => Path::new(&dir).join(format!("{}{name}", linked.prefix())),
            None => built(linked).join(name),
        };
        match path.exists() {
            true => found.push(Program { path, linked }),
            false if linked == Fixed => panic!("{} is missing", path.display()),
            false => not_run_in_part(format_args!("{} is missing", path.display())),
        }
    }
    found
}

/// Those of [`programs`] that have no symbols, as users would have them.
fn stripped(name: &str) -> impl Iterator<Item = Program> {
    programs(name).into_iter().filter(|program| program.linked != Relr)
}

/// The emulator that runs the programs, if any.
fn runner() -> Option<Vec<String>> {
    let runner = env::var("RAWOS_RUNNER").ok()?;
    let words: Vec<_> = runner.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

impl Program {
    /// A command that runs the program, without environment or input.
    fn command(&self) -> Command {
        let mut command = match runner() {
            Some(runner) => {
                let mut command = Command::new(on_path(&runner[0]));
                command.args(&runner[1..]).arg(&self.path);
                command
            }
            None => Command::new(&self.path),
        };
        command.env_clear().stdin(Stdio::null());
        command
    }

    /// Runs the program with `args`.
    fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().expect("the program runs")
    }

    /// The name that the program knows itself by.
    fn name(&self) -> &str {
        self.path.to_str().expect("a path in UTF-8")
    }
}

/// Where the emulator is: a test may give its program another `PATH`, in which
/// `Command` would look for it.
fn on_path(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut all = env::split_paths(&path).map(|dir| dir.join(name));
    all.find(|file| file.is_file()).unwrap_or_else(|| name.into())
}

/// Has the command start with the descriptors in `fds`, given as bits, closed.
fn close(command: &mut Command, fds: i32) {
    let close = move || {
        for fd in (0..3).filter(|fd| fds & 1 << fd != 0) {
            // SAFETY: nothing uses the child's descriptor before the exec.
            unsafe { libc::close(fd) };
        }
        Ok(())
    };
    // SAFETY: close(2) may be called between fork and exec.
    unsafe { command.pre_exec(close) };
}

/// What a program printed and how it ended, to be compared as a whole.
fn told(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// The profiles, and the packages that are built with them. One build has one
/// set of features, and `init` is without those of the others.
const GROUPS: [(&str, &[&str]); 2] =
    [("small", &["rawos-examples", "rawos-test-programs"]), ("tiny", &["rawos-init"])];

/// Builds the programs for the host, once per test run, and returns where
/// they are. Each way of linking has a target directory of its own, so that a
/// second run finds all of them built.
fn built(linked: Linked) -> &'static Path {
    static DIRS: [OnceLock<PathBuf>; 3] = [const { OnceLock::new() }; 3];
    DIRS[linked as usize].get_or_init(|| {
        let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .with_file_name("freestanding")
            .join(["fixed", "pie", "relr"][linked as usize]);
        for (profile, packages) in GROUPS {
            let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
            cargo
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .args(["build", "--profile", profile, "--bins", "--target-dir"])
                .arg(&target_dir)
                .env_remove("CARGO_BUILD_TARGET");
            packages.iter().for_each(|package| _ = cargo.args(["-p", package]));
            match linked {
                Fixed => cargo.env_remove("RAWOS_PIE"),
                Pie => cargo.env("RAWOS_PIE", "1"),
                Relr => cargo.env("RAWOS_PIE", "relr"),
            };
            let output = cargo.output().expect("cargo runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        // All in one place, as in a guest.
        let dir = target_dir.join("small");
        std::fs::copy(target_dir.join("tiny/init"), dir.join("init")).expect("a copy");
        dir
    })
}
