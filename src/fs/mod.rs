//! What takes a path first: opening, making, removing, renaming, and looking
//! at files and directories.
//!
//! Next door: [`fd`](crate::fd) takes a descriptor first. A `dir_fd` argument
//! is the directory that a relative path starts from, [`CWD`](crate::fd::CWD)
//! for the current one. Kernel floor: 3.15 (renameat2, on every architecture
//! because riscv64 has nothing older).

mod access;
mod attr;
mod birth;
mod copy;
mod cwd;
mod dir;
pub(crate) mod dirent;
mod entry;
#[cfg(feature = "alloc")]
mod fwalk;
mod link;
mod list;
mod makedirs;
mod memfd;
mod mode_string;
#[cfg(feature = "alloc")]
mod names;
mod node;
mod open;
mod openat2;
mod pathconf;
mod place;
mod remove;
mod rename;
mod stat;
mod statvfs;
mod times;
mod traverse;
#[cfg(feature = "alloc")]
mod walk;
mod xattr;

pub use self::access::{AccessMode, access, faccessat};
pub use self::attr::{
    chmod, chown, fchmod, fchmodat, fchown, fchownat, lchmod, lchown, sync, truncate,
};
pub use self::birth::{birthtime, birthtimeat};
pub use self::copy::copy_file;
#[cfg(feature = "alloc")]
pub use self::cwd::getcwd_alloc;
pub use self::cwd::{chdir, chroot, fchdir, getcwd};
pub use self::dir::{mkdir, mkdirat, rmdir};
pub use self::dirent::DirBuf;
pub use self::entry::DirEntry;
#[cfg(feature = "alloc")]
pub use self::fwalk::{Fwalk, FwalkStep, fwalk, fwalkat};
pub use self::link::{
    link, linkat, readlink, readlinkat, remove, symlink, symlinkat, unlink, unlinkat,
};
#[cfg(feature = "alloc")]
pub use self::link::{readlink_alloc, readlinkat_alloc};
pub use self::list::{ReadDir, fscandir, scandir};
pub use self::makedirs::{makedirs, removedirs, renames};
pub use self::memfd::{MemfdFlags, SealFlags, add_seals, get_seals, memfd_create};
#[cfg(feature = "alloc")]
pub use self::names::{Iter as NamesIter, Names, flistdir, listdir};
pub use self::node::{major, makedev, minor, mkfifo, mkfifoat, mknod, mknodat};
pub use self::open::{AtFlags, Mode, OFlags, open, openat};
pub use self::openat2::{OpenHow, ResolveFlags, openat2};
pub use self::pathconf::{PathconfName, fpathconf, pathconf};
pub(crate) use self::place::Place;
pub(crate) use self::remove::remove_content_but;
pub use self::remove::{remove_content, remove_tree};
pub use self::rename::{RenameFlags, rename, renameat, renameat2, replace};
pub use self::stat::{FileType, Stat, fstat, fstatat, lstat, stat};
pub use self::statvfs::{StFlags, StatVfs, fstatvfs, statvfs};
pub use self::times::{SetTime, Times, futimens, utime, utimensat};
pub use self::traverse::{Order, Traverse, Visit, ftraverse, traverse};
#[cfg(feature = "alloc")]
pub use self::walk::{Step, Walk, WalkError, walk};
pub use self::xattr::{
    XATTR_SIZE_MAX, XattrFlags, XattrNames, fgetxattr, flistxattr, fremovexattr, fsetxattr,
    getxattr, lgetxattr, listxattr, llistxattr, lremovexattr, lsetxattr, removexattr, setxattr,
};
#[cfg(feature = "alloc")]
pub use self::xattr::{
    fgetxattr_alloc, flistxattr_alloc, getxattr_alloc, lgetxattr_alloc, listxattr_alloc,
    llistxattr_alloc,
};
// Python has them among the files.
pub use crate::fd::{fdatasync, fsync, ftruncate};
