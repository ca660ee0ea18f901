//! The rows, a file for a room.

pub mod fs_attr;
pub mod fs_copy;
pub mod fs_link;
pub mod fs_list;
pub mod fs_open;
pub mod fs_remove;
pub mod fs_tree;
pub mod fs_xattr;
