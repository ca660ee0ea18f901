//! Signals that are read from a descriptor.
#![forbid(unsafe_code)]

use core::fmt;

use linux_raw_sys::general as uapi;

use super::{SigSet, Signal};
use crate::{
    Errno, Result,
    fd::{self, AsFd, OwnedFd},
    process::Pid,
    sys,
};

flags! {
    /// Flags for [`signalfd`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, signal::{self, SigSet, SignalfdFlags}};
    ///
    /// let fd = signal::signalfd(SigSet::empty(), SignalfdFlags::NONBLOCK)?;
    /// assert_eq!(fd::get_blocking(&fd), Ok(false));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct SignalfdFlags: u32 {
        /// `SFD_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "SFD_CLOEXEC")]
        const CLOEXEC = uapi::O_CLOEXEC;
        /// `SFD_NONBLOCK`: reading does not wait.
        #[doc(alias = "SFD_NONBLOCK")]
        const NONBLOCK = uapi::O_NONBLOCK;
    }
}

/// Makes a descriptor from which the signals of `set` are read, by
/// [`signalfd_read`].
///
/// It is ready, for poll(2) and its kin, when a signal waits: one sent to the
/// process, or to the thread that asks. The signals must be blocked, or they
/// are handled instead. The descriptor is close-on-exec.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): an unknown flag.
/// - [`EMFILE`](Errno::EMFILE), [`ENFILE`](Errno::ENFILE): too many descriptors.
/// - [`ENODEV`](Errno::ENODEV), [`ENOMEM`](Errno::ENOMEM): the kernel lacks what it needs.
///
/// # Python
/// None.
///
/// # See also
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html)
///
/// # Examples
/// ```
/// use rawos::signal::{self, SigHow, SigSet, Signal, SignalfdFlags};
///
/// let set = SigSet::from(Signal::CHLD);
/// signal::sigprocmask(SigHow::Block, set)?;
/// let fd = signal::signalfd(set, SignalfdFlags::empty())?;
/// signal::raise(Signal::CHLD)?;
/// assert_eq!(signal::signalfd_read(&fd)?.ssi_signo(), Signal::CHLD);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "signalfd4")]
#[inline]
pub fn signalfd(set: SigSet, flags: SignalfdFlags) -> Result<OwnedFd> {
    sys::signal::signalfd4(&set, flags | SignalfdFlags::CLOEXEC)
}

/// Takes one signal from the descriptor `fd` that [`signalfd`] made, and waits
/// for one if need be.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): there is none, and `fd` is non-blocking.
/// - [`EBADMSG`](Errno::EBADMSG): `fd` gave something else; it is no signalfd.
/// - The rest: those of [`fd::read`]. `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, signal::{self, SigSet, SignalfdFlags}};
///
/// let fd = signal::signalfd(SigSet::empty(), SignalfdFlags::NONBLOCK)?;
/// assert_eq!(signal::signalfd_read(&fd).err(), Some(Errno::EAGAIN));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn signalfd_read<Fd: AsFd>(fd: Fd) -> Result<SignalfdSiginfo> {
    let mut info = [0; 128];
    match fd::read(fd, &mut info)? {
        128 => Ok(SignalfdSiginfo(info)),
        _ => Err(Errno::EBADMSG),
    }
}

/// What [`signalfd_read`] tells of a signal; as with
/// [`Siginfo`](super::Siginfo), not every field means something.
///
/// # See also
/// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html)
///
/// # Examples
/// ```
/// use rawos::{process, signal::{self, SigHow, SigSet, Signal, SignalfdFlags}};
///
/// let set = SigSet::from(Signal::USR2);
/// signal::sigprocmask(SigHow::Block, set)?;
/// let fd = signal::signalfd(set, SignalfdFlags::empty())?;
/// signal::raise(Signal::USR2)?;
/// let info = signal::signalfd_read(&fd)?;
/// assert_eq!((info.ssi_signo(), info.ssi_uid()), (Signal::USR2, process::getuid()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "signalfd_siginfo")]
pub struct SignalfdSiginfo([u8; 128]);

impl SignalfdSiginfo {
    numbers! {
        signal: i32 at 0;
        pid: i32 at 12;
        /// An error number; almost always 0.
        pub ssi_errno: i32 at 4;
        /// Why: as [`si_code`](super::Siginfo::si_code).
        pub ssi_code: i32 at 8;
        /// The sender's or the child's real user.
        pub ssi_uid: u32 at 16;
        /// `SIGIO`: on which descriptor.
        pub ssi_fd: i32 at 20;
        /// A timer's signal: which timer, by the kernel's number.
        pub ssi_tid: u32 at 24;
        /// `SIGIO`: what is ready, as poll(2) has it.
        pub ssi_band: u32 at 28;
        /// A timer's signal: how many more it stands for.
        pub ssi_overrun: u32 at 32;
        /// `SIGCHLD`: exit status or signal.
        pub ssi_status: i32 at 40;
        /// The number of sigqueue(3), as an integer.
        pub ssi_int: i32 at 44;
        /// The number of sigqueue(3), as an address.
        pub ssi_ptr: u64 at 48;
        /// A signal for a wrong instruction or address: which.
        pub ssi_addr: u64 at 72;
        /// `SIGSYS`: which system call.
        pub ssi_syscall: i32 at 84;
    }

    /// The signal.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{self, SigHow, SigSet, Signal, SignalfdFlags};
    ///
    /// let set = SigSet::from(Signal::USR1);
    /// signal::sigprocmask(SigHow::Block, set)?;
    /// let fd = signal::signalfd(set, SignalfdFlags::empty())?;
    /// signal::raise(Signal::USR1)?;
    /// assert_eq!(signal::signalfd_read(&fd)?.ssi_signo(), Signal::USR1);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn ssi_signo(&self) -> Signal {
        Signal(self.signal())
    }

    /// The process that sent it, or the child that it is about.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process, signal::{self, SigHow, SigSet, Signal, SignalfdFlags}};
    ///
    /// let set = SigSet::from(Signal::USR1);
    /// signal::sigprocmask(SigHow::Block, set)?;
    /// let fd = signal::signalfd(set, SignalfdFlags::empty())?;
    /// signal::raise(Signal::USR1)?;
    /// assert_eq!(signal::signalfd_read(&fd)?.ssi_pid(), process::getpid());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn ssi_pid(&self) -> Pid {
        Pid(self.pid())
    }
}

impl fmt::Debug for SignalfdSiginfo {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignalfdSiginfo")
            .field("ssi_signo", &self.ssi_signo())
            .field("ssi_code", &self.ssi_code())
            .field("ssi_pid", &self.ssi_pid())
            .field("ssi_uid", &self.ssi_uid())
            .field("ssi_status", &self.ssi_status())
            .finish_non_exhaustive()
    }
}
