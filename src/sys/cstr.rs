//! A path on its way into the kernel: bytes, a NUL, on the stack.

use core::{ffi::CStr, mem::MaybeUninit, slice};

use crate::{Errno, Result};

/// The longest path the kernel takes, its NUL included.
const PATH_MAX: usize = linux_raw_sys::general::PATH_MAX as usize;

/// Room for any path the kernel takes. Nothing is initialised before it is
/// written, so the size costs nothing but stack.
pub(crate) struct PathBuf([MaybeUninit<u8>; PATH_MAX]);

impl PathBuf {
    #[inline(always)]
    pub(crate) const fn new() -> Self {
        Self([MaybeUninit::uninit(); PATH_MAX])
    }

    /// Copies `bytes` and the NUL they lack.
    ///
    /// `EINVAL` for a NUL inside, as Python's `ValueError` comes before any
    /// look at the length; `ENAMETOOLONG` for 4096 bytes or more.
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Result<&CStr> {
        let len = bytes.len();
        if len >= PATH_MAX {
            let nul = bytes.contains(&0);
            return Err(if nul { Errno::EINVAL } else { Errno::ENAMETOOLONG });
        }
        self.0[len].write(0);
        let start = self.0.as_mut_ptr().cast::<u8>();
        // SAFETY: `len` is less than the buffer's length, and a shared slice
        // does not overlap what we hold exclusively.
        unsafe { start.copy_from_nonoverlapping(bytes.as_ptr(), len) };
        // SAFETY: the `len + 1` bytes were just written and stay borrowed.
        let copied = unsafe { slice::from_raw_parts(start, len + 1) };
        CStr::from_bytes_with_nul(copied).map_err(|_| Errno::EINVAL)
    }
}
