//! Source files as `cargo xtask coverage` sees them: functions with lines that
//! did not run, and the reasons that are written down for them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The text of a file. Lines are numbered from 1.
pub struct Source {
    pub name: String,
    lines: Vec<String>,
    /// The first line of its unit tests.
    tests: usize,
}

/// A function of which not all ran.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub lines: Vec<usize>,
    /// No line ran.
    pub whole: bool,
}

impl Source {
    pub fn new(name: &str, text: &str) -> Source {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let is_test = |line: &&String| {
            ["#[cfg(test)]", "#[cfg(all(test,"].iter().any(|start| line.starts_with(start))
        };
        let before = lines.iter().take_while(|line| !is_test(line)).count();
        Source { name: name.to_owned(), lines, tests: before + 1 }
    }

    /// Whether the line is one of the unit tests, which are at the end.
    pub fn is_test(&self, number: usize) -> bool {
        number >= self.tests
    }

    pub fn line(&self, number: usize) -> &str {
        self.lines.get(number - 1).map_or("", String::as_str)
    }

    /// The functions with lines that ran no times.
    pub fn uncovered(&self, counts: &BTreeMap<usize, u64>) -> Vec<Function> {
        let mut functions: BTreeMap<(usize, String), (Vec<usize>, bool)> = BTreeMap::new();
        for (&number, &count) in counts {
            let (lines, ran) = functions.entry(self.function(number)).or_default();
            if count == 0 {
                lines.push(number);
            }
            *ran |= count > 0;
        }
        let uncovered = functions.into_iter().filter(|(_, (lines, _))| !lines.is_empty());
        uncovered.map(|((_, name), (lines, ran))| Function { name, lines, whole: !ran }).collect()
    }

    /// The function that a line is in, and where it begins: the nearest line
    /// above with `fn` that is indented less, or is the line itself.
    fn function(&self, number: usize) -> (usize, String) {
        let indent = |line: &str| line.len() - line.trim_start().len();
        let mut within = usize::MAX;
        for at in (1..=number).rev() {
            let line = self.line(at);
            if line.trim().is_empty() {
                continue;
            }
            // What closes a function stands as far out as what opens it, and so
            // do the bounds of a generic one.
            let closes =
                [")", "}", "{", "where"].iter().any(|end| line.trim_start().starts_with(end));
            match named(line) {
                Some(name) if at == number || indent(line) < within => return (at, name),
                _ => within = within.min(indent(line) + usize::from(closes)),
            }
        }
        (0, "no function".to_owned())
    }
}

/// The name of the function that begins in this line.
fn named(line: &str) -> Option<String> {
    let line = line.trim_start();
    let at = if line.starts_with("fn ") { 0 } else { line.find(" fn ")? + 1 };
    let qualifies = |word: &str| {
        word.starts_with("pub")
            || word.starts_with('"')
            || word.ends_with(')')
            || ["const", "unsafe", "extern", "safe"].contains(&word)
    };
    if !line[..at].split_whitespace().all(qualifies) {
        return None;
    }
    let name = line[at + 3..].split(['(', '<']).next()?;
    Some(name.trim().to_owned())
}

/// Why lines do not run: `file | what | why`, where `what` is a function, a
/// piece of the line in backquotes, or `*` for a file that is not counted.
pub struct Reasons(Vec<Reason>);

struct Reason {
    /// File, what, why.
    parts: [String; 3],
    /// Whether it was asked for.
    used: Cell<bool>,
}

impl Reasons {
    pub fn read(path: &Path) -> Result<Reasons> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Reasons::parse(&text)
    }

    fn parse(text: &str) -> Result<Reasons> {
        let mut all = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts: Vec<String> = line.splitn(3, " | ").map(str::to_owned).collect();
            match <[String; 3]>::try_from(parts) {
                Ok(parts) => all.push(Reason { parts, used: Cell::new(false) }),
                Err(_) => bail!("not `file | what | why`: {line}"),
            }
        }
        Ok(Reasons(all))
    }

    /// Why the file is not counted.
    pub fn of_file(&self, file: &str) -> Option<&str> {
        self.find(file, |what| what == "*")
    }

    pub fn of_line(&self, file: &str, function: &str, line: &str) -> Option<&str> {
        let piece = |what: &str| Some(what.strip_prefix('`')?.strip_suffix('`')?.to_owned());
        self.find(file, |what| what == function || piece(what).is_some_and(|is| line.contains(&is)))
    }

    fn find(&self, file: &str, fits: impl Fn(&str) -> bool) -> Option<&str> {
        let found =
            self.0.iter().find(|Reason { parts: [of, what, _], .. }| of == file && fits(what))?;
        found.used.set(true);
        Some(&found.parts[2])
    }

    /// Those that explained nothing: they may go, if it is not for chance.
    pub fn unused(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter(|reason| !reason.used.get()).map(|reason| reason.parts.join(" | "))
    }
}

#[cfg(test)]
mod tests {
    use super::{Function, Reasons, Source};

    const TEXT: &str = "\
impl A {
    pub const fn one() -> u8 {
        1
    }

    unsafe fn two<T>(
        t: T,
    ) -> u8
    where
        T: B,
    {
        match t {
            0 => call(|x| {
                x
            }),
        }
    }
}
#[cfg(test)]
mod tests {
    fn three() {}
}
";

    #[test]
    fn lines_belong_to_functions() {
        let source = Source::new("src/a.rs", TEXT);
        assert!(source.is_test(21) && !source.is_test(18));
        let counts = [(2, 1), (3, 1), (4, 1), (6, 0), (7, 0), (13, 0), (14, 0), (17, 0)];
        let two = Function { name: "two".into(), lines: vec![6, 7, 13, 14, 17], whole: true };
        assert_eq!(source.uncovered(&counts.into()), [two]);
        let counts = [(2, 1), (3, 0), (4, 1), (6, 1), (17, 1)];
        let one = Function { name: "one".into(), lines: vec![3], whole: false };
        assert_eq!(source.uncovered(&counts.into()), [one]);
    }

    #[test]
    fn reasons_are_of_files_functions_and_lines() {
        let text = "# no reason\n\na | * | x\nb | f | y | z\nb | `1 +` | w\n";
        let reasons = Reasons::parse(text).unwrap();
        assert_eq!(reasons.of_file("a"), Some("x"));
        assert_eq!(reasons.of_file("b"), None);
        assert_eq!(reasons.of_line("b", "f", ""), Some("y | z"));
        assert_eq!(reasons.of_line("b", "g", "a = 1 + 2;"), Some("w"));
        assert_eq!(reasons.of_line("b", "g", "a = 2;"), None);
        assert_eq!(reasons.unused().count(), 0);
        let reasons = Reasons::parse(text).unwrap();
        assert_eq!(reasons.of_line("b", "f", ""), Some("y | z"));
        assert_eq!(reasons.unused().collect::<Vec<_>>(), ["a | * | x", "b | `1 +` | w"]);
        assert!(Reasons::parse("a | b\n").is_err());
    }
}
