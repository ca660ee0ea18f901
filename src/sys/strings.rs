//! Strings as execve(2) takes them, made on the stack.

use core::{
    ffi::{CStr, c_char},
    marker::PhantomData,
    ptr,
};

use super::env::Block;

/// An array of up to `N` pointers to strings, and a null after them.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Pointers<'a, const N: usize> {
    /// The first `len` are strings, the others null.
    strings: [*const c_char; N],
    /// What ends a full array.
    null: *const c_char,
    len: usize,
    life: PhantomData<&'a CStr>,
}

// SAFETY: the pointers are shared references to strings that nobody changes.
unsafe impl<const N: usize> Send for Pointers<'_, N> {}
// SAFETY: as above; nothing is changed through a shared reference.
unsafe impl<const N: usize> Sync for Pointers<'_, N> {}

impl<'a, const N: usize> Pointers<'a, N> {
    /// No strings.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { strings: [ptr::null(); N], null: ptr::null(), len: 0, life: PhantomData }
    }

    /// Appends `string`; false if there is no room for it.
    #[inline]
    pub(crate) const fn push(&mut self, string: &'a CStr) -> bool {
        if self.len >= N {
            return false;
        }
        self.strings[self.len] = string.as_ptr();
        self.len += 1;
        true
    }

    /// How many strings there are.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// The strings as a block.
    #[inline]
    pub(crate) const fn block(&self) -> Block<'_> {
        // Of the whole struct, so that the pointer may reach `null` too.
        let start = (&raw const *self).cast();
        // SAFETY: `strings` and `null` lie one after the other, the first
        // null among them ends the array, and each pointer before it is a
        // string borrowed for `'a`; `self` is borrowed for the result's life.
        unsafe { Block::new(start) }
    }
}
