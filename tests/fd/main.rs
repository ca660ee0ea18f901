//! The room `fd`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod common;
mod copy;
mod dup;
mod file;
mod flags;
mod io;
mod lock;
mod owned;
mod range;
mod reader;
mod shown;
mod vectored;
mod writer;
