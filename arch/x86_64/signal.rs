//! Signals: an action as the kernel has it, the way back from a handler, and an instruction that
//! raises a signal. Source: `arch/x86/kernel/signal_64.c`: a handler returns to `sa_restorer`, and
//! without one the kernel ends the process instead of calling the handler.

use core::arch::{asm, naked_asm};

use linux_raw_sys::general as uapi;

use crate::signal::SigSet;

/// `struct sigaction`, the kernel's.
#[repr(C)]
pub(crate) struct KernelSigaction {
    pub(crate) handler: *mut (),
    pub(crate) flags: u64,
    restorer: Option<unsafe extern "C" fn() -> !>,
    pub(crate) mask: SigSet,
}

impl KernelSigaction {
    #[inline(always)]
    pub(crate) const fn new(handler: *mut (), flags: u64, mask: SigSet) -> Self {
        Self { handler, flags: flags | uapi::SA_RESTORER as u64, restorer: Some(restore), mask }
    }
}

/// Where a handler returns to: rt_sigreturn(2), which takes nothing but the
/// stack as the kernel laid it out. Debuggers know the frame of a signal by
/// exactly these bytes.
#[unsafe(naked)]
unsafe extern "C" fn restore() -> ! {
    naked_asm!("mov rax, {number}", "syscall", number = const uapi::__NR_rt_sigreturn)
}

/// Ends the program by the signal for an instruction that there is not.
#[cold]
#[inline(always)]
pub(crate) fn trap() -> ! {
    // SAFETY: the CPU refuses the instruction; control never leaves this block.
    unsafe { asm!("ud2", options(noreturn, nomem, nostack)) }
}
