//! The environment: variables that a process hands to the programs it starts.
//!
//! An [`Environ`] is what one reads, wherever it lies; `EnvironBuf` (feature
//! `alloc`) is one that can be changed. The process has one of its own, found
//! at its first use:
//!
//! | where | when |
//! |---|---|
//! | what [`set_environ`] was given | it was called |
//! | on the stack, as the kernel left it | `rt` started the program |
//! | std's, as it is at that moment | feature `std` |
//! | `/proc/self/environ`, read once | otherwise |
//!
//! `putenv` and `unsetenv` (feature `alloc`) change this crate's
//! environment of the process, which is what [`getenv`] shows and what
//! programs inherit that this crate starts. They change nothing that a libc or
//! std has: `std::env::var` and C's `getenv` do not see them, and
//! `std::env::set_var` is seen by [`reload_environ`] only. So none of these
//! functions can race with a libc, and all are safe.
//!
//! Not for signal handlers: with `alloc`, a short lock is taken.

mod environ;
mod exec_path;
pub(crate) mod own;
#[cfg(feature = "alloc")]
mod owned;
mod raw;

#[cfg(feature = "alloc")]
pub use self::own::{putenv, unsetenv};
#[cfg(feature = "alloc")]
pub use self::owned::EnvironBuf;
pub use self::{
    environ::{Environ, Iter},
    exec_path::{ExecPath, get_exec_path},
    own::{Value, environ, getenv, getenvb, reload_environ, set_environ},
};
