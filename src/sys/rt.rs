//! System calls that only a program's own start and end need.

use core::{mem::MaybeUninit, ptr};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
pub(crate) use super::fd::{IoSlice, writev};
use crate::{Errno, Result, arch};

/// The kernel's signal set is one word, unlike that of a libc.
const SIGSET_SIZE: usize = size_of::<uapi::kernel_sigset_t>();

/// rt_sigprocmask(2) with `SIG_UNBLOCK` and one signal
pub(crate) fn unblock(signal: u32) -> Result<()> {
    let set = uapi::kernel_sigset_t { sig: [1 << (signal - 1)] };
    // SAFETY: rt_sigprocmask(2) reads a set at `set`, within its size, and
    // writes no old one at a null.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigprocmask,
            uapi::SIG_UNBLOCK.arg(),
            (&raw const set).arg(),
            ptr::null_mut::<()>().arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// rt_sigaction(2) with `SIG_DFL`
pub(crate) fn default_action(signal: u32) -> Result<()> {
    // All zero: `SIG_DFL`, no flags, an empty mask.
    let action = const { &MaybeUninit::<uapi::kernel_sigaction>::zeroed() };
    // SAFETY: rt_sigaction(2) reads the action, which is initialised, and
    // writes no old one at a null.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigaction,
            signal.arg(),
            action.as_ptr().arg(),
            ptr::null_mut::<()>().arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// tgkill(2) with the calling thread as its target
pub(crate) fn raise(signal: u32) -> Result<()> {
    // SAFETY: getpid(2) takes nothing and touches no memory.
    let process = unsafe { arch::syscall0(nr::getpid) };
    // SAFETY: gettid(2) takes nothing and touches no memory.
    let thread = unsafe { arch::syscall0(nr::gettid) };
    // SAFETY: tgkill(2) touches no memory of this program's.
    let raw = unsafe {
        arch::syscall3(nr::tgkill, (process as i32).arg(), (thread as i32).arg(), signal.arg())
    };
    Errno::check(raw).map(drop)
}

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
