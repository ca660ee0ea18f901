//! Where the kernel enters a program: `rsp` points to `argc`, the other registers mean nothing.
//! Source: System V ABI, AMD64 supplement, 3.4.1 "Initial Stack and Register State".

/// Defines `_start`, which relocates a static-PIE and then calls `$enter`.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_start {
    ($enter:path) => {
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start() -> ! {
            ::core::arch::naked_asm!(
                "xor ebp, ebp",                // no frame before this one: backtraces end here
                "mov rbx, rsp",                // the kernel's block, kept over a call
                "and rsp, -16",                // the alignment every call expects
                ".weak _DYNAMIC",              // the linker makes it for a static-PIE only...
                ".hidden _DYNAMIC",            // ... and we address it directly
                "lea rsi, [rip + _DYNAMIC]",   // second argument; 0 where the linker made none
                "test rsi, rsi",
                "jz 2f",                       // a program at a fixed address needs no relocation
                "mov rdi, rbx",                // first argument: the block
                "call {relocate}",
                "2:",
                "mov rdi, rbx",                // first argument: the block
                "call {enter}",
                "ud2",                         // `enter` does not return
                relocate = sym $crate::rt::relocate,
                enter = sym $enter,
            )
        }
    };
}
