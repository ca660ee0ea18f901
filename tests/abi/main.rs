//! The numbers and the layouts that the crate shares with the kernel, against
//! C: the kernel's headers and glibc's, as the compiler for the architecture
//! under test sees them.
//!
//! Whatever the tables here miss is found by reading the sources.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod arms;
mod cc;
mod flags;
mod known;
mod numbers;
mod own;
mod raw_names;
mod source;
mod structs;

use std::collections::BTreeSet;

use cc::Entry;

fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    flags::entries(&mut entries);
    numbers::entries(&mut entries);
    numbers::syscalls(&mut entries);
    raw_names::entries(&mut entries);
    structs::entries(&mut entries);
    own::entries(&mut entries);
    entries
}

#[test]
fn every_number_and_layout_is_cs() {
    let entries = entries();
    let report = cc::compare(&entries);
    let (major, minor) = cc::version();
    println!("headers of Linux {major}.{minor}: {} compared and the same", report.same);
    println!("{} not compared: {:?}", report.not_compared.len(), report.not_compared);
    assert!(report.wrong.is_empty(), "\n{}\n", report.wrong.join("\n"));
    assert!(report.same > 1500, "{}", report.same);
}

#[test]
fn what_is_wrong_is_told_by_name() {
    let entries = [
        Entry::new("right", "O_CREAT", 0o100, 32),
        Entry::new("wrong", "O_EXCL", 0o300, 32),
        Entry::new("misspelt", "O_EXKL", 0o200, 32),
        Entry::new("as wide as C has it", "AT_FDCWD", -100, 32),
        Entry::new("too narrow", "1ULL << 32", 0, 32),
        Entry::new("glibc's", "_SC_PAGESIZE", 30, 32),
        Entry::new("not by its own value", "SCM_MAX_FD", 254, 32),
    ];
    let report = cc::compare(&entries);
    assert_eq!((report.same, report.not_compared.len()), (3, 0), "{:?}", report.wrong);
    let told =
        ["wrong is 0xc0, in C O_EXCL is 0x80", "misspelt (0x80): ", "too narrow ", "not by "];
    assert_eq!(report.wrong.len(), told.len(), "{:?}", report.wrong);
    for (line, start) in report.wrong.iter().zip(told) {
        assert!(line.starts_with(start), "{line}");
    }
}

/// A table that nothing looks at any more proves nothing.
#[test]
fn what_the_headers_need_not_have_is_what_is_asked_for() {
    let entries = entries();
    let asked: BTreeSet<_> = entries.iter().map(|entry| entry.c.as_str()).collect();
    let stale: Vec<_> = known::names().filter(|name| !asked.contains(name)).collect();
    assert!(stale.is_empty(), "{stale:?}");
}

/// The names in `found` that are in none of the tables.
fn missing<'a>(found: impl IntoIterator<Item = &'a str>, tables: &[&[&str]]) -> BTreeSet<&'a str> {
    let known: BTreeSet<_> = tables.iter().copied().flatten().copied().collect();
    found.into_iter().filter(|name| !known.contains(name)).collect()
}

#[test]
fn every_type_of_flags_is_compared() {
    let sources = source::all();
    let types: Vec<_> = sources.iter().flat_map(|source| source.flag_types()).collect();
    assert!(types.len() > 40, "{types:?}");
    let missing = missing(types, &[flags::KINDS]);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_public_constant_is_compared() {
    let sources = source::all();
    // Python's strings.
    let of_numbers = sources.iter().filter(|source| source.path != "src/path/mod.rs");
    let names: Vec<_> = of_numbers.flat_map(|source| source.public_constants()).collect();
    let full = |(scope, names): &(&str, &[&str])| {
        let last = scope.rsplit("::").next().unwrap_or_default();
        // A file does not name its room.
        let scope = if scope.contains("::") || last == "Errno" { last } else { "" };
        let full = |name: &&str| {
            if scope.is_empty() { (*name).to_owned() } else { format!("{scope}::{name}") }
        };
        names.iter().map(full).collect::<Vec<_>>()
    };
    let compared: Vec<_> = numbers::CONSTANTS.iter().flat_map(full).collect();
    let compared: Vec<_> = compared.iter().map(String::as_str).collect();
    assert!(names.len() > 60, "{names:?}");
    let names = names.iter().map(String::as_str);
    let missing = missing(names, &[&compared, numbers::NOT_NUMBERS]);
    assert!(missing.is_empty(), "{missing:?}");
}

/// What a macro defines is no text that a table could be compared with: each of
/// these is compared by what it gives when it runs.
#[test]
fn every_macro_that_makes_constants_is_known() {
    const KNOWN: [&str; 5] =
        ["src/errno.rs", "src/flags.rs", "src/fs/stat.rs", "src/names.rs", "src/signal/number.rs"];
    let sources = source::all();
    let makes = |source: &&source::Source| source.text.contains("const $");
    let mut found: Vec<_> = sources.iter().filter(makes).map(|s| s.path.as_str()).collect();
    found.sort_unstable();
    assert_eq!(found, KNOWN);
}

#[test]
fn every_number_that_the_crate_takes_from_the_tables_is_compared() {
    let sources = source::all();
    let names: Vec<_> = sources.iter().flat_map(|source| source.raw_names()).collect();
    assert!(names.len() > 700, "{}", names.len());
    // One has another name in C on each architecture, one is not on all.
    let missing = missing(names, &[raw_names::NAMES, &["R_RELATIVE", "SA_RESTORER"]]);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_struct_with_the_layout_of_c_is_compared() {
    let sources = source::all();
    let compared: Vec<_> = own::names().collect();
    let mut found = Vec::new();
    for source in &sources {
        for item in source.text.split("#[repr(C").skip(1) {
            let (_, item) = item.split_once("struct ").expect("a struct");
            found.extend(source::words(item).next());
        }
    }
    assert!(found.len() > 15, "{found:?}");
    let missing = missing(found, &[&compared, own::NOT_C]);
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_struct_that_the_crate_takes_from_the_tables_is_compared() {
    let sources = source::all();
    let types: Vec<_> = sources.iter().flat_map(|source| source.raw_types()).collect();
    assert!(types.len() > 50, "{types:?}");
    let missing = missing(types, &[structs::TYPES, structs::NO_LAYOUT]);
    assert!(missing.is_empty(), "{missing:?}");
}
