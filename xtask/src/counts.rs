//! What valgrind counts: the instructions of one call, by rawos and by others.

use std::fmt::{self, Write as _};

use anyhow::{Context, Result};

use crate::cmd;
use crate::console;
use crate::install::{self, Need};
use crate::project::Project;

/// A system call may take so many instructions more than the bare stub.
pub const STUB_MARGIN: u64 = 4;

/// The instructions of one call, by each of those that make it.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    pub name: String,
    pub peers: Vec<(String, u64)>,
}

impl Count {
    pub fn of(&self, peer: &str) -> Option<u64> {
        self.peers.iter().find(|(known, _)| known == peer).map(|(_, count)| *count)
    }

    /// How many more than the stub's it may be.
    pub fn margin(&self) -> u64 {
        let calls = if self.name.contains(" and close") { 2 } else { 1 };
        calls * STUB_MARGIN
    }

    /// Whether a promise is broken.
    pub fn misses(&self) -> bool {
        let Some(ours) = self.of("rawos") else { return false };
        self.of("stub").is_some_and(|stub| ours > stub + self.margin())
            || self.of("rustix").is_some_and(|rustix| ours > rustix)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peers = self.peers.iter().map(|(peer, count)| format!("{peer} {count}"));
        f.write_str(&peers.collect::<Vec<_>>().join(", "))
    }
}

/// Counts instructions, where there is valgrind.
pub fn count(project: &Project, only: Option<&str>) -> Result<Vec<Count>> {
    if let Err(error) = install::ensure(&[Need::new("valgrind", "valgrind")]) {
        console::line(format_args!("not run: instructions: {error:#}"));
        return Ok(Vec::new());
    }
    let mut cargo = project.cargo("bench");
    cargo.args(["-p", "rawos-benches", "--bench", "instructions", "--"]).args(only);
    console::line(format_args!("$ {}", cmd::show(&cargo)));
    let mut counts: Vec<Count> = Vec::new();
    for line in cmd::capture(&mut cargo)?.lines() {
        let [name, peer, count] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let count = (peer.to_owned(), count.parse().context("not a number")?);
        match counts.last_mut().filter(|last| last.name == name) {
            Some(last) => last.peers.push(count),
            None => counts.push(Count { name: name.to_owned(), peers: vec![count] }),
        }
    }
    Ok(counts)
}

pub fn markdown(counts: &[Count]) -> String {
    let mut text = String::new();
    let Some(first) = counts.iter().max_by_key(|count| count.peers.len()) else { return text };
    let peers = first.peers.iter().map(|(peer, _)| peer.as_str());
    let mut peers: Vec<&str> = peers.collect();
    let others = counts.iter().flat_map(|count| &count.peers).map(|(peer, _)| peer.as_str());
    for other in others {
        if !peers.contains(&other) {
            peers.push(other);
        }
    }
    let _ = write!(
        text,
        "\nInstructions of one call outside the kernel, with the loop around it, which is the same \
         for all; in bold\nwhat is more than rustix's, or more than {STUB_MARGIN} over the stub's for a system call.\n\n\
         | call | {} |\n|---|{}\n",
        peers.join(" | "),
        "--:|".repeat(peers.len())
    );
    for count in counts {
        let bold = if count.misses() { "**" } else { "" };
        let _ = write!(text, "| {} |", count.name);
        for peer in &peers {
            let bold = if *peer == "rawos" { bold } else { "" };
            let number = count.of(peer).map(|number| format!("{bold}{number}{bold}"));
            let _ = write!(text, " {} |", number.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}
