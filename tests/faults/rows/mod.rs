//! The rows, a file for a room.

pub mod caps;
pub mod exec;
pub mod files;
pub mod ids;
pub mod signal;
pub mod spawn;
pub mod wait;
