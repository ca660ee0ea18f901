//! Keeping the program in memory.
#![forbid(unsafe_code)]

use linux_raw_sys::general::MCL_CURRENT;

use crate::{Result, sys};

/// What [`plock`] does.
///
/// # Python
/// The argument `op`, a number of `<sys/lock.h>`. Text or data alone, which it
/// names too, Linux cannot lock.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{PlockOp, plock}};
///
/// // As much as RLIMIT_MEMLOCK lets this process.
/// let locked = plock(PlockOp::Process);
/// assert!(matches!(locked, Ok(()) | Err(Errno::ENOMEM | Errno::EPERM)));
/// assert_eq!(plock(PlockOp::Unlock), Ok(()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlockOp {
    /// Nothing is locked any more.
    #[doc(alias = "UNLOCK")]
    Unlock,
    /// All of the program that is mapped now is locked: code, data, stacks.
    #[doc(alias = "PROCLOCK")]
    Process,
}

/// Locks what the process has mapped into memory, so that none of it is
/// swapped out, or unlocks it.
///
/// Linux has no such call: this is mlockall(2) with `MCL_CURRENT`, or
/// munlockall(2). What is mapped later is not locked.
///
/// # Errors
/// - [`ENOMEM`](crate::Errno::ENOMEM): it is more than `RLIMIT_MEMLOCK` allows.
/// - [`EPERM`](crate::Errno::EPERM): that limit is 0, and the process has no
///   `CAP_IPC_LOCK`.
/// - [`EAGAIN`](crate::Errno::EAGAIN): some of it could not be locked.
///
/// # Python
/// `os.plock(op)`, which Python on Linux does not have.
///
/// # See also
/// [mlockall(2)](https://man7.org/linux/man-pages/man2/mlock.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{PlockOp, plock};
///
/// assert_eq!(plock(PlockOp::Unlock), Ok(()));
/// ```
#[doc(alias = "mlockall")]
#[inline]
pub fn plock(op: PlockOp) -> Result<()> {
    match op {
        PlockOp::Unlock => sys::exec::munlockall(),
        PlockOp::Process => sys::exec::mlockall(MCL_CURRENT),
    }
}
