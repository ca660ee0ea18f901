//! What the kernel tells of a signal.
#![forbid(unsafe_code)]

use core::fmt;

use super::Signal;
use crate::process::Pid;

/// What is known of a signal: who sent it and why. [`sigwaitinfo`](super::sigwaitinfo)
/// tells it, and handlers get it.
///
/// Which fields mean something is up to the signal and its
/// [`si_code`](Self::si_code); the others are other fields' bytes.
///
/// # Python
/// `signal.struct_siginfo`; the methods have its attributes' names.
///
/// # See also
/// [sigaction(2)](https://man7.org/linux/man-pages/man2/sigaction.2.html)
///
/// # Examples
/// ```
/// use rawos::{process, signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigwaitinfo}};
///
/// let set = SigSet::from(Signal::USR1);
/// sigprocmask(SigHow::Block, set)?;
/// raise(Signal::USR1)?;
/// let info = sigwaitinfo(set)?;
/// assert_eq!((info.si_signo(), info.si_uid()), (Signal::USR1, process::getuid()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(C, align(8))]
#[doc(alias = "siginfo_t")]
#[doc(alias = "struct_siginfo")]
pub struct Siginfo([u8; 128]);

const _: () = assert!(size_of::<Siginfo>() == size_of::<linux_raw_sys::general::siginfo_t>());
const _: () = assert!(align_of::<Siginfo>() == align_of::<linux_raw_sys::general::siginfo_t>());

impl Siginfo {
    numbers! {
        signal: i32 at 0;
        pid: i32 at 16;
        /// An error number; almost always 0.
        pub si_errno: i32 at 4;
        /// Why: `SI_USER` (0) by kill(2), `SI_KERNEL` (0x80), `SI_QUEUE` (-1), `SI_TKILL` (-6);
        /// other positive numbers are the signal's own, such as `CLD_*` of `SIGCHLD`.
        pub si_code: i32 at 8;
        /// The sender's or the child's real user.
        pub si_uid: u32 at 20;
        /// `SIGCHLD`: exit status or signal.
        pub si_status: i32 at 24;
        /// A number that came with the signal, from sigqueue(3) or a timer.
        pub si_value: usize at 24;
        /// A timer's signal: how many more it stands for.
        pub si_overrun: i32 at 20;
        /// A signal for a wrong instruction or address: which.
        pub si_addr: usize at 16;
        /// `SIGIO`: what is ready, as poll(2) has it.
        pub si_band: i64 at 16;
        /// `SIGIO`: on which descriptor.
        pub si_fd: i32 at 24;
        /// `SIGSYS`: which system call.
        pub si_syscall: i32 at 24;
    }

    #[inline]
    pub(crate) const fn zeroed() -> Self {
        Self([0; 128])
    }

    /// The signal.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigwaitinfo};
    ///
    /// let set = SigSet::from(Signal::USR2);
    /// sigprocmask(SigHow::Block, set)?;
    /// raise(Signal::USR2)?;
    /// assert_eq!(sigwaitinfo(set)?.si_signo(), Signal::USR2);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn si_signo(&self) -> Signal {
        Signal(self.signal())
    }

    /// The process that sent it, or the child that it is about.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process, signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigwaitinfo}};
    ///
    /// let set = SigSet::from(Signal::USR2);
    /// sigprocmask(SigHow::Block, set)?;
    /// raise(Signal::USR2)?;
    /// assert_eq!(sigwaitinfo(set)?.si_pid(), process::getpid());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn si_pid(&self) -> Pid {
        Pid(self.pid())
    }

    /// All of it, for what has no method.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigHow, SigSet, Signal, raise, sigprocmask, sigwaitinfo};
    ///
    /// let set = SigSet::from(Signal::USR2);
    /// sigprocmask(SigHow::Block, set)?;
    /// raise(Signal::USR2)?;
    /// assert!(sigwaitinfo(set)?.as_bytes().starts_with(&Signal::USR2.0.to_ne_bytes()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 128] {
        &self.0
    }
}

impl fmt::Debug for Siginfo {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Siginfo")
            .field("si_signo", &self.si_signo())
            .field("si_code", &self.si_code())
            .field("si_pid", &self.si_pid())
            .field("si_uid", &self.si_uid())
            .field("si_status", &self.si_status())
            .finish_non_exhaustive()
    }
}
