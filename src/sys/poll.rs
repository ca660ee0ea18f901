//! Waiting for descriptors: ppoll(2).

use core::ptr;

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch, poll::PollFd, signal::SigSet, time::Timespec};

const _: () = assert!(size_of::<PollFd<'_>>() == size_of::<uapi::pollfd>());

/// A pointer to a signal set, and its size in bytes, as the kernel takes both.
#[inline]
pub(super) fn signals(mask: Option<&SigSet>) -> (*const SigSet, usize) {
    (mask.map_or(ptr::null(), ptr::from_ref), size_of::<SigSet>())
}

/// ppoll(2), the one form that every architecture has. What it writes to
/// `timeout` is not to be relied on.
#[inline(always)]
pub(crate) fn ppoll(
    fds: &mut [PollFd<'_>],
    timeout: Option<&mut Timespec>,
    mask: Option<&SigSet>,
) -> Result<usize> {
    let timeout = timeout.map_or(ptr::null_mut(), ptr::from_mut);
    let (mask, size) = signals(mask);
    // SAFETY: ppoll(2) reads and writes `fds.len()` structs `pollfd`, reads
    // and writes one `struct timespec` at `timeout` and reads `size` bytes at
    // `mask`, each unless it is null.
    let raw = unsafe {
        arch::syscall5(
            nr::ppoll,
            fds.as_mut_ptr().arg(),
            fds.len().arg(),
            timeout.arg(),
            mask.arg(),
            size.arg(),
        )
    };
    Errno::check(raw)
}
