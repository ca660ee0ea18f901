//! Memory from the kernel.

use core::ptr;

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch};

/// mmap(2) of `len` bytes of new memory, all zero, to read and write
#[inline]
pub(crate) fn mmap(len: usize) -> Result<*mut u8> {
    let flags = uapi::MAP_PRIVATE | uapi::MAP_ANONYMOUS;
    mmap_as(len, uapi::PROT_READ | uapi::PROT_WRITE, flags)
}

/// mmap(2) of `len` bytes of new memory, with `PROT_*` and `MAP_*`; the kernel
/// chooses the place
#[inline]
pub(super) fn mmap_as(len: usize, prot: u32, flags: u32) -> Result<*mut u8> {
    let flags = (flags | uapi::MAP_ANONYMOUS) & !uapi::MAP_FIXED;
    // SAFETY: mmap(2) chooses an address where nothing is mapped.
    let raw = unsafe {
        arch::syscall6(
            nr::mmap,
            ptr::null_mut::<()>().arg(),
            len.arg(),
            prot.arg(),
            flags.arg(),
            (-1).arg(),
            0usize.arg(),
        )
    };
    Errno::check(raw).map(ptr::with_exposed_provenance_mut)
}

/// mremap(2) with `MREMAP_MAYMOVE`
///
/// # Safety
/// The `old_len` bytes at `start` must be a mapping of the caller's, which
/// goes on only at the address returned.
#[cfg(feature = "allocator")]
#[inline]
pub(crate) unsafe fn mremap(start: *mut u8, old_len: usize, new_len: usize) -> Result<*mut u8> {
    // SAFETY: the kernel moves or resizes what the caller owns, and nothing
    // else.
    let raw = unsafe {
        arch::syscall4(
            nr::mremap,
            start.arg(),
            old_len.arg(),
            new_len.arg(),
            uapi::MREMAP_MAYMOVE.arg(),
        )
    };
    Errno::check(raw).map(ptr::with_exposed_provenance_mut)
}

/// munmap(2)
///
/// # Safety
/// The `len` bytes at `start` must be a mapping of the caller's that nothing
/// uses any more.
#[inline]
pub(crate) unsafe fn munmap(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller gives the memory up.
    let raw = unsafe { arch::syscall2(nr::munmap, start.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}
