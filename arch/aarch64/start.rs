//! Where the kernel enters a program: `sp` points to `argc`, the other registers mean nothing.
//! Source: the kernel's `arch/arm64/include/asm/processor.h` (`start_thread`) and AAPCS64, 6.4.5.

/// Defines `_start`, which relocates a static-PIE and then calls `$enter`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_start {
    ($enter:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            ::core::arch::naked_asm!(
                "mov x29, xzr",                // no frame before this one: backtraces end here
                "mov x30, xzr",                // and nowhere to return to
                "mov x19, sp",                 // the kernel's block, kept over a call
                "and x9, x19, #-16",           // the alignment every access through sp expects
                "mov sp, x9",
                ".weak _DYNAMIC",              // the linker makes it for a static-PIE only...
                ".hidden _DYNAMIC",            // ... and we address it directly
                "ldrsw x9, 3f",                // how far it is from the word at 3, or 0
                "cbz x9, 2f",                  // a program at a fixed address needs no relocation
                "adr x1, 3f",
                "add x1, x1, x9",              // second argument: _DYNAMIC
                "mov x0, x19",                 // first argument: the block
                "bl {relocate}",
                "2:",
                "mov x0, x19",                 // first argument: the block
                "bl {enter}",
                "brk #1",                      // `enter` does not return
                "3:",
                ".word _DYNAMIC - .",          // a missing weak symbol counts as "here"
                relocate = sym $crate::rt::relocate,
                enter = sym $enter,
            )
        }
    };
}
