//! The rows, a file for a room.

pub mod boot;
pub mod caps;
pub mod chance;
pub mod exec;
pub mod fd_buffers;
pub mod fd_io;
pub mod fd_own;
pub mod fs_attr;
pub mod fs_copy;
pub mod fs_link;
pub mod fs_list;
pub mod fs_open;
pub mod fs_remove;
pub mod fs_tree;
pub mod fs_xattr;
pub mod ids;
pub mod loops;
pub mod machine;
pub mod mounts;
pub mod roots;
pub mod rt;
pub mod signal;
pub mod sockets;
pub mod spawn;
pub mod terminal_names;
pub mod terminals;
pub mod users;
pub mod wait;
pub mod waits;

use syscalls::Sysno;

use crate::rules::Rule;

/// The vDSO is looked for first: by the auxiliary vector, of prctl or (before Linux 6.4) of /proc,
/// and by whether it is mapped. Without it there is the system call.
const VDSO: [Rule; 5] = [
    Rule::Absorbs(Sysno::prctl, &[]),
    Rule::Absorbs(Sysno::statfs, &[]),
    Rule::Absorbs(Sysno::openat, &[]),
    Rule::Absorbs(Sysno::read, &[]),
    Rule::Absorbs(Sysno::mincore, &[]),
];
