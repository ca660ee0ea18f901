//! Any system call by number, for what has no wrapper.
//!
//! Next door: every room wraps the calls it knows with types and policy. Here
//! there is neither: arguments are registers, and `EINTR` is shown.
//!
//! The table of numbers, [`Sysno`], is that of the crate `syscalls`. On aarch64
//! it also has calls of 32-bit kernels, such as `clock_gettime64`: `ENOSYS`.

pub use syscalls::Sysno;

use crate::{Result, arch, errno::Errno, sys::Arg};

/// Makes the system call `nr` with up to six arguments.
///
/// Each argument is a register's content: an integer as it is (negative ones
/// sign-extended), a pointer cast to `usize` after `expose_provenance`. What
/// the call does not take may be left out: `[usize; N]` has 0 to 6 elements,
/// and the missing registers are zero.
///
/// # Errors
/// The `Errno` of the call; [`EINTR`](Errno::EINTR) is not retried.
/// [`ENOSYS`](Errno::ENOSYS) where the kernel does not know `nr`.
///
/// # Safety
/// `nr` must not do what Rust forbids: every pointer among the arguments must
/// be valid for what the call reads or writes through it, and the call must not
/// close, map over or move what other code owns.
///
/// # Python
/// None; the counterpart is `ctypes`' way to syscall(2).
///
/// # See also
/// [syscall(2)](https://man7.org/linux/man-pages/man2/syscall.2.html)
///
/// # Examples
/// ```
/// use rawos::raw::{self, Sysno};
///
/// // SAFETY: getpid(2) takes no argument and touches no memory.
/// let pid = unsafe { raw::syscall(Sysno::getpid, []) };
/// assert_eq!(pid, Ok(std::process::id() as usize));
/// ```
#[inline]
pub unsafe fn syscall<const N: usize>(nr: Sysno, args: [usize; N]) -> Result<usize> {
    const { assert!(N <= 6, "Linux passes at most six arguments") }
    let reg =
        |i: usize| args.get(i).map_or(0usize.arg(), |a| core::ptr::with_exposed_provenance_mut(*a));
    // SAFETY: the caller vouches for `nr` and its arguments; unused registers
    // are ignored by the kernel.
    let raw = unsafe { arch::syscall6(nr, reg(0), reg(1), reg(2), reg(3), reg(4), reg(5)) };
    Errno::check(raw)
}
