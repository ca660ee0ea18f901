//! A path on its way into the kernel: bytes, a NUL, on the stack.

use core::{
    ffi::CStr,
    mem::{self, MaybeUninit},
    slice,
};

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
        CStr::from_bytes_with_nul(self.write(bytes)?).map_err(|_| Errno::EINVAL)
    }

    /// Copies `name` in the directory `dir`: with a `/` between them unless
    /// `dir` is empty or ends with one, as `os.path.join` does.
    ///
    /// Neither may hold a NUL; the errors of [`copy`](Self::copy) otherwise.
    pub(crate) fn join(&mut self, dir: &[u8], name: &[u8]) -> Result<&CStr> {
        let slash = if dir.is_empty() || dir.ends_with(b"/") { &b""[..] } else { b"/" };
        let len = dir.len() + slash.len() + name.len();
        if len >= PATH_MAX {
            return Err(Errno::ENAMETOOLONG);
        }
        let bytes = dir.iter().chain(slash).chain(name).chain(&[0]);
        for (place, byte) in self.0.iter_mut().zip(bytes) {
            place.write(*byte);
        }
        // SAFETY: the `len + 1` bytes were just written and stay borrowed.
        let path = unsafe { slice::from_raw_parts(self.0.as_ptr().cast(), len + 1) };
        CStr::from_bytes_with_nul(path).map_err(|_| Errno::EINVAL)
    }

    /// As [`copy`](Self::copy), for a caller who names parents of the path too.
    pub(crate) fn prefixes(&mut self, bytes: &[u8]) -> Result<Prefixes<'_>> {
        let copied = self.write(bytes)?;
        if bytes.contains(&0) {
            return Err(Errno::EINVAL);
        }
        Ok(Prefixes(copied))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<&mut [u8]> {
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
        Ok(unsafe { slice::from_raw_parts_mut(start, len + 1) })
    }
}

/// A path of which any prefix can be handed to the kernel, without a copy of
/// its own: the path, and the NUL after it.
pub(crate) struct Prefixes<'buf>(&'buf mut [u8]);

impl Prefixes<'_> {
    /// The whole path, without NUL.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[..self.0.len() - 1]
    }

    /// Calls `then` with the first `len` bytes of the path: a NUL stands after
    /// them meanwhile.
    pub(crate) fn with<T>(&mut self, len: usize, then: impl FnOnce(&CStr) -> T) -> T {
        let hidden = mem::replace(&mut self.0[len], 0);
        // There is a NUL now, and no other before it.
        let result = then(CStr::from_bytes_until_nul(self.0).unwrap_or_default());
        self.0[len] = hidden;
        result
    }
}
