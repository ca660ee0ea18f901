//! The room `user`, with glibc as its witness.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

#[path = "../util/mod.rs"]
mod util;

mod glibc;
mod group;
mod list;
mod login;
mod passwd;
mod theirs;

cases!(list::groups_of_root, login::logged_in);
