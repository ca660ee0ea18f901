//! What process 1 needs beyond Python's `os`.

mod network;
mod notify;

pub use self::network::{InterfaceFlags, get_interface_flags, loopback_up, set_interface_flags};
pub use self::notify::{NOTIFY_MAX, Notify, notify, notify_to};
