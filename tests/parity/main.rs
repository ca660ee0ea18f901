//! The same question to python3 and to rawos, on the same tree.
//!
//! Needs python3; not run inside a booted kernel, which has none.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

#[cfg(feature = "serde")]
mod data;
mod env;
mod errno;
mod exec;
mod makedirs;
mod path;
mod stat;
mod status;
mod system;
mod time;
mod tty;
mod user;
#[cfg(feature = "alloc")]
mod walk;

/// What python3 prints for `script`, run with `args` and, if told, as nobody.
fn python(script: &str, args: &[&str], nobody: bool) -> String {
    use std::{os::unix::process::CommandExt as _, process::Command};
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).args(args).current_dir("/");
    if nobody {
        command.uid(65534).gid(65534);
    }
    let output = command.output().expect("python3");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}
