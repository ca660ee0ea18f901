//! How much CPU time this process and its children used.
#![forbid(unsafe_code)]

use core::time::Duration;

use crate::{Result, sys};

/// What [`times`] tells, in steps of 10 milliseconds.
///
/// # Python
/// `os.times_result`, whose attributes these are, in seconds.
///
/// # Examples
/// ```
/// let times = rawos::process::times()?;
/// let used = times.user + times.system;
/// assert!(used < times.elapsed);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[doc(alias = "times_result")]
#[doc(alias = "tms")]
pub struct TimesResult {
    /// CPU time in the program.
    pub user: Duration,
    /// CPU time in the kernel for it.
    pub system: Duration,
    /// The `user` of children that were waited for, and of theirs.
    pub children_user: Duration,
    /// The `system` of children that were waited for, and of theirs.
    pub children_system: Duration,
    /// Time since a moment in the past, the same for every process.
    pub elapsed: Duration,
}

/// The kernel's tick: `USER_HZ` is 100 on the three architectures, a part of
/// the ABI that no kernel's configuration changes, and so is `AT_CLKTCK`.
const TICK_MS: u64 = 10;

/// How much CPU time this process used, with all its threads, and its children.
///
/// # Errors
/// None that a kernel gives; a seccomp filter may have one.
///
/// # Python
/// `os.times()`.
///
/// # See also
/// [times(2)](https://man7.org/linux/man-pages/man2/times.2.html)
///
/// # Examples
/// ```
/// let times = rawos::process::times()?;
/// assert!(times.elapsed.as_secs_f64() > times.children_user.as_secs_f64());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn times() -> Result<TimesResult> {
    let duration = |ticks: i64| {
        let ticks = u64::try_from(ticks).unwrap_or(0);
        Duration::from_millis(ticks.saturating_mul(TICK_MS))
    };
    let (clock, tms) = sys::cpu::times()?;
    let [user, system, children_user, children_system] = tms.map(duration);
    Ok(TimesResult { user, system, children_user, children_system, elapsed: duration(clock) })
}
