//! The room `env`, with std and libc as witnesses.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod environ;
mod exec_path;
mod own;
#[cfg(feature = "alloc")]
mod owned;

#[cfg(not(feature = "alloc"))]
cases!(own::start_only, own::given_block);
#[cfg(feature = "alloc")]
cases!(
    own::start_only,
    own::given_block,
    own::put_and_unset,
    own::many_changes,
    own::from_many_threads,
    own::racing_blocks,
    own::reload,
);
