//! Memory from the kernel, for what is too large for the stack.

#[cfg(not(feature = "std"))]
use core::ffi::c_char;
use core::{
    ptr::{self, NonNull},
    slice,
};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch};

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
    #[cfg(not(feature = "std"))]
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has `len` bytes, which are zero or were written,
        // and `self` holds them exclusively.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// The memory as numbers.
    pub(crate) fn words(&mut self) -> &mut [u32] {
        // SAFETY: as above; a mapping is aligned to pages.
        unsafe { slice::from_raw_parts_mut(self.start.cast().as_ptr(), self.len / 4) }
    }

    /// The memory as an array of pointers.
    #[cfg(not(feature = "std"))]
    pub(super) fn pointers(&mut self) -> &mut [*const c_char] {
        let len = self.len / size_of::<*const c_char>();
        // SAFETY: as above; zeroes are null pointers.
        unsafe { slice::from_raw_parts_mut(self.start.cast().as_ptr(), len) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and its last user is gone.
        let _ = unsafe { arch::syscall2(nr::munmap, self.start.as_ptr().arg(), self.len.arg()) };
    }
}
