//! The sources of the crate as text: what a program outside cannot see of it,
//! and whether the tables here have everything.

use std::{fs, path::Path};

pub struct Source {
    /// From the root of the repository: `src/fs/open.rs`.
    pub path: String,
    /// Without comments.
    pub text: String,
}

fn collect(root: &Path, dir: &str, found: &mut Vec<Source>) {
    for entry in fs::read_dir(root.join(dir)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{dir}/{name}");
        if root.join(&path).is_dir() {
            collect(root, &path, found);
        } else if name.ends_with(".rs") {
            found.push(read(root, path));
        }
    }
}

fn read(root: &Path, path: String) -> Source {
    let text = fs::read_to_string(root.join(&path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned() + "\n";
    Source { path, text: text.lines().map(code).collect() }
}

/// Those of every architecture and of what they share.
pub fn all() -> Vec<Source> {
    let mut found = Vec::new();
    for dir in ["src", "arch"] {
        collect(Path::new(env!("CARGO_MANIFEST_DIR")), dir, &mut found);
    }
    found
}

/// One of them.
pub fn of(path: &str) -> Source {
    read(Path::new(env!("CARGO_MANIFEST_DIR")), path.to_owned())
}

/// The words of a text: names and numbers.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Whether this is how a constant is written.
pub fn is_constant(word: &str) -> bool {
    let letters = word.chars().any(|c| c.is_ascii_uppercase());
    letters && !word.chars().any(char::is_lowercase)
        || word.starts_with("_LINUX_CAPABILITY_")
        || word.starts_with("__NR_")
}

/// The value of an integer as Rust writes it, perhaps shifted.
pub fn integer(text: &str) -> Option<i128> {
    if let Some((value, shift)) = text.split_once("<<") {
        return Some(integer(value)? << integer(shift)?);
    }
    let text = text.trim().replace('_', "");
    match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

impl Source {
    /// The value of `const NAME: … = value;`, which must be an integer.
    pub fn constant(&self, name: &str) -> i128 {
        let Self { path, text } = self;
        let start = format!("const {name}: ");
        let found = text.lines().find_map(|line| line.trim().split_once(&start));
        let (_, rest) = found.unwrap_or_else(|| panic!("no {name} in {path}"));
        let value = rest.split_once(" = ").map(|(_, value)| value.trim_end_matches(';'));
        let number = value.and_then(integer);
        number.unwrap_or_else(|| panic!("{name} in {path} is no integer: {value:?}"))
    }

    /// The constants that programs see, by `Type::NAME` or `NAME`, but not
    /// those in a macro.
    pub fn public_constants(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut of = String::new();
        for line in self.text.lines() {
            if let Some(rest) = line.strip_prefix("impl") {
                let rest = rest.split_once(" for ").map_or(rest, |(_, rest)| rest);
                of = words(rest).last().unwrap_or_default().to_owned() + "::";
                let mut named = words(rest).filter(|word| word.starts_with(char::is_uppercase));
                if let Some(name) = named.next() {
                    of = format!("{name}::");
                }
            } else if line.starts_with('}') {
                of.clear();
            }
            let name = line.trim().strip_prefix("pub const ").and_then(|rest| rest.split_once(':'));
            if let Some((name, _)) =
                name.filter(|(name, _)| !name.starts_with('$') && is_constant(name))
            {
                found.push(format!("{of}{name}"));
            }
        }
        found
    }

    /// The names of the types that `flags!` makes.
    pub fn flag_types(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((_, block)) = rest.split_once("\nflags! {\n") {
            let (block, after) = block.split_once("\n}\n").expect("the end of flags!");
            let starts = block.split("pub struct ").skip(1);
            found.extend(starts.filter_map(|start| words(start).next()));
            rest = after;
        }
        found
    }

    /// The constants of linux-raw-sys that it names.
    pub fn raw_names(&self) -> Vec<&str> {
        self.raw_items().into_iter().filter(|word| is_constant(word)).collect()
    }

    /// The types of linux-raw-sys that it names.
    pub fn raw_types(&self) -> Vec<&str> {
        // Modules and their other names; two types of this crate's modules that
        // are named as that crate's.
        const OTHERS: [&str; 14] = [
            "as",
            "auxvec",
            "elf",
            "general",
            "ioctl",
            "loop_device",
            "net",
            "prctl",
            "request",
            "system",
            "uapi",
            "command",
            "Op",
            "Uname",
        ];
        let mut items = self.raw_items();
        items.retain(|word| !is_constant(word) && !OTHERS.contains(word));
        items
    }

    /// What it names in the modules of linux-raw-sys.
    fn raw_items(&self) -> Vec<&str> {
        let mut found = Vec::new();
        let mut modules = vec!["fsconfig_command"];
        for import in self.text.split("use linux_raw_sys::").skip(1) {
            let import = import.split(';').next().unwrap_or_default();
            found.extend(words(import));
        }
        modules.extend(found.iter().filter(|word| word.chars().all(char::is_lowercase)));
        // In full, where it is used.
        for path in self.text.split("linux_raw_sys::").skip(1) {
            let end = path.find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':');
            found.extend(words(&path[..end.unwrap_or(path.len())]));
        }
        for module in modules {
            for (place, _) in self.text.match_indices(&format!("{module}::")) {
                let before = self.text[..place].chars().next_back();
                // `sys::prctl::prctl()` is another one.
                if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                    let item = &self.text[place + module.len() + 2..];
                    // In a macro, a table that is compared has the names.
                    found.extend(words(item).next().filter(|_| !item.starts_with('$')));
                }
            }
        }
        found
    }
}
