//! The room `fd`, with std and libc as witnesses.

#[path = "../util/mod.rs"]
mod util;

mod dup;
mod io;
mod owned;
