//! Where the kernel enters a program: `sp` points to `argc`, the other registers mean nothing.
//! Source: the kernel's `arch/arm64/include/asm/processor.h` (`start_thread`) and AAPCS64, 6.4.5.

/// Defines the two starts, of which the linker keeps the one it is told:
/// `_start` for a program at a fixed address, `_start_pie` for a static-PIE,
/// which it relocates. Either calls `$enter`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_start {
    ($enter:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        #[unsafe(link_section = $crate::__rawos_hint!())]
        unsafe extern "C" fn _start() -> ! {
            ::core::arch::naked_asm!(
                "mov x29, xzr",                      // no frame before this one: backtraces end here
                "mov x30, xzr",                      // and nowhere to return to
                "mov x0, sp",                        // first argument: the kernel's block
                "and x9, x0, #-16",                  // the alignment every access through sp expects
                "mov sp, x9",
                "movz x9, #:abs_g1:{enter}",         // an address that fits 32 bits: no static-PIE links with it
                "movk x9, #:abs_g0_nc:{enter}",
                "blr x9",
                "brk #1",                            // `enter` does not return
                enter = sym $enter,
            )
        }

        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start_pie() -> ! {
            ::core::arch::naked_asm!(
                ".weak _DYNAMIC",                    // the linker makes it, for a static-PIE only...
                ".hidden _DYNAMIC",                  // ... and it is addressed directly
                "mov x29, xzr",                      // no frame before this one: backtraces end here
                "mov x30, xzr",                      // and nowhere to return to
                "mov x19, sp",                       // the kernel's block, kept over a call
                "and x9, x19, #-16",                 // the alignment every access through sp expects
                "mov sp, x9",
                "mov x0, x19",                       // first argument: the block
                "adrp x1, _DYNAMIC",                 // second argument: the dynamic section
                "add x1, x1, #:lo12:_DYNAMIC",
                "bl {relocate}",
                "mov x0, x19",                       // first argument: the block
                "bl {enter}",
                "brk #1",                            // `enter` does not return
                relocate = sym $crate::rt::relocate,
                enter = sym $enter,
            )
        }
    };
}

/// Defines what the compiler's own library asks a libc for: `getauxval`, for a
/// constructor that chooses between two kinds of atomic instructions.
/// Constructors do not run, so nothing calls it, and the choice stays with the
/// kind that every CPU has. Weak, for a libc that may be there all the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_builtins {
    () => {
        ::core::arch::global_asm!(
            ".pushsection .text.__rawos_getauxval, \"ax\", %progbits",
            ".weak getauxval",
            ".hidden getauxval",
            "getauxval:",
            "mov x0, xzr", // not found
            "ret",
            ".popsection",
        );
    };
}
