//! How many instructions a process executes around the kernel for one call, by
//! rawos and by everyone else: counted by valgrind's callgrind, exactly.
//!
//! gungraun does such things, with a second program that has to be installed in
//! exactly its version; here the difference between two counts is all there is
//! to know. What is printed is for `cargo xtask bench`: row, peer, number. The
//! loop around the call is in all of the numbers, and the same.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

mod wrappers;

use std::env;
use std::hint::black_box;
use std::process::Command;

use regex::Regex;
use wrappers::{Files, OPENAT, ROWS, Row};

/// Calls in the shorter run, and in the longer one: each may leave a descriptor
/// open.
const CALLS: [u64; 2] = [100, 300];

fn rows() -> impl Iterator<Item = &'static Row> {
    // How much is read makes no difference to the instructions.
    ROWS.iter().filter(|(row, _)| !row.ends_with("64 KiB")).chain([&OPENAT])
}

fn calls(row: &str, peer: &str, calls: u64) {
    let (_, sides) = rows().find(|(known, _)| *known == row).expect("a row");
    let (_, call) = sides.iter().find(|(known, _)| *known == peer).expect("a peer");
    let mut files = Files::new();
    (0..calls).for_each(|_| black_box(call)(&mut files));
}

/// The instructions of a whole run of this program that makes so many calls.
fn count(row: &str, peer: &str, calls: u64) -> u64 {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(env::current_exe().expect("this program"));
    valgrind.args(["count", row, peer, &calls.to_string()]);
    let output = valgrind.output().expect("valgrind");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let line = told.lines().find_map(|line| line.split_once("Collected : "));
    line.and_then(|(_, number)| number.trim().parse().ok()).expect("a count")
}

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if let [word, row, peer, number] = &args[..]
        && word == "count"
    {
        return calls(row, peer, number.parse().expect("a number"));
    }
    // As criterion understands it.
    let only = Regex::new(args.first().map_or("", String::as_str)).expect("an expression");
    for (row, sides) in rows().filter(|(row, _)| only.is_match(row)) {
        for (peer, _) in *sides {
            let [few, many] = CALLS.map(|calls| count(row, peer, calls));
            println!("{row}\t{peer}\t{}", (many - few) / (CALLS[1] - CALLS[0]));
        }
    }
}
