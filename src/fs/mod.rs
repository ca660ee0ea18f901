//! What takes a path first: opening, making, removing, renaming, and looking
//! at files and directories.
//!
//! Next door: [`fd`](crate::fd) takes a descriptor first. A `dir_fd` argument
//! is the directory that a relative path starts from, [`CWD`](crate::fd::CWD)
//! for the current one. Kernel floor: 3.15 (renameat2, on every architecture
//! because riscv64 has nothing older).

mod dir;
mod dirent;
#[cfg(feature = "alloc")]
mod fwalk;
mod link;
mod list;
#[cfg(feature = "alloc")]
mod names;
mod open;
mod remove;
mod stat;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;

pub use self::dir::{mkdir, mkdirat, rmdir};
pub use self::dirent::DirBuf;
#[cfg(feature = "alloc")]
pub use self::fwalk::{Fwalk, FwalkStep, fwalk, fwalkat};
pub use self::link::{readlink, readlinkat, remove, rename, renameat, replace, unlink, unlinkat};
pub use self::list::{DirEntry, ReadDir, fscandir, scandir};
#[cfg(feature = "alloc")]
pub use self::names::{Iter as NamesIter, Names, flistdir, listdir};
pub use self::open::{AtFlags, Mode, OFlags, open, openat};
pub use self::remove::{remove_content, remove_tree};
pub use self::stat::{FileType, Stat, fstat, fstatat, lstat, stat};
pub use self::traverse::{Order, Traverse, Visit, ftraverse, traverse};
#[cfg(feature = "alloc")]
pub use self::walk::{Step, Walk, WalkError, walk};
