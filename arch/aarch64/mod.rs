//! What only aarch64 can say: its system call instruction and its ABI.

pub(crate) mod abi;
#[cfg(feature = "rt")]
mod mem;
mod syscall;

pub(crate) use syscall::*;
