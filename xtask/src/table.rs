//! The closing table: a row per step, and the totals.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::console;

/// Tests, as libtest counts them.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub ignored: usize,
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
                    "ignored" => sum.ignored += number,
                    _ => {}
                }
            }
        }
        sum
    }
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
}

impl Done {
    pub fn ok() -> Done {
        Done { outcome: Outcome::Ok, counts: Counts::default() }
    }

    pub fn failed(why: impl Into<String>) -> Done {
        Done { outcome: Outcome::Failed(why.into()), counts: Counts::default() }
    }

    pub fn not_run(why: impl Into<String>) -> Done {
        Done { outcome: Outcome::NotRun(why.into()), counts: Counts::default() }
    }

    pub fn with(self, counts: Counts) -> Done {
        Done { counts, ..self }
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
            ["step", "where", "passed", "failed", "ignored", "seconds", "result"]
                .map(str::to_owned),
        ];
        for row in &self.rows {
            let Counts { passed, failed, ignored } = row.done.counts;
            let count = |n: usize| if n == 0 { String::new() } else { n.to_string() };
            lines.push([
                row.step.clone(),
                row.place.clone(),
                count(passed),
                count(failed),
                count(ignored),
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
        println!("\n{:.0} s in all", self.started.elapsed().as_secs_f32());
    }

    /// Prints the line with the totals: tests plus steps.
    pub fn totals(&self) -> ExitCode {
        let (mut passed, mut failed, mut skipped) = (0, 0, 0);
        for row in &self.rows {
            passed += row.done.counts.passed;
            failed += row.done.counts.failed;
            skipped += row.done.counts.ignored;
            match row.done.outcome {
                Outcome::Ok => passed += 1,
                Outcome::Failed(_) => failed += 1,
                Outcome::NotRun(_) => skipped += 1,
            }
        }
        println!("\n{passed} passed, {failed} failed, {skipped} skipped");
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
    use super::Counts;

    #[test]
    fn counts_are_summed_over_test_binaries() {
        let output = "running 3 tests\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            x test result: FAILED. 5 passed; 1 failed; 0 ignored; 0 measured; finished in 0.00s\n";
        assert_eq!(Counts::parse(output), Counts { passed: 7, failed: 1, ignored: 1 });
    }
}
