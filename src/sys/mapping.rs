//! Memory from the kernel, for what is too large for the stack.

#[cfg(not(feature = "std"))]
use core::ffi::c_char;
use core::{ptr::NonNull, slice};

use super::memory::{mmap, munmap};
use crate::{Errno, Result};

/// Memory of its own, all zero at first; unmapped when dropped.
pub(crate) struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

impl Mapping {
    /// mmap(2) of `len` bytes of new memory
    #[inline]
    pub(crate) fn new(len: usize) -> Result<Self> {
        let start = mmap(len)?;
        Ok(Self { start: NonNull::new(start).ok_or(Errno::ENOMEM)?, len })
    }

    /// The memory.
    #[cfg(not(feature = "std"))]
    #[inline]
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has `len` bytes, which are zero or were written,
        // and `self` holds them exclusively.
        unsafe { slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }

    /// The memory as numbers.
    #[inline]
    pub(crate) fn words(&mut self) -> &mut [u32] {
        // SAFETY: as above; a mapping is aligned to pages.
        unsafe { slice::from_raw_parts_mut(self.start.cast().as_ptr(), self.len / 4) }
    }

    /// The memory as an array of pointers.
    #[cfg(not(feature = "std"))]
    #[inline]
    pub(super) fn pointers(&mut self) -> &mut [*const c_char] {
        let len = self.len / size_of::<*const c_char>();
        // SAFETY: as above; zeroes are null pointers.
        unsafe { slice::from_raw_parts_mut(self.start.cast().as_ptr(), len) }
    }
}

impl Drop for Mapping {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and its last user is gone.
        let _ = unsafe { munmap(self.start.as_ptr(), self.len) };
    }
}
