//! What takes a descriptor first: descriptors themselves, reading, writing,
//! positions, duplicates and pipes.
//!
//! Next door: [`fs`](crate::fs) takes a path first. Descriptors made here are
//! close-on-exec; reading and writing retry `EINTR` as Python does. Nothing
//! here needs a kernel newer than 3.2.

mod dup;
mod io;
mod owned;
#[cfg(feature = "std")]
mod std_types;

pub use self::dup::{dup, dup2, dup2_raw, dup2_stderr, dup2_stdin, dup2_stdout, pipe, pipe2};
pub use self::io::{SeekFrom, lseek, pread, pwrite, read, write, write_all};
pub use self::owned::{
    AsFd, BorrowedFd, CWD, OwnedFd, RawFd, close, close_raw, stderr, stdin, stdout,
};
pub use crate::sys::Buffer;
#[cfg(feature = "alloc")]
pub use crate::sys::spare_capacity;
