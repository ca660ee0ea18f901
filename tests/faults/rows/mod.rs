//! The rows, a file for a room.

pub mod boot;
pub mod files;
pub mod loops;
pub mod mounts;
pub mod roots;
pub mod rt;
pub mod sockets;
pub mod terminal_names;
pub mod terminals;
