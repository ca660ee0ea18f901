//! Where the kernel enters a program: `sp` points to `argc`, the other registers mean nothing.
//! Source: the kernel's `arch/riscv/kernel/process.c` (`start_thread`) and the RISC-V ELF psABI.

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
                ".option push",
                ".option norelax",                   // or the next line would become `mv gp, gp`
                "lla gp, __global_pointer$",         // the linker shortens addresses to offsets from gp
                ".option pop",
                "li s0, 0",                          // no frame before this one: backtraces end here
                "li ra, 0",                          // and nowhere to return to
                "mv a0, sp",                         // first argument: the kernel's block
                "andi sp, sp, -16",                  // the alignment every call expects
                "lui t0, %hi({enter})",              // an address that fits 32 bits: no static-PIE links with it
                "jalr ra, %lo({enter})(t0)",
                "unimp",                             // `enter` does not return
                enter = sym $enter,
            )
        }

        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start_pie() -> ! {
            ::core::arch::naked_asm!(
                ".weak _DYNAMIC",                    // the linker makes it, for a static-PIE only...
                ".hidden _DYNAMIC",                  // ... and it is addressed directly
                ".option push",
                ".option norelax",                   // or the next line would become `mv gp, gp`
                "lla gp, __global_pointer$",         // the linker shortens addresses to offsets from gp
                ".option pop",
                "li s0, 0",                          // no frame before this one: backtraces end here
                "li ra, 0",                          // and nowhere to return to
                "mv s1, sp",                         // the kernel's block, kept over a call
                "andi sp, sp, -16",                  // the alignment every call expects
                "mv a0, s1",                         // first argument: the block
                "lla a1, _DYNAMIC",                  // second argument: the dynamic section
                "call {relocate}",
                "mv a0, s1",                         // first argument: the block
                "call {enter}",
                "unimp",                             // `enter` does not return
                relocate = sym $crate::rt::relocate,
                enter = sym $enter,
            )
        }
    };
}

/// Defines what the compiler's own library asks a libc for: nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_builtins {
    () => {};
}
