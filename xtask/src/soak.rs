//! `cargo xtask soak`: the test of that name, for longer.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::cmd;
use crate::project::{ALL_FEATURES, Project};
use crate::table::Table;
use crate::test::judge;

#[derive(clap::Args)]
pub struct Args {
    /// How long in all, the build aside
    #[arg(default_value_t = 10)]
    minutes: u64,
    /// Run one phase alone: free, memory, descriptors, processes or full_disk
    #[arg(long)]
    only: Option<String>,
    /// What random numbers are drawn from, as a phase tells it; otherwise the time
    #[arg(long)]
    seed: Option<u64>,
}

/// The phases, and the tests that are them.
const PHASES: [(&str, &str); 5] = [
    ("free", "with_all_the_room_there_is"),
    ("memory", "with_a_memory_limit"),
    ("descriptors", "with_a_descriptor_limit"),
    ("processes", "with_a_process_limit"),
    ("full_disk", "with_a_full_disk"),
];

/// A phase begins again with another seed after so many seconds: what is there
/// before and after is then compared.
const MOST: u64 = 300;

pub fn run(project: &Project, args: &Args) -> Result<ExitCode> {
    let mut table = Table::new();
    let wanted = |name: &str| args.only.as_ref().is_none_or(|only| only == name);
    let phases: Vec<_> = PHASES.into_iter().filter(|(name, _)| wanted(name)).collect();
    anyhow::ensure!(!phases.is_empty(), "no such phase");
    for seconds in rounds(args.minutes, phases.len()) {
        for (name, test) in &phases {
            let started = Instant::now();
            let mut cargo = project.cargo("test");
            cargo.args(["-p", "rawos", "--test", "soak"]).args(ALL_FEATURES.args);
            cargo.args(["--", "--exact", "--nocapture", test]);
            cargo.env("RAWOS_SOAK", seconds.to_string());
            if let Some(seed) = args.seed {
                cargo.env("RAWOS_SOAK_SEED", seed.to_string());
            }
            let finished = cmd::stream(&mut cargo)?;
            let done = judge(finished.success, &finished.text);
            table.push(name, operations(&finished.text), done, Some(started.elapsed()));
        }
    }
    table.print();
    Ok(table.totals())
}

/// How many seconds a phase takes each time.
fn rounds(minutes: u64, phases: usize) -> Vec<u64> {
    let each = (minutes * 60).div_ceil(phases as u64).max(1);
    let count = each.div_ceil(MOST);
    vec![each.div_ceil(count); count as usize]
}

/// What a phase says that it did: `soak, Free, seed 1: 25 operations in 5 s, …`.
fn operations(text: &str) -> &str {
    let told = text.lines().find_map(|line| line.split_once("soak, ")?.1.split_once(": "));
    told.and_then(|(_, told)| told.split(" in ").next()).unwrap_or("host")
}

#[cfg(test)]
mod tests {
    use super::{operations, rounds};

    #[test]
    fn the_time_is_shared() {
        assert_eq!(rounds(10, 5), [120]);
        assert_eq!(rounds(60, 5), [240, 240, 240]);
        assert_eq!(rounds(0, 1), [1]);
    }

    #[test]
    fn what_was_done_is_told() {
        let text = "test a ... soak, Free, seed 1: 25 operations in 5 s, 0 of them errors\nok\n";
        assert_eq!(operations(text), "25 operations");
        assert_eq!(operations("soak, Free, seed 1: panicked"), "panicked");
    }
}
