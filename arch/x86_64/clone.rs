//! clone(2) with a new stack: the child begins in a function of its own, because where the parent
//! goes on there is nothing on the child's stack to return to.
//! Source: clone(2), whose arguments come in an order of their own on each architecture:
//! here flags, stack, parent_tid, child_tid, tls.

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
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",                      // no frame before this one: backtraces end here
            "mov rdi, r12",                      // first argument: the data
            "call r13",                          // the stack is aligned to 16 bytes here
            "ud2",                               // `enter` does not return
            "2:",
            inlateout("rax") Sysno::clone as isize => ret,
            in("rdi") child.flags,
            in("rsi") child.stack,
            in("rdx") child.parent_tid,
            in("r10") child.child_tid,
            in("r8") child.tls,
            in("r12") data,
            in("r13") enter,
            lateout("rcx") _, lateout("r11") _,
        );
    }
    ret
}

/// The thread pointer.
#[cfg(test)]
pub(crate) fn thread_pointer() -> usize {
    let pointer: usize;
    // SAFETY: both C libraries and the test keep the thread pointer where it
    // points to.
    unsafe {
        asm!("mov {}, qword ptr fs:[0]", out(reg) pointer, options(nostack, preserves_flags, readonly));
    }
    pointer
}
