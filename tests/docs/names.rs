//! Every name of Python's `os` that a finished room has to offer is found by
//! rustdoc's search: as a public item or as an alias of one.
//!
//! `names.tsv` is the list of all names, with the place of each.

use std::{collections::BTreeSet, fs, path::Path};

/// The rooms that are whole.
const FINISHED: [&str; 12] = [
    "env", "errno", "eventfd", "fd", "fs", "path", "process", "rt", "sched", "timerfd", "tty",
    "user",
];

/// The names that the sources offer.
fn offered() -> BTreeSet<String> {
    let mut files = Vec::new();
    crate::sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for line in text.lines().map(str::trim) {
            if line.starts_with("//") {
                continue;
            }
            // Aliases, also those that a macro's table gives as literals.
            names.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
            // The tables of `Stat`: `st_size: i64;` and `st_atime, …, st_atime_ns;`.
            if let Some(table) = line.strip_suffix(';').filter(|line| line.starts_with("st_")) {
                names.extend(table.split([',', ':']).map(|name| name.trim().to_owned()));
            }
            // A field: `pub columns: u16,`.
            let field = line.strip_prefix("pub ").and_then(|rest| rest.split_once(": "));
            names.extend(field.map(|(name, _)| name.to_owned()));
            let words: Vec<&str> = line
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '!'))
                .filter(|word| !word.is_empty())
                .collect();
            let kinds = ["fn", "const", "static", "struct", "enum", "trait", "type", "mod"];
            let public = words.first() == Some(&"pub") || words.first() == Some(&"const");
            let kind = words.iter().position(|word| kinds.contains(word)).filter(|_| public);
            // `pub const fn name`: the last of the kinds is the item's.
            let last = kind.map(|first| {
                words[first..]
                    .iter()
                    .take_while(|word| kinds.contains(word) || **word == "unsafe")
                    .count()
                    + first
            });
            names.extend(last.and_then(|at| words.get(at)).map(|name| (*name).to_owned()));
        }
    }
    names
}

#[test]
fn every_name_of_a_finished_room_is_found() {
    let offered = offered();
    let (mut checked, mut missing) = (0, Vec::new());
    for row in include_str!("names.tsv").lines() {
        let (name, place) = row.split_once('\t').unwrap();
        let room = place.split("::").next().unwrap();
        if FINISHED.contains(&room) {
            checked += 1;
            // A method is looked for by its last part.
            if !offered.contains(name.rsplit('.').next().unwrap()) {
                missing.push(row);
            }
        }
    }
    assert!(
        checked > 0 && missing.is_empty(),
        "{} of {checked} missing:\n{}",
        missing.len(),
        missing.join("\n")
    );
}
