//! What differs in the kernel's ABI and the crates we build on do not give.

use syscalls::Sysno;

/// newfstatat(2), whose number the tables name differently.
pub(crate) const NEWFSTATAT: Sysno = Sysno::fstatat;

/// Bytes of `struct epoll_event`: padded as C pads it.
pub(crate) const EPOLL_EVENT_SIZE: usize = 16;
