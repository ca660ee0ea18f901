//! Waiting for signals instead of being interrupted by them.
#![forbid(unsafe_code)]

use core::time::Duration;

use super::{SigSet, Siginfo};
use crate::{
    Errno, Result,
    errno::retry,
    sys,
    time::{Timespec, retry_within},
};

/// Waits for a signal of `set`, takes it, and tells what is known of it.
///
/// The signals must be blocked, or they are handled instead. Of many that
/// wait, the one with the lowest number comes first.
///
/// # Errors
/// None that a kernel gives. `EINTR`, by a signal that is not in `set`, is
/// retried.
///
/// # Python
/// `signal.sigwaitinfo(sigset)`; `signal.sigwait(sigset)` is its
/// [`si_signo`](Siginfo::si_signo).
///
/// # See also
/// [sigwaitinfo(2)](https://man7.org/linux/man-pages/man2/sigwaitinfo.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigwaitinfo};
///
/// let set = SigSet::from([Signal::TERM, Signal::INT]);
/// sigprocmask(SigHow::Block, set)?;
/// raise(Signal::TERM)?;
/// assert_eq!(sigwaitinfo(set)?.si_signo(), Signal::TERM);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "sigwait")]
#[inline]
pub fn sigwaitinfo(set: SigSet) -> Result<Siginfo> {
    retry(|| sys::signal::rt_sigtimedwait(&set, None))
}

/// As [`sigwaitinfo`], but no longer than `timeout`: `None` if none came.
///
/// A `timeout` of zero takes what waits already. Linux counts the time in a
/// suspend as none.
///
/// # Errors
/// None that a kernel gives. `EINTR`, by a signal that is not in `set`, is
/// retried, with what is left of the time.
///
/// # Python
/// `signal.sigtimedwait(sigset, timeout)`.
///
/// # See also
/// [sigtimedwait(2)](https://man7.org/linux/man-pages/man2/sigtimedwait.2.html)
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::signal::{SigSet, Signal, sigtimedwait};
///
/// let none = sigtimedwait(SigSet::from(Signal::PWR), Duration::ZERO)?;
/// assert_eq!(none, None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "rt_sigtimedwait")]
#[inline]
pub fn sigtimedwait(set: SigSet, timeout: Duration) -> Result<Option<Siginfo>> {
    let wait = |left: Option<Duration>| {
        let left = left.map(Timespec::saturating_from);
        sys::signal::rt_sigtimedwait(&set, left.as_ref())
    };
    match retry_within(Some(timeout), wait) {
        Err(Errno::EAGAIN) => Ok(None),
        result => result.map(Some),
    }
}
