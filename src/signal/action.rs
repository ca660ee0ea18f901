//! What happens when a signal arrives.
//!
//! A handler is the one thing here that is unsafe to install: it runs between
//! any two instructions. What needs none is often better done by waiting:
//! [`sigwaitinfo`](super::sigwaitinfo), [`signalfd`](super::signalfd).

use core::ffi::c_void;

use linux_raw_sys::general as uapi;

use super::{SigSet, Siginfo, Signal};
use crate::{Result, sys};

flags! {
    /// Details of a [`SigAction`].
    ///
    /// `SA_SIGINFO` and `SA_RESTORER` are not among them: the handler's kind
    /// and the architecture decide.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SaFlags, SigAction, SigHandler, Signal, getsignal, sigaction};
    ///
    /// // Children that end leave nothing to wait for.
    /// let flags = SaFlags::NOCLDWAIT | SaFlags::NOCLDSTOP;
    /// let action = SigAction { flags, ..SigHandler::Default.into() };
    /// // SAFETY: no function will run.
    /// unsafe { sigaction(Signal::CHLD, &action) }?;
    /// assert_eq!(getsignal(Signal::CHLD)?.flags & flags, flags);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct SaFlags: u64 {
        /// `SA_NOCLDSTOP`: no `SIGCHLD` for children that stop or continue.
        #[doc(alias = "SA_NOCLDSTOP")]
        const NOCLDSTOP = uapi::SA_NOCLDSTOP;
        /// `SA_NOCLDWAIT`: nothing stays of children that end; there is nothing to wait for.
        #[doc(alias = "SA_NOCLDWAIT")]
        const NOCLDWAIT = uapi::SA_NOCLDWAIT;
        /// `SA_ONSTACK`: on the stack of sigaltstack(2), if there is one.
        #[doc(alias = "SA_ONSTACK")]
        const ONSTACK = uapi::SA_ONSTACK;
        /// `SA_RESTART`: most calls that it interrupts go on by themselves.
        #[doc(alias = "SA_RESTART")]
        const RESTART = uapi::SA_RESTART;
        /// `SA_NODEFER`: the signal is not blocked while its handler runs.
        #[doc(alias = "SA_NODEFER")]
        const NODEFER = uapi::SA_NODEFER;
        /// `SA_RESETHAND`: the default action returns before the handler runs.
        #[doc(alias = "SA_RESETHAND")]
        const RESETHAND = uapi::SA_RESETHAND;
    }
}

/// The kernel's name for a field that two of the architectures have.
const SA_RESTORER: u64 = 0x0400_0000;

impl SaFlags {
    /// The flags that are a caller's to choose.
    pub(crate) const CALLERS: Self =
        Self::from_bits_retain(!(SA_RESTORER | uapi::SA_SIGINFO as u64));
}

/// Who is told that a signal arrived: a part of [`SigAction`].
///
/// # Python
/// The second argument of `signal.signal`.
///
/// # Examples
/// ```
/// use rawos::signal::{SigHandler, Signal, getsignal, ignore};
///
/// ignore(Signal::PIPE)?;
/// assert!(matches!(getsignal(Signal::PIPE)?.handler, SigHandler::Ignore));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum SigHandler {
    /// The kernel does what signal(7) says: ends, stops or continues the
    /// process, or nothing.
    #[doc(alias = "SIG_DFL")]
    Default,
    /// Nobody: the signal is dropped.
    #[doc(alias = "SIG_IGN")]
    Ignore,
    /// A function, given the signal.
    Handler(unsafe extern "C" fn(Signal)),
    /// A function, given the signal, what is known of it, and the interrupted
    /// thread's registers: a `ucontext_t`.
    #[doc(alias = "SA_SIGINFO")]
    Info(unsafe extern "C" fn(Signal, &Siginfo, *mut c_void)),
}

/// What happens when a signal arrives: what [`sigaction`] sets.
///
/// # Examples
/// ```
/// use rawos::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, getsignal, sigaction};
///
/// extern "C" fn nothing(_: Signal) {}
///
/// let action = SigAction {
///     handler: SigHandler::Handler(nothing),
///     mask: SigSet::from(Signal::TERM),
///     flags: SaFlags::RESTART,
/// };
/// // SAFETY: the handler does nothing.
/// unsafe { sigaction(Signal::HUP, &action) }?;
/// assert_eq!(getsignal(Signal::HUP)?.mask, SigSet::from(Signal::TERM));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "struct sigaction")]
pub struct SigAction {
    /// Who is told.
    pub handler: SigHandler,
    /// What is blocked while a handler runs, beside the signal itself.
    pub mask: SigSet,
    /// Details.
    pub flags: SaFlags,
}

impl From<SigHandler> for SigAction {
    /// Blocks nothing else, and has no flags: calls are interrupted.
    #[inline]
    fn from(handler: SigHandler) -> Self {
        Self { handler, mask: SigSet::empty(), flags: SaFlags::empty() }
    }
}

/// Says what happens when `signal` arrives; returns what did until now.
///
/// It holds for the whole process. Without a handler there are the safe
/// [`ignore`] and [`default`]. Handlers do not survive an exec, ignoring does.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `signal` is not 1 to 64, or is `KILL`
///   or `STOP`.
/// - The rest: sigaction(2).
///
/// # Safety
/// A handler runs at any moment, in any thread that does not block the signal.
/// It must do nothing that is wrong there: take no lock, allocate nothing, not
/// unwind, and touch what others use only if that is atomic; signal-safety(7)
/// says more. One that an earlier call returned must still be there.
///
/// # Python
/// `signal.signal(signalnum, handler)`, which runs its handlers later, not
/// while the program is interrupted.
///
/// # See also
/// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html),
/// [signal-safety(7)](https://man7.org/linux/man-pages/man7/signal-safety.7.html)
///
/// # Examples
/// ```
/// use core::sync::atomic::{AtomicI32, Ordering::Relaxed};
/// use rawos::signal::{SigHandler, Signal, raise, sigaction};
///
/// static CAUGHT: AtomicI32 = AtomicI32::new(0);
///
/// extern "C" fn handler(signal: Signal) {
///     CAUGHT.store(signal.0, Relaxed);
/// }
///
/// // SAFETY: the handler does nothing but store an atomic.
/// let old = unsafe { sigaction(Signal::URG, &SigHandler::Handler(handler).into()) }?;
/// raise(Signal::URG)?;
/// assert_eq!(CAUGHT.load(Relaxed), Signal::URG.0);
/// # // SAFETY: what was there before.
/// # unsafe { sigaction(Signal::URG, &old) }?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "rt_sigaction")]
#[inline]
pub unsafe fn sigaction(signal: Signal, action: &SigAction) -> Result<SigAction> {
    // SAFETY: the caller's promise is passed on unchanged.
    unsafe { sys::signal::rt_sigaction(signal, Some(action)) }
}

/// What happens now when `signal` arrives.
///
/// # Errors
/// [`EINVAL`](crate::Errno::EINVAL): `signal` is not 1 to 64.
///
/// # Python
/// `signal.getsignal(signalnum)`.
///
/// # See also
/// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigHandler, Signal, getsignal};
///
/// assert!(matches!(getsignal(Signal::KILL)?.handler, SigHandler::Default));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getsignal(signal: Signal) -> Result<SigAction> {
    // SAFETY: nothing is installed.
    unsafe { sys::signal::rt_sigaction(signal, None) }
}

/// Has the whole process ignore `signal`, over an exec too; returns what
/// happened until now.
///
/// Ignoring `SIGCHLD` leaves nothing of children to wait for.
///
/// # Errors
/// Those of [`sigaction`].
///
/// # Python
/// `signal.signal(signalnum, signal.SIG_IGN)`.
///
/// # See also
/// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{self, Signal};
///
/// signal::ignore(Signal::TTOU)?;
/// assert_eq!(signal::raise(Signal::TTOU), Ok(()));
/// # signal::default(Signal::TTOU)?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SIG_IGN")]
#[inline]
pub fn ignore(signal: Signal) -> Result<SigAction> {
    // SAFETY: no handler is installed.
    unsafe { sigaction(signal, &SigHandler::Ignore.into()) }
}

/// Has the kernel do with `signal` what signal(7) says; returns what happened
/// until now.
///
/// # Errors
/// Those of [`sigaction`].
///
/// # Python
/// `signal.signal(signalnum, signal.SIG_DFL)`.
///
/// # See also
/// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, signal::{self, Signal}};
///
/// assert!(signal::default(Signal::WINCH).is_ok());
/// assert_eq!(signal::default(Signal::KILL).err(), Some(Errno::EINVAL));
/// ```
#[doc(alias = "SIG_DFL")]
#[inline]
pub fn default(signal: Signal) -> Result<SigAction> {
    // SAFETY: no handler is installed.
    unsafe { sigaction(signal, &SigHandler::Default.into()) }
}
