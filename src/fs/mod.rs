//! What takes a path first: opening, making, removing, renaming, and looking
//! at files and directories.
//!
//! Next door: [`fd`](crate::fd) takes a descriptor first. A `dir_fd` argument
//! is the directory that a relative path starts from, [`CWD`](crate::fd::CWD)
//! for the current one. Kernel floor: 3.15 (renameat2, on every architecture
//! because riscv64 has nothing older).

mod open;

pub use self::open::{AtFlags, Mode, OFlags, open, openat};
