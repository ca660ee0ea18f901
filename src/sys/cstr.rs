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
    #[inline]
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Result<&CStr> {
        self.write(bytes)?;
        // SAFETY: those were just written.
        let copied = unsafe { self.written(bytes.len() + 1) };
        // SAFETY: the only NUL is the last byte.
        Ok(unsafe { CStr::from_bytes_with_nul_unchecked(copied) })
    }

    /// Copies `name` in the directory `dir`: with a `/` between them unless
    /// `dir` is empty or ends with one, as `os.path.join` does.
    ///
    /// Neither may hold a NUL; the errors of [`copy`](Self::copy) otherwise.
    #[inline]
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
    #[inline]
    pub(crate) fn prefixes(&mut self, bytes: &[u8]) -> Result<Prefixes<'_>> {
        self.write(bytes)?;
        // SAFETY: those were just written.
        Ok(Prefixes(unsafe { self.written(bytes.len() + 1) }))
    }

    /// Copies `bytes` and looks for a NUL in one pass, a word at a time: with
    /// paths as short as they are, calls of memcpy and memchr cost more than
    /// what they do. Compiled once, not into every caller, and what it returns
    /// fits in a register: where the bytes are, the caller knows.
    #[inline(never)]
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let len = bytes.len();
        if len >= PATH_MAX {
            let nul = bytes.contains(&0);
            return Err(if nul { Errno::EINVAL } else { Errno::ENAMETOOLONG });
        }
        let (room, end) = self.0.split_at_mut(len);
        end[0].write(0);
        if let (Some(place), Some(word)) = (room.last_chunk_mut(), bytes.last_chunk()) {
            // It overlaps the one before it, so that no odd bytes are left.
            copy_word(place, word)?;
            for (place, word) in room.as_chunks_mut().0.iter_mut().zip(bytes.as_chunks().0) {
                copy_word(place, word)?;
            }
        } else {
            for (place, byte) in room.iter_mut().zip(bytes) {
                if *byte == 0 {
                    return Err(Errno::EINVAL);
                }
                place.write(*byte);
            }
        }
        Ok(())
    }

    /// The first `len` bytes.
    ///
    /// # Safety
    /// They must have been written.
    #[inline(always)]
    unsafe fn written(&mut self, len: usize) -> &mut [u8] {
        let start = self.0.as_mut_ptr().cast();
        // SAFETY: the caller vouches for the bytes, which stay borrowed.
        unsafe { slice::from_raw_parts_mut(start, len) }
    }
}

/// Copies eight bytes, of which none may be a NUL.
///
/// Less 1, a byte gets a highest bit that it lacked if it was 0, or stands
/// above one that was 0 and borrowed from it.
#[inline(always)]
fn copy_word(place: &mut [MaybeUninit<u8>; 8], word: &[u8; 8]) -> Result<()> {
    const ONES: u64 = u64::MAX / 0xff;
    let bits = u64::from_ne_bytes(*word);
    if bits.wrapping_sub(ONES) & !bits & (ONES << 7) != 0 {
        return Err(Errno::EINVAL);
    }
    *place = word.map(MaybeUninit::new);
    Ok(())
}

/// A path of which any prefix can be handed to the kernel, without a copy of
/// its own: the path, and the NUL after it.
pub(crate) struct Prefixes<'buf>(&'buf mut [u8]);

impl Prefixes<'_> {
    /// The whole path, without NUL.
    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[..self.0.len() - 1]
    }

    /// Calls `then` with the first `len` bytes of the path: a NUL stands after
    /// them meanwhile.
    #[inline]
    pub(crate) fn with<T>(&mut self, len: usize, then: impl FnOnce(&CStr) -> T) -> T {
        let hidden = mem::replace(&mut self.0[len], 0);
        // There is a NUL now, and no other before it.
        let result = then(CStr::from_bytes_until_nul(self.0).unwrap_or_default());
        self.0[len] = hidden;
        result
    }
}
