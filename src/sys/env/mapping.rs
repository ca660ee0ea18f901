//! The environment as `/proc` tells it, in memory of its own.

use core::{
    ffi::{CStr, c_char},
    mem,
    ptr::{self, NonNull},
    slice,
    sync::atomic::Ordering,
};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::START;
use crate::{Errno, Result, arch, sys::Arg};

/// Memory of its own, all zero at first; unmapped when dropped.
pub(crate) struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

impl Mapping {
    /// mmap(2) of `len` bytes of new memory
    pub(crate) fn new(len: usize) -> Result<Self> {
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
        let start = Errno::check(raw).map(ptr::with_exposed_provenance_mut)?;
        Ok(Self { start: NonNull::new(start).ok_or(Errno::ENOMEM)?, len })
    }

    /// The memory.
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has `len` bytes, which are zero or were written,
        // and `self` holds them exclusively.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// Has the strings in the first `len` bytes, each with its NUL, be the
    /// environment that the process started with, unless somebody was faster.
    pub(crate) fn become_start(mut self, len: usize) -> Result<()> {
        let text = self.bytes().get(..len).unwrap_or_default();
        let count = text.iter().filter(|byte| **byte == 0).count();
        let array = Self::new((count + 1) * size_of::<*const c_char>())?;
        let pointers = array.start.cast::<*const c_char>();
        let mut rest = text;
        for place in 0..count {
            let Ok(string) = CStr::from_bytes_until_nul(rest) else { break };
            let place = pointers.as_ptr().wrapping_add(place);
            // SAFETY: the array has `count` elements and one more, which stays
            // null; a mapping is aligned to pages.
            unsafe { place.write(string.as_ptr()) };
            rest = rest.get(string.count_bytes() + 1..).unwrap_or_default();
        }
        let (old, new) = (ptr::null_mut(), pointers.as_ptr());
        if START.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            // Both are the process's now, for as long as it runs.
            mem::forget((self, array));
        }
        Ok(())
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and its last user is gone.
        let _ = unsafe { arch::syscall2(nr::munmap, self.start.as_ptr().arg(), self.len.arg()) };
    }
}
