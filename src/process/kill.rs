//! Sending signals to processes.
#![forbid(unsafe_code)]

use super::Pid;
use crate::{Errno, Result, signal::Signal, sys};

/// Sends `signal` to the process `pid`.
///
/// `Pid(0)` is every process of the caller's group, `Pid(-n)` every one of
/// group `n`, and **`Pid(-1)` every process there is**, but for PID 1 and the
/// caller. `Signal(0)` sends nothing and only asks whether it could.
///
/// A number may by now be another process's, unless it is a child's that was
/// not waited for; [`pidfd_send_signal`](super::pidfd_send_signal) cannot hit
/// the wrong one.
///
/// # Errors
/// - [`ESRCH`](Errno::ESRCH): there is no such process or group.
/// - [`EPERM`](Errno::EPERM): none of them may be sent signals by the caller.
/// - [`EINVAL`](Errno::EINVAL): `signal` is not 0 to 64.
///
/// # Python
/// `os.kill(pid, sig)`.
///
/// # See also
/// [kill(2)](https://man7.org/linux/man-pages/man2/kill.2.html)
///
/// # Examples
/// ```
/// use std::os::unix::process::ExitStatusExt as _;
/// use rawos::{process::{self, Pid}, signal::Signal};
///
/// let mut child = std::process::Command::new("/bin/sleep").arg("60").spawn().unwrap();
/// process::kill(Pid(child.id() as i32), Signal::TERM)?;
/// assert_eq!(child.wait().unwrap().signal(), Some(Signal::TERM.0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn kill(pid: Pid, signal: Signal) -> Result<()> {
    sys::signal::kill(pid, signal)
}

/// Sends `signal` to every process of the group `pgid`; `Pid(0)` is the
/// caller's group.
///
/// # Errors
/// Those of [`kill`], and [`EINVAL`](Errno::EINVAL): `pgid` is negative or 1.
/// The kernel has no way to address group 1: it would take that for every
/// process there is.
///
/// # Python
/// `os.killpg(pgid, sig)`, where a `pgid` of 1 kills every process there is.
///
/// # See also
/// [killpg(3)](https://man7.org/linux/man-pages/man3/killpg.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{self, Pid}, signal::Signal};
///
/// // Signal 0 only asks.
/// assert_eq!(process::killpg(Pid(0), Signal(0)), Ok(()));
/// assert_eq!(process::killpg(Pid(1), Signal::TERM), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn killpg(pgid: Pid, signal: Signal) -> Result<()> {
    match pgid.0 {
        group @ (0 | 2..) => kill(Pid(-group), signal),
        _ => Err(Errno::EINVAL),
    }
}
