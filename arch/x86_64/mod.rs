//! What only x86_64 can say: its system call instruction and its ABI.

pub(crate) mod abi;
#[cfg(feature = "rt")]
mod start;
mod syscall;

#[cfg(feature = "rt")]
pub(crate) use start::trap;
pub(crate) use syscall::*;
