//! Waiting for children by waitid: what to wait for is said in full, and the
//! answer tells more.
#![forbid(unsafe_code)]

use core::fmt;

use linux_raw_sys::general as uapi;

use super::{Pid, Rusage, WaitOptions, WaitStatus};
use crate::{
    Result,
    errno::retry,
    fd::BorrowedFd,
    signal::{Siginfo, Signal},
    sys,
};

/// Which children [`waitid`] waits for.
///
/// # Python
/// The first two arguments of `os.waitid`.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{WaitIdType, WaitOptions, waitid}};
///
/// // This process has no children.
/// let any = waitid(WaitIdType::All, WaitOptions::EXITED);
/// assert_eq!(any, Err(Errno::ECHILD));
/// ```
#[derive(Clone, Copy, Debug)]
pub enum WaitIdType<'fd> {
    /// `P_ALL`: any.
    #[doc(alias = "P_ALL")]
    All,
    /// `P_PID`: this one.
    #[doc(alias = "P_PID")]
    Pid(Pid),
    /// `P_PGID`: any of this process group; `Pid(0)` is the caller's. Linux 5.4 for 0.
    #[doc(alias = "P_PGID")]
    Pgid(Pid),
    /// `P_PIDFD`: the one of this descriptor. Linux 5.4.
    #[doc(alias = "P_PIDFD")]
    Pidfd(BorrowedFd<'fd>),
}

/// What happened to a child: `CLD_*`, the `si_code` of `SIGCHLD` and of a
/// [`WaitidResult`].
///
/// # Python
/// `os.CLD_*`, whose values these are.
///
/// # Examples
/// ```
/// use rawos::{process::{self, ChildCode, Pid, WaitIdType, WaitOptions}, signal::Signal};
///
/// let child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
/// let pid = Pid(child.id() as i32);
/// process::kill(pid, Signal::KILL)?;
/// let ended = process::waitid(WaitIdType::Pid(pid), WaitOptions::EXITED)?.unwrap();
/// assert_eq!((ended.si_code, ended.si_status), (ChildCode::KILLED, Signal::KILL.0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(transparent)]
pub struct ChildCode(pub i32);

impl ChildCode {
    /// `CLD_EXITED`: it ended by itself.
    #[doc(alias = "CLD_EXITED")]
    pub const EXITED: Self = Self(uapi::CLD_EXITED as i32);
    /// `CLD_KILLED`: a signal ended it.
    #[doc(alias = "CLD_KILLED")]
    pub const KILLED: Self = Self(uapi::CLD_KILLED as i32);
    /// `CLD_DUMPED`: a signal ended it, and it left a core dump.
    #[doc(alias = "CLD_DUMPED")]
    pub const DUMPED: Self = Self(uapi::CLD_DUMPED as i32);
    /// `CLD_TRAPPED`: it stopped for who traces it.
    #[doc(alias = "CLD_TRAPPED")]
    pub const TRAPPED: Self = Self(uapi::CLD_TRAPPED as i32);
    /// `CLD_STOPPED`: a signal stopped it.
    #[doc(alias = "CLD_STOPPED")]
    pub const STOPPED: Self = Self(uapi::CLD_STOPPED as i32);
    /// `CLD_CONTINUED`: it continued.
    #[doc(alias = "CLD_CONTINUED")]
    pub const CONTINUED: Self = Self(uapi::CLD_CONTINUED as i32);
}

impl fmt::Debug for ChildCode {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            Self::EXITED => "EXITED",
            Self::KILLED => "KILLED",
            Self::DUMPED => "DUMPED",
            Self::TRAPPED => "TRAPPED",
            Self::STOPPED => "STOPPED",
            Self::CONTINUED => "CONTINUED",
            Self(other) => return write!(f, "ChildCode({other})"),
        })
    }
}

/// What [`waitid`] tells of a child.
///
/// # Python
/// `os.waitid_result`, whose attributes these are.
///
/// # See also
/// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::{self, Pid, WaitIdType, WaitOptions}, signal::Signal};
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let pid = Pid(child.id() as i32);
/// let ended = process::waitid(WaitIdType::Pid(pid), WaitOptions::EXITED)?.unwrap();
/// assert_eq!((ended.si_pid, ended.si_signo), (pid, Signal::CHLD));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[doc(alias = "waitid_result")]
pub struct WaitidResult {
    /// The child.
    pub si_pid: Pid,
    /// Its real user.
    pub si_uid: u32,
    /// Always `SIGCHLD`.
    pub si_signo: Signal,
    /// The exit status for [`ChildCode::EXITED`], else the signal's number.
    pub si_status: i32,
    /// What happened.
    pub si_code: ChildCode,
}

impl WaitidResult {
    /// None if there was no child with news.
    #[inline]
    const fn from_info(info: &Siginfo) -> Option<Self> {
        if info.si_pid().0 == 0 {
            return None;
        }
        Some(Self {
            si_pid: info.si_pid(),
            si_uid: info.si_uid(),
            si_signo: info.si_signo(),
            si_status: info.si_status(),
            si_code: ChildCode(info.si_code()),
        })
    }

    /// The status that [`waitpid`](super::waitpid) would have given.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{Pid, WaitIdType, WaitOptions, waitid};
    ///
    /// let child = std::process::Command::new("/bin/false").spawn().unwrap();
    /// let child = WaitIdType::Pid(Pid(child.id() as i32));
    /// let ended = waitid(child, WaitOptions::EXITED)?.unwrap();
    /// assert_eq!(ended.wait_status().exit_status(), Some(1));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn wait_status(&self) -> WaitStatus {
        let status = self.si_status;
        WaitStatus(match self.si_code {
            ChildCode::EXITED => (status & 0xff) << 8,
            ChildCode::KILLED => status & 0x7f,
            ChildCode::DUMPED => status & 0x7f | 0x80,
            ChildCode::CONTINUED => 0xffff,
            // A traced child's status has the event above the signal.
            _ => (status & 0xff_ffff) << 8 | 0x7f,
        })
    }
}

/// Waits until one of the children `idtype` ends, stops or continues, as
/// `options` say; returns which and how.
///
/// `options` name at least one of `EXITED`, `STOPPED` and `CONTINUED`. With
/// [`WaitOptions::NOWAIT`] the child can be waited for again. `None` comes with
/// [`WaitOptions::NOHANG`] only: there are children, and none has news.
///
/// # Errors
/// - [`ECHILD`](crate::Errno::ECHILD): there is no such child, or `SIGCHLD` is
///   ignored, which leaves nothing of a child to wait for.
/// - [`EINVAL`](crate::Errno::EINVAL): `options` name nothing to wait for, or
///   something unknown; an id that is none.
/// - [`EBADF`](crate::Errno::EBADF): the descriptor is no process's.
/// - [`EAGAIN`](crate::Errno::EAGAIN): the descriptor is non-blocking
///   ([`PidfdFlags::NONBLOCK`](super::PidfdFlags::NONBLOCK)), and there is no news.
/// - The rest: waitid(2). `EINTR` is retried.
///
/// # Python
/// `os.waitid(idtype, id, options)`.
///
/// # See also
/// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{ChildCode, Pid, WaitIdType, WaitOptions, waitid};
///
/// let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let which = WaitIdType::Pid(Pid(child.id() as i32));
/// let ended = waitid(which, WaitOptions::EXITED | WaitOptions::NOWAIT)?.unwrap();
/// assert_eq!((ended.si_code, ended.si_status), (ChildCode::EXITED, 0));
/// // It is still there.
/// assert!(child.wait().unwrap().success());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn waitid(idtype: WaitIdType<'_>, options: WaitOptions) -> Result<Option<WaitidResult>> {
    let info = retry(|| sys::wait::waitid(idtype, options, None))?;
    Ok(WaitidResult::from_info(&info))
}

/// As [`waitid`], and tells what the child used.
///
/// # Errors
/// Those of [`waitid`].
///
/// # Python
/// None; the kernel's waitid(2) has it, the libcs' has not.
///
/// # See also
/// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, WaitIdType, WaitOptions, waitid_rusage};
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let which = WaitIdType::Pid(Pid(child.id() as i32));
/// let (ended, usage) = waitid_rusage(which, WaitOptions::EXITED)?.unwrap();
/// assert!(ended.si_status == 0 && usage.ru_maxrss() > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn waitid_rusage(
    idtype: WaitIdType<'_>,
    options: WaitOptions,
) -> Result<Option<(WaitidResult, Rusage)>> {
    let mut usage = Rusage::default();
    let info = retry(|| sys::wait::waitid(idtype, options, Some(&mut usage)))?;
    Ok(WaitidResult::from_info(&info).map(|result| (result, usage)))
}
