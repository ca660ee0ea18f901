//! The process itself: its ids and its end.

mod exit;
mod ids;

pub use self::exit::_exit;
pub use self::ids::{Pid, getpid};
