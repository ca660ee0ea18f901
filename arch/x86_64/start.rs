//! Where the kernel enters a program: `rsp` points to `argc`, the other registers mean nothing.
//! Source: System V ABI, AMD64 supplement, 3.4.1 "Initial Stack and Register State".

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
                "xor ebp, ebp",                      // no frame before this one: backtraces end here
                "mov rdi, rsp",                      // first argument: the kernel's block
                "and rsp, -16",                      // the alignment every call expects
                "mov eax, offset {enter}",           // an address that fits 32 bits: no static-PIE links with it
                "call rax",
                "ud2",                               // `enter` does not return
                enter = sym $enter,
            )
        }

        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn _start_pie() -> ! {
            ::core::arch::naked_asm!(
                ".weak _DYNAMIC",                    // the linker makes it, for a static-PIE only...
                ".hidden _DYNAMIC",                  // ... and it is addressed directly
                "xor ebp, ebp",                      // no frame before this one: backtraces end here
                "mov rbx, rsp",                      // the kernel's block, kept over a call
                "and rsp, -16",                      // the alignment every call expects
                "mov rdi, rbx",                      // first argument: the block
                "lea rsi, [rip + _DYNAMIC]",         // second argument: the dynamic section
                "call {relocate}",
                "mov rdi, rbx",                      // first argument: the block
                "call {enter}",
                "ud2",                               // `enter` does not return
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
