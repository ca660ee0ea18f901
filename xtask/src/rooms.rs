//! Where the bytes of a program are: its symbols, by the room of rawos or the
//! crate that each is of. A function that was made part of its caller counts as
//! the caller's, as in every such list.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use object::{Object, ObjectSection, ObjectSymbol, SectionKind};

/// Of one program, largest first.
pub struct Breakdown {
    pub rooms: Vec<(String, u64)>,
    pub symbols: Vec<(String, u64)>,
}

/// For a program that is not stripped.
pub fn look(program: &Path) -> Result<Breakdown> {
    let bytes = std::fs::read(program).with_context(|| program.display().to_string())?;
    let file = object::File::parse(&*bytes).with_context(|| program.display().to_string())?;
    // What is zero at the start is not in the file.
    let in_file = |symbol: &object::Symbol<'_, '_>| {
        let section = symbol.section_index().and_then(|index| file.section_by_index(index).ok());
        section.is_some_and(|section| section.kind() != SectionKind::UninitializedData)
    };
    // A function may have two names, of which the longer one says more.
    let mut at: BTreeMap<u64, (String, u64)> = BTreeMap::new();
    for symbol in file.symbols().filter(|symbol| symbol.size() > 0 && in_file(symbol)) {
        let name = format!("{:#}", rustc_demangle::demangle(symbol.name().unwrap_or_default()));
        let known = at.entry(symbol.address()).or_default();
        if name.len() > known.0.len() {
            *known = (name, symbol.size());
        }
    }
    let mut rooms: BTreeMap<String, u64> = BTreeMap::new();
    for (name, size) in at.values() {
        *rooms.entry(room(name)).or_default() += size;
    }
    Ok(Breakdown { rooms: sorted(rooms), symbols: sorted(at.into_values()) })
}

fn sorted(all: impl IntoIterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all
}

/// `rawos::fs` of `<rawos::fs::list::ReadDir as Trait>::next`; and of what a
/// crate does for a type that is nobody's, that crate.
fn room(name: &str) -> String {
    let types = name.strip_prefix('<').and_then(|name| name.split_once(" as "));
    let path = types.map_or(name, |(own, of)| if own.contains("::") { own } else { of });
    let path = path.trim_start_matches(['<', '&', '*', '[', '(']);
    let path = path.strip_prefix("mut ").or(path.strip_prefix("dyn ")).unwrap_or(path);
    let mut parts = path.split("::").map(|part| part.split(['<', '>', ' ', '{', '[']).next());
    match (parts.next().flatten().unwrap_or_default(), parts.next().flatten()) {
        // The assembly of `rt`, and what it jumps to.
        (name, _) if name.starts_with("rawos_") || name.starts_with("_start") => "rawos::rt".into(),
        ("rawos", Some(room)) => format!("rawos::{room}"),
        ("core", Some("fmt")) => "core::fmt".into(),
        ("__rustc", _) | (_, None) => "others".into(),
        (name, Some(_)) => name.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn every_symbol_has_a_room() {
        for (name, expected) in [
            ("rawos::fs::traverse::levels::Levels::next", "rawos::fs"),
            ("<rawos::fd::OwnedFd as core::ops::Drop>::drop", "rawos::fd"),
            ("<&mut rawos::rt::panic::Line as core::fmt::Write>::write_str", "rawos::rt"),
            ("core::fmt::num::imp::<impl core::fmt::Display for u32>::fmt", "core::fmt"),
            ("core::slice::index::slice_index_fail", "core"),
            ("<u32 as core::fmt::Display>::fmt", "core::fmt"),
            ("<T as alloc::string::ToString>::to_string", "alloc"),
            ("tree::main", "tree"),
            ("rawos_memcpy", "rawos::rt"),
            ("_start", "rawos::rt"),
            (".Lanon", "others"),
        ] {
            assert_eq!(room(name), expected, "{name}");
        }
    }
}
