//! Everything at the same time, in several threads, under a storm of signals,
//! with all the room there is and with too little: each operation does what it
//! says or fails with the error of what was missing, and in the end there is
//! what there was: descriptors, mappings, heap, children, files, mounts.
//!
//! A few seconds long, as a test; `cargo xtask soak` has it go on for minutes.
//! Here: the phases; `run.rs`: a phase, in a process of its own; `room.rs`: what
//! a phase takes away; `count.rs`: what there is; `watch.rs`: what hangs;
//! `child.rs`: the programs that are started; the others: the operations.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod child;
mod count;
mod events;
mod files;
mod mounts;
mod processes;
mod room;
mod run;
mod sockets;
mod terminals;
mod trees;
mod watch;
mod worker;

use util::child::{command, passes};

#[global_allocator]
static HEAP: count::Heap = count::Heap;

cases!(run::free, run::memory, run::descriptors, run::processes, run::full_disk);

fn soak(phase: &str) {
    if util::runner().is_some() {
        return util::not_run("a fork beside other threads may hang in an emulator");
    }
    let dir = util::temp_dir();
    let output = passes(command(phase).env(run::DIR, dir.path()).env("RUST_BACKTRACE", "0"));
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn with_all_the_room_there_is() {
    soak("run::free");
}

#[test]
fn with_a_memory_limit() {
    soak("run::memory");
}

#[test]
fn with_a_descriptor_limit() {
    soak("run::descriptors");
}

#[test]
fn with_a_process_limit() {
    soak("run::processes");
}

#[test]
fn with_a_full_disk() {
    soak("run::full_disk");
}
