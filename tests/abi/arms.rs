//! Enums whose numbers are in a `match`: each variant's documentation names the
//! constant of C (`doc(alias)`), and that one must be in its arm.

use std::collections::BTreeMap;

use crate::source::{self, Source};

/// Those whose arms have other constants than the documented ones: a number of
/// glibc that stands for calls or locks of the kernel.
const OTHERWISE: &[(&str, &[&str])] = &[
    ("LockfCommand::Lock", &["F_WRLCK"]),
    ("LockfCommand::TryLock", &["F_WRLCK"]),
    ("LockfCommand::Unlock", &["F_UNLCK"]),
    ("SetWhen::Now", &["TCSETS", "TCSETS2"]),
    ("SetWhen::Drain", &["TCSETSW", "TCSETSW2"]),
    ("SetWhen::Flush", &["TCSETSF", "TCSETSF2"]),
];

/// `Enum::Variant`, and the names of each in C.
fn aliases(sources: &[Source]) -> BTreeMap<String, Vec<&str>> {
    let mut found = BTreeMap::new();
    for source in sources {
        let (mut name, mut names) = (None, Vec::new());
        for line in source.text.lines() {
            if let Some(rest) = line.strip_prefix("pub enum ") {
                name = source::words(rest).next();
                names.clear();
            } else if line == "}" {
                name = None;
            }
            let Some(name) = name else { continue };
            let line = line.trim();
            if let Some(alias) = line.strip_prefix("#[doc(alias = \"") {
                names.extend(alias.split('"').next());
            } else if line.starts_with(char::is_uppercase) {
                let variant = source::words(line).next().unwrap_or_default();
                found.insert(format!("{name}::{variant}"), std::mem::take(&mut names));
            }
        }
    }
    found
}

/// The enum of a file whose methods say `Self`.
fn own_enum(source: &Source) -> Option<&str> {
    let (_, rest) = source.text.split_once("\npub enum ")?;
    source::words(rest).next()
}

#[test]
fn an_arm_has_the_number_that_the_documentation_names() {
    let sources = source::all();
    let aliases = aliases(&sources);
    let mut wrong = Vec::new();
    let mut checked = 0;
    for source in &sources {
        for line in source.text.lines().map(str::trim) {
            let Some((pattern, arm)) = line.split_once(" => ") else { continue };
            let mut words = source::words(pattern);
            let (Some(kind), Some(variant)) = (words.next(), words.next()) else { continue };
            let kind = if kind == "Self" { own_enum(source).unwrap_or(kind) } else { kind };
            let variant = format!("{kind}::{variant}");
            let Some(names) = aliases.get(&variant) else { continue };
            let other = OTHERWISE.iter().find(|(name, _)| *name == variant);
            let names = other.map_or(names.as_slice(), |(_, names)| names);
            for module in ["uapi::", "request::"] {
                let uses = arm.split(module).skip(1);
                for number in uses.filter_map(|rest| source::words(rest).next()) {
                    checked += 1;
                    if !names.contains(&number) {
                        wrong.push(format!("{variant} is {number}, documented as {names:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked >= 29, "{checked}");
}
