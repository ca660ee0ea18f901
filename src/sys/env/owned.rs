//! An environment that changes: its strings on the heap, and the lock before it.

use alloc::{ffi::CString, sync::Arc, vec::Vec};
use core::{
    cell::UnsafeCell,
    ffi::c_char,
    mem, ptr,
    sync::atomic::{AtomicBool, Ordering},
};

use super::Block;
use crate::{Errno, Result, sys};

/// A null, and so a block without strings.
struct Null(*const c_char);
// SAFETY: a null pointer that never changes is nobody's to race for.
unsafe impl Sync for Null {}
static NULL: Null = Null(ptr::null());

/// Strings on the heap, and the block that points to them.
#[derive(Debug, Default)]
pub(crate) struct Owned {
    strings: Vec<CString>,
    /// One for each string, in their order, and a null; nothing before the
    /// first string came.
    pointers: Vec<*const c_char>,
}

// SAFETY: the pointers are those of `strings`, which may be sent.
unsafe impl Send for Owned {}
// SAFETY: nothing is changed through a shared reference.
unsafe impl Sync for Owned {}

impl Owned {
    /// No strings.
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { strings: Vec::new(), pointers: Vec::new() }
    }

    /// The strings.
    #[inline]
    pub(crate) fn strings(&self) -> &[CString] {
        &self.strings
    }

    /// The strings as a block.
    #[inline]
    pub(crate) fn block(&self) -> Block<'_> {
        let start = match self.pointers.is_empty() {
            true => &raw const NULL.0,
            false => self.pointers.as_ptr(),
        };
        // SAFETY: the last pointer is null; the others' strings are borrowed,
        // which keeps them unchanged.
        unsafe { Block::new(start) }
    }

    /// Appends `string`. `ENOMEM` changes nothing.
    #[inline]
    pub(crate) fn push(&mut self, string: CString) -> Result<()> {
        self.strings.try_reserve(1).map_err(|_| Errno::ENOMEM)?;
        self.pointers.try_reserve(2).map_err(|_| Errno::ENOMEM)?;
        self.pointers.pop();
        self.strings.push(string);
        self.pointers.extend(self.strings.last().map(|string| string.as_ptr()));
        self.pointers.push(ptr::null());
        Ok(())
    }

    /// Puts `string` where the one at `index` is.
    #[inline]
    pub(crate) fn replace(&mut self, index: usize, string: CString) {
        if let (Some(old), Some(pointer)) =
            (self.strings.get_mut(index), self.pointers.get_mut(index))
        {
            *old = string;
            *pointer = old.as_ptr();
        }
    }

    /// Removes the string at `index`.
    #[inline]
    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.strings.len() {
            self.strings.remove(index);
            self.pointers.remove(index);
        }
    }
}

/// A value that every thread reads and any may replace.
///
/// The lock is held for a handful of instructions, in which nothing is
/// allocated, freed or waited for.
pub(crate) struct Changed<T> {
    locked: AtomicBool,
    state: UnsafeCell<State<T>>,
}

/// A value, and how often it was set.
struct State<T> {
    times: u64,
    value: Option<Arc<T>>,
}

// SAFETY: the state is reached by whoever holds the lock, and no other.
unsafe impl<T: Send + Sync> Sync for Changed<T> {}

impl<T> Changed<T> {
    /// No value yet.
    #[inline]
    pub(crate) const fn new() -> Self {
        let state = UnsafeCell::new(State { times: 0, value: None });
        Self { locked: AtomicBool::new(false), state }
    }

    /// The value now, and how often it was set, for [`replace`](Self::replace).
    #[inline]
    pub(crate) fn get(&self) -> (u64, Option<Arc<T>>) {
        self.locked(|state| (state.times, state.value.clone()))
    }

    /// Makes `new` the value unless it was set since it had been set so many
    /// `times`. Whether it did.
    #[inline]
    pub(crate) fn replace(&self, times: u64, new: Option<Arc<T>>) -> bool {
        // What is not wanted any more is dropped when the lock is given up.
        let unwanted = self.locked(|state| match state.times == times {
            true => Ok(state.set(new)),
            false => Err(new),
        });
        unwanted.is_ok()
    }

    /// Makes `new` the value, and does `also` at the same moment.
    #[inline]
    pub(crate) fn set(&self, new: Option<Arc<T>>, also: impl FnOnce()) {
        drop(self.locked(|state| {
            also();
            state.set(new)
        }));
    }

    /// Calls `then` while no other thread reaches the state.
    #[inline]
    fn locked<R>(&self, then: impl FnOnce(&mut State<T>) -> R) -> R {
        let _held = self.hold();
        // SAFETY: the lock is held, and the reference ends before it is
        // given up.
        then(unsafe { &mut *self.state.get() })
    }

    /// Keeps every thread from the value until the result is dropped.
    #[inline]
    pub(crate) fn hold(&self) -> Held<'_> {
        let mut tries = 0_u32;
        while self.locked.swap(true, Ordering::Acquire) {
            match tries {
                0..100 => core::hint::spin_loop(),
                _ => sys::time::pause(50_000),
            }
            tries = tries.saturating_add(1);
        }
        Held(&self.locked)
    }
}

impl<T> State<T> {
    /// Makes `new` the value; gives the old one back.
    #[inline]
    fn set(&mut self, new: Option<Arc<T>>) -> Option<Arc<T>> {
        self.times = self.times.wrapping_add(1);
        mem::replace(&mut self.value, new)
    }
}

/// The lock of a [`Changed`], given up when dropped.
pub(crate) struct Held<'a>(&'a AtomicBool);

impl Drop for Held<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
