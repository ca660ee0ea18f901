//! What the benches must reach, why a row does not, and the part of README.md
//! that tells how it stands.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use crate::bench::{Row, shown};
use crate::counts::{Count, STUB_MARGIN};
use crate::project::Project;
use crate::startup::{self, Facts};

/// A row, or the beginning of its name up to a comma; a peer; and our time by
/// its time.
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

/// Why a row misses its limit: what the line about it begins with, and the reason.
const REASONS: [(&str, &str); 4] = [
    (
        "rt memcpy",
        "glibc moves 32 bytes at a time where it found AVX; this is the SSE2 that every x86_64 has, \
         so that no program asks its processor before it may copy",
    ),
    (
        "stat, &CStr / rustix",
        "the bare stub takes as long, within the spread: the rest is the kernel's",
    ),
    ("instructions of fstat", BY_VALUE),
    ("instructions of stat, &CStr", BY_VALUE),
];

const BY_VALUE: &str = "a whole `Stat` is returned by value, and rustc does not build it where the kernel wrote. \
     No peer that returns one takes fewer, and who looks at a field pays 3 over the stub";

const BEGIN: &str = "<!-- Made by `cargo xtask bench`: -->\n";
const END: &str = "<!-- until here. -->\n";

impl Row {
    /// What the median may be, where that was promised: of copies, those of 64
    /// bytes and more.
    pub fn limit(&self) -> Option<f64> {
        self.promise().map(|(_, _, limit)| limit)
    }

    fn promise(&self) -> Option<(&'static str, &'static str, f64)> {
        if self.by_size().is_some_and(|(_, bytes)| bytes < 64) {
            return None;
        }
        let promised = |(name, peer, _): &&(&str, &str, f64)| {
            (self.name == *name || self.name.starts_with(&format!("{name},"))) && self.peer == *peer
        };
        LIMITS.iter().find(promised).copied()
    }

    /// Whether a promise is broken.
    pub fn misses(&self) -> bool {
        self.limit().is_some_and(|limit| self.median() > limit)
    }
}

/// Puts how it stands into README.md, in the place of what it said before.
pub fn write(project: &Project, rows: &[Row], counts: &[Count], facts: &[Facts]) -> Result<()> {
    let path = project.root.join("README.md");
    let old = fs::read_to_string(&path).context("README.md")?;
    let (before, rest) = old.split_once(BEGIN).context("README.md has no place for the table")?;
    let (_, after) = rest.split_once(END).context("README.md has no end of the table")?;
    let text = section(rows, counts, facts);
    fs::write(&path, format!("{before}{BEGIN}{text}{END}{after}")).context("README.md")
}

fn section(rows: &[Row], counts: &[Count], facts: &[Facts]) -> String {
    let mut text = "\n| row | peer | rawos / peer | at most |\n|---|---|--:|--:|\n".to_owned();
    for (name, peer, limit) in LIMITS {
        let of = |row: &&Row| row.promise() == Some((name, peer, limit));
        let mut medians: Vec<f64> = rows.iter().filter(of).map(Row::median).collect();
        medians.sort_by(f64::total_cmp);
        let range = match medians[..] {
            [] => "not run".to_owned(),
            [one] => shown(one),
            [least, .., most] => format!("{} to {}", shown(least), shown(most)),
        };
        let _ = writeln!(text, "| {name} | {peer} | {range} | {} |", shown(limit));
    }
    let size = |name| startup::bytes(facts, name).map(|bytes| bytes.to_string());
    let size = |name| size(name).unwrap_or_else(|| "not run".to_owned());
    let _ = writeln!(
        text,
        "| bytes of hello | nolibc | {} / {} | 1.000 |",
        size("rawos"),
        size("nolibc")
    );

    let beside = |peer: &'static str, most: fn(&Count) -> u64| {
        let pairs =
            counts.iter().filter_map(|count| Some((count, count.of("rawos")?, count.of(peer)?)));
        let kept = pairs.clone().filter(|(count, ours, theirs)| *ours <= theirs + most(count));
        (kept.count(), pairs.count())
    };
    let (stub, all_stub) = beside("stub", Count::margin);
    let (rustix, all_rustix) = beside("rustix", |_| 0);
    let _ = write!(
        text,
        "\nInstructions outside the kernel: {stub} of the {all_stub} kinds of calls that were counted beside the bare stub\n\
         take at most {STUB_MARGIN} more a system call, {rustix} of the {all_rustix} beside rustix no more than that.\n",
    );
    let rows = rows.iter().filter(|row| row.misses());
    let rows = rows.map(|row| format!("{} / {}: {}", row.name, row.peer, shown(row.median())));
    let calls = counts.iter().filter(|count| count.misses());
    let calls = calls.map(|count| format!("instructions of {}: {count}", count.name));
    let misses: Vec<String> = rows.chain(calls).collect();
    if !misses.is_empty() {
        text += "\nWhat misses its number, and why:\n\n";
    }
    for miss in misses {
        let reason = REASONS.iter().find(|(known, _)| miss.starts_with(known));
        let reason = reason.map_or("not known yet", |(_, reason)| reason);
        let _ = writeln!(text, "- {miss}: {reason}.");
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::section;
    use crate::bench::Row;
    use crate::counts::Count;

    fn row(name: &str, peer: &str, median: f64) -> Row {
        Row { name: name.to_owned(), peer: peer.to_owned(), samples: vec![median] }
    }

    #[test]
    fn a_limit_is_of_a_row_and_a_peer() {
        assert_eq!(row("walk, 100 entries", "C loop", 1.0).limit(), Some(1.15));
        assert_eq!(row("walk, 100 entries", "walkdir", 1.0).limit(), None);
        assert_eq!(row("walkers", "C loop", 1.0).limit(), None);
        assert!(row("walk, 100 entries", "C loop", 1.16).misses());
        assert!(!row("walk, 100 entries", "C loop", 1.15).misses());
        assert!(row("rt memcpy, 64 bytes", "glibc", 1.31).misses());
        assert!(!row("rt memcpy, 32 bytes", "glibc", 1.31).misses());
    }

    #[test]
    fn promises_are_told_and_what_misses_them() {
        let rows = [
            row("walk, wide", "C loop", 1.0),
            row("walk, deep", "C loop", 1.1),
            row("walk, deep", "walkdir", 0.5),
            row("clock_gettime", "libc", 2.0),
        ];
        let count = |name: &str, ours| Count {
            name: name.to_owned(),
            peers: vec![("rawos".to_owned(), ours), ("stub".to_owned(), 9)],
        };
        let text = section(&rows, &[count("read", 13), count("call", 14)], &[]);
        for line in [
            "| walk | C loop | 1.000 to 1.100 | 1.150 |",
            "| fwalk | C loop | not run | 1.150 |",
            "| bytes of hello | nolibc | not run / not run | 1.000 |",
            "take at most 4 more a system call, 0 of the 0 beside rustix no more than that.",
            "- clock_gettime / libc: 2.000: not known yet.",
            "- instructions of call: rawos 14, stub 9: not known yet.",
        ] {
            assert!(text.lines().any(|other| other == line), "{line}\n{text}");
        }
        assert!(text.contains(": 1 of the 2 kinds of calls"), "{text}");
        assert!(!text.contains("walkdir"));
    }
}
