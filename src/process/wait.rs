//! Waiting for children.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::{Pid, Rusage, WaitStatus};
use crate::{Errno, Result, errno::retry, sys};

flags! {
    /// What [`waitpid`] and its kin wait for, and how.
    ///
    /// # Python
    /// `os.W*`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{Pid, WaitOptions, waitpid};
    ///
    /// let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    /// let pid = Pid(child.id() as i32);
    /// // It still runs: nothing to tell.
    /// assert_eq!(waitpid(pid, WaitOptions::NOHANG), Ok(None));
    /// # child.kill().unwrap();
    /// # child.wait().unwrap();
    /// ```
    pub struct WaitOptions: u32 {
        /// `WNOHANG`: do not wait; nothing to tell is `None`.
        #[doc(alias = "WNOHANG")]
        const NOHANG = uapi::WNOHANG;
        /// `WUNTRACED`: children that stopped too.
        #[doc(alias = "WUNTRACED")]
        const UNTRACED = uapi::WUNTRACED;
        /// `WSTOPPED`: the same; its name where ending must be asked for too.
        #[doc(alias = "WSTOPPED")]
        const STOPPED = uapi::WSTOPPED;
        /// `WEXITED`: children that ended; for `waitid` only, the others always tell.
        #[doc(alias = "WEXITED")]
        const EXITED = uapi::WEXITED;
        /// `WCONTINUED`: children that continued too.
        #[doc(alias = "WCONTINUED")]
        const CONTINUED = uapi::WCONTINUED;
        /// `WNOWAIT`: leave the child as it is, to be waited for again; for `waitid` only.
        #[doc(alias = "WNOWAIT")]
        const NOWAIT = uapi::WNOWAIT;
        /// `__WNOTHREAD`: not the children of this process's other threads.
        #[doc(alias = "__WNOTHREAD")]
        const NOTHREAD = uapi::__WNOTHREAD;
        /// `__WALL`: children of every kind, also those that do not end with `SIGCHLD`.
        #[doc(alias = "__WALL")]
        const ALL = uapi::__WALL;
        /// `__WCLONE`: only children that do not end with `SIGCHLD`.
        #[doc(alias = "__WCLONE")]
        const CLONE = uapi::__WCLONE;
    }
}

/// Waits for any child to end; returns which it was and how.
///
/// # Errors
/// - [`ECHILD`](Errno::ECHILD): there is none, or `SIGCHLD` is ignored, which
///   leaves nothing of a child to wait for.
/// - The rest: wait(2). `EINTR` is retried.
///
/// # Python
/// `os.wait()`.
///
/// # See also
/// [wait(2)](https://man7.org/linux/man-pages/man2/wait.2.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let (pid, status) = process::wait()?;
/// assert_eq!((pid.0 as u32, status.exit_status()), (child.id(), Some(0)));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn wait() -> Result<(Pid, WaitStatus)> {
    // Without NOHANG a kernel has news.
    waitpid(Pid(-1), WaitOptions::empty())?.ok_or(Errno::ECHILD)
}

/// Waits for the child `pid` to end; returns which it was and how.
///
/// `Pid(-1)` is any child, `Pid(0)` any of this process's group, `Pid(-n)` any
/// of group `n`. A child that ended is gone once this told of it. `None` comes
/// with [`WaitOptions::NOHANG`] only: there are children, and none has news.
///
/// # Errors
/// - [`ECHILD`](Errno::ECHILD): there is no such child, or `SIGCHLD` is
///   ignored, which leaves nothing of a child to wait for.
/// - [`EINVAL`](Errno::EINVAL): an option that is not for this call.
/// - The rest: waitpid(2). `EINTR` is retried.
///
/// # Python
/// `os.waitpid(pid, options)`, which returns `(0, 0)` for `None`.
///
/// # See also
/// [waitpid(2)](https://man7.org/linux/man-pages/man2/wait.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, WaitOptions, waitpid};
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let pid = Pid(child.id() as i32);
/// let (ended, status) = waitpid(pid, WaitOptions::empty())?.unwrap();
/// assert_eq!((ended, status.exit_status()), (pid, Some(0)));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn waitpid(pid: Pid, options: WaitOptions) -> Result<Option<(Pid, WaitStatus)>> {
    let (pid, status) = retry(|| sys::wait::wait4(pid, options, None))?;
    Ok((pid.0 != 0).then_some((pid, status)))
}

/// As [`waitpid`], and tells what the child used.
///
/// # Errors
/// Those of [`waitpid`].
///
/// # Python
/// `os.wait4(pid, options)`, which returns zeroes for `None`.
///
/// # See also
/// [wait4(2)](https://man7.org/linux/man-pages/man2/wait4.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, WaitOptions, wait4};
///
/// let child = std::process::Command::new("/bin/true").spawn().unwrap();
/// let pid = Pid(child.id() as i32);
/// let (_, status, usage) = wait4(pid, WaitOptions::empty())?.unwrap();
/// assert!(status.is_exited() && usage.ru_maxrss() > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn wait4(pid: Pid, options: WaitOptions) -> Result<Option<(Pid, WaitStatus, Rusage)>> {
    let mut usage = Rusage::default();
    let (pid, status) = retry(|| sys::wait::wait4(pid, options, Some(&mut usage)))?;
    Ok((pid.0 != 0).then_some((pid, status, usage)))
}

/// As [`wait4`], of any child.
///
/// # Errors
/// Those of [`waitpid`].
///
/// # Python
/// `os.wait3(options)`, which returns zeroes for `None`.
///
/// # See also
/// [wait3(2)](https://man7.org/linux/man-pages/man2/wait4.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{WaitOptions, wait3}};
///
/// assert_eq!(wait3(WaitOptions::NOHANG).err(), Some(Errno::ECHILD));
/// ```
#[inline]
pub fn wait3(options: WaitOptions) -> Result<Option<(Pid, WaitStatus, Rusage)>> {
    wait4(Pid(-1), options)
}
