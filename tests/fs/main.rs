//! The room `fs`, with std and libc as witnesses.

#[path = "../util/mod.rs"]
mod util;

mod errors;
mod list;
mod names;
mod open;
mod path;
mod stat;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;
