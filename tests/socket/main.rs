//! The room `socket`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod addr;
mod common;
mod connect;
mod leaks;
mod make;
mod message;
mod options;
mod rights;
