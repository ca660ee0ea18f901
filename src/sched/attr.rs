//! All that a thread's scheduling has, of which deadlines are a part.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::Policy;
use crate::{Result, process::Pid, sys};

flags! {
    /// Flags of a [`SchedAttr`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::Pid, sched::{self, SchedAttr, SchedFlags}};
    ///
    /// let now = sched::sched_getattr(Pid(0))?;
    /// let flags = now.flags | SchedFlags::RESET_ON_FORK;
    /// sched::sched_setattr(Pid(0), &SchedAttr { flags, ..now })?;
    /// assert!(sched::sched_getscheduler(Pid(0))?.is_reset_on_fork());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct SchedFlags: u64 {
        /// `SCHED_FLAG_RESET_ON_FORK`: children start as `OTHER`.
        #[doc(alias = "SCHED_FLAG_RESET_ON_FORK")]
        const RESET_ON_FORK = uapi::SCHED_FLAG_RESET_ON_FORK;
        /// `SCHED_FLAG_RECLAIM`: may use what other deadlines leave. Linux 4.13.
        #[doc(alias = "SCHED_FLAG_RECLAIM")]
        const RECLAIM = uapi::SCHED_FLAG_RECLAIM;
        /// `SCHED_FLAG_DL_OVERRUN`: `SIGXCPU` when it runs for too long. Linux 4.16.
        #[doc(alias = "SCHED_FLAG_DL_OVERRUN")]
        const DL_OVERRUN = uapi::SCHED_FLAG_DL_OVERRUN;
        /// `SCHED_FLAG_KEEP_POLICY`: `policy` is not looked at. Linux 5.3.
        #[doc(alias = "SCHED_FLAG_KEEP_POLICY")]
        const KEEP_POLICY = uapi::SCHED_FLAG_KEEP_POLICY;
        /// `SCHED_FLAG_KEEP_PARAMS`: nor are nice value, priority and times. Linux 5.3.
        #[doc(alias = "SCHED_FLAG_KEEP_PARAMS")]
        const KEEP_PARAMS = uapi::SCHED_FLAG_KEEP_PARAMS;
        /// `SCHED_FLAG_UTIL_CLAMP_MIN`: `util_min` counts. Linux 5.3.
        #[doc(alias = "SCHED_FLAG_UTIL_CLAMP_MIN")]
        const UTIL_CLAMP_MIN = uapi::SCHED_FLAG_UTIL_CLAMP_MIN;
        /// `SCHED_FLAG_UTIL_CLAMP_MAX`: `util_max` counts. Linux 5.3.
        #[doc(alias = "SCHED_FLAG_UTIL_CLAMP_MAX")]
        const UTIL_CLAMP_MAX = uapi::SCHED_FLAG_UTIL_CLAMP_MAX;
    }
}

/// The scheduling of a thread: [`sched_getattr`].
///
/// # Examples
/// ```
/// use rawos::sched::{Policy, SchedAttr};
///
/// let camera = SchedAttr {
///     policy: Policy::DEADLINE,
///     runtime: 2_000_000,
///     deadline: 10_000_000,
///     period: 40_000_000,
///     ..SchedAttr::default()
/// };
/// assert_eq!(camera.nice, 0);
/// ```
#[doc(alias = "sched_attr")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SchedAttr {
    /// The policy, without `SCHED_RESET_ON_FORK`: that is one of the flags.
    pub policy: Policy,
    /// Its flags.
    pub flags: SchedFlags,
    /// For `OTHER` and `BATCH`: -20 (most) to 19.
    pub nice: i32,
    /// For `FIFO` and `RR`: 1 (least) to 99.
    pub priority: u32,
    /// For `DEADLINE`: so many nanoseconds of CPU, 1024 or more, … (Of `OTHER`
    /// and `BATCH`, how long a turn is; Linux 6.12.)
    pub runtime: u64,
    /// … by so many after the start of a period, …
    pub deadline: u64,
    /// … which is so many long; 0 for as long as `deadline`.
    pub period: u64,
    /// The least use to reckon with, 0 to 1024; `u32::MAX` for the default.
    pub util_min: u32,
    /// The most use to reckon with, likewise.
    pub util_max: u32,
}

/// Sets the scheduling of the thread `pid`: the one way to
/// [`Policy::DEADLINE`]. Linux 3.14.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): an unknown policy or flag, or values
///   that the policy does not have; `pid` is negative.
/// - [`EPERM`](crate::Errno::EPERM): not without `CAP_SYS_NICE`; a deadline, and
///   the thread may not run on all CPUs.
/// - [`EBUSY`](crate::Errno::EBUSY): more than all deadlines may use together.
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such thread.
/// - [`E2BIG`](crate::Errno::E2BIG): `util_min` or `util_max`, before Linux 5.3.
///
/// # Python
/// None.
///
/// # See also
/// [sched_setattr(2)](https://man7.org/linux/man-pages/man2/sched_setattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::Pid, sched::{self, Policy, SchedAttr}};
///
/// // More in a period than fits.
/// let times = SchedAttr { runtime: 2_000_000, deadline: 1_000_000, ..SchedAttr::default() };
/// let attr = SchedAttr { policy: Policy::DEADLINE, ..times };
/// assert_eq!(sched::sched_setattr(Pid(0), &attr), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn sched_setattr(pid: Pid, attr: &SchedAttr) -> Result<()> {
    sys::sched::sched_setattr(pid, attr)
}

/// The scheduling of the thread `pid`. Linux 3.14.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such thread.
/// - [`EINVAL`](crate::Errno::EINVAL): `pid` is negative.
///
/// # Python
/// None.
///
/// # See also
/// [sched_getattr(2)](https://man7.org/linux/man-pages/man2/sched_setattr.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// let attr = sched::sched_getattr(Pid(0))?;
/// assert_eq!(attr.policy, sched::sched_getscheduler(Pid(0))?.base());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sched_getattr(pid: Pid) -> Result<SchedAttr> {
    sys::sched::sched_getattr(pid)
}
