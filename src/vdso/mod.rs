//! The vDSO: functions that the kernel puts into every process, so that some
//! questions need no system call.
//!
//! Used where it offers them: for `clock_gettime`, `getcpu` and, from Linux
//! 6.11 on (x86_64; 6.12 on aarch64, 6.16 on riscv64), for
//! [`urandom`](crate::getrandom::urandom) and
//! [`getrandom`](crate::getrandom::getrandom()). Each function is looked up
//! when it is first needed. A process without a vDSO, and an image that is
//! not one of this architecture's or is not whole, get the system calls.
//!
//! Here: the switch. Next door: `elf.rs` reads the image, `sys/vdso.rs` finds
//! it and calls what is in it.
#![forbid(unsafe_code)]

pub(crate) mod elf;

use crate::sys;

/// From now on, this process makes system calls in place of calling the vDSO.
///
/// For programs under a tool that wants to see the system calls or cannot
/// follow code that no file has (valgrind, record and replay, some sandboxes),
/// and for measuring what the vDSO is worth. There is no way back. Children
/// inherit the choice until they execute a program. A call that another
/// thread is in the middle of, or a signal handler interrupted, still ends in
/// the vDSO.
///
/// # Python
/// None.
///
/// # See also
/// [vdso(7)](https://man7.org/linux/man-pages/man7/vdso.7.html)
///
/// # Examples
/// ```
/// use rawos::{getrandom::urandom, vdso};
///
/// vdso::disable();
/// assert_eq!(urandom(&mut [0; 16]), Ok(16));
/// ```
#[inline]
pub fn disable() {
    sys::vdso::disable();
}
