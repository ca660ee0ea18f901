//! What only aarch64 can say: its system call instruction, its ABI, signals, the
//! first instructions of a program, and its memcpy.

pub(crate) mod abi;
mod clone;
#[cfg(feature = "rt")]
mod mem;
mod signal;
#[cfg(feature = "rt")]
mod start;
mod syscall;

#[cfg(test)]
pub(crate) use clone::thread_pointer;
pub(crate) use clone::{Child, clone};
pub(crate) use signal::*;
pub(crate) use syscall::*;
