//! What is registered for a fork: a table without a lock, since who registers
//! may have been interrupted by who forks.
//!
//! What is here makes no system call. tests/interleave runs it in every order
//! of steps, with atomics that allow whatever the orderings named here allow.
#![forbid(unsafe_code)]

use core::ptr;

use super::atomic::{
    AtomicPtr, AtomicU32,
    Ordering::{Acquire, Relaxed, Release},
};

/// Room for `N` registrations of three functions, at most 32.
pub(crate) struct Hooks<const N: usize> {
    /// Null where there is none.
    pub(crate) hooks: [[AtomicPtr<()>; 3]; N],
    /// The registrations that somebody has taken.
    pub(crate) taken: AtomicU32,
    /// Those that are written whole.
    pub(crate) ready: AtomicU32,
}

impl<const N: usize> Hooks<N> {
    /// Registers the functions, if there is room.
    #[inline]
    pub(crate) fn register(&self, functions: [*mut (); 3]) -> bool {
        let mut taken = self.taken.load(Relaxed);
        let slot = loop {
            let slot = taken.trailing_ones() as usize;
            if slot >= N {
                return false;
            }
            match self.taken.compare_exchange_weak(taken, taken | 1 << slot, Relaxed, Relaxed) {
                Ok(_) => break slot,
                Err(now) => taken = now,
            }
        };
        if let Some(places) = self.hooks.get(slot) {
            for (place, hook) in places.iter().zip(functions) {
                place.store(hook, Relaxed);
            }
            // Release: the functions come before.
            self.ready.fetch_or(1 << slot, Release);
        }
        true
    }

    /// The registrations that are ready by now, for [`get`](Self::get).
    #[inline]
    pub(crate) fn ready(&self) -> u32 {
        // Acquire: their functions come before.
        self.ready.load(Acquire)
    }

    /// One function of the registration `slot` if it is among the `ready`; null
    /// without one.
    #[inline]
    pub(crate) fn get(&self, ready: u32, slot: usize, which: usize) -> *mut () {
        if ready & 1 << slot == 0 {
            return ptr::null_mut();
        }
        let hook = self.hooks.get(slot).and_then(|hooks| hooks.get(which));
        hook.map_or(ptr::null_mut(), |hook| hook.load(Relaxed))
    }
}
