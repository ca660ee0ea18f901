//! What a process does while a shell of its runs: the terminal's signals are
//! the shell's.

use core::{
    cell::UnsafeCell,
    hint::spin_loop,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    Result,
    signal::{SigAction, SigHandler, SigHow, SigSet, Signal},
    sys,
};

/// `SIGINT` and `SIGQUIT` are ignored in the process, and `SIGCHLD` is blocked
/// in the thread, until this is dropped.
pub(super) struct Quiet {
    /// The thread's mask before.
    pub(super) mask: SigSet,
    /// Which of the two signals had not been ignored before.
    pub(super) had_action: SigSet,
}

/// The signals that are ignored.
const TERMINAL: [Signal; 2] = [Signal::INT, Signal::QUIT];

/// How many shells run, and what the two signals did before the first.
struct Shells {
    count: usize,
    before: [Option<SigAction>; 2],
}

struct Locked {
    locked: AtomicBool,
    shells: UnsafeCell<Shells>,
}

// SAFETY: the cell is reached by whoever holds the lock, and no other.
unsafe impl Sync for Locked {}

static SHELLS: Locked = Locked {
    locked: AtomicBool::new(false),
    shells: UnsafeCell::new(Shells { count: 0, before: [None; 2] }),
};

/// Runs `then` on the count, alone. It must not panic, and takes no longer than
/// a few system calls.
#[inline]
fn with_shells<T>(then: impl FnOnce(&mut Shells) -> T) -> T {
    let mut tries = 0_u32;
    while SHELLS.locked.swap(true, Ordering::Acquire) {
        match tries {
            0..100 => spin_loop(),
            _ => sys::time::pause(50_000),
        }
        tries = tries.saturating_add(1);
    }
    // SAFETY: the lock is held, and the reference ends before it is given up.
    let result = then(unsafe { &mut *SHELLS.shells.get() });
    SHELLS.locked.store(false, Ordering::Release);
    result
}

/// rt_sigaction(2), where the new action is one that was there, or ignores.
#[inline]
fn set(signal: Signal, action: &SigAction) -> Result<SigAction> {
    // SAFETY: ignoring runs no handler, and what was there before was its
    // installer's promise for as long as it is installed.
    unsafe { sys::signal::rt_sigaction(signal, Some(action)) }
}

impl Quiet {
    #[inline]
    pub(super) fn begin() -> Result<Self> {
        // First, so that no handler of this thread runs while the lock is held.
        let mask = sys::signal::rt_sigprocmask(SigHow::Block, &SigSet::all())?;
        let mut had_action = SigSet::empty();
        with_shells(|shells| {
            shells.count += 1;
            for (signal, before) in TERMINAL.into_iter().zip(&mut shells.before) {
                if shells.count == 1 {
                    // Neither can fail: both signals may be ignored.
                    *before = set(signal, &SigHandler::Ignore.into()).ok();
                }
                if !matches!(before, Some(SigAction { handler: SigHandler::Ignore, .. })) {
                    had_action.extend([signal]);
                }
            }
        });
        let mut during = mask;
        during.extend([Signal::CHLD]);
        let quiet = Self { mask, had_action };
        sys::signal::rt_sigprocmask(SigHow::SetMask, &during)?;
        Ok(quiet)
    }
}

impl Drop for Quiet {
    #[inline]
    fn drop(&mut self) {
        // As in `begin`. None of these calls fails that has succeeded before.
        let _ = sys::signal::rt_sigprocmask(SigHow::Block, &SigSet::all());
        with_shells(|shells| {
            shells.count -= 1;
            if shells.count == 0 {
                for (signal, before) in TERMINAL.into_iter().zip(&mut shells.before) {
                    if let Some(before) = before.take() {
                        let _ = set(signal, &before);
                    }
                }
            }
        });
        let _ = sys::signal::rt_sigprocmask(SigHow::SetMask, &self.mask);
    }
}
