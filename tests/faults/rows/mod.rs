//! The rows, a file for a room.

pub mod boot;
pub mod chance;
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
pub mod loops;
pub mod machine;
pub mod mounts;
pub mod roots;
pub mod rt;
pub mod sockets;
pub mod terminal_names;
pub mod terminals;
pub mod users;
pub mod waits;
