//! Which signals are blocked.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::SigSet;
use crate::{
    Result,
    sys::{self, Arg},
};

/// What [`sigprocmask`] does with its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum SigHow {
    /// Its signals are blocked too.
    #[doc(alias = "SIG_BLOCK")]
    Block = uapi::SIG_BLOCK,
    /// Its signals are no longer blocked.
    #[doc(alias = "SIG_UNBLOCK")]
    Unblock = uapi::SIG_UNBLOCK,
    /// Its signals are blocked, and no others.
    #[doc(alias = "SIG_SETMASK")]
    SetMask = uapi::SIG_SETMASK,
}

impl Arg for SigHow {
    #[inline(always)]
    fn arg(self) -> *mut () {
        (self as u32).arg()
    }
}

/// Changes which signals are blocked in this thread; returns which were.
///
/// A blocked signal waits until it is no longer blocked. `KILL` and `STOP`
/// cannot be blocked: they are left out without an error. An empty set with
/// [`SigHow::Block`] changes nothing, and so asks.
///
/// In a program with a libc, that libc's two signals (32, 33) should not stay
/// blocked: it would wait for them in vain.
///
/// # Errors
/// None that a kernel gives; a seccomp filter may have one.
///
/// # Python
/// `signal.pthread_sigmask(how, mask)`.
///
/// # See also
/// [sigprocmask(2)](https://man7.org/linux/man-pages/man2/sigprocmask.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigHow, SigSet, Signal, sigprocmask};
///
/// let old = sigprocmask(SigHow::Block, SigSet::from(Signal::USR1))?;
/// let now = sigprocmask(SigHow::SetMask, old)?;
/// assert!(now.contains(Signal::USR1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pthread_sigmask")]
#[doc(alias = "rt_sigprocmask")]
#[inline]
pub fn sigprocmask(how: SigHow, set: SigSet) -> Result<SigSet> {
    sys::signal::rt_sigprocmask(how, &set)
}
