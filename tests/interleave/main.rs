//! What the crate does without locks, in every order of steps that threads can
//! take: its own files, with loom's atomics in the place of core's. Those also
//! return what is stale, wherever the orderings in the code allow it.
#![cfg(target_arch = "x86_64")]
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]
#![allow(dead_code, reason = "the files have more than is tried here")]

mod forks;
#[path = "../../src/process/hooks.rs"]
mod hooks;
#[path = "../../src/sys/pool.rs"]
mod pool;
mod states;

/// What the two files take from the module they are in.
use loom::sync::atomic;
