//! Where the kernel enters a program: `sp` points to `argc`, the other registers mean nothing.
//! Source: the kernel's `arch/riscv/kernel/process.c` (`start_thread`) and the RISC-V ELF psABI.

/// Defines `_start`, which relocates a static-PIE and then calls `$enter`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_start {
    ($enter:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            ::core::arch::naked_asm!(
                ".option push",
                ".option norelax",             // or the next line would become `mv gp, gp`
                "lla gp, __global_pointer$",   // the linker shortens addresses to offsets from gp
                ".option pop",
                "li s0, 0",                    // no frame before this one: backtraces end here
                "li ra, 0",                    // and nowhere to return to
                "mv s1, sp",                   // the kernel's block, kept over a call
                "andi sp, sp, -16",            // the alignment every call expects
                ".weak _DYNAMIC",              // the linker makes it for a static-PIE only...
                ".hidden _DYNAMIC",            // ... and we address it directly
                "lla a1, _DYNAMIC",            // second argument; 0 where the linker made none
                "beqz a1, 2f",                 // a program at a fixed address needs no relocation
                "mv a0, s1",                   // first argument: the block
                "call {relocate}",
                "2:",
                "mv a0, s1",                   // first argument: the block
                "call {enter}",
                "unimp",                       // `enter` does not return
                relocate = sym $crate::rt::relocate,
                enter = sym $enter,
            )
        }
    };
}
