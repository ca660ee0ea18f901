//! A stack for a child that shares memory.

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::{
    Arg,
    memory::{mmap_as, munmap},
};
use crate::{Errno, Result, arch};

/// The largest page there is: memory that nothing may touch below the stack.
const GUARD: usize = 64 * 1024;
/// Room for the child. Only what it touches takes memory.
const ROOM: usize = 64 * 1024;

/// A stack of 64 KiB with a guard below it; unmapped when dropped.
pub(crate) struct Stack(*mut u8);

impl Stack {
    /// mmap(2) and mprotect(2)
    #[inline]
    pub(crate) fn new() -> Result<Self> {
        let prot = uapi::PROT_READ | uapi::PROT_WRITE;
        let stack = mmap_as(GUARD + ROOM, prot, uapi::MAP_PRIVATE | uapi::MAP_STACK).map(Self)?;
        // SAFETY: the mapping is ours, and nothing uses it yet.
        let raw = unsafe {
            arch::syscall3(nr::mprotect, stack.0.arg(), GUARD.arg(), uapi::PROT_NONE.arg())
        };
        Errno::check(raw)?;
        Ok(stack)
    }

    /// Where the stack begins: its highest address, to which nothing belongs.
    #[inline]
    pub(crate) fn top(&self) -> *mut u8 {
        self.0.wrapping_add(GUARD + ROOM)
    }
}

impl Drop for Stack {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and who ran on it is gone.
        let _ = unsafe { munmap(self.0, GUARD + ROOM) };
    }
}
