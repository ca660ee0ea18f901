//! Python's `os` module for Linux, in Rust, without a libc.
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg_attr(target_arch = "x86_64", path = "../arch/x86_64/mod.rs")]
#[cfg_attr(target_arch = "aarch64", path = "../arch/aarch64/mod.rs")]
#[cfg_attr(target_arch = "riscv64", path = "../arch/riscv64/mod.rs")]
mod arch;

#[macro_use]
mod flags;
mod sys;

pub mod errno;
pub mod fd;
pub mod fs;
pub mod path;
pub mod process;
pub mod raw;
#[cfg(feature = "rt")]
pub mod rt;
pub mod time;

pub use errno::{Errno, Result};
