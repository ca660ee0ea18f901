//! The room `fs`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod copy;
mod errors;
#[cfg(feature = "alloc")]
mod fwalk;
mod list;
mod makedirs;
mod mode_string;
mod names;
mod open;
mod path;
mod remove;
mod stat;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;
