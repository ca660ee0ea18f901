//! The states of the vDSO's generator: where they are, and who has which.
//!
//! What is here takes no lock and makes no system call. tests/interleave runs
//! it in every order of steps, with atomics that allow whatever the orderings
//! named here allow.
#![forbid(unsafe_code)]

use core::ptr;

use super::atomic::{
    AtomicBool, AtomicPtr, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// Not an address of states: make the system call.
pub(crate) const NONE: *mut u8 = ptr::without_provenance_mut(1);

/// Where the states are; null before the first call, and [`NONE`] when there
/// will be none. Once `address` is one, `function` and `size` are set.
pub(crate) struct Pool {
    pub(crate) address: AtomicPtr<u8>,
    /// What works on a state.
    pub(crate) function: AtomicPtr<()>,
    /// The size of a state.
    pub(crate) size: AtomicUsize,
}

impl Pool {
    /// Where the states are.
    #[inline(always)]
    pub(crate) fn address(&self) -> *mut u8 {
        // Acquire: function and size come before.
        self.address.load(Acquire)
    }

    /// Sets what goes with the states, before they are shown: whoever else is
    /// here sets the same.
    #[inline]
    pub(crate) fn describe(&self, function: *mut (), size: usize) {
        self.function.store(function, Relaxed);
        self.size.store(size, Relaxed);
    }

    /// Shows `made`, an address or [`NONE`], to everyone, unless another thread,
    /// a signal handler or [`disable`](Self::disable) was first: then the error
    /// is what they showed.
    #[inline]
    pub(crate) fn show(&self, made: *mut u8) -> Result<(), *mut u8> {
        // Release: function and size come before.
        self.address.compare_exchange(ptr::null_mut(), made, Release, Acquire).map(drop)
    }

    /// Has [`NONE`] be known from now on. States stay where they are: calls may
    /// be in the middle of using them.
    #[inline]
    pub(crate) fn disable(&self) {
        // What was shown before comes before this, and is not shown again.
        self.address.swap(NONE, AcqRel);
    }
}

/// Whether a state is in use. Each has a cache line of its own: neighbours are
/// used by other CPUs.
#[repr(align(64))]
pub(crate) struct InUse(pub(crate) AtomicBool);

/// Takes a state, the one number `first` or one of the `tries` that follow it:
/// its index, and the flag for [`give_back`].
#[inline(always)]
pub(crate) fn take(flags: &[InUse], first: usize, tries: usize) -> Option<(usize, &AtomicBool)> {
    (first..first + tries).find_map(|index| {
        let index = index % flags.len();
        let InUse(in_use) = flags.get(index)?;
        // Acquire: what the last user wrote to the state comes before.
        let taken = in_use.compare_exchange(false, true, Acquire, Relaxed);
        taken.is_ok().then_some((index, in_use))
    })
}

/// Lets others take the state.
#[inline(always)]
pub(crate) fn give_back(in_use: &AtomicBool) {
    // Release: what was written to the state comes before.
    in_use.store(false, Release);
}
