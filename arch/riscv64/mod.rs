//! What only riscv64 can say: its system call instruction and its ABI.

pub(crate) mod abi;
mod syscall;

pub(crate) use syscall::*;
