//! `cargo xtask test`: every check there is, and one table of how they ended.

use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::booted::{self, Kernels};
use crate::kernel::Kernel;
use crate::programs::{self, Programs};
use crate::project::{FEATURE_SETS, Features, Project};
use crate::table::{Counts, Done, Table, parts, print_columns, reasons};
use crate::targets::{Arch, Library, Target};
use crate::{cmd, console, doc_tests, elf, emulate, fuzz, install, lint, pid1};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, clippy, documentation, oldest compiler
    Lint,
    /// Tests on this machine
    Host,
    /// Tests for the other architectures, under qemu-user
    Qemu,
    /// Tests in booted kernels
    Boot,
}

#[derive(clap::Args)]
pub struct Args {
    /// Run one part alone
    #[arg(long)]
    only: Option<Part>,
    /// Run what concerns one architecture alone
    #[arg(long)]
    arch: Option<Arch>,
    /// The kernels to boot on each architecture: one series, such as 6.1, or
    /// all, or the default of `cargo xtask boot`
    #[arg(long, default_value = "default")]
    kernels: Kernels,
}

impl Args {
    fn wants(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    /// Whether it wants tests of `arch` run on this machine.
    fn wants_tests(&self, arch: Arch) -> bool {
        self.wants(if arch.is_host() { Part::Host } else { Part::Qemu })
    }
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let mut table = Table::new();
    let arches = Arch::ALL.into_iter().filter(|&arch| args.arch.is_none_or(|only| only == arch));
    let arches: Vec<Arch> = arches.collect();
    install_missing(&mut table, args, &arches);
    let mut built = Vec::new();
    for &arch in &arches {
        if !args.wants_tests(arch) && !args.wants(Part::Boot) {
            continue;
        }
        let mut target = None;
        table.step("toolchain", arch.name(), || {
            target = Some(Target::prepare(project, arch)?);
            Ok(Done::ok())
        });
        // Without it nothing can be tested, and the row above has failed.
        let Some(target) = target else { continue };
        let programs = build_programs(project, &mut table, &target);
        let kernels = match args.wants(Part::Boot) {
            true => args.kernels.series(arch),
            false => Vec::new(),
        };
        let fetch = |series| booted::fetch(project, &mut table, arch, series);
        let kernels: Vec<Kernel> = kernels.into_iter().filter_map(fetch).collect();
        built.push((target, programs, kernels));
    }
    let wanted = built.iter().filter(|(target, ..)| args.wants_tests(target.arch));
    let (host, others): (Vec<&Built>, Vec<&Built>) =
        wanted.partition(|(target, ..)| target.arch.is_host());
    let mut tasks: Vec<Task> = Vec::new();
    if args.wants(Part::Lint) || !host.is_empty() {
        // One after the other: cargo builds for one at a time in a directory.
        tasks.push(Box::new(|rows| {
            if args.wants(Part::Lint) {
                lint::host(project, rows);
                for &arch in arches.iter().filter(|arch| !arch.is_host()) {
                    lint::cross(project, rows, arch);
                }
            }
            for (target, programs, _) in &host {
                run_tests(project, rows, target, programs.as_ref());
            }
        }));
    }
    for (target, programs, _) in others {
        tasks.push(Box::new(move |rows| run_tests(project, rows, target, programs.as_ref())));
    }
    if !host.is_empty() {
        tasks.push(Box::new(|rows| fuzz::step(project, rows)));
    }
    for (target, programs, kernels) in &built {
        for kernel in kernels {
            tasks.push(Box::new(move |rows| {
                booted::run(project, rows, target, programs.as_ref(), kernel);
                pid1::run(project, rows, target, programs.as_ref(), kernel);
            }));
        }
    }
    for rows in side_by_side(&tasks) {
        table.append(rows);
    }
    table.print();
    print_sizes(&built)?;
    Ok(table.totals())
}

/// What the tests of an architecture need.
type Built = (Target, Option<Programs>, Vec<Kernel>);

/// Steps that depend on no others.
type Task<'run> = Box<dyn Fn(&mut Table) + Sync + 'run>;

/// Runs one task more than there are processors at the same time: much of each
/// is waiting, and what is emulated has one processor. Returns the rows of each.
fn side_by_side(tasks: &[Task]) -> Vec<Table> {
    // One alone is shown as it goes.
    if let [task] = tasks {
        let mut rows = Table::new();
        task(&mut rows);
        return vec![rows];
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        console::hold();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else { break };
            let mut rows = Table::new();
            task(&mut rows);
            done.lock().expect("no other panicked").push((index, rows));
        }
    };
    let processors = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..=processors {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().expect("nobody panicked");
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, rows)| rows).collect()
}

/// Installs at once what the chosen parts will call.
fn install_missing(table: &mut Table, args: &Args, arches: &[Arch]) {
    let mut needs = install::for_host();
    if args.wants(Part::Host) {
        needs.extend(fuzz::needs());
    }
    for &arch in arches {
        needs.extend(install::for_linking(arch));
        if args.wants(Part::Qemu) {
            needs.extend(install::for_emulating(arch));
        }
        if args.wants(Part::Boot) {
            needs.extend(install::for_booting(arch));
        }
    }
    // On failure the steps go on, and fail where they miss something.
    table.step("packages", "host", || install::ensure(&needs).map(|()| Done::ok()));
}

/// Builds and checks the freestanding programs of one architecture.
fn build_programs(project: &Project, table: &mut Table, target: &Target) -> Option<Programs> {
    let mut programs = None;
    table.step("freestanding programs", target.arch.name(), || {
        let built = programs.insert(programs::build(project, target)?);
        programs::check(built).map(|()| Done::ok())
    });
    programs
}

/// Unit, integration and documentation tests, here or under qemu-user.
fn run_tests(project: &Project, table: &mut Table, target: &Target, programs: Option<&Programs>) {
    let arch = target.arch;
    let place = match arch.is_host() {
        true => "host".to_owned(),
        false => format!("qemu-user {arch}"),
    };
    let command = |features: Features| -> Result<Command> {
        let mut cargo = match arch.is_host() {
            true => project.cargo("test"),
            false => target.cargo(project, "test", Library::Std),
        };
        cargo.args(["-p", "rawos", "--no-fail-fast"]).args(features.args);
        if let Some(dir) = programs.and_then(|programs| programs.dir().ok()) {
            cargo.env("RAWOS_PROGRAMS", dir);
        }
        if !arch.is_host() {
            cargo.env(target.variable("RUNNER"), emulate::runner(arch)?);
            cargo.env("RAWOS_RUNNER", arch.emulator());
            // A fork beside other threads may hang in qemu-user: its locks are
            // held for ever by threads that the child does not have.
            cargo.env("RUST_TEST_THREADS", "1");
            // Not dynamically with `-L`, by which qemu-user leads other paths,
            // such as `/`, to the directory of the libraries too.
            target.link_statically(project, &mut cargo);
        }
        Ok(cargo)
    };
    for features in FEATURE_SETS {
        table.step(&format!("tests ({})", features.name), &place, || {
            tested(command(features)?.args(["--lib", "--tests"]))
        });
        table.step(&format!("doc tests ({})", features.name), &place, || {
            let mut cargo = command(features)?;
            if !arch.is_host() {
                let names = target.target_dir(project).join(format!("doc-tests-{arch}"));
                doc_tests::list(&mut command(features)?, &names)?;
                cargo.env(doc_tests::NAMES, names);
            }
            tested(cargo.arg("--doc"))
        });
    }
}

fn tested(cargo: &mut Command) -> Result<Done> {
    let finished = cmd::stream(cargo)?;
    Ok(judge(finished.success, &finished.text))
}

/// A test run failed if it says so, and also if it ended without a word: a
/// test that exits takes the others with it, perhaps with status 0.
pub fn judge(success: bool, output: &str) -> Done {
    let counts = Counts::parse(output);
    let is_begin = |line: &&str| line.starts_with("running ") && line.contains(" test");
    let begun = output.lines().filter(is_begin).count();
    let ended = output.matches("test result: ").count();
    let done = match success {
        _ if counts.failed > 0 => Done::failed(failed_tests(output)),
        _ if begun > ended => Done::failed("it ended in the middle of its tests"),
        false => Done::failed(cmd::first_error(output)),
        true if counts == Counts::default() => Done::not_run("it has no tests"),
        true => Done::ok(),
    };
    Done {
        hangs: emulate::hangs(output),
        parts: parts(output),
        ..done.with(counts, reasons(output))
    }
}

/// The first tests that failed, by name: as libtest lists them at its end, since what a test says
/// may stand between its name and its result.
fn failed_tests(output: &str) -> String {
    let mut lines = output.lines();
    let mut names = Vec::new();
    while lines.any(|line| line == "failures:") {
        names.extend(lines.by_ref().map_while(|line| line.strip_prefix("    ")));
    }
    let more = if names.len() > 3 { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(3)].join(", "))
}

/// The size of each program on each architecture.
fn print_sizes(built: &[Built]) -> Result<()> {
    let built =
        built.iter().filter_map(|(target, programs, _)| Some((target.arch, programs.as_ref()?)));
    let built: Vec<(Arch, &Programs)> = built.collect();
    let Some((_, first)) = built.first() else { return Ok(()) };
    let mut lines = vec![std::array::from_fn::<_, 4, _>(|column| match column {
        0 => "program (bytes)".to_owned(),
        _ => Arch::ALL[column - 1].to_string(),
    })];
    for program in &first.list {
        let mut line = [program.name.clone(), String::new(), String::new(), String::new()];
        for (arch, programs) in &built {
            let column = Arch::ALL.iter().position(|other| other == arch).context("no column")?;
            if let Some(path) = programs.find(&program.name) {
                line[column + 1] = elf::size(path)?.to_string();
            }
        }
        lines.push(line);
    }
    println!();
    print_columns(&lines, &[1, 2, 3]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::failed_tests;

    #[test]
    fn what_failed_is_named_once() {
        let output = "test a ... FAILED\ntest b ... not run: x\nFAILED\n\nfailures:\n\n\
            ---- a stdout ----\nfailures of a\n\nfailures:\n    a\n    b\n\n\
            test result: FAILED. 0 passed; 2 failed\n\nfailures:\n\n\
            failures:\n    src/x.rs - x (line 1)\n\ntest result: FAILED.\n";
        assert_eq!(failed_tests(output), "a, b, src/x.rs - x (line 1)");
    }
}
