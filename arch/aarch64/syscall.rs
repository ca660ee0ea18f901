//! The `svc` instruction, once. Number in `x8`; arguments in `x0` to `x5`; result in `x0`. The
//! kernel preserves every other register and the flags, except what SVE adds: `p0` to `p15`, `ffr`
//! and all but the low 128 bits of `v0` to `v31` come back zero, of which a compiler that uses SVE
//! has to know. `v8` to `v15` cost every function their saving, so they are clobbers only where all
//! code may use SVE.
//! Source: syscall(2); `kernel_entry` and `kernel_exit` in `arch/arm64/kernel/entry.S`; "System call
//! behaviour" in `Documentation/arch/arm64/sve.rst`.

use core::arch::asm;

use syscalls::Sysno;

macro_rules! stub {
    ([$($saved:tt)*] $name:ident($($arg:ident in $reg:tt),*)) => {
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
                     lateout("p0") _, lateout("p1") _, lateout("p2") _, lateout("p3") _, lateout("p4") _, lateout("p5") _, lateout("p6") _, lateout("p7") _,
                     lateout("p8") _, lateout("p9") _, lateout("p10") _, lateout("p11") _, lateout("p12") _, lateout("p13") _, lateout("p14") _, lateout("p15") _,
                     lateout("ffr") _,
                     lateout("v0") _, lateout("v1") _, lateout("v2") _, lateout("v3") _, lateout("v4") _, lateout("v5") _, lateout("v6") _, lateout("v7") _,
                     lateout("v16") _, lateout("v17") _, lateout("v18") _, lateout("v19") _, lateout("v20") _, lateout("v21") _, lateout("v22") _, lateout("v23") _,
                     lateout("v24") _, lateout("v25") _, lateout("v26") _, lateout("v27") _, lateout("v28") _, lateout("v29") _, lateout("v30") _, lateout("v31") _,
                     $(lateout($saved) _,)*
                     options(nostack, preserves_flags));
            }
            ret
        }
    };
}

#[cfg(not(target_feature = "sve"))]
macro_rules! stubs {
    ($($name:ident $args:tt;)*) => {$(stub! { [] $name $args })*};
}
#[cfg(target_feature = "sve")]
macro_rules! stubs {
    ($($name:ident $args:tt;)*) => {$(
        stub! { ["v8" "v9" "v10" "v11" "v12" "v13" "v14" "v15"] $name $args }
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
