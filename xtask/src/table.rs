//! The closing table: a row per step, and the totals.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::console;

/// Tests, as libtest counts them.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    /// Ignored by libtest, and those that say themselves that they did not run.
    pub skipped: usize,
}

impl Counts {
    /// The sum of the `test result:` lines in a test run's output.
    pub fn parse(output: &str) -> Counts {
        let mut sum = Counts::default();
        for line in output.lines() {
            let Some((_, result)) = line.split_once("test result: ") else { continue };
            for part in result.split(['.', ';']) {
                let mut words = part.split_whitespace();
                let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
                let Ok(number) = number.parse::<usize>() else { continue };
                match what {
                    "passed" => sum.passed += number,
                    "failed" => sum.failed += number,
                    "ignored" => sum.skipped += number,
                    _ => {}
                }
            }
        }
        sum
    }
}

/// Why tests did not run, by the lines that they write to standard error, past
/// libtest, which counts them as passed.
pub fn reasons(output: &str) -> Vec<String> {
    said("not run: ", output)
}

/// What tests left out, which count as run.
pub fn parts(output: &str) -> Vec<String> {
    said("not run in part: ", output)
}

/// What stands after `mark` where a test begins its line so.
fn said(mark: &str, output: &str) -> Vec<String> {
    let reason = |line: &str| {
        let (before, why) = line.split_once(mark)?;
        // With one thread, libtest has begun the line with the test's name.
        (before.is_empty() || before.ends_with(" ... ")).then(|| why.trim_end().to_owned())
    };
    output.lines().filter_map(reason).collect()
}

pub enum Outcome {
    Ok,
    Failed(String),
    /// Not run, for a reason that is nobody's fault.
    NotRun(String),
}

/// How a step ended, and the tests in it.
pub struct Done {
    pub outcome: Outcome,
    pub counts: Counts,
    /// Why some of the tests did not run.
    pub reasons: Vec<String>,
    /// What tests that did run left out.
    pub parts: Vec<String>,
    /// The tests in which an emulator hung, to be started again.
    pub hangs: Vec<String>,
}

impl Done {
    fn new(outcome: Outcome) -> Done {
        Done {
            outcome,
            counts: Counts::default(),
            reasons: Vec::new(),
            parts: Vec::new(),
            hangs: Vec::new(),
        }
    }

    pub fn ok() -> Done {
        Done::new(Outcome::Ok)
    }

    pub fn failed(why: impl Into<String>) -> Done {
        Done::new(Outcome::Failed(why.into()))
    }

    pub fn not_run(why: impl Into<String>) -> Done {
        Done::new(Outcome::NotRun(why.into()))
    }

    /// With the tests that were in it, those not run among the passed so far.
    pub fn with(self, mut counts: Counts, reasons: Vec<String>) -> Done {
        let skipped = reasons.len().min(counts.passed);
        counts.passed -= skipped;
        counts.skipped += skipped;
        Done { counts, reasons, ..self }
    }
}

struct Row {
    step: String,
    place: String,
    done: Done,
    time: Option<Duration>,
}

pub struct Table {
    rows: Vec<Row>,
    started: Instant,
}

impl Table {
    pub fn new() -> Table {
        Table { rows: Vec::new(), started: Instant::now() }
    }

    /// Runs a step and keeps a row for it; an error is a failed step. Returns
    /// whether it was well.
    pub fn step(&mut self, step: &str, place: &str, run: impl FnOnce() -> Result<Done>) -> bool {
        console::line(format_args!("\n==== {step}, {place}"));
        let started = Instant::now();
        let done = run().unwrap_or_else(|error| Done::failed(format!("{error:#}")));
        self.push(step, place, done, Some(started.elapsed()))
    }

    /// Keeps a row for what was not a step of its own.
    pub fn push(&mut self, step: &str, place: &str, done: Done, time: Option<Duration>) -> bool {
        match &done.outcome {
            Outcome::Ok => {}
            Outcome::Failed(why) => {
                console::line(format_args!("==== {step}, {place}: FAILED: {why}"))
            }
            Outcome::NotRun(why) => {
                console::line(format_args!("==== {step}, {place}: not run: {why}"))
            }
        }
        console::show();
        let well = matches!(done.outcome, Outcome::Ok);
        self.rows.push(Row { step: step.into(), place: place.into(), done, time });
        well
    }

    /// Adds the rows of steps that ran beside these.
    pub fn append(&mut self, other: Table) {
        self.rows.extend(other.rows);
    }

    /// Prints the rows. The totals are for the very last line.
    pub fn print(&self) {
        let mut lines = vec![
            ["step", "where", "passed", "failed", "skipped", "seconds", "result"]
                .map(str::to_owned),
        ];
        for row in &self.rows {
            let Counts { passed, failed, skipped } = row.done.counts;
            let count = |n: usize| if n == 0 { String::new() } else { n.to_string() };
            lines.push([
                row.step.clone(),
                row.place.clone(),
                count(passed),
                count(failed),
                count(skipped),
                row.time.map(|time| format!("{:.1}", time.as_secs_f32())).unwrap_or_default(),
                match &row.done.outcome {
                    Outcome::Ok => "ok".to_owned(),
                    Outcome::Failed(why) => format!("FAILED: {why}"),
                    Outcome::NotRun(why) => format!("not run: {why}"),
                },
            ]);
        }
        println!("\n");
        print_columns(&lines, &[2, 3, 4, 5]);
        self.print_said("Tests that did not run:", |done| &done.reasons);
        self.print_said("What tests that did run left out:", |done| &done.parts);
        self.print_hangs();
        println!("\n{:.0} s in all", self.started.elapsed().as_secs_f32());
    }

    /// Prints what tests said of themselves: each line once, with its number
    /// of tests and a place.
    fn print_said(&self, heading: &str, lines: impl Fn(&Done) -> &[String]) {
        let mut all: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for row in &self.rows {
            for why in lines(&row.done) {
                all.entry(why).or_insert((0, &row.place)).0 += 1;
            }
        }
        if !all.is_empty() {
            println!("\n{heading}");
        }
        for (why, (count, place)) in all {
            println!("{count:>5}  {why} (first: {place})");
        }
    }

    /// Prints in which tests an emulator hung, and did not when started again.
    fn print_hangs(&self) {
        let hangs = |row: &Row| {
            let place = format!("{}, {}", row.step, row.place);
            row.done.hangs.iter().map(move |hang| format!("       {hang} ({place})")).collect()
        };
        let all: Vec<String> = self.rows.iter().flat_map::<Vec<_>, _>(hangs).collect();
        if !all.is_empty() {
            println!("\nEmulators that hung, and were started again:\n{}", all.join("\n"));
        }
    }

    /// Prints what failed once more, where it is found, and the line with the totals: tests plus steps.
    pub fn totals(&self) -> ExitCode {
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        println!();
        for row in &self.rows {
            passed += row.done.counts.passed;
            failed += row.done.counts.failed;
            skipped += row.done.counts.skipped;
            match row.done.outcome {
                Outcome::Ok => passed += 1,
                Outcome::NotRun(_) => skipped += 1,
                Outcome::Failed(ref why) => {
                    failed += 1;
                    println!("FAILED: {}, {}: {why}", row.step, row.place);
                }
            }
        }
        println!("{passed} passed, {failed} failed, {skipped} skipped");
        match failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }
    }
}

/// Prints rows of equal length as a table; the first is the heading, and the
/// columns named in `right` are aligned to the right.
pub fn print_columns<const N: usize>(lines: &[[String; N]], right: &[usize]) {
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    for (index, line) in lines.iter().enumerate() {
        let cell = |(column, text): (usize, &String)| match right.contains(&column) {
            true => format!("{text:>0$}", widths[column]),
            false => format!("{text:<0$}", widths[column]),
        };
        let text: Vec<String> = line.iter().enumerate().map(cell).collect();
        println!("{}", text.join("  ").trim_end());
        if index == 0 {
            println!("{}", widths.iter().map(|&w| "-".repeat(w)).collect::<Vec<_>>().join("  "));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Done, parts, reasons};

    #[test]
    fn counts_are_summed_over_test_binaries() {
        let output = "running 3 tests\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            x test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; finished in 0.00s\n";
        assert_eq!(Counts::parse(output), Counts { passed: 7, failed: 1, skipped: 1 });
    }

    #[test]
    fn tests_that_say_they_did_not_run_are_skipped() {
        let output = "not run: no root\ntest a ... not run: no disk\r\nok\ntest b ... ok\n\
            not run in part: no fpu\n==== kernel, guest: not run: too old\n";
        assert_eq!(reasons(output), ["no root", "no disk"]);
        assert_eq!(parts(output), ["no fpu"]);
        let counts = Counts { passed: 3, failed: 0, skipped: 1 };
        let done = Done::ok().with(counts, reasons(output));
        assert_eq!(done.counts, Counts { passed: 1, failed: 0, skipped: 3 });
    }
}
