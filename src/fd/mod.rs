//! What takes a descriptor first: descriptors themselves, reading, writing,
//! positions, duplicates, pipes, copies, locks.
//!
//! Next door: [`fs`](crate::fs) takes a path first. Descriptors made here are
//! close-on-exec; reading and writing retry `EINTR` as Python does. What needs
//! a kernel newer than 3.2 says so.

mod copy;
mod dup;
#[cfg(feature = "embedded-io")]
mod embedded;
mod file;
mod flags;
mod io;
mod lines;
mod lock;
mod owned;
mod range;
mod reader;
#[cfg(feature = "std")]
mod std_io;
#[cfg(feature = "std")]
mod std_types;
mod vectored;
mod writer;

pub use self::copy::{SpliceFlags, copy_file_range, sendfile, splice};
pub use self::dup::{dup, dup2, dup2_raw, dup2_stderr, dup2_stdin, dup2_stdout, pipe, pipe2};
pub use self::file::{Advice, fdatasync, fsync, ftruncate, posix_fadvise, posix_fallocate};
pub use self::flags::{get_blocking, get_inheritable, set_blocking, set_inheritable};
#[cfg(feature = "alloc")]
pub use self::io::read_to_end;
pub(crate) use self::io::read_up_to;
pub use self::io::{SeekFrom, lseek, pread, pwrite, read, readinto, write, write_all};
pub use self::lock::{LockfCommand, lockf};
pub use self::owned::{
    AsFd, BorrowedFd, CWD, OwnedFd, RawFd, close, close_raw, stderr, stdin, stdout,
};
pub use self::range::closerange;
pub use self::reader::{FdReader, fdopen};
pub use self::vectored::{RwFlags, preadv, pwritev, readv, writev};
pub use self::writer::{FdWriter, fdopen_writer};
#[cfg(feature = "alloc")]
pub use crate::sys::spare_capacity;
pub use crate::sys::{Buffer, IoSlice, IoSliceMut};
