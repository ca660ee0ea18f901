//! The pages `docs/guide/python.md` and `docs/guide/c.md` are what the tables
//! `names.tsv` and `c.tsv` say, and rustdoc checks their links. `cargo xtask pages`
//! writes them anew.
//!
//! A line of a table is `name<TAB>item<TAB>note`, or `# Heading`.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path};

/// The sections and rows of a table as Markdown.
fn tables(rows: &str, columns: [&str; 3], third: fn(&str) -> String) -> String {
    let mut page = String::new();
    for line in rows.lines() {
        if let Some(heading) = line.strip_prefix("# ") {
            let [a, b, c] = columns;
            let _ = write!(page, "\n## {heading}\n\n| {a} | {b} | {c} |\n|---|---|---|\n");
            continue;
        }
        let mut cells = line.split('\t');
        let (name, item) =
            (cells.next().unwrap(), cells.next().unwrap_or_else(|| panic!("{line}")));
        let note = third(cells.next().unwrap_or_default());
        let _ = writeln!(page, "| `{name}` | [`{item}`](crate::{item}) | {note} |");
    }
    page
}

fn python() -> String {
    let page = tables(super::names::TABLE, ["Python", "rawos", ""], str::to_owned);
    format!("{MADE}{PYTHON}{page}")
}

fn c() -> String {
    let third = |name: &str| match name {
        "-" => String::new(),
        name => format!("`{name}`"),
    };
    format!("{MADE}{C}{}", tables(C_TABLE, ["C", "rawos", "rustix"], third))
}

const MADE: &str = "<!-- Made by `cargo xtask pages`. -->\n\n";

const PYTHON: &str = "\
Every name that Python's `os` has on Linux, and the item that stands for it. Functions have Python's \
names; flags are constants of a type and lose the prefix that the type says. What an item does \
differently is said under *Python* in its docs. Names that Linux has not are in \
[`left_out`](crate::guide::left_out).

What is the same everywhere:

- An exception is an [`Errno`](crate::Errno), returned as an error.
- `dir_fd=` is the function with `at` at its end; [`fd::CWD`](crate::fd::CWD) stands for the current \
  directory.
- `follow_symlinks=False` is the function with `l` before its name (`lstat`, `lchown`), or a flag of \
  the one with `at`.
- A path that may be a descriptor in Python is the function with `f` before its name (`fstat`, `fchmod`).
- Buffers are the caller's. Where a function fills one, a second one with `_alloc` at its end (feature \
  `alloc`) returns a `Vec` or `String`.

The first twenty names of the table in one program:

```
use rawos::{Errno, Result, errno, fs, path::{self, PathLike}};

/// Python's `os.path.isdir`, for whatever is a path.
fn is_dir<P: PathLike>(path: P) -> Result<bool> {
    Ok(fs::stat(path)?.file_type().is_dir())
}

assert_eq!(is_dir(\"/no/such/file\"), Err(Errno::ENOENT));
assert_eq!(errno::strerror(2), Some(\"No such file or directory\"));
assert_eq!((path::NAME, path::LINESEP), (\"posix\", \"\\n\"));
assert_eq!((path::SEP, path::ALTSEP, path::EXTSEP), (\"/\", None, \".\"));

for dir in [path::CURDIR, path::PARDIR] {
    assert_eq!(is_dir(dir), Ok(true));
}
for dir in path::DEFPATH.split(path::PATHSEP) {
    assert!(dir.ends_with(\"bin\"));
}
assert_eq!(is_dir(path::DEVNULL), Ok(false));

// Any bytes are a name.
let name = path::fsdecode(b\"caf\\xe9\");
assert_eq!(name.to_str(), None);
assert_eq!(path::fsencode(&name), b\"caf\\xe9\");
assert_eq!(path::fspath(c\"/tmp\"), \"/tmp\".fspath());

assert!(path::supports_dir_fd(\"mkdir\") && path::supports_fd(\"stat\"));
assert!(path::supports_effective_ids(\"access\"));
```
";

const C: &str = "\
Calls of C by the items that stand for them; flags and constants are found by the search above under \
their C names (`O_CREAT`, `PR_SET_PDEATHSIG`). Errors are values, not `errno`; `EINTR` is repeated; \
descriptors are close-on-exec.

Those who come from rustix 1.1 find its function in the third column where it has one of the kind. What \
differs: names are C's and Python's; flags keep C's spelling (`OFlags::CREAT`, there `CREATE`); \
descriptors and paths are this crate's own traits, which with the feature `std` hold for std's types too; \
and the ids of rustix's `set_thread_*` are here those of the whole process.
";

const C_TABLE: &str = include_str!("c.tsv");

#[test]
fn the_pages_are_what_the_tables_say() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide");
    for (name, page) in [("python.md", python()), ("c.md", c())] {
        let path = guide.join(name);
        if env::var_os("RAWOS_WRITE_PAGES").is_some() {
            fs::write(&path, &page).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == page, "docs/guide/{name} is not what the table says: cargo xtask pages");
    }
}

#[test]
fn names_of_c_are_found() {
    let offered = super::names::offered();
    let names = C_TABLE.lines().filter(|line| !line.starts_with('#'));
    let names: Vec<&str> = names.map(|line| line.split('\t').next().unwrap()).collect();
    assert!(names.len() > 300, "only {} names", names.len());
    let missing: Vec<_> = names.iter().filter(|name| !offered.contains(**name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let different: BTreeSet<_> = names.iter().collect();
    assert_eq!(different.len(), names.len(), "a name is there twice");
}

/// Python's names that Linux has not.
const ABSENT: &str = "RTLD_LAZY RTLD_NOW RTLD_GLOBAL RTLD_LOCAL RTLD_NODELETE RTLD_NOLOAD \
    RTLD_DEEPBIND PRIO_DARWIN_THREAD PRIO_DARWIN_PROCESS PRIO_DARWIN_BG PRIO_DARWIN_NONUI O_BINARY \
    O_NOINHERIT O_SHORT_LIVED O_TEMPORARY O_RANDOM O_SEQUENTIAL O_TEXT O_EVTONLY O_FSYNC O_SYMLINK \
    O_NOFOLLOW_ANY O_SHLOCK O_EXLOCK SF_NODISKIO SF_MNOWAIT SF_SYNC SF_NOCACHE \
    get_handle_inheritable set_handle_inheritable chflags lchflags listdrives listmounts \
    listvolumes st_flags st_gen st_fstype st_rsize st_creator st_type st_file_attributes \
    st_reparse_tag add_dll_directory startfile EX_NOTFOUND P_DETACH P_OVERLAY SCHED_SPORADIC";

/// Each name of the page can be searched for, and each that can be is there.
#[test]
fn what_is_left_out_is_found_with_its_reason() {
    let page = include_str!("../../docs/guide/left_out.md");
    let source = include_str!("../../src/guide.rs");
    let quoted = |text: &'static str, quote| text.split(quote).skip(1).step_by(2).collect();
    let told: BTreeSet<&str> = quoted(page, '`');
    let aliases = source.split("doc(alias(").nth(1).and_then(|rest| rest.split("))]").next());
    let aliases: BTreeSet<&str> = quoted(aliases.expect("the aliases"), '"');
    let silent: Vec<_> = aliases.difference(&told).collect();
    assert!(silent.is_empty(), "an alias that the page says nothing of: {silent:?}");
    let absent: Vec<_> = ABSENT.split_whitespace().collect();
    assert_eq!(absent.len(), 49);
    let missing: Vec<_> = absent.into_iter().filter(|name| !aliases.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// The page on kernels names every call that is newer than Linux 4.19: those
/// have numbers from 424 on, on every architecture. And where it says which
/// newer call an item makes, the item was seen to make it.
#[test]
fn the_page_on_kernels_knows_the_new_calls() {
    let page = include_str!("../../docs/guide/kernels.md");
    let calls = include_str!("../../docs/syscalls/calls.tsv").lines();
    let calls: Vec<(&str, &str)> = calls.map(|line| line.split_once('\t').unwrap()).collect();
    let mut new = BTreeSet::new();
    for name in calls.iter().flat_map(|(_, calls)| calls.split(' ')) {
        // An older one may have another name here.
        if name.parse().is_ok_and(|call: syscalls::Sysno| call.id() >= 424) {
            new.insert(name);
        }
    }
    assert!(new.len() > 10, "{new:?}");
    let unknown = new.iter().filter(|name| !page.contains(**name));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&&str>::new());

    let mut seen = 0;
    for row in page.lines().filter(|line| line.starts_with("| [")) {
        let cells: Vec<&str> = row.split('|').collect();
        let Some((call, _)) = cells[2].split_once("(2)") else { continue };
        let call = call.rsplit(' ').next().unwrap();
        let items = cells[1].split("(crate::").skip(1);
        let items = items.filter_map(|rest| Some(rest.split_once(')')?.0));
        for item in items {
            let made = calls.iter().find(|(name, _)| *name == item);
            let Some((_, made)) = made else { panic!("{item} makes no calls") };
            assert!(made.split(' ').any(|made| made == call), "{item} does not make {call}");
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen}");
}
