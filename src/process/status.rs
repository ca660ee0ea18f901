//! What became of a child: the status that waiting gives.
#![forbid(unsafe_code)]

use core::fmt;

use crate::{Errno, Result, signal::Signal};

/// How a child ended, stopped or continued: the kernel's status, kept as it is.
///
/// At most one of `is_exited`, `is_signaled`, `is_stopped` and `is_continued`
/// is true. `Display` says it in words: `exit status 3`, `SIGKILL`,
/// `SIGSEGV (core dumped)`, `stopped by SIGTSTP`, `continued`.
///
/// # Python
/// The integer of `os.waitpid`, with the `os.W*` functions as methods.
///
/// # See also
/// [wait(2)](https://man7.org/linux/man-pages/man2/wait.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::WaitStatus, signal::Signal};
///
/// assert_eq!(WaitStatus(0x300).exit_status(), Some(3));
/// assert_eq!(WaitStatus(9).term_signal(), Some(Signal::KILL));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct WaitStatus(pub i32);

impl WaitStatus {
    /// Whether the child ended by itself.
    ///
    /// # Python
    /// `os.WIFEXITED(status)`.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::WaitStatus(0).is_exited());
    /// ```
    #[doc(alias = "WIFEXITED")]
    #[inline]
    #[must_use]
    pub const fn is_exited(self) -> bool {
        self.0 & 0x7f == 0
    }

    /// What the child gave to exit, of which 8 bits arrive: 0 to 255; `None`
    /// unless it [ended by itself](Self::is_exited).
    ///
    /// # Python
    /// `os.WEXITSTATUS(status)`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::process::WaitStatus(0x100).exit_status(), Some(1));
    /// ```
    #[doc(alias = "WEXITSTATUS")]
    #[inline]
    #[must_use]
    pub const fn exit_status(self) -> Option<i32> {
        if self.is_exited() { Some(self.second_byte()) } else { None }
    }

    /// Whether a signal ended the child.
    ///
    /// # Python
    /// `os.WIFSIGNALED(status)`.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::WaitStatus(9).is_signaled());
    /// ```
    #[doc(alias = "WIFSIGNALED")]
    #[inline]
    #[must_use]
    pub const fn is_signaled(self) -> bool {
        matches!(self.0 & 0x7f, 1..=0x7e)
    }

    /// The signal that ended the child; `None` unless [one did](Self::is_signaled).
    ///
    /// # Python
    /// `os.WTERMSIG(status)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::WaitStatus, signal::Signal};
    ///
    /// assert_eq!(WaitStatus(64).term_signal(), Some(Signal::RTMAX));
    /// ```
    #[doc(alias = "WTERMSIG")]
    #[inline]
    #[must_use]
    pub const fn term_signal(self) -> Option<Signal> {
        if self.is_signaled() { Some(Signal(self.0 & 0x7f)) } else { None }
    }

    /// Whether a signal ended the child and left a core dump.
    ///
    /// # Python
    /// `os.WCOREDUMP(status)`, which asks only for the bit.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::WaitStatus(0x8b).core_dumped());
    /// ```
    #[doc(alias = "WCOREDUMP")]
    #[inline]
    #[must_use]
    pub const fn core_dumped(self) -> bool {
        self.is_signaled() && self.0 & 0x80 != 0
    }

    /// Whether the child stopped; told to [`WaitOptions::UNTRACED`](super::WaitOptions::UNTRACED)
    /// and to who traces it.
    ///
    /// # Python
    /// `os.WIFSTOPPED(status)`.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::WaitStatus(0x137f).is_stopped());
    /// ```
    #[doc(alias = "WIFSTOPPED")]
    #[inline]
    #[must_use]
    pub const fn is_stopped(self) -> bool {
        self.0 & 0xff == 0x7f
    }

    /// The signal that stopped the child; `None` unless [one did](Self::is_stopped).
    ///
    /// # Python
    /// `os.WSTOPSIG(status)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::WaitStatus, signal::Signal};
    ///
    /// assert_eq!(WaitStatus(0x137f).stop_signal(), Some(Signal::STOP));
    /// ```
    #[doc(alias = "WSTOPSIG")]
    #[inline]
    #[must_use]
    pub const fn stop_signal(self) -> Option<Signal> {
        if self.is_stopped() { Some(Signal(self.second_byte())) } else { None }
    }

    /// Whether the child continued; told to
    /// [`WaitOptions::CONTINUED`](super::WaitOptions::CONTINUED).
    ///
    /// # Python
    /// `os.WIFCONTINUED(status)`.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::WaitStatus(0xffff).is_continued());
    /// ```
    #[doc(alias = "WIFCONTINUED")]
    #[inline]
    #[must_use]
    pub const fn is_continued(self) -> bool {
        self.0 == 0xffff
    }

    /// Where exit status and stop signal stand.
    #[inline]
    const fn second_byte(self) -> i32 {
        (self.0 >> 8) & 0xff
    }
}

impl fmt::Display for WaitStatus {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.exit_status() {
            write!(f, "exit status {status}")
        } else if let Some(signal) = self.term_signal() {
            write!(f, "{signal}{}", if self.core_dumped() { " (core dumped)" } else { "" })
        } else if let Some(signal) = self.stop_signal() {
            write!(f, "stopped by {signal}")
        } else if self.is_continued() {
            f.write_str("continued")
        } else {
            write!(f, "status {:#x}", self.0)
        }
    }
}

impl fmt::Debug for WaitStatus {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WaitStatus({:#x}: {self})", self.0)
    }
}

/// The exit code that `status` stands for: what the child gave to exit, 0 to
/// 255, or minus the number of the signal that ended it.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): the child has not ended.
///
/// # Python
/// `os.waitstatus_to_exitcode(status)`, which raises `ValueError` where this
/// returns `EINVAL`.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{WaitStatus, waitstatus_to_exitcode}};
///
/// assert_eq!(waitstatus_to_exitcode(WaitStatus(0x300)), Ok(3));
/// assert_eq!(waitstatus_to_exitcode(WaitStatus(9)), Ok(-9));
/// assert_eq!(waitstatus_to_exitcode(WaitStatus(0xffff)), Err(Errno::EINVAL));
/// ```
#[inline]
pub const fn waitstatus_to_exitcode(status: WaitStatus) -> Result<i32> {
    if let Some(code) = status.exit_status() {
        Ok(code)
    } else if let Some(signal) = status.term_signal() {
        Ok(-signal.0)
    } else {
        Err(Errno::EINVAL)
    }
}

/// # Examples
/// ```
/// use rawos::process::WaitStatus;
/// use std::process::Command;
///
/// let status = WaitStatus::from(Command::new("/bin/false").status().unwrap());
/// assert_eq!(status.exit_status(), Some(1));
/// ```
#[cfg(feature = "std")]
impl From<std::process::ExitStatus> for WaitStatus {
    #[inline]
    fn from(status: std::process::ExitStatus) -> Self {
        Self(std::os::unix::process::ExitStatusExt::into_raw(status))
    }
}

/// # Examples
/// ```
/// use rawos::process::WaitStatus;
/// use std::process::ExitStatus;
///
/// assert_eq!(ExitStatus::from(WaitStatus(3 << 8)).code(), Some(3));
/// ```
#[cfg(feature = "std")]
impl From<WaitStatus> for std::process::ExitStatus {
    #[inline]
    fn from(status: WaitStatus) -> Self {
        std::os::unix::process::ExitStatusExt::from_raw(status.0)
    }
}
