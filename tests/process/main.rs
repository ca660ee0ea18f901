//! The room `process`, with std, libc and /proc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod abort;
mod apart;
mod caps;
mod creds;
mod groups;
mod ids;
mod kill;
mod limits;
mod namespace;
mod pidfd;
mod prctl;
mod priority;
mod shown;
mod status;
mod times;
mod wait;
mod waitid;
