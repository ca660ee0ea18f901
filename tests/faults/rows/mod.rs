//! The rows, a file for a room.

pub mod files;
