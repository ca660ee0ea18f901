//! The `ecall` instruction, once. Number in `a7`; arguments in `a0` to `a5`; result in `a0`. The
//! kernel drops the vector state on every call: `v0` to `v31`, `vl`, `vtype` and `vstart` come back
//! unspecified, so all vector registers are clobbers and `preserves_flags` (which speaks of `vl`,
//! `vtype` and `fflags`) is not given. Every other register is preserved.
//! Source: syscall(2); "Vector register conventions for Linux" in `Documentation/arch/riscv/vector.rst`.

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
                asm!("ecall", in("a7") nr as isize, $(in($reg) $arg,)* lateout("a0") ret,
                     lateout("v0") _, lateout("v1") _, lateout("v2") _, lateout("v3") _, lateout("v4") _, lateout("v5") _, lateout("v6") _, lateout("v7") _,
                     lateout("v8") _, lateout("v9") _, lateout("v10") _, lateout("v11") _, lateout("v12") _, lateout("v13") _, lateout("v14") _, lateout("v15") _,
                     lateout("v16") _, lateout("v17") _, lateout("v18") _, lateout("v19") _, lateout("v20") _, lateout("v21") _, lateout("v22") _, lateout("v23") _,
                     lateout("v24") _, lateout("v25") _, lateout("v26") _, lateout("v27") _, lateout("v28") _, lateout("v29") _, lateout("v30") _, lateout("v31") _,
                     options(nostack));
            }
            ret
        }
    )*};
}

stubs! {
    syscall0();
    syscall1(a in "a0");
    syscall2(a in "a0", b in "a1");
    syscall3(a in "a0", b in "a1", c in "a2");
    syscall4(a in "a0", b in "a1", c in "a2", d in "a3");
    syscall5(a in "a0", b in "a1", c in "a2", d in "a3", e in "a4");
    syscall6(a in "a0", b in "a1", c in "a2", d in "a3", e in "a4", f in "a5");
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
        asm!("ecall", "unimp", in("a7") nr as isize, in("a0") a, options(nostack, noreturn));
    }
}
