//! `cargo xtask bench`: rawos against its peers in one go, as one table, one
//! picture of ratios and one of curves. No time is told, since it would be this
//! machine's.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cmd;
use crate::console;
use crate::cost;
use crate::curves;
use crate::growth::{self, Growth};
use crate::install::{self, Need};
use crate::picture;
use crate::project::Project;
use crate::startup::{self, Facts};

/// The benches that criterion runs: see `benches/common.rs`.
const BENCHES: [&str; 9] =
    ["calls", "files", "memory", "random", "spawn", "startup", "tables", "timers", "tree"];

#[derive(clap::Args)]
pub struct Args {
    /// Run the rows whose name matches this regular expression alone, or
    /// `start-up`, or `clean build`
    #[arg(long)]
    only: Option<String>,
    /// Little of everything: whether it runs, not what it says
    #[arg(long)]
    quick: bool,
    /// The directory for the table and the pictures [default: docs/bench, and
    /// bench in the target directory for a part or a glance]
    #[arg(long)]
    out: Option<PathBuf>,
}

impl Args {
    /// Whether something is wanted that takes a preparation of its own.
    fn want(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }
}

/// rawos against one peer: our time by theirs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub peer: String,
    /// The ratio of every sample, least first.
    pub samples: Vec<f64>,
}

impl Row {
    pub fn median(&self) -> f64 {
        self.quarter(2)
    }

    /// 0 is the least, 4 the most, and the others are the quartiles.
    pub fn quarter(&self, quarter: usize) -> f64 {
        self.samples[quarter * (self.samples.len() - 1) / 4]
    }

    /// Of the memory functions of `rt`: which, and how many bytes.
    pub fn by_size(&self) -> Option<(&str, u64)> {
        let (function, size) = self.name.strip_prefix("rt ")?.split_once(", ")?;
        Some((function, size.strip_suffix(" bytes")?.parse().ok()?))
    }

    /// What the median may be, where that was promised: of copies, those of 64
    /// bytes and more.
    pub fn limit(&self) -> Option<f64> {
        if self.by_size().is_some_and(|(_, bytes)| bytes < 64) {
            return None;
        }
        let promised = |(name, peer, _): &&(&str, &str, f64)| {
            (self.name == *name || self.name.starts_with(&format!("{name},"))) && self.peer == *peer
        };
        LIMITS.iter().find(promised).map(|(_, _, limit)| *limit)
    }

    /// Whether a promise is broken.
    pub fn misses(&self) -> bool {
        self.limit().is_some_and(|limit| self.median() > limit)
    }
}

/// What must be reached: a row, or the beginning of its name up to a comma; a
/// peer; and our time by its time.
const LIMITS: [(&str, &str, f64); 13] = [
    ("stat", "rustix", 1.0),
    ("open and close, &str", "rustix", 1.0),
    ("walk", "C loop", 1.15),
    ("fwalk", "C loop", 1.15),
    ("traverse", "C loop", 1.1),
    ("remove_tree", "rm -r", 0.95),
    ("spawn and wait", "glibc", 1.0),
    ("urandom, 4 bytes", "getrandom", 1.0 / 15.0),
    ("urandom, 32 bytes", "getrandom", 0.25),
    ("clock_gettime", "libc", 1.05),
    ("rt memcpy", "glibc", 1.3),
    ("start-up", "nolibc", 1.0),
    ("clean build", "rustix", 1.0),
];

/// A system call may take so many instructions more than the bare stub.
const STUB_MARGIN: u64 = 4;

/// The instructions of one call, by each of those that make it.
#[derive(Clone, Debug, PartialEq)]
struct Count {
    name: String,
    peers: Vec<(String, u64)>,
}

impl Count {
    fn of(&self, peer: &str) -> Option<u64> {
        self.peers.iter().find(|(known, _)| known == peer).map(|(_, count)| *count)
    }

    fn misses(&self) -> bool {
        let Some(ours) = self.of("rawos") else { return false };
        let calls = if self.name.contains(" and close") { 2 } else { 1 };
        self.of("stub").is_some_and(|stub| ours > stub + calls * STUB_MARGIN)
            || self.of("rustix").is_some_and(|rustix| ours > rustix)
    }
}

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let home = project.target_dir.join("bench/criterion");
    let _ = fs::remove_dir_all(&home);
    let hellos = args.want(startup::NAME).then(|| startup::build(project)).transpose()?;
    for bench in BENCHES {
        let mut cargo = project.cargo("bench");
        cargo.args(["-p", "rawos-benches", "--bench", bench, "--", "--noplot"]);
        cargo.args(&args.only).env("CRITERION_HOME", &home);
        if args.quick {
            cargo.env("RAWOS_BENCH_QUICK", "1");
        }
        if let Some(dir) = &hellos {
            cargo.env("RAWOS_BENCH_PROGRAMS", dir);
        }
        cmd::run(&mut cargo)?;
    }
    let mut rows = Vec::new();
    read_rows(&home, &mut rows)?;
    rows.sort_by(|a, b| (&a.name, &a.peer).cmp(&(&b.name, &b.peer)));
    let counts = counts(project, args)?;
    let growth = growth(project, args)?;
    let facts = hellos.map_or(Ok(Vec::new()), |dir| startup::facts(project, &dir))?;
    let mut crates = Vec::new();
    if args.want(cost::NAME) {
        let (built, counted) = cost::measure(project, if args.quick { 1 } else { 10 })?;
        rows.extend(built);
        crates = counted;
    }
    if rows.is_empty() && counts.is_empty() && growth.is_empty() {
        bail!("no row is called so");
    }

    let whole = args.only.is_none() && !args.quick;
    let dir = match &args.out {
        Some(dir) => dir.clone(),
        None if whole => project.root.join("docs/bench"),
        None => project.target_dir.join("bench"),
    };
    fs::create_dir_all(&dir).with_context(|| dir.display().to_string())?;
    let table = dir.join("table.md");
    let (by_size, others): (Vec<Row>, Vec<Row>) =
        rows.iter().cloned().partition(|row| row.by_size().is_some());
    let text = markdown(&others, &by_size, &counts, &growth, &facts, &crates);
    fs::write(&table, text).with_context(|| table.display().to_string())?;
    let mut written = vec![table];
    if !others.is_empty() {
        written.push(dir.join("ratios.svg"));
        picture::draw(&dir.join("ratios.svg"), &others)?;
    }
    let panels = growth::panels(&growth, &by_size);
    if !panels.is_empty() {
        written.push(dir.join("growth.svg"));
        curves::draw(&dir.join("growth.svg"), &panels)?;
    }
    for row in rows.iter().filter(|row| row.misses()) {
        console::line(format_args!("misses: {} / {}: {}", row.name, row.peer, shown(row.median())));
    }
    for count in counts.iter().filter(|count| count.misses()) {
        console::line(format_args!("misses: instructions of {}", count.name));
    }
    for path in written {
        console::line(format_args!("{}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Every row that criterion left below `dir`.
fn read_rows(dir: &Path, rows: &mut Vec<Row>) -> Result<()> {
    // It makes no directory for a bench without a row.
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.context("reading a directory")?.path();
        if path.file_name().is_some_and(|name| name == "new") {
            let read = |name: &str| {
                let path = path.join(name);
                fs::read_to_string(&path).with_context(|| path.display().to_string())
            };
            let row = parse(&read("benchmark.json")?, &read("sample.json")?);
            rows.push(row.with_context(|| path.display().to_string())?);
        } else if path.is_dir() {
            read_rows(&path, rows)?;
        }
    }
    Ok(())
}

/// What criterion says of a row, and its samples.
fn parse(row: &str, samples: &str) -> Result<Row> {
    let row: serde_json::Value = serde_json::from_str(row)?;
    let samples: serde_json::Value = serde_json::from_str(samples)?;
    let numbers = |name: &str| {
        let all = samples[name].as_array().into_iter().flatten();
        all.filter_map(serde_json::Value::as_f64).collect::<Vec<_>>()
    };
    // A sample is its ratio as often as it was called.
    let pairs = numbers("times").into_iter().zip(numbers("iters"));
    let mut samples: Vec<f64> = pairs.map(|(sum, calls)| sum / calls).collect();
    samples.sort_by(f64::total_cmp);
    if samples.is_empty() {
        bail!("no samples");
    }
    let text = |name: &str| row[name].as_str().map(str::to_owned).context("no name");
    Ok(Row { name: text("group_id")?, peer: text("function_id")?, samples })
}

/// Counts instructions, where there is valgrind.
fn counts(project: &Project, args: &Args) -> Result<Vec<Count>> {
    if let Err(error) = install::ensure(&[Need::new("valgrind", "valgrind")]) {
        console::line(format_args!("not run: instructions: {error:#}"));
        return Ok(Vec::new());
    }
    let mut cargo = project.cargo("bench");
    cargo.args(["-p", "rawos-benches", "--bench", "instructions", "--"]).args(&args.only);
    console::line(format_args!("$ {}", cmd::show(&cargo)));
    let mut counts: Vec<Count> = Vec::new();
    for line in cmd::capture(&mut cargo)?.lines() {
        let [name, peer, count] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let count = (peer.to_owned(), count.parse().context("not a number")?);
        match counts.last_mut().filter(|last| last.name == name) {
            Some(last) => last.peers.push(count),
            None => counts.push(Count { name: name.to_owned(), peers: vec![count] }),
        }
    }
    Ok(counts)
}

/// What the bench of growth measures, which is no ratio to a peer.
fn growth(project: &Project, args: &Args) -> Result<Vec<Growth>> {
    let mut cargo = project.cargo("bench");
    cargo.args(["-p", "rawos-benches", "--bench", "growth", "--"]).args(&args.only);
    if args.quick {
        cargo.env("RAWOS_BENCH_QUICK", "1");
    }
    console::line(format_args!("$ {}", cmd::show(&cargo)));
    growth::parse(&cmd::capture(&mut cargo)?)
}

/// A ratio, so exactly that one beyond its limit is seen to be.
pub fn shown(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.3}") } else { format!("{ratio:.1}") }
}

fn markdown(
    rows: &[Row],
    by_size: &[Row],
    counts: &[Count],
    growth: &[Growth],
    facts: &[Facts],
    crates: &[(String, usize)],
) -> String {
    let mut text = "<!-- Made by `cargo xtask bench`. -->\n".to_owned();
    if !rows.is_empty() {
        text += "
Our time by theirs, measured in turn: less than 1 is faster. In bold what misses its limit.\n
| row | peer | rawos / peer | quartiles | least to most | at most |
|---|---|--:|--:|--:|--:|\n";
    }
    for row in rows {
        let [least, lower, median, upper, most] = [0, 1, 2, 3, 4].map(|at| shown(row.quarter(at)));
        let bold = if row.misses() { "**" } else { "" };
        let limit = row.limit().map(shown).unwrap_or_default();
        let _ = writeln!(
            text,
            "| {} | {} | {bold}{median}{bold} | {lower} to {upper} | {least} to {most} | {limit} |",
            row.name, row.peer
        );
    }
    if !crates.is_empty() {
        let crates = crates.iter().map(|(name, count)| format!("{name} {count}"));
        let crates = crates.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "\nCrates in a clean build: {crates}.");
    }
    text += &startup::markdown(facts);
    text += &growth::memory_markdown(by_size);
    text += &instructions(counts);
    text += &growth::markdown(growth);
    text
}

fn instructions(counts: &[Count]) -> String {
    let mut text = String::new();
    let Some(first) = counts.iter().max_by_key(|count| count.peers.len()) else { return text };
    let peers = first.peers.iter().map(|(peer, _)| peer.as_str());
    let mut peers: Vec<&str> = peers.collect();
    let others = counts.iter().flat_map(|count| &count.peers).map(|(peer, _)| peer.as_str());
    for other in others {
        if !peers.contains(&other) {
            peers.push(other);
        }
    }
    let _ = write!(
        text,
        "\nInstructions of one call outside the kernel, with the loop around it, which is the same \
         for all; in bold\nwhat is more than rustix's, or more than {STUB_MARGIN} over the stub's for a system call.\n\n\
         | call | {} |\n|---|{}\n",
        peers.join(" | "),
        "--:|".repeat(peers.len())
    );
    for count in counts {
        let bold = if count.misses() { "**" } else { "" };
        let _ = write!(text, "| {} |", count.name);
        for peer in &peers {
            let bold = if *peer == "rawos" { bold } else { "" };
            let number = count.of(peer).map(|number| format!("{bold}{number}{bold}"));
            let _ = write!(text, " {} |", number.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Count, Row, markdown, parse};

    fn row(name: &str, peer: &str, samples: &[f64]) -> Row {
        Row { name: name.to_owned(), peer: peer.to_owned(), samples: samples.to_vec() }
    }

    #[test]
    fn criterions_files_are_understood() {
        let row = parse(
            r#"{"group_id":"stat, &str","function_id":"rustix","value_str":null}"#,
            r#"{"sampling_mode":"Flat","iters":[10.0,10.0,10.0],"times":[12.0,8.0,9.0]}"#,
        )
        .unwrap();
        assert_eq!(row, self::row("stat, &str", "rustix", &[0.8, 0.9, 1.2]));
        assert_eq!(row.median(), 0.9);
        assert!(parse(r#"{"group_id":"a","function_id":"b"}"#, "{}").is_err());
    }

    #[test]
    fn a_limit_is_of_a_row_and_a_peer() {
        assert_eq!(row("walk, 100 entries", "C loop", &[1.0]).limit(), Some(1.15));
        assert_eq!(row("walk, 100 entries", "walkdir", &[1.0]).limit(), None);
        assert_eq!(row("walkers", "C loop", &[1.0]).limit(), None);
        assert!(row("walk, 100 entries", "C loop", &[1.16]).misses());
        assert!(!row("walk, 100 entries", "C loop", &[1.15]).misses());
        assert!(row("rt memcpy, 64 bytes", "glibc", &[1.31]).misses());
        assert!(!row("rt memcpy, 32 bytes", "glibc", &[1.31]).misses());
    }

    #[test]
    fn the_table_tells_what_misses() {
        let count = |name: &str, ours| Count {
            name: name.to_owned(),
            peers: vec![("rawos".to_owned(), ours), ("stub".to_owned(), 9)],
        };
        let rows = [row("a", "b", &[0.5]), row("clock_gettime", "libc", &[1.0, 2.0, 30.0])];
        let counts = [count("read", 13), count("write", 14), count("openat and close", 17)];
        let table = markdown(
            &rows,
            &[],
            &counts,
            &[],
            &[],
            &[("rawos".to_owned(), 5), ("nix".to_owned(), 4)],
        );
        for line in [
            "| a | b | 0.500 | 0.500 to 0.500 | 0.500 to 0.500 |  |",
            "| clock_gettime | libc | **2.000** | 1.000 to 2.000 | 1.000 to 30.0 | 1.050 |",
            "Crates in a clean build: rawos 5, nix 4.",
            "| call | rawos | stub |",
            "| read | 13 | 9 |",
            "| write | **14** | 9 |",
            "| openat and close | 17 | 9 |",
        ] {
            assert!(table.lines().any(|other| other == line), "{line}\n{table}");
        }
    }
}
