//! What only riscv64 can say: its system call instruction, its ABI, the first
//! instructions of a program, and its memcpy.

pub(crate) mod abi;
mod clone;
#[cfg(feature = "rt")]
mod mem;
#[cfg(feature = "rt")]
mod start;
mod syscall;

pub(crate) use clone::{Child, clone};
#[cfg(feature = "rt")]
pub(crate) use start::trap;
pub(crate) use syscall::*;
