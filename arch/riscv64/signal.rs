//! Signals: an action as the kernel has it, and an instruction that raises a signal. The way back
//! from a handler is the kernel's own, in the vDSO. Source: `setup_rt_frame` in
//! `arch/riscv/kernel/signal.c`.

use core::arch::asm;

use crate::signal::SigSet;

/// `struct sigaction`, the kernel's, which has no `sa_restorer` here.
#[repr(C)]
pub(crate) struct KernelSigaction {
    pub(crate) handler: *mut (),
    pub(crate) flags: u64,
    pub(crate) mask: SigSet,
}

impl KernelSigaction {
    #[inline(always)]
    pub(crate) const fn new(handler: *mut (), flags: u64, mask: SigSet) -> Self {
        Self { handler, flags, mask }
    }
}

/// Ends the program by the signal for an instruction that there is not.
#[cold]
#[inline(always)]
pub(crate) fn trap() -> ! {
    // SAFETY: the CPU refuses the instruction; control never leaves this block.
    unsafe { asm!("unimp", options(noreturn, nomem, nostack)) }
}
