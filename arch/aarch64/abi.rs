//! What differs in the kernel's ABI and the crates we build on do not give.

use syscalls::Sysno;

/// newfstatat(2), whose number the tables name differently.
pub(crate) const NEWFSTATAT: Sysno = Sysno::fstatat;

/// `e_machine` in the ELF header of this architecture's programs.
pub(crate) const ELF_MACHINE: u16 = 183;

/// The version of every function in the vDSO. Source of it and of the names:
/// vdso(7).
pub(crate) const VDSO_VERSION: &[u8] = b"LINUX_2.6.39";

/// clock_gettime(2) in the vDSO.
pub(crate) const VDSO_CLOCK_GETTIME: &[u8] = b"__kernel_clock_gettime";

/// getcpu(2) in the vDSO, should a kernel ever have it there: up to Linux 7.2
/// none does on this architecture.
pub(crate) const VDSO_GETCPU: &[u8] = b"__kernel_getcpu";

/// getrandom(2) in the vDSO, from Linux 6.12 on.
pub(crate) const VDSO_GETRANDOM: &[u8] = b"__kernel_getrandom";

/// Bytes of `struct epoll_event`: padded as C pads it.
#[allow(dead_code, reason = "used by an assertion, which Rust 1.88 does not count")]
pub(crate) const EPOLL_EVENT_SIZE: usize = 16;
