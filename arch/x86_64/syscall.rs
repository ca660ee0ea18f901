//! The `syscall` instruction, once. Number in `rax`; arguments in `rdi rsi rdx r10 r8 r9`; result in
//! `rax`. The CPU overwrites `rcx` and `r11`; the kernel preserves the rest, flags included.
//! Source: syscall(2); the entry code's own header, `arch/x86/entry/entry_64.S`.

use core::arch::asm;

use syscalls::Sysno;

macro_rules! stubs {
    ($($name:ident($($arg:ident in $reg:tt),*);)*) => {$(
        /// # Safety
        /// For syscall `nr`, every pointer among the arguments must be valid
        /// for whatever that syscall reads or writes through it.
        #[inline(always)]
        pub(crate) unsafe fn $name(nr: Sysno, $($arg: *mut ()),*) -> isize {
            let ret: isize;
            // SAFETY: the clobbers are those of the module header, and the
            // caller vouches for the memory the kernel touches.
            unsafe {
                asm!("syscall", inlateout("rax") nr as isize => ret, $(in($reg) $arg,)*
                     lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags));
            }
            ret
        }
    )*};
}

stubs! {
    syscall0();
    syscall1(a in "rdi");
    syscall2(a in "rdi", b in "rsi");
    syscall3(a in "rdi", b in "rsi", c in "rdx");
    syscall4(a in "rdi", b in "rsi", c in "rdx", d in "r10");
    syscall5(a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8");
    syscall6(a in "rdi", b in "rsi", c in "rdx", d in "r10", e in "r8", f in "r9");
}

/// Makes a system call that does not return; traps should it return (a
/// seccomp filter can make even `exit_group` fail).
///
/// # Safety
/// `nr` must be a syscall that ends or replaces the caller and takes one
/// argument that is not a pointer.
#[inline(always)]
pub(crate) unsafe fn syscall1_noreturn(nr: Sysno, a: *mut ()) -> ! {
    // SAFETY: the caller vouches for `nr`; control never leaves this block.
    unsafe {
        asm!("syscall", "ud2", in("rax") nr as isize, in("rdi") a, options(nostack, noreturn));
    }
}
