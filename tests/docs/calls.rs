//! Which system calls a function makes is written down for every public
//! function: in `docs/syscalls`, which `tests/faults` watches.

use std::{collections::BTreeSet, fs, path::Path};

/// The name in an `impl` line: `impl<const N: usize> Iterator for Dir<'_, N> {` is of `Dir`.
fn implementor(line: &str) -> String {
    let mut depth = 0;
    let generics = line.strip_prefix("impl").unwrap_or(line);
    // What is in angle brackets goes.
    let plain: String = generics
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '<');
            let outside = depth == 0;
            depth -= i32::from(*c == '>');
            outside
        })
        .collect();
    let head = plain.split(" where").next().unwrap_or_default().trim_end_matches('{');
    let name = head.rsplit(" for ").next().unwrap_or_default().trim();
    name.rsplit("::").next().unwrap_or_default().to_owned()
}

/// Every public function of the sources, by its path: `fs::open`, `fs::Dir::fd`.
fn public_functions() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    crate::sources(&src, &mut files);
    // What every set of flags has makes no call, and `fuzzing` is not there for users.
    files.retain(|file| !file.ends_with("flags.rs") && !file.ends_with("fuzzing.rs"));
    let mut names = BTreeSet::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if ["sys", "lib"].contains(&room) {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let (mut owner, mut documented, mut hidden) = (String::new(), false, false);
        for line in text.lines() {
            let code = line.trim();
            if code.starts_with("impl") {
                owner = implementor(code);
            } else if line.starts_with('}') {
                owner.clear();
            }
            if code.starts_with("///") {
                documented = true;
                continue;
            }
            if code.starts_with("#[") {
                hidden |= code.contains("doc(hidden)");
                continue;
            }
            let words: Vec<&str> = code.split(['(', '<']).next().unwrap().split(' ').collect();
            let at = words.iter().position(|word| *word == "fn");
            if let Some(at) = at.filter(|_| words[0] == "pub" && documented && !hidden) {
                let name = words[at + 1];
                let method = line.starts_with(' ') && !owner.is_empty();
                names.insert(match method {
                    true => format!("{room}::{owner}::{name}"),
                    false => format!("{room}::{name}"),
                });
            }
            (documented, hidden) = (false, false);
        }
    }
    names
}

/// The names of a table.
fn named(table: &str) -> BTreeSet<&str> {
    table.lines().filter_map(|line| line.split('\t').next()).collect()
}

/// The functions that have a row in `tests/faults`: `name: "fs::open"`, `Row::new("fs::open (what)"`.
fn tried() -> BTreeSet<String> {
    let mut files = Vec::new();
    crate::sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/rows"), &mut files);
    let mut names = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(file).unwrap();
        for start in ["name: \"", "Row::new(\"", "Row::new(\n        \""] {
            for rest in text.split(start).skip(1) {
                let name = rest.split(['"', '(']).next().unwrap().trim_end();
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn the_calls_of_every_public_function_are_written_down() {
    let some = named(include_str!("../../docs/syscalls/calls.tsv"));
    let none = named(include_str!("../../docs/syscalls/none.tsv"));
    let functions = public_functions();
    assert!(functions.len() > 600, "only {} functions were found", functions.len());
    let unwritten: Vec<_> = functions
        .iter()
        .filter(|name| !some.contains(name.as_str()) && !none.contains(name.as_str()))
        .collect();
    assert!(unwritten.is_empty(), "{} are not there: {unwritten:#?}", unwritten.len());
    assert_eq!(some, tried().iter().map(String::as_str).collect(), "and the rows of tests/faults");
    let both: Vec<_> = none.intersection(&some).collect();
    assert!(both.is_empty(), "none, and yet some: {both:?}");
}
