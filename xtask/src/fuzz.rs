//! `cargo xtask fuzz`: the targets of `fuzz/`, with the stable toolchain.
//!
//! As cargo-fuzz does it, less the sanitizers, which take the nightly compiler:
//! rustc's own pass puts in what libFuzzer is guided by.

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cmd::{self, Executable, Finished};
use crate::console;
use crate::install::{self, Need};
use crate::project::Project;
use crate::table::{Counts, Done, Table};
use crate::targets::Arch;

#[derive(clap::Args)]
pub struct Args {
    /// How long to fuzz in all, the build aside
    #[arg(default_value_t = 60)]
    seconds: u64,
    /// Fuzz one target alone
    #[arg(long)]
    only: Option<String>,
}

/// How long each target is fuzzed as a step of `cargo xtask test`.
const SHORT: u64 = 2;

/// What libFuzzer's choices are drawn from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Draw {
    /// From the corpus checked in and one fixed seed: the same inputs each time,
    /// so that what fails fails because of a change.
    Same,
    /// From what was found before as well, and a seed of the moment.
    New,
}

const FLAGS: [&str; 9] = [
    // What cargo-fuzz sets; the crate shows its parsers then.
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// What building the targets takes: libFuzzer is written in C++.
pub fn needs() -> Vec<Need> {
    vec![Need::new("g++", "g++"), Need::new("cc", "gcc")]
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let mut table = Table::new();
    table.step("packages", "host", || install::ensure(&needs()).map(|()| Done::ok()));
    let mut targets = Vec::new();
    table.step("build", "host", || {
        targets = build(project)?;
        targets.retain(|target| args.only.as_ref().is_none_or(|only| *only == target.name));
        if targets.is_empty() {
            bail!("no such target in fuzz/fuzz_targets");
        }
        Ok(Done::ok())
    });
    let each = |at_once| share(args.seconds, targets.len(), at_once);
    for fuzzed in fuzz(project, &targets, Draw::New, each)? {
        let place = format!("{} inputs", fuzzed.inputs);
        table.push(&fuzzed.name, &place, fuzzed.done(), Some(fuzzed.time));
    }
    table.print();
    Ok(table.totals())
}

/// One step for all targets: their corpora again, and a short while each.
pub fn step(project: &Project, table: &mut Table) {
    table.step("fuzz", "host", || {
        let targets = build(project)?;
        let fuzzed = fuzz(project, &targets, Draw::Same, |_| SHORT)?;
        let failed: Vec<String> = fuzzed.iter().filter_map(Fuzzed::finding).collect();
        let passed = fuzzed.len() - failed.len();
        let counts = Counts { passed, failed: failed.len(), skipped: 0 };
        let done = if failed.is_empty() { Done::ok() } else { Done::failed(failed.join("; ")) };
        Ok(done.with(counts, Vec::new()))
    });
}

/// Seconds for one of `targets`, of which so many run `at_once`.
fn share(seconds: u64, targets: usize, at_once: usize) -> u64 {
    (seconds * at_once as u64 / targets.max(1) as u64).max(1)
}

fn build(project: &Project) -> Result<Vec<Executable>> {
    let host = Arch::ALL.into_iter().find(|arch| arch.is_host()).context("no such architecture")?;
    let mut cargo = project.cargo("build");
    cargo.args(["--release", "--locked", "--manifest-path=fuzz/Cargo.toml"]);
    // With a target, the flags are not for build scripts and macros.
    cargo.arg("--target").arg(host.triple()).arg("--target-dir").arg(dir(project));
    let mut targets = cmd::executables(cargo.env("RUSTFLAGS", FLAGS.join(" ")))?;
    targets.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(targets)
}

/// Where everything goes that is made here.
fn dir(project: &Project) -> PathBuf {
    project.target_dir.join("fuzz")
}

/// How fuzzing one target ended.
struct Fuzzed {
    name: String,
    /// How many it was given, those of the corpus included.
    inputs: u64,
    time: Duration,
    /// Why it ended early, if it did.
    fault: Option<String>,
}

impl Fuzzed {
    fn finding(&self) -> Option<String> {
        Some(format!("{}: {}", self.name, self.fault.as_ref()?))
    }

    fn done(&self) -> Done {
        self.fault.as_ref().map_or_else(Done::ok, Done::failed)
    }
}

/// Fuzzes each target for the seconds that `each` says, as many at once as there
/// are processors.
fn fuzz(
    project: &Project,
    targets: &[Executable],
    draw: Draw,
    each: impl Fn(usize) -> u64,
) -> Result<Vec<Fuzzed>> {
    let at_once = thread::available_parallelism().map_or(1, usize::from).min(targets.len().max(1));
    let seconds = each(at_once);
    let scratch = Scratch::new(project)?;
    let (queue, ended) = (Mutex::new(VecDeque::from_iter(targets)), Mutex::new(Vec::new()));
    let next = || queue.lock().expect("a target panicked").pop_front();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                console::hold();
                while let Some(target) = next() {
                    let fuzzed = fuzz_one(project, target, draw, seconds, &scratch.0);
                    console::show();
                    ended.lock().expect("a target panicked").push(fuzzed);
                }
            });
        }
    });
    let ended = ended.into_inner().expect("a target panicked");
    let mut ended = ended.into_iter().collect::<Result<Vec<_>>>()?;
    ended.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(ended)
}

fn fuzz_one(
    project: &Project,
    target: &Executable,
    draw: Draw,
    seconds: u64,
    scratch: &Path,
) -> Result<Fuzzed> {
    let name = &target.name;
    let (checked_in, out) = (project.root.join("fuzz"), dir(project));
    let found = if draw == Draw::Same { scratch } else { &out };
    let (corpus, artifacts) = (found.join("corpus").join(name), out.join("artifacts").join(name));
    for dir in [&corpus, &artifacts] {
        fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    }
    let mut fuzzer = Command::new(&target.path);
    fuzzer.current_dir(&out).env("TMPDIR", scratch);
    fuzzer.args(["-verbosity=0", "-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048"]);
    fuzzer.arg(format!("-max_total_time={seconds}"));
    fuzzer.arg(format!("-artifact_prefix={}/", artifacts.display()));
    if draw == Draw::Same {
        fuzzer.arg("-seed=1");
    }
    let dictionary = checked_in.join("dict").join(format!("{name}.dict"));
    if dictionary.exists() {
        fuzzer.arg(format!("-dict={}", dictionary.display()));
    }
    // What is new goes into the first directory.
    fuzzer.arg(corpus);
    let seeds = checked_in.join("corpus").join(name);
    if seeds.exists() {
        fuzzer.arg(seeds);
    }
    let started = Instant::now();
    let Finished { success, text } = cmd::stream(&mut fuzzer)?;
    let inputs = number_after(&text, "stat::number_of_executed_units:").unwrap_or_default();
    let fault = (!success).then(|| fault(&text));
    Ok(Fuzzed { name: name.clone(), inputs, time: started.elapsed(), fault })
}

fn number_after(text: &str, label: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(label)?.trim().parse().ok())
}

/// What a fuzzer said of what it found, and where the input is.
fn fault(output: &str) -> String {
    let mut lines = output.lines().skip_while(|line| !line.contains(" panicked at "));
    let place = lines.next().and_then(|line| line.split_once(" panicked at "));
    let error = || output.lines().find_map(|line| line.split_once("ERROR: libFuzzer: "));
    let what = match place {
        Some((_, place)) => format!("{place} {}", lines.next().unwrap_or_default()),
        None => error().map_or("it failed", |(_, what)| what).to_owned(),
    };
    let input = output.lines().find_map(|line| line.split_once("Test unit written to "));
    format!("{what} ({})", input.map_or("no input was kept", |(_, path)| path.trim()))
}

/// A directory for files of the targets, in memory if there is such a place: a
/// target ends without cleaning up.
struct Scratch(PathBuf);

impl Scratch {
    fn new(project: &Project) -> Result<Scratch> {
        let memory = PathBuf::from("/dev/shm");
        let parent = if memory.is_dir() { memory } else { dir(project) };
        let dir = parent.join(format!("rawos-fuzz-{}", std::process::id()));
        fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        Ok(Scratch(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is in the way of nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::{fault, number_after, share};

    #[test]
    fn the_time_is_shared() {
        assert_eq!(share(60, 20, 2), 6);
        assert_eq!(share(1, 20, 1), 1);
        assert_eq!(share(60, 0, 0), 1);
    }

    #[test]
    fn a_finding_is_told_with_its_input() {
        let output = "x\nthread '<unnamed>' (7) panicked at fuzz_targets/a.rs:1:2:\nno\n==7== ERROR: \
            libFuzzer: deadly signal\nTest unit written to /tmp/crash-1\n";
        assert_eq!(fault(output), "fuzz_targets/a.rs:1:2: no (/tmp/crash-1)");
        let output = "==7== ERROR: libFuzzer: timeout after 20 seconds\n";
        assert_eq!(fault(output), "timeout after 20 seconds (no input was kept)");
        assert_eq!(fault(""), "it failed (no input was kept)");
        assert_eq!(number_after("a\nb: 12\n", "b:"), Some(12));
    }
}
