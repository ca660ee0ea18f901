//! The rows, a file for a room.

pub mod chance;
pub mod fd_buffers;
pub mod fd_io;
pub mod fd_own;
pub mod files;
pub mod machine;
pub mod users;
pub mod waits;
