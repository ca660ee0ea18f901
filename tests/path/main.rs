//! The room `path`: text and names. What a path may be is in `tests/fs/path.rs`,
//! what Python says to the same in `tests/parity/path.rs`.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod components;
mod names;
