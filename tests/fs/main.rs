//! The room `fs`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod access;
mod attr;
mod birth;
mod copy;
mod cwd;
mod errors;
mod flags;
mod full;
#[cfg(feature = "alloc")]
mod fwalk;
mod link;
mod list;
mod makedirs;
mod memfd;
mod mode_string;
mod names;
mod node;
mod open;
mod openat2;
mod path;
mod pathconf;
mod remove;
mod scene;
mod shown;
mod stat;
mod statvfs;
mod times;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;
mod xattr;
