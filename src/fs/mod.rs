//! What takes a path first: opening, making, removing, renaming, and looking
//! at files and directories.
//!
//! Next door: [`fd`](crate::fd) takes a descriptor first. A `dir_fd` argument
//! is the directory that a relative path starts from, [`CWD`](crate::fd::CWD)
//! for the current one. Kernel floor: 3.15 (renameat2, on every architecture
//! because riscv64 has nothing older).

mod copy;
mod dir;
mod dirent;
mod link;
mod list;
mod makedirs;
mod mode_string;
#[cfg(feature = "alloc")]
mod names;
mod open;
mod stat;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;

pub use self::copy::copy_file;
pub use self::dir::{mkdir, mkdirat, rmdir};
pub use self::dirent::DirBuf;
pub use self::link::{readlink, readlinkat, remove, rename, renameat, replace, unlink, unlinkat};
pub use self::list::{DirEntry, ReadDir, fscandir, scandir};
pub use self::makedirs::{makedirs, removedirs, renames};
#[cfg(feature = "alloc")]
pub use self::names::{Iter as NamesIter, Names, flistdir, listdir};
pub use self::open::{AtFlags, Mode, OFlags, open, openat};
pub use self::stat::{FileType, Stat, fstat, fstatat, lstat, stat};
pub use self::traverse::{Order, Traverse, Visit, ftraverse, traverse};
#[cfg(feature = "alloc")]
pub use self::walk::{Step, Walk, WalkError, walk};
