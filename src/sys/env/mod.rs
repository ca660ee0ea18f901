//! An environment in memory: the array of pointers that execve(2) takes, where
//! it lies, and the one that belongs to the process.

use core::{
    ffi::{CStr, c_char},
    iter::FusedIterator,
    marker::PhantomData,
    ptr,
    sync::atomic::{AtomicPtr, Ordering},
};

#[cfg(feature = "alloc")]
mod owned;

#[cfg(feature = "alloc")]
pub(crate) use self::owned::{Changed, Owned};

/// Strings as execve(2) takes them: an array of pointers to them, and a null.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    start: *const *const c_char,
    life: PhantomData<&'a CStr>,
}

// SAFETY: a block is a shared reference to strings that nobody changes.
unsafe impl Send for Block<'_> {}
// SAFETY: as above.
unsafe impl Sync for Block<'_> {}

impl<'a> Block<'a> {
    /// The block at `start`.
    ///
    /// # Safety
    /// `start` must point to an array of pointers that ends with a null; each
    /// other must point to a string that ends with a NUL. All of it must stay
    /// unchanged for `'a`.
    #[inline]
    pub(crate) const unsafe fn new(start: *const *const c_char) -> Self {
        Self { start, life: PhantomData }
    }

    /// Where the array begins.
    #[inline]
    pub(crate) const fn as_ptr(self) -> *const *const c_char {
        self.start
    }

    /// The strings.
    #[inline]
    pub(crate) const fn iter(self) -> Strings<'a> {
        Strings { next: self }
    }

    /// What follows `name` and a `=` in the first string that begins so.
    ///
    /// Most strings differ in their first bytes: no more of them is looked at.
    #[inline]
    pub(crate) fn value(self, name: &[u8]) -> Option<&'a CStr> {
        if name.contains(&0) || name.contains(&b'=') {
            return None;
        }
        let mut next = self.start;
        loop {
            // SAFETY: `next` points into the array or to its null.
            let mut rest = unsafe { *next };
            if rest.is_null() {
                return None;
            }
            next = next.wrapping_add(1);
            let begins = name.iter().all(|byte| {
                // SAFETY: in the string or at its NUL: what stands before it is
                // in `name`, and so no NUL.
                let found = unsafe { *rest.cast::<u8>() };
                rest = rest.wrapping_add(1);
                found == *byte
            });
            // SAFETY: as above.
            if begins && unsafe { *rest.cast::<u8>() } == b'=' {
                // SAFETY: the end of a string of the array, unchanged for `'a`.
                return Some(unsafe { CStr::from_ptr(rest.wrapping_add(1)) });
            }
        }
    }
}

/// The strings of a [`Block`].
#[derive(Clone, Debug)]
pub struct Strings<'a> {
    next: Block<'a>,
}

impl<'a> Iterator for Strings<'a> {
    type Item = &'a CStr;

    #[inline]
    fn next(&mut self) -> Option<&'a CStr> {
        // SAFETY: `start` points into the array or to its null.
        let string = unsafe { *self.next.start };
        if string.is_null() {
            return None;
        }
        self.next.start = self.next.start.wrapping_add(1);
        // SAFETY: the array's pointers are strings, unchanged for `'a`.
        Some(unsafe { CStr::from_ptr(string) })
    }
}

impl FusedIterator for Strings<'_> {}

/// Where the environment that the process started with begins; null until
/// somebody found out.
static START: AtomicPtr<*const c_char> = AtomicPtr::new(ptr::null_mut());

/// The environment that the process started with, if it is known.
#[inline]
pub(crate) fn start() -> Option<Block<'static>> {
    let start = START.load(Ordering::Acquire).cast_const();
    // SAFETY: only the blocks given to the functions below are stored here,
    // and they are blocks for ever.
    let known = (!start.is_null()).then(|| unsafe { Block::new(start) });
    #[cfg(feature = "rt")]
    // SAFETY: the kernel's block stays as it is for as long as the process runs.
    let known = known.or_else(|| crate::rt::environ().map(|start| unsafe { Block::new(start) }));
    known
}

/// Makes `block` the environment that the process started with.
#[inline]
pub(crate) fn set_start(block: Block<'static>) {
    START.store(block.start.cast_mut(), Ordering::Release);
}

/// Has the strings in the first `len` bytes of `text`, each with its NUL, be the
/// environment that the process started with, unless somebody was faster.
#[cfg(not(feature = "std"))]
#[inline]
pub(crate) fn become_start(mut text: super::Mapping, len: usize) -> crate::Result<()> {
    let mut rest = text.bytes().get(..len).unwrap_or_default();
    let count = rest.iter().filter(|byte| **byte == 0).count();
    // The last stays null.
    let mut array = super::Mapping::new((count + 1) * size_of::<*const c_char>())?;
    let pointers = array.pointers();
    for place in pointers.iter_mut().take(count) {
        let Ok(string) = CStr::from_bytes_until_nul(rest) else { break };
        *place = string.as_ptr();
        rest = rest.get(string.count_bytes() + 1..).unwrap_or_default();
    }
    let (old, new) = (ptr::null_mut(), pointers.as_mut_ptr());
    if START.compare_exchange(old, new, Ordering::AcqRel, Ordering::Acquire).is_ok() {
        // Both are the process's now, for as long as it runs.
        core::mem::forget((text, array));
    }
    Ok(())
}
