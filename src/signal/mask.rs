//! Which signals are blocked, and which wait because of it.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::{SigSet, Signal};
use crate::{
    Errno, Result,
    sys::{self, Arg},
};

/// What [`sigprocmask`] does with its set.
///
/// # Examples
/// ```
/// use rawos::signal::{SigHow, SigSet, Signal, sigprocmask};
///
/// let (hup, usr1) = (SigSet::from(Signal::HUP), SigSet::from(Signal::USR1));
/// sigprocmask(SigHow::SetMask, hup)?;
/// sigprocmask(SigHow::Block, usr1)?;
/// sigprocmask(SigHow::Unblock, hup)?;
/// assert_eq!(sigprocmask(SigHow::Block, SigSet::empty()), Ok(usr1));
/// # Ok::<(), rawos::Errno>(())
/// ```
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

/// The signals that were sent to this thread or process and wait because
/// they are blocked.
///
/// # Errors
/// None that a kernel gives; a seccomp filter may have one.
///
/// # Python
/// `signal.sigpending()`.
///
/// # See also
/// [sigpending(2)](https://man7.org/linux/man-pages/man2/sigpending.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigHow, SigSet, Signal, raise, sigpending, sigprocmask};
///
/// sigprocmask(SigHow::Block, SigSet::from(Signal::USR1))?;
/// raise(Signal::USR1)?;
/// assert!(sigpending()?.contains(Signal::USR1));
/// # rawos::signal::sigwaitinfo(SigSet::from(Signal::USR1))?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "rt_sigpending")]
#[inline]
pub fn sigpending() -> Result<SigSet> {
    sys::signal::rt_sigpending()
}

/// Blocks the signals of `mask` and no others, waits until a handler ran, and
/// blocks what was blocked before.
///
/// No signal can slip in between: block it, see whether there is something to
/// wait for, and let it in here.
///
/// # Errors
/// None that a kernel gives; a seccomp filter may have one.
///
/// # Python
/// None; `signal.pause()` is the form without a mask.
///
/// # See also
/// [sigsuspend(2)](https://man7.org/linux/man-pages/man2/sigsuspend.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigHandler, SigHow, SigSet, Signal, raise, sigaction, sigprocmask, sigsuspend};
///
/// extern "C" fn nothing(_: Signal) {}
///
/// let old = sigprocmask(SigHow::Block, SigSet::from(Signal::URG))?;
/// // SAFETY: the handler does nothing.
/// unsafe { sigaction(Signal::URG, &SigHandler::Handler(nothing).into()) }?;
/// raise(Signal::URG)?;
/// assert_eq!(sigsuspend(old), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pause")]
#[doc(alias = "rt_sigsuspend")]
#[inline]
pub fn sigsuspend(mask: SigSet) -> Result<()> {
    match sys::signal::rt_sigsuspend(&mask) {
        Err(Errno::EINTR) => Ok(()),
        result => result,
    }
}

/// Sends `signal` to the calling thread; unless it is blocked, it has arrived
/// when this returns.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): `signal` is not 0 to 64.
///
/// # Python
/// `signal.raise_signal(signum)`.
///
/// # See also
/// [raise(3)](https://man7.org/linux/man-pages/man3/raise.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, signal::{Signal, raise}};
///
/// // Ignored by default.
/// assert_eq!(raise(Signal::URG), Ok(()));
/// assert_eq!(raise(Signal(65)), Err(Errno::EINVAL));
/// ```
#[doc(alias = "raise_signal")]
#[doc(alias = "tgkill")]
#[inline]
pub fn raise(signal: Signal) -> Result<()> {
    sys::signal::raise(signal)
}
