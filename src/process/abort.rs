//! The end of a process that found itself wrong.
#![forbid(unsafe_code)]

use crate::{
    arch,
    signal::{self, SigHow, SigSet, Signal},
};

/// Ends the process by the default action of `SIGABRT`, which dumps core,
/// whatever the program made of that signal.
///
/// As abort(3): a handler runs first, if there is one. Should the kernel let
/// the process live (PID 1, a seccomp filter), it traps.
///
/// # Python
/// `os.abort()`.
///
/// # See also
/// [abort(3)](https://man7.org/linux/man-pages/man3/abort.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, Fork, WaitOptions};
/// use rawos::signal::Signal;
///
/// // SAFETY: the child ends at once.
/// match unsafe { process::fork()? } {
///     Fork::Child => process::abort(),
///     Fork::Parent(pid) => {
///         let (_, status) = process::waitpid(pid, WaitOptions::empty())?.unwrap();
///         assert_eq!(status.term_signal(), Some(Signal::ABRT));
///     }
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cold]
#[allow(clippy::missing_inline_in_public_items, reason = "it is called once")]
pub fn abort() -> ! {
    // Nothing that fails here has a better answer than the next step.
    let _ = signal::sigprocmask(SigHow::Unblock, SigSet::from(Signal::ABRT));
    let _ = signal::raise(Signal::ABRT);
    let _ = signal::default(Signal::ABRT);
    let _ = signal::raise(Signal::ABRT);
    arch::trap()
}
