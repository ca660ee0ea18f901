//! `cargo xtask bench`: rawos against its peers in one go, as one table, one
//! picture of ratios and one of curves; what was promised, in README.md too. No
//! time is told, since it would be this machine's.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::cmd;
use crate::console;
use crate::cost;
use crate::counts::{self, Count};
use crate::curves;
use crate::growth::{self, Growth};
use crate::picture;
use crate::project::Project;
use crate::promises;
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
    let counts = counts::count(project, args.only.as_deref())?;
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
    if whole {
        promises::write(project, &rows, &counts, &facts)?;
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
    text += &counts::markdown(counts);
    text += &growth::markdown(growth);
    text
}

#[cfg(test)]
mod tests {
    use super::{Row, markdown, parse};
    use crate::counts::Count;

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
