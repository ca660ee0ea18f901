//! The room `process`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod abort;
mod kill;
mod pidfd;
mod priority;
mod status;
mod times;
mod wait;
mod waitid;
