//! The `svc` instruction, once. Number in `x8`; arguments in `x0` to `x5`; result in `x0`. The
//! kernel preserves every other register and the flags.
//! Source: syscall(2); `kernel_entry` and `kernel_exit` in `arch/arm64/kernel/entry.S`.

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
                asm!("svc 0", in("x8") nr as isize, $(in($reg) $arg,)* lateout("x0") ret,
                     options(nostack, preserves_flags));
            }
            ret
        }
    )*};
}

stubs! {
    syscall0();
    syscall1(a in "x0");
    syscall2(a in "x0", b in "x1");
    syscall3(a in "x0", b in "x1", c in "x2");
    syscall4(a in "x0", b in "x1", c in "x2", d in "x3");
    syscall5(a in "x0", b in "x1", c in "x2", d in "x3", e in "x4");
    syscall6(a in "x0", b in "x1", c in "x2", d in "x3", e in "x4", f in "x5");
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
        asm!("svc 0", "brk #1", in("x8") nr as isize, in("x0") a, options(nostack, noreturn));
    }
}
