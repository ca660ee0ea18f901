//! Signals: an action as the kernel has it, and an instruction that raises a signal. The way back
//! from a handler is the kernel's own, in the vDSO. Source: `setup_return` in
//! `arch/arm64/kernel/signal.c`.

use core::{arch::asm, ptr};

use crate::signal::SigSet;

/// `struct sigaction`, the kernel's, whose `sa_restorer` is for 32-bit programs.
#[repr(C)]
pub(crate) struct KernelSigaction {
    pub(crate) handler: *mut (),
    pub(crate) flags: u64,
    restorer: *mut (),
    pub(crate) mask: SigSet,
}

impl KernelSigaction {
    #[inline(always)]
    pub(crate) const fn new(handler: *mut (), flags: u64, mask: SigSet) -> Self {
        Self { handler, flags, restorer: ptr::null_mut(), mask }
    }
}

/// Ends the program by the signal for a breakpoint that nobody set.
#[cold]
#[inline(always)]
pub(crate) fn trap() -> ! {
    // SAFETY: the CPU refuses the instruction; control never leaves this block.
    unsafe { asm!("brk #1", options(noreturn, nomem, nostack)) }
}
