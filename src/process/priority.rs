//! How nice a process is: its share of the CPU.
//!
//! Nice values go from -20 (most of the CPU) to 19 (least); 0 is ordinary.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::Pid;
use crate::{Errno, Result, sys};

/// Whose nice value [`getpriority`] and [`setpriority`] mean.
///
/// # Python
/// The first two arguments of `os.getpriority`.
///
/// # Examples
/// ```
/// use rawos::process::{Pid, PriorityWho, getpriority};
///
/// let thread = getpriority(PriorityWho::Process(Pid(0)))?;
/// // The lowest number, so the highest priority, of them all.
/// assert!(getpriority(PriorityWho::Pgrp(Pid(0)))? <= thread);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PriorityWho {
    /// `PRIO_PROCESS`: this process, or this thread by its thread id; `Pid(0)`
    /// is the calling thread.
    #[doc(alias = "PRIO_PROCESS")]
    Process(Pid),
    /// `PRIO_PGRP`: every process of this group; `Pid(0)` is the caller's.
    #[doc(alias = "PRIO_PGRP")]
    Pgrp(Pid),
    /// `PRIO_USER`: every process of this real user; 0 is the caller's.
    #[doc(alias = "PRIO_USER")]
    User(u32),
}

impl PriorityWho {
    #[inline]
    const fn parts(self) -> (u32, u32) {
        match self {
            Self::Process(pid) => (uapi::PRIO_PROCESS, pid.0.cast_unsigned()),
            Self::Pgrp(pgid) => (uapi::PRIO_PGRP, pgid.0.cast_unsigned()),
            Self::User(uid) => (uapi::PRIO_USER, uid),
        }
    }
}

/// The nice value of `who`, -20 to 19; of many, the lowest.
///
/// # Errors
/// [`ESRCH`](Errno::ESRCH): there is no such process.
///
/// # Python
/// `os.getpriority(which, who)`.
///
/// # See also
/// [getpriority(2)](https://man7.org/linux/man-pages/man2/getpriority.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, PriorityWho, getpriority};
///
/// assert!((-20..20).contains(&getpriority(PriorityWho::Process(Pid(0)))?));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getpriority(who: PriorityWho) -> Result<i32> {
    let (which, who) = who.parts();
    // The kernel adds 20 the other way round, so that no result looks like an
    // error; what a filter returns may be any number.
    Ok(20i32.wrapping_sub(sys::cpu::getpriority(which, who)?))
}

/// Sets the nice value of `who`; beyond -20 and 19 means these.
///
/// Linux keeps one for each thread: [`PriorityWho::Process`] changes one
/// thread, and those that it starts later.
///
/// # Errors
/// - [`ESRCH`](Errno::ESRCH): there is no such process.
/// - [`EACCES`](Errno::EACCES): a lower value than now takes `CAP_SYS_NICE` or
///   a limit of `RLIMIT_NICE`.
/// - [`EPERM`](Errno::EPERM): the process is another user's.
///
/// # Python
/// `os.setpriority(which, who, priority)`.
///
/// # See also
/// [setpriority(2)](https://man7.org/linux/man-pages/man2/getpriority.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, PriorityWho, getpriority, setpriority};
///
/// let me = PriorityWho::Process(Pid(0));
/// setpriority(me, 19)?;
/// assert_eq!(getpriority(me), Ok(19));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn setpriority(who: PriorityWho, priority: i32) -> Result<()> {
    let (which, who) = who.parts();
    sys::cpu::setpriority(which, who, priority)
}

/// Adds `increment` to the nice value of the calling thread, and of those that
/// it starts later; returns the new value, -20 to 19.
///
/// # Errors
/// [`EPERM`](Errno::EPERM): a lower value than now takes `CAP_SYS_NICE` or a
/// limit of `RLIMIT_NICE`.
///
/// # Python
/// `os.nice(increment)`.
///
/// # See also
/// [nice(2)](https://man7.org/linux/man-pages/man2/nice.2.html)
///
/// # Examples
/// ```
/// use rawos::process::nice;
///
/// let now = nice(0)?;
/// assert_eq!(nice(1)?, (now + 1).min(19));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn nice(increment: i32) -> Result<i32> {
    let me = PriorityWho::Process(Pid(0));
    let new = getpriority(me)?.saturating_add(increment).clamp(-20, 19);
    match setpriority(me, new) {
        // What POSIX has nice say.
        Err(Errno::EACCES) => Err(Errno::EPERM),
        result => result.map(|()| new),
    }
}
