//! What a clean build of rawos costs beside one of rustix with the features
//! that match, and of nix with all: CPU time, in turn, and crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::bench::Row;
use crate::cmd;
use crate::console;
use crate::project::Project;

pub const NAME: &str = "clean build";

const PEERS: [(&str, &str); 2] = [
    (
        "rustix",
        r#"rustix = { version = "1", default-features = false, features = ["event", "fs", "mount", "net", "pipe", "process", "pty", "rand", "stdio", "system", "termios", "thread", "time"] }"#,
    ),
    (
        "nix",
        r#"nix = { version = "0.31", features = ["dir", "env", "event", "feature", "fs", "hostname", "inotify", "ioctl", "kmod", "mount", "net", "personality", "poll", "process", "pthread", "ptrace", "quota", "reboot", "resource", "sched", "signal", "socket", "term", "time", "uio", "user", "zerocopy"] }"#,
    ),
];

/// How many crates are compiled for each.
pub type Crates = Vec<(String, usize)>;

/// The ratios of CPU time, and the crates.
pub fn measure(project: &Project, rounds: usize) -> Result<(Vec<Row>, Crates)> {
    let parent = project.target_dir.join("bench/build");
    let own = format!("rawos = {{ path = {:?} }}", project.root);
    let ours = package(&parent, "rawos", &own)?;
    let mut rows = Vec::new();
    let mut crates = vec![("rawos".to_owned(), count(&ours)?)];
    for (peer, dependency) in PEERS {
        let theirs = package(&parent, peer, dependency)?;
        crates.push((peer.to_owned(), count(&theirs)?));
        let mut samples = Vec::new();
        for round in 0..rounds {
            console::line(format_args!("{NAME}: rawos and {peer}, {} of {rounds}", round + 1));
            // Each is the first as often as the other.
            let ratio = if round % 2 == 0 {
                let our = build(&ours)?;
                our / build(&theirs)?
            } else {
                let their = build(&theirs)?;
                build(&ours)? / their
            };
            samples.push(ratio);
        }
        samples.sort_by(f64::total_cmp);
        rows.push(Row { name: format!("{NAME}, CPU time"), peer: peer.to_owned(), samples });
    }
    Ok((rows, crates))
}

/// Writes an empty package with one dependency, and fetches that.
fn package(parent: &Path, name: &str, dependency: &str) -> Result<PathBuf> {
    let dir = parent.join(name);
    fs::create_dir_all(dir.join("src")).with_context(|| dir.display().to_string())?;
    let manifest = format!(
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}\n\n[workspace]\n"
    );
    fs::write(dir.join("Cargo.toml"), manifest).context("Cargo.toml")?;
    fs::write(dir.join("src/lib.rs"), "#![no_std]\n").context("src/lib.rs")?;
    cmd::run(Command::new("cargo").arg("fetch").current_dir(&dir))?;
    Ok(dir)
}

/// How many crates are compiled for it.
fn count(dir: &Path) -> Result<usize> {
    let mut tree = Command::new("cargo");
    tree.args(["tree", "--prefix=none", "--edges=normal,build", "--offline"]).current_dir(dir);
    let text = cmd::capture(&mut tree)?;
    // A crate that is there already is marked.
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)"));
    // But for the empty one.
    Ok(lines.filter(|line| !line.is_empty()).collect::<BTreeSet<_>>().len().saturating_sub(1))
}

/// CPU seconds of a build from nothing.
fn build(dir: &Path) -> Result<f64> {
    let target = dir.join("target");
    let _ = fs::remove_dir_all(&target);
    let before = children()?;
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--offline", "--target-dir"]).arg(&target).current_dir(dir);
    let status = cargo.stdin(Stdio::null()).status().context("cargo")?;
    anyhow::ensure!(status.success(), "{} failed", cmd::show(&cargo));
    Ok(children()? - before)
}

/// CPU time of the children so far, and of theirs.
fn children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("/proc/self/stat")?;
    child_ticks(&stat).context("/proc/self/stat has no times")
}

/// The times of children in proc_pid_stat(5), in ticks: only ratios are made of
/// them.
fn child_ticks(stat: &str) -> Option<f64> {
    // The program's name may have anything in it.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(13);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<f64>().ok()? + system.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::child_ticks;

    #[test]
    fn the_times_of_children_are_found() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0\n";
        assert_eq!(child_ticks(stat), Some(4300.0));
        assert_eq!(child_ticks("7 (a) S 1"), None);
    }
}
