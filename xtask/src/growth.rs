//! What grows with something: the trees and parents of the bench `growth`, and
//! the sizes of the bench `memory`. As tables, and as the panels of a picture.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};

use crate::bench::{Row, shown};
use crate::curves::{Curve, Panel};

/// One side of a row, from the smallest size on.
#[derive(Debug, PartialEq)]
pub struct Growth {
    row: String,
    side: String,
    points: Vec<Point>,
}

#[derive(Debug, PartialEq)]
struct Point {
    size: u64,
    /// By that of the smallest size.
    cost: f64,
    /// How much more memory than with nothing.
    kib: f64,
}

/// Sizes, with all seconds and KiB that were measured of each.
type Samples = Vec<(u64, [Vec<f64>; 2])>;

/// What the bench printed: row, side, size, seconds, KiB; a line for each time
/// that it measured.
pub fn parse(text: &str) -> Result<Vec<Growth>> {
    let mut rows: Vec<(String, String, Samples)> = Vec::new();
    for line in text.lines() {
        let [row, side, size, seconds, kib] = line.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        let size = size.parse().with_context(|| line.to_owned())?;
        let numbers = [seconds.parse::<f64>(), kib.parse()].map(|parsed| parsed.context("number"));
        let known = rows.iter().position(|(r, s, _)| r == row && s == side);
        let known = known.unwrap_or_else(|| {
            rows.push((row.to_owned(), side.to_owned(), Vec::new()));
            rows.len() - 1
        });
        let points = &mut rows[known].2;
        if points.last().is_none_or(|(last, _)| *last != size) {
            points.push((size, Default::default()));
        }
        if let Some((_, samples)) = points.last_mut() {
            for (samples, number) in samples.iter_mut().zip(numbers) {
                samples.push(number?);
            }
        }
    }
    Ok(rows.into_iter().map(|(row, side, points)| growth(row, side, points)).collect())
}

fn growth(row: String, side: String, points: Samples) -> Growth {
    let medians = points.into_iter().map(|(size, samples)| (size, samples.map(median)));
    let medians: Vec<_> = medians.collect();
    let least = medians.first().map_or(1.0, |(_, [seconds, _])| *seconds);
    let point =
        |(size, [seconds, kib]): (u64, [f64; 2])| Point { size, cost: seconds / least, kib };
    Growth { row, side, points: medians.into_iter().map(point).collect() }
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

fn sizes<'a>(all: impl Iterator<Item = &'a Growth>) -> BTreeSet<u64> {
    all.flat_map(|growth| &growth.points).map(|point| point.size).collect()
}

/// The rows by name, as they came.
fn rows(all: &[Growth]) -> Vec<(&str, Vec<&Growth>)> {
    let mut rows: Vec<(&str, Vec<&Growth>)> = Vec::new();
    for growth in all {
        match rows.last_mut().filter(|(row, _)| *row == growth.row) {
            Some((_, sides)) => sides.push(growth),
            None => rows.push((&growth.row, vec![growth])),
        }
    }
    rows
}

/// What the sizes of a row are.
fn unit(row: &str) -> &'static str {
    if row == "spawn" { "MiB of its parent" } else { "entries" }
}

/// A table for each row.
pub fn markdown(all: &[Growth]) -> String {
    let mut text = String::new();
    if !all.is_empty() {
        text += "\nGrowth: the CPU time of one entry, or of one child, by that of the smallest size; and how much more\n\
                 memory the process had at its peak than with an empty tree, or after its first child, give or take\n\
                 a hundred KiB. Where nothing stands, a side does not go that far.\n";
    }
    for (row, sides) in rows(all) {
        let sizes = sizes(sides.iter().copied());
        let _ = write!(text, "\n| {row}, by {} |", unit(row));
        sizes.iter().for_each(|size| _ = write!(text, " {size} |"));
        let _ = writeln!(text, "\n|---|{}", "--:|".repeat(sizes.len()));
        for side in sides {
            let _ = write!(text, "| {} |", side.side);
            for size in &sizes {
                let point = side.points.iter().find(|point| point.size == *size);
                let cell = point.map(|point| format!("{:.2}, {} KiB", point.cost, point.kib));
                let _ = write!(text, " {} |", cell.unwrap_or_default());
            }
            text.push('\n');
        }
    }
    text
}

/// The median ratios of the bench `memory`: a line for each function and peer.
pub fn memory_markdown(rows: &[Row]) -> String {
    let mut text = String::new();
    let sizes: BTreeSet<u64> =
        rows.iter().filter_map(|row| row.by_size()).map(|(_, n)| n).collect();
    let lines: BTreeSet<(&str, &str)> = rows
        .iter()
        .filter_map(|row| row.by_size().map(|(name, _)| (name, row.peer.as_str())))
        .collect();
    if lines.is_empty() {
        return text;
    }
    text += "\nThe memory functions of `rt`, our time by theirs for so many bytes; in bold what misses its limit.\n\n";
    let _ = write!(text, "| function | peer |");
    sizes.iter().for_each(|size| _ = write!(text, " {size} |"));
    let _ = writeln!(text, "\n|---|---|{}", "--:|".repeat(sizes.len()));
    for (name, peer) in lines {
        let _ = write!(text, "| {name} | {peer} |");
        for size in &sizes {
            let is_it = |row: &&Row| row.peer == peer && row.by_size() == Some((name, *size));
            let cell = rows.iter().find(is_it).map(|row| {
                let bold = if row.misses() { "**" } else { "" };
                format!("{bold}{}{bold}", shown(row.median()))
            });
            let _ = write!(text, " {} |", cell.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

/// The picture, two panels in a line: cost and memory; or glibc and musl.
pub fn panels(all: &[Growth], memory: &[Row]) -> Vec<[Panel; 2]> {
    let curves = |sides: &[&Growth], y: fn(&Point) -> f64| {
        let curve = |side: &&Growth| Curve {
            label: side.side.clone(),
            points: side.points.iter().map(|point| (point.size as f64, y(point))).collect(),
        };
        sides.iter().map(curve).collect()
    };
    let mut panels: Vec<[Panel; 2]> = Vec::new();
    for (row, sides) in rows(all) {
        let each = if row == "spawn" { "child" } else { "entry" };
        panels.push([
            Panel {
                title: format!("{row}: CPU time of one {each}, by that of the smallest"),
                x: unit(row),
                curves: curves(&sides, |point| point.cost),
            },
            // What is less than a page is nothing, and has no logarithm.
            Panel {
                title: format!("{row}: memory, KiB (4: none)"),
                x: unit(row),
                curves: curves(&sides, |point| point.kib.max(4.0)),
            },
        ]);
    }
    let against = |peer: &str| {
        let mut curves: Vec<Curve> = Vec::new();
        for row in memory.iter().filter(|row| row.peer == peer) {
            let Some((name, size)) = row.by_size() else { continue };
            let at = curves.iter().position(|curve| curve.label == name).unwrap_or_else(|| {
                curves.push(Curve { label: name.to_owned(), points: Vec::new() });
                curves.len() - 1
            });
            curves[at].points.push((size as f64, row.median()));
        }
        for curve in &mut curves {
            curve.points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        Panel { title: format!("rt: our time by {peer}'s"), x: "bytes", curves }
    };
    if memory.iter().any(|row| row.by_size().is_some()) {
        panels.push([against("glibc"), against("musl")]);
    }
    panels
}

#[cfg(test)]
mod tests {
    use super::{markdown, memory_markdown, panels, parse};
    use crate::bench::Row;

    #[test]
    fn growth_is_relative_to_the_smallest() {
        let text = "walk, wide\tours\t10\t2e-6\t0\nwalk, wide\ttheirs\t10\t1e-6\t8\n\
                    not run: nothing\n\
                    walk, wide\tours\t100\t3e-6\t4\nwalk, wide\tours\t100\t4e-6\t8\n\
                    walk, wide\tours\t100\t9e-6\t6\nspawn\tours\t1\t5e-6\t0\n";
        let all = parse(text).unwrap();
        let table = markdown(&all);
        for line in [
            "| walk, wide, by entries | 10 | 100 |",
            "| ours | 1.00, 0 KiB | 2.00, 6 KiB |",
            "| theirs | 1.00, 8 KiB |  |",
            "| spawn, by MiB of its parent | 1 |",
        ] {
            assert!(table.lines().any(|other| other == line), "{line}\n{table}");
        }
        assert_eq!(panels(&all, &[]).len(), 2);
        assert!(parse("a\tb\tc\t1\t2\n").is_err());
    }

    #[test]
    fn memory_functions_have_a_column_for_each_size() {
        let row = |name: &str, peer: &str, ratio| Row {
            name: name.to_owned(),
            peer: peer.to_owned(),
            samples: vec![ratio],
        };
        let rows = [
            row("rt memcpy, 8 bytes", "glibc", 2.0),
            row("rt memcpy, 64 bytes", "glibc", 1.5),
            row("rt memcpy, 64 bytes", "musl", 0.5),
            row("urandom, 4 bytes", "rustix", 0.5),
        ];
        let table = memory_markdown(&rows);
        for line in ["| memcpy | glibc | 2.000 | **1.500** |", "| memcpy | musl |  | 0.500 |"] {
            assert!(table.lines().any(|other| other == line), "{line}\n{table}");
        }
        assert_eq!(panels(&[], &rows)[0][0].curves[0].points, [(8.0, 2.0), (64.0, 1.5)]);
        assert_eq!(memory_markdown(&rows[3..]), "");
    }
}
