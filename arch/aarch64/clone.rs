//! clone(2) with a new stack: the child begins in a function of its own, because where the parent
//! goes on there is nothing on the child's stack to return to.
//! Source: clone(2), whose arguments come in an order of their own on each architecture:
//! here flags, stack, parent_tid, tls, child_tid. What a system call does to SVE's registers is in
//! `syscall.rs`; here it costs little to name them all.

use core::arch::asm;

use syscalls::Sysno;

/// What a child needs to begin.
#[derive(Clone, Copy)]
pub(crate) struct Child {
    /// `CLONE_*` and, in the low byte, the signal at the end.
    pub(crate) flags: usize,
    /// The end of the child's stack, aligned to 16 bytes.
    pub(crate) stack: *mut u8,
    /// Where `CLONE_PARENT_SETTID` or `CLONE_PIDFD` writes.
    pub(crate) parent_tid: *mut i32,
    /// The thread pointer that `CLONE_SETTLS` sets.
    pub(crate) tls: *mut u8,
    /// Where `CLONE_CHILD_SETTID` and `CLONE_CHILD_CLEARTID` write.
    pub(crate) child_tid: *mut i32,
}

/// Makes a child that calls `enter` with `data` on its own stack. Returns in
/// the parent only.
///
/// # Safety
/// The stack must be the child's alone and large enough for `enter`, the
/// pointers that the flags name must be valid for what the kernel writes. With
/// `CLONE_VM`, the child shares all memory: what `enter` touches must not be
/// in use by the parent at the same time.
#[inline(never)]
pub(crate) unsafe fn clone(
    child: Child,
    enter: unsafe extern "C" fn(*mut ()) -> !,
    data: *mut (),
) -> isize {
    let ret: isize;
    // SAFETY: the clobbers are those of a system call. The parent leaves the
    // block as it entered it; the child never leaves it, and touches its own
    // stack only. The caller vouches for the rest.
    unsafe {
        asm!(
            "svc 0",
            "cbnz x0, 2f",
            "mov x29, xzr",                      // no frame before this one: backtraces end here
            "mov x30, xzr",                      // and nowhere to return to
            "mov x0, x9",                        // first argument: the data
            "blr x10",
            "brk #1",                            // `enter` does not return
            "2:",
            in("x8") Sysno::clone as isize,
            inlateout("x0") child.flags => ret,
            in("x1") child.stack,
            in("x2") child.parent_tid,
            in("x3") child.tls,
            in("x4") child.child_tid,
            in("x9") data,
            in("x10") enter,
            lateout("p0") _, lateout("p1") _, lateout("p2") _, lateout("p3") _, lateout("p4") _, lateout("p5") _, lateout("p6") _, lateout("p7") _,
            lateout("p8") _, lateout("p9") _, lateout("p10") _, lateout("p11") _, lateout("p12") _, lateout("p13") _, lateout("p14") _, lateout("p15") _,
            lateout("ffr") _,
            lateout("v0") _, lateout("v1") _, lateout("v2") _, lateout("v3") _, lateout("v4") _, lateout("v5") _, lateout("v6") _, lateout("v7") _,
            lateout("v8") _, lateout("v9") _, lateout("v10") _, lateout("v11") _, lateout("v12") _, lateout("v13") _, lateout("v14") _, lateout("v15") _,
            lateout("v16") _, lateout("v17") _, lateout("v18") _, lateout("v19") _, lateout("v20") _, lateout("v21") _, lateout("v22") _, lateout("v23") _,
            lateout("v24") _, lateout("v25") _, lateout("v26") _, lateout("v27") _, lateout("v28") _, lateout("v29") _, lateout("v30") _, lateout("v31") _,
        );
    }
    ret
}

/// The thread pointer.
#[cfg(test)]
pub(crate) fn thread_pointer() -> usize {
    let pointer: usize;
    // SAFETY: reads a register.
    unsafe {
        asm!("mrs {}, tpidr_el0", out(reg) pointer, options(nostack, preserves_flags, nomem));
    }
    pointer
}
