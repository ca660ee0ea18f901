//! The room `process`, with std, libc and /proc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod apart;
mod creds;
mod groups;
mod ids;
mod namespace;
