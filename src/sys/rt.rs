//! System calls that only a program's own start and end need.

pub(crate) use super::fd::{IoSlice, writev};
#[cfg(feature = "allocator")]
use {
    super::Arg,
    crate::{Errno, Result, arch},
    core::ptr,
    linux_raw_sys::general as uapi,
    syscalls::Sysno as nr,
};

/// mmap(2) of `len` bytes of new memory, all zero
#[cfg(feature = "allocator")]
pub(crate) fn mmap(len: usize) -> Result<*mut u8> {
    // SAFETY: mmap(2) chooses an address where nothing is mapped.
    let raw = unsafe {
        arch::syscall6(
            nr::mmap,
            ptr::null_mut::<()>().arg(),
            len.arg(),
            (uapi::PROT_READ | uapi::PROT_WRITE).arg(),
            (uapi::MAP_PRIVATE | uapi::MAP_ANONYMOUS).arg(),
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
#[cfg(feature = "allocator")]
pub(crate) unsafe fn munmap(start: *mut u8, len: usize) -> Result<()> {
    // SAFETY: the caller gives the memory up.
    let raw = unsafe { arch::syscall2(nr::munmap, start.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}
