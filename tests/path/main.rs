//! The room `path`: text and names. What a path may be is in `tests/fs/path.rs`,
//! what Python says to the same in `python.rs`.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod components;
mod names;
mod python;
