//! Policies and priorities.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{Result, process::Pid, sys, time::Timespec};

/// How the kernel chooses among the threads that could run.
///
/// A number rather than an enum: newer kernels have more.
///
/// # Python
/// `os.SCHED_*`, whose values these are.
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched::{self, Policy}};
///
/// let policy = sched::sched_getscheduler(Pid(0))?;
/// assert!([Policy::OTHER, Policy::BATCH, Policy::IDLE].contains(&policy.base()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Policy(pub i32);

impl Policy {
    /// `SCHED_OTHER`: fair shares, weighted by the nice value; the default.
    #[doc(alias = "SCHED_OTHER")]
    pub const OTHER: Self = Self(uapi::SCHED_NORMAL as i32);
    /// `SCHED_NORMAL`: the kernel's name for `OTHER`.
    #[doc(alias = "SCHED_NORMAL")]
    pub const NORMAL: Self = Self::OTHER;
    /// `SCHED_FIFO`: before all of those, until it waits.
    #[doc(alias = "SCHED_FIFO")]
    pub const FIFO: Self = Self(uapi::SCHED_FIFO as i32);
    /// `SCHED_RR`: as `FIFO`, in turns with others of the same priority.
    #[doc(alias = "SCHED_RR")]
    pub const RR: Self = Self(uapi::SCHED_RR as i32);
    /// `SCHED_BATCH`: as `OTHER`, taken not to be interactive.
    #[doc(alias = "SCHED_BATCH")]
    pub const BATCH: Self = Self(uapi::SCHED_BATCH as i32);
    /// `SCHED_IDLE`: a very small share.
    #[doc(alias = "SCHED_IDLE")]
    pub const IDLE: Self = Self(uapi::SCHED_IDLE as i32);
    /// `SCHED_DEADLINE`: so much in every period, before all others; set with
    /// [`sched_setattr`](super::sched_setattr). Linux 3.14.
    #[doc(alias = "SCHED_DEADLINE")]
    pub const DEADLINE: Self = Self(uapi::SCHED_DEADLINE as i32);
    /// `SCHED_EXT`: as a loaded BPF program says. Linux 6.12.
    #[doc(alias = "SCHED_EXT")]
    pub const EXT: Self = Self(uapi::SCHED_EXT as i32);

    const RESET_ON_FORK: i32 = uapi::SCHED_RESET_ON_FORK as i32;

    /// The policy with `SCHED_RESET_ON_FORK`: children start as `OTHER`, and
    /// with a nice value of 0 or more.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::Policy;
    ///
    /// let policy = Policy::FIFO.reset_on_fork();
    /// assert!(policy.is_reset_on_fork() && policy != Policy::FIFO);
    /// ```
    #[doc(alias = "SCHED_RESET_ON_FORK")]
    #[must_use]
    #[inline]
    pub const fn reset_on_fork(self) -> Self {
        Self(self.0 | Self::RESET_ON_FORK)
    }

    /// Whether the policy has `SCHED_RESET_ON_FORK`.
    ///
    /// # Examples
    /// ```
    /// assert!(!rawos::sched::Policy::FIFO.is_reset_on_fork());
    /// ```
    #[must_use]
    #[inline]
    pub const fn is_reset_on_fork(self) -> bool {
        self.0 & Self::RESET_ON_FORK != 0
    }

    /// The policy without `SCHED_RESET_ON_FORK`.
    ///
    /// # Examples
    /// ```
    /// use rawos::sched::Policy;
    ///
    /// assert_eq!(Policy::IDLE.reset_on_fork().base(), Policy::IDLE);
    /// ```
    #[must_use]
    #[inline]
    pub const fn base(self) -> Self {
        Self(self.0 & !Self::RESET_ON_FORK)
    }
}

/// The parameters of a policy.
///
/// # Python
/// `os.sched_param(sched_priority)`.
///
/// # Examples
/// ```
/// use rawos::sched::SchedParam;
///
/// assert_eq!(SchedParam { sched_priority: 0 }, SchedParam::default());
/// ```
#[doc(alias = "sched_param")]
#[doc(alias = "sched_priority")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
pub struct SchedParam {
    /// 1 (least) to 99 for `FIFO` and `RR`, 0 for the others.
    pub sched_priority: i32,
}

/// The least priority that `policy` has.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): there is no such policy;
///   `SCHED_RESET_ON_FORK` is none.
///
/// # Python
/// `os.sched_get_priority_min(policy)`.
///
/// # See also
/// [sched_get_priority_min(2)](https://man7.org/linux/man-pages/man2/sched_get_priority_min.2.html)
///
/// # Examples
/// ```
/// use rawos::sched::{self, Policy};
///
/// assert_eq!(sched::sched_get_priority_min(Policy::RR), Ok(1));
/// ```
#[inline]
pub fn sched_get_priority_min(policy: Policy) -> Result<i32> {
    sys::sched::sched_get_priority_min(policy)
}

/// The highest priority that `policy` has.
///
/// # Errors
/// Those of [`sched_get_priority_min`].
///
/// # Python
/// `os.sched_get_priority_max(policy)`.
///
/// # See also
/// [sched_get_priority_max(2)](https://man7.org/linux/man-pages/man2/sched_get_priority_max.2.html)
///
/// # Examples
/// ```
/// use rawos::sched::{self, Policy};
///
/// assert_eq!(sched::sched_get_priority_max(Policy::RR), Ok(99));
/// ```
#[inline]
pub fn sched_get_priority_max(policy: Policy) -> Result<i32> {
    sys::sched::sched_get_priority_max(policy)
}

/// Sets the policy of the thread `pid`, and its priority.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): a priority that the policy does not
///   have; an unknown policy, or `DEADLINE`; `pid` is negative.
/// - [`EPERM`](crate::Errno::EPERM): not without `CAP_SYS_NICE`.
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such thread.
///
/// # Python
/// `os.sched_setscheduler(pid, policy, param)`.
///
/// # See also
/// [sched_setscheduler(2)](https://man7.org/linux/man-pages/man2/sched_setscheduler.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::Pid, sched::{self, Policy, SchedParam}};
///
/// let param = SchedParam { sched_priority: 100 };
/// assert_eq!(sched::sched_setscheduler(Pid(0), Policy::FIFO, param), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn sched_setscheduler(pid: Pid, policy: Policy, param: SchedParam) -> Result<()> {
    sys::sched::sched_setscheduler(pid, policy, &param)
}

/// The policy of the thread `pid`.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such thread.
/// - [`EINVAL`](crate::Errno::EINVAL): `pid` is negative.
///
/// # Python
/// `os.sched_getscheduler(pid)`.
///
/// # See also
/// [sched_getscheduler(2)](https://man7.org/linux/man-pages/man2/sched_getscheduler.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::Pid, sched};
///
/// assert_eq!(sched::sched_getscheduler(Pid(-1)), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn sched_getscheduler(pid: Pid) -> Result<Policy> {
    sys::sched::sched_getscheduler(pid)
}

/// Sets the priority of the thread `pid`, under the policy it has.
///
/// # Errors
/// Those of [`sched_setscheduler`].
///
/// # Python
/// `os.sched_setparam(pid, param)`.
///
/// # See also
/// [sched_setparam(2)](https://man7.org/linux/man-pages/man2/sched_setparam.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// let param = sched::sched_getparam(Pid(0))?;
/// assert_eq!(sched::sched_setparam(Pid(0), param), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sched_setparam(pid: Pid, param: SchedParam) -> Result<()> {
    sys::sched::sched_setparam(pid, &param)
}

/// The priority of the thread `pid`.
///
/// # Errors
/// Those of [`sched_getscheduler`].
///
/// # Python
/// `os.sched_getparam(pid)`.
///
/// # See also
/// [sched_getparam(2)](https://man7.org/linux/man-pages/man2/sched_getparam.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// assert!((0..100).contains(&sched::sched_getparam(Pid(0))?.sched_priority));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sched_getparam(pid: Pid) -> Result<SchedParam> {
    sys::sched::sched_getparam(pid)
}

/// How long a turn of the thread `pid` is: a promise for `RR`, an estimate for
/// the fair policies, zero for `FIFO`.
///
/// # Errors
/// Those of [`sched_getscheduler`].
///
/// # Python
/// `os.sched_rr_get_interval(pid)`, in seconds.
///
/// # See also
/// [sched_rr_get_interval(2)](https://man7.org/linux/man-pages/man2/sched_rr_get_interval.2.html)
///
/// # Examples
/// ```
/// use rawos::{process::Pid, sched};
///
/// assert!(sched::sched_rr_get_interval(Pid(0))?.as_ns() >= 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn sched_rr_get_interval(pid: Pid) -> Result<Timespec> {
    sys::sched::sched_rr_get_interval(pid)
}

/// Lets others run first.
///
/// # Errors
/// None of Linux's own; that of a seccomp filter.
///
/// # Python
/// `os.sched_yield()`.
///
/// # See also
/// [sched_yield(2)](https://man7.org/linux/man-pages/man2/sched_yield.2.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::sched::sched_yield(), Ok(()));
/// ```
#[inline]
pub fn sched_yield() -> Result<()> {
    sys::sched::sched_yield()
}
