//! The rooms `system` and `auxv`, with libc and std as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod auxv;
mod confstr;
mod cpu;
mod load;
mod sysconf;
mod uname;
mod unwritten;
