//! The docs have what CONTRIBUTING.md promises: every public function has an
//! example, `# Errors` if it can fail, `# Safety` if it is unsafe, in order;
//! every free function says which call of Python it stands for; every type has an
//! example.
//!
//! Reads the sources as text, so it runs where they are.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod calls;
mod names;
mod pages;

use std::{
    fs,
    path::{Path, PathBuf},
};

const SECTIONS: [&str; 5] = ["Errors", "Safety", "Python", "See also", "Examples"];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What is wrong with the docs of one function.
fn judge(doc: &[&str], signature: &str, method: bool) -> Vec<String> {
    let mut code = false;
    let mut headings = Vec::new();
    for line in doc {
        code ^= line.starts_with("```");
        headings.extend(line.strip_prefix("# ").filter(|_| !code));
    }
    let has = |heading| headings.contains(&heading);
    let mut wrong = Vec::new();
    let result = signature.split("->").last().unwrap_or_default();
    let fails = signature.contains("->") && result.contains("Result<");
    for (needed, heading) in [
        (fails, "Errors"),
        (signature.contains("unsafe fn"), "Safety"),
        (!method, "Python"),
        (true, "Examples"),
    ] {
        if needed && !has(heading) {
            wrong.push(format!("no {heading}"));
        }
    }
    let order: Vec<_> =
        headings.iter().map(|heading| SECTIONS.iter().position(|s| s == heading)).collect();
    if order.contains(&None) || !order.is_sorted() {
        wrong.push(format!("sections {headings:?}"));
    }
    let example = doc.iter().skip_while(|line| **line != "# Examples");
    let asserts = example.clone().any(|line| line.contains("assert") || line.contains("exit("));
    let runs = !example.clone().any(|line| line.starts_with("```no_run"));
    if has("Examples") && runs && !asserts {
        wrong.push("an example that asserts nothing".to_owned());
    }
    wrong
}

/// A type has an example of its own.
#[test]
fn every_public_type_is_shown() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let private = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "sys");
    files.retain(|file| !file.ends_with("src/fuzzing.rs"));
    files.retain(|file| !private(file) || file.ends_with("src/sys/buffer.rs"));
    let (mut complaints, mut types) = (Vec::new(), 0);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let (mut doc, mut outer, mut attribute) = (Vec::new(), true, false);
        for line in text.lines() {
            let code = line.trim();
            if let Some(rest) = code.strip_prefix("///") {
                doc.push(rest);
                continue;
            }
            attribute |= code.starts_with("#[");
            if attribute || code.starts_with("//") {
                attribute &= !code.ends_with(']');
                outer &= !code.contains("doc(hidden)");
                continue;
            }
            let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
            if kinds.iter().any(|kind| code.starts_with(kind)) && outer && !doc.is_empty() {
                types += 1;
                if !doc.contains(&" # Examples") {
                    complaints.push(format!("{}: {code}", file.display()));
                }
            }
            doc.clear();
            outer = true;
        }
    }
    assert!(types > 150, "only {types} types were found");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn every_public_function_is_documented_whole() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    // What every set of flags has is bitflags', and told there at length; the
    // other is not there but for the fuzz targets.
    files.retain(|file| !file.ends_with("src/flags.rs") && !file.ends_with("src/fuzzing.rs"));
    let (mut complaints, mut functions) = (Vec::new(), 0);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let (mut doc, mut hidden) = (Vec::new(), false);
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let code = line.trim();
            if let Some(rest) = code.strip_prefix("///") {
                doc.push(rest.strip_prefix(' ').unwrap_or(rest));
                continue;
            }
            if code.starts_with("#[") {
                hidden |= code.contains("doc(hidden)");
                continue;
            }
            let words: Vec<&str> = code.split('(').next().unwrap_or_default().split(' ').collect();
            if words.first() == Some(&"pub") && words.contains(&"fn") && !hidden && !doc.is_empty()
            {
                let mut signature = code.to_owned();
                while !signature.contains(['{', ';']) {
                    let Some(more) = lines.next() else { break };
                    signature += more.trim();
                }
                functions += 1;
                let method = line.starts_with(' ');
                for wrong in judge(&doc, &signature, method) {
                    complaints.push(format!("{}: {}: {wrong}", file.display(), words.join(" ")));
                }
            }
            doc.clear();
            hidden = false;
        }
    }
    assert!(functions > 80, "only {functions} functions were found");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}
