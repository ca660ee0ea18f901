//! The programs of the bench `startup`: the freestanding hello, and the same in
//! C with each libc that there is for such programs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::apt::Apt;
use crate::install::{self, Need};
use crate::project::Project;
use crate::targets::Arch;
use crate::{cmd, console};

pub const NAME: &str = "start-up";

const SOURCE: &str = r#"
#include <unistd.h>

#define TELL(fd, text) (write(fd, text, sizeof text - 1) == sizeof text - 1)

int main(void) {
    if (TELL(1, "Hello, world!\n")) return 0;
    TELL(2, "hello: cannot write to standard output\n");
    return 1;
}
"#;

/// The kernel's own, of which Debian has no package but all of its source.
const NOLIBC: &str = "linux-source-6.1";

/// What is the same whenever a program runs.
#[derive(Debug, PartialEq)]
pub struct Facts {
    name: String,
    bytes: u64,
    minor: u64,
    major: u64,
}

/// Builds all of them, as small as they get, and returns their directory.
pub fn build(project: &Project) -> Result<PathBuf> {
    let home = project.target_dir.join("bench/start-up");
    let dir = home.join("programs");
    if dir.exists() {
        fs::remove_dir_all(&dir).context("emptying the programs' directory")?;
    }
    fs::create_dir_all(&dir).context("making the programs' directory")?;
    let source = home.join("hello.c");
    fs::write(&source, SOURCE).context("hello.c")?;

    let mut cargo = project.cargo("build");
    cargo.args(["--profile", "small", "-p", "rawos-examples", "--bin", "hello"]);
    let ours = cmd::executables(&mut cargo)?;
    let hello = ours.first().context("no hello")?;
    fs::copy(&hello.path, dir.join("rawos")).context("copying hello")?;

    let libc = Need::new("/usr/include/stdlib.h", "libc6-dev");
    let peers: [(&str, Vec<Need>, &[&str]); 4] = [
        ("musl, static", vec![Need::new("musl-gcc", "musl-tools")], &["musl-gcc", "-static"]),
        ("dietlibc", vec![Need::new("diet", "dietlibc-dev")], &["diet", "-Os", "gcc"]),
        ("glibc, static", vec![libc], &["gcc", "-static"]),
        ("glibc, dynamic", Vec::new(), &["gcc"]),
    ];
    for (name, mut needs, words) in peers {
        needs.push(Need::new("gcc", "gcc"));
        let mut cc = Command::new(words[0]);
        cc.args(&words[1..]);
        let made = install::ensure(&needs).and_then(|()| compile(cc, &source, &dir.join(name)));
        if let Err(error) = made {
            console::line(format_args!("not run: {NAME} against {name}: {error:#}"));
        }
    }
    let made = nolibc(&home).and_then(|headers| {
        let mut cc = Command::new("gcc");
        // As its header says.
        cc.args(["-fno-asynchronous-unwind-tables", "-fno-ident", "-nostdlib", "-static"]);
        cc.arg("-include").arg(headers.join("nolibc.h")).arg("-I").arg(&headers);
        compile(cc, &source, &dir.join("nolibc"))
    });
    if let Err(error) = made {
        console::line(format_args!("not run: {NAME} against nolibc: {error:#}"));
    }
    Ok(dir)
}

fn compile(mut cc: Command, source: &Path, program: &Path) -> Result<()> {
    cmd::run(cc.args(["-Os", "-s", "-o"]).arg(program).arg(source).arg("-lgcc"))
}

/// Fetches the kernel's source once, and keeps nothing but the headers.
fn nolibc(home: &Path) -> Result<PathBuf> {
    let inside = format!("{NOLIBC}/tools/include/nolibc");
    let headers = home.join(&inside);
    if headers.join("nolibc.h").exists() {
        return Ok(headers);
    }
    install::ensure(&[Need::new("dpkg-deb", "dpkg"), Need::new("xz", "xz-utils")])?;
    let host = Arch::ALL.into_iter().find(|arch| arch.is_host()).context("no such machine")?;
    let unpacked = home.join("source");
    Apt::configure(home, host, "bookworm")?.unpack(&[NOLIBC], &unpacked)?;
    let archive = unpacked.join(format!("usr/src/{NOLIBC}.tar.xz"));
    let mut tar = Command::new("tar");
    cmd::run(tar.arg("-xJf").arg(&archive).arg("-C").arg(home).arg(&inside))?;
    fs::remove_dir_all(&unpacked).context("removing the kernel's source")?;
    Ok(headers)
}

/// The size of the program called `name`.
pub fn bytes(all: &[Facts], name: &str) -> Option<u64> {
    all.iter().find(|facts| facts.name == name).map(|facts| facts.bytes)
}

/// What the bench says of the programs besides ratios.
pub fn facts(project: &Project, dir: &Path) -> Result<Vec<Facts>> {
    let mut cargo = project.cargo("bench");
    cargo.args(["-p", "rawos-benches", "--bench", "startup", "--", "facts"]);
    cargo.env("RAWOS_BENCH_PROGRAMS", dir);
    console::line(format_args!("$ {}", cmd::show(&cargo)));
    parse(&cmd::capture(&mut cargo)?)
}

fn parse(text: &str) -> Result<Vec<Facts>> {
    let mut all = Vec::new();
    for line in text.lines() {
        let [name, bytes, minor, major] = line.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        let number = |text: &str| text.parse().with_context(|| line.to_owned());
        let (bytes, minor, major) = (number(bytes)?, number(minor)?, number(major)?);
        all.push(Facts { name: name.to_owned(), bytes, minor, major });
    }
    all.sort_by_key(|facts| facts.bytes);
    Ok(all)
}

pub fn markdown(all: &[Facts]) -> String {
    let mut text = String::new();
    if all.is_empty() {
        return text;
    }
    text += "\nHello, as each is built when it is to be small, and run with an empty environment. Page faults are\n\
             those of the whole process, in the kernel's part of its start too.\n\n\
             | program | bytes | minor faults | major |\n|---|--:|--:|--:|\n";
    for Facts { name, bytes, minor, major } in all {
        let _ = writeln!(text, "| {name} | {bytes} | {minor} | {major} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{markdown, parse};

    #[test]
    fn the_smallest_program_is_the_first() {
        let all = parse("glibc, static\t700000\t30\t0\nnot run: x\nrawos\t900\t5\t0\n").unwrap();
        let table = markdown(&all);
        assert!(table.ends_with("| rawos | 900 | 5 | 0 |\n| glibc, static | 700000 | 30 | 0 |\n"));
        assert!(parse("rawos\tmany\t5\t0\n").is_err());
        assert_eq!(markdown(&[]), "");
    }
}
