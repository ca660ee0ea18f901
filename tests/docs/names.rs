//! Every name of Python's `os` is found by rustdoc's search: as a public item or
//! as an alias of one.
//!
//! `names.tsv` is the list of all names, with the item of each: see `pages.rs`.

use std::{collections::BTreeSet, fs, path::Path};

/// All names of Python's `os` on Linux.
pub const TABLE: &str = include_str!("names.tsv");

/// The names that the sources offer.
pub fn offered() -> BTreeSet<String> {
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
fn every_name_is_found() {
    let offered = offered();
    let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(rows.len(), 417);
    let missing = rows.into_iter().filter(|row| {
        // A method is looked for by its last part.
        let name = row.split('\t').next().and_then(|name| name.rsplit('.').next());
        !name.is_some_and(|name| offered.contains(name))
    });
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&str>::new());
}
