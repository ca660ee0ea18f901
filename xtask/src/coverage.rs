//! `cargo xtask coverage`: which lines of `src/` the tests on this machine run,
//! by the compiler's own counters.
//!
//! The counters are in a file that is mapped from the start, so that what a
//! process counted is there however it ends: by `_exit`, by another program in
//! its place, by a signal. A forked child counts in its parent's.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::cmd;
use crate::install::{self, Need};
use crate::project::{ALL_FEATURES, Project};
use crate::table::{Done, Table, print_columns};
use crate::targets::Arch;
use crate::test::judge;
use crate::uncovered::{Reasons, Source};

/// What the crate must reach.
const LEAST_PERCENT: f64 = 95.0;

/// Where it is written why lines do not run.
const REASONS: &str = "tests/coverage.txt";

/// Tests that say nothing of lines: of machine code, of programs without std,
/// which no counters can be in, and of very many files.
const LEFT_OUT: [&str; 3] = ["codegen", "freestanding", "huge"];

#[derive(clap::Args)]
pub struct Args {
    /// Run no tests, and look at the counters of the last run again
    #[arg(long)]
    again: bool,
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let mut table = Table::new();
    let mut tools = None;
    table.step("llvm-profdata and llvm-cov", "host", || {
        tools = Some(Tools::find(project)?);
        Ok(Done::ok())
    });
    let Some(tools) = tools else { return Ok(table.totals()) };
    let counters = Counters::new(project);
    if !args.again {
        counters.clear()?;
    }
    let tests = project.tests(|name| !LEFT_OUT.contains(&name))?;
    let mut programs = Vec::new();
    table.step("build", "host", || {
        let mut cargo = counters.cargo(project)?;
        cargo.args(&tests).arg("--no-run");
        programs.extend(cmd::executables(&mut cargo)?.into_iter().map(|program| program.path));
        Ok(Done::ok())
    });
    if !args.again {
        table.step("tests", "host", || {
            let finished = cmd::stream(counters.cargo(project)?.args(&tests))?;
            Ok(judge(finished.success, &finished.text))
        });
        table.step("doc tests", "host", || {
            // To look at the counters takes the programs, and keeping those of
            // doc tests is an unstable option.
            let keep =
                format!("-Zunstable-options --persist-doctests={}", counters.doc().display());
            let mut cargo = counters.cargo(project)?;
            cargo.arg("--doc").env("RUSTC_BOOTSTRAP", "1");
            cargo.env("RUSTDOCFLAGS", format!("{FLAGS} {keep}"));
            let finished = cmd::stream(&mut cargo)?;
            Ok(judge(finished.success, &finished.text))
        });
    }
    for entry in fs::read_dir(counters.doc()).context("the programs of doc tests")? {
        programs.extend(Some(entry?.path().join("rust_out")).filter(|path| path.exists()));
    }
    table.step("line coverage of src/", "host", || {
        let counted = counted(project, &tools.export(&counters, &programs)?)?;
        let reasons = Reasons::read(&project.root.join(REASONS))?;
        report(&counted, &reasons)
    });
    table.print();
    Ok(table.totals())
}

/// Counters for all code, in a place that is looked up at each use, so that it
/// can be the mapped file.
const FLAGS: &str = "--cfg=coverage -Cinstrument-coverage -Cllvm-args=-runtime-counter-relocation";

/// Where everything is that is made here.
struct Counters(PathBuf);

impl Counters {
    fn new(project: &Project) -> Counters {
        Counters(project.target_dir.join("coverage"))
    }

    fn raw(&self) -> PathBuf {
        self.0.join("raw")
    }

    fn doc(&self) -> PathBuf {
        self.0.join("doc")
    }

    fn clear(&self) -> Result<()> {
        for dir in [self.raw(), self.doc()] {
            if dir.exists() {
                fs::remove_dir_all(&dir).with_context(|| dir.display().to_string())?;
            }
            fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
        }
        // Some tests become another user.
        let all = fs::Permissions::from_mode(0o1777);
        fs::set_permissions(self.raw(), all).context("the counters' directory")
    }

    fn cargo(&self, project: &Project) -> Result<Command> {
        let mut cargo = project.cargo("test");
        cargo.args(["-p", "rawos", "--no-fail-fast"]).args(ALL_FEATURES.args);
        // With a target, the flags are not for build scripts and macros.
        cargo.arg("--target").arg(host()?.triple()).arg("--target-dir").arg(&self.0);
        // `%c`: map the file; `%m`: one file for all processes of a program.
        cargo.env("LLVM_PROFILE_FILE", self.raw().join("%c%m.profraw"));
        cargo.env("RUSTFLAGS", FLAGS).env("CARGO_PROFILE_DEV_DEBUG", "0");
        Ok(cargo)
    }
}

fn host() -> Result<Arch> {
    Arch::ALL.into_iter().find(|arch| arch.is_host()).context("no such architecture")
}

/// The two programs that know what the compiler's counters mean. They must be
/// of its LLVM, or of a later one that still reads it.
struct Tools {
    profdata: PathBuf,
    cov: PathBuf,
}

impl Tools {
    /// Those of rustup's component, or else of Debian's package.
    fn find(project: &Project) -> Result<Tools> {
        let rustc = |argument: &str| {
            let mut rustc = Command::new("rustc");
            cmd::capture(rustc.current_dir(&project.root).args(argument.split(' ')))
        };
        let library = PathBuf::from(rustc("--print target-libdir")?.trim());
        let bin = library.parent().context("no directory of the toolchain")?.join("bin");
        let here = || Tools { profdata: bin.join("llvm-profdata"), cov: bin.join("llvm-cov") };
        if !here().are_there() && cmd::on_path("rustup") {
            let mut rustup = Command::new("rustup");
            rustup.current_dir(&project.root).args(["component", "add", "llvm-tools"]);
            cmd::stream(&mut rustup)?;
        }
        if here().are_there() {
            return Ok(here());
        }
        let version = rustc("-vV")?;
        let line = version.lines().find_map(|line| line.strip_prefix("LLVM version: "));
        let major = line.and_then(|line| line.split('.').next()).context("no LLVM version")?;
        let named = |name: &str| PathBuf::from(format!("/usr/bin/{name}-{major}"));
        let tools = Tools { profdata: named("llvm-profdata"), cov: named("llvm-cov") };
        let need = |path: &Path| Need::new(path.display().to_string(), format!("llvm-{major}"));
        install::ensure(&[need(&tools.profdata), need(&tools.cov)])?;
        Ok(tools)
    }

    fn are_there(&self) -> bool {
        self.profdata.exists() && self.cov.exists()
    }

    /// What was counted, in lcov's form.
    fn export(&self, counters: &Counters, programs: &[PathBuf]) -> Result<String> {
        let merged = counters.0.join("all.profdata");
        let mut merge = Command::new(&self.profdata);
        merge.args(["merge", "-sparse", "-o"]).arg(&merged).arg(counters.raw());
        cmd::run(&mut merge)?;
        let mut export = Command::new(&self.cov);
        export.arg("export").arg("-format=lcov").arg("-instr-profile").arg(&merged);
        for program in programs {
            export.arg("-object").arg(program);
        }
        let lines = cmd::capture(&mut export)?;
        // For editors, which show it.
        fs::write(counters.0.join("lcov.info"), &lines).context("lcov.info")?;
        Ok(lines)
    }
}

/// A file of `src/`, and how often its lines ran, those of its tests aside.
struct Counted {
    source: Source,
    lines: BTreeMap<usize, u64>,
}

impl Counted {
    fn covered(&self) -> usize {
        self.lines.values().filter(|count| **count > 0).count()
    }
}

fn counted(project: &Project, lcov: &str) -> Result<Vec<Counted>> {
    let mut files: BTreeMap<PathBuf, BTreeMap<usize, u64>> = BTreeMap::new();
    let mut file = PathBuf::new();
    for line in lcov.lines() {
        if let Some(path) = line.strip_prefix("SF:") {
            // Some tests have a file of `src/` as a module of their own.
            file = plain(Path::new(path));
        } else if let Some((number, rest)) =
            line.strip_prefix("DA:").and_then(|line| line.split_once(','))
        {
            let count = rest.split(',').next().unwrap_or_default();
            let (number, count) = (number.parse()?, count.parse::<u64>()?);
            *files.entry(file.clone()).or_default().entry(number).or_default() += count;
        }
    }
    let mut all = Vec::new();
    for (path, mut lines) in files {
        let Ok(name) = path.strip_prefix(&project.root) else { continue };
        if !name.starts_with("src") {
            continue;
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let source = Source::new(&name.display().to_string(), &text);
        lines.retain(|number, _| !source.is_test(*number));
        if !lines.is_empty() {
            all.push(Counted { source, lines });
        }
    }
    Ok(all)
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

/// Prints all of it, and says whether it is enough.
fn report(files: &[Counted], reasons: &Reasons) -> Result<Done> {
    let percent = |covered: usize, lines: usize| 100.0 * covered as f64 / lines.max(1) as f64;
    let row = |name: &str, covered: usize, lines: usize| {
        let percent = format!("{:.1}", percent(covered, lines));
        [name.to_owned(), lines.to_string(), covered.to_string(), percent]
    };
    let mut rows = vec![["file", "lines", "covered", "percent"].map(str::to_owned)];
    let (mut all, mut held) = ((0, 0), (0, 0));
    let mut unexplained = Vec::new();
    println!("Not covered, and why:");
    for file in files {
        let (covered, lines) = (file.covered(), file.lines.len());
        rows.push(row(&file.source.name, covered, lines));
        all = (all.0 + covered, all.1 + lines);
        if let Some(why) = reasons.of_file(&file.source.name) {
            println!("{}: {} lines: {why}", file.source.name, lines - covered);
            continue;
        }
        held = (held.0 + covered, held.1 + lines);
        for function in file.source.uncovered(&file.lines) {
            let (at, name) = (function.lines[0], &function.name);
            let whole = if function.whole { "all of " } else { "" };
            let lacking = function.lines.iter().filter(|line| {
                reasons.of_line(&file.source.name, name, file.source.line(**line)).is_none()
            });
            let lacking: Vec<usize> = lacking.copied().collect();
            let why: Vec<&str> = function
                .lines
                .iter()
                .filter_map(|line| {
                    reasons.of_line(&file.source.name, name, file.source.line(*line))
                })
                .collect();
            let count = function.lines.len();
            let why = why.first().copied().unwrap_or("not explained");
            println!("{}:{at}: {count} lines, {whole}{name}: {why}", file.source.name);
            for line in &lacking {
                println!("{line:>8}  {}", file.source.line(*line));
            }
            for line in &lacking {
                unexplained.push(format!("{}:{line}: {name}", file.source.name));
            }
        }
    }
    for reason in reasons.unused() {
        println!("Explains nothing: {reason}");
    }
    println!();
    rows.push(row("without files that are not counted", held.0, held.1));
    rows.push(row("all of src/", all.0, all.1));
    print_columns(&rows, &[1, 2, 3]);
    let reached = percent(all.0, all.1);
    if reached < LEAST_PERCENT {
        bail!("{reached:.1} % of the lines, and not {LEAST_PERCENT} %");
    }
    match unexplained.is_empty() {
        true => Ok(Done::ok()),
        false => Ok(Done::failed(format!("not explained: {}", unexplained.join(", ")))),
    }
}
