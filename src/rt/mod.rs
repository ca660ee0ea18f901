//! What a program without libc needs: its start, its arguments, its end.
//!
//! [`entry!`](crate::entry) makes a program of a function; what the kernel
//! gave it is in [`args`], [`env()`] and [`auxv`]. `start.rs` runs between the
//! two, `relocate.rs` before both if the program is a static-PIE; the first
//! instructions are in `arch/*/start.rs`, `memcpy` and friends in
//! `arch/*/mem.rs`.
#![allow(clippy::missing_inline_in_public_items, reason = "a program has each of it once")]

#[cfg(feature = "allocator")]
mod allocator;
mod block;
mod mem;
mod panic;
mod relocate;
mod start;
mod termination;

#[cfg(feature = "allocator")]
pub use self::allocator::Allocator;
pub(crate) use self::block::environ;
pub use self::block::{Args, Auxv, Vars, args, auxv, env, getauxval};
#[doc(hidden)]
pub use self::panic::panic;
#[doc(hidden)]
pub use self::relocate::relocate;
#[doc(hidden)]
pub use self::start::start;
pub use self::termination::{Termination, exit};

/// Defines nothing: the program brings its own allocator, if it needs one.
#[cfg(not(feature = "allocator"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_allocator {
    () => {};
}
