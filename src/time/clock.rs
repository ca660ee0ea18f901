//! Clocks: what they say, how fine, and sleeping by them.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::Timespec;
use crate::{Result, errno::retry, sys};

/// A clock of the kernel.
///
/// A number rather than an enum: the clock of another process and that of a
/// device are computed (clock_getcpuclockid(3), clock_getres(2)).
///
/// # Python
/// The `time.CLOCK_*` constants.
///
/// # Examples
/// ```
/// use rawos::{Errno, time::{self, ClockId}};
///
/// assert_eq!(ClockId::MONOTONIC, ClockId(1));
/// assert_eq!(time::clock_gettime(ClockId(99)), Err(Errno::EINVAL));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
#[doc(alias = "clockid_t")]
pub struct ClockId(pub i32);

impl ClockId {
    /// `CLOCK_REALTIME`: the time of day, since 1970 in UTC; it can be set.
    #[doc(alias = "CLOCK_REALTIME")]
    pub const REALTIME: Self = Self(uapi::CLOCK_REALTIME as i32);
    /// `CLOCK_MONOTONIC`: never set, never back; stands still while the
    /// machine is suspended.
    #[doc(alias = "CLOCK_MONOTONIC")]
    pub const MONOTONIC: Self = Self(uapi::CLOCK_MONOTONIC as i32);
    /// `CLOCK_PROCESS_CPUTIME_ID`: what the process has used of the CPUs.
    #[doc(alias = "CLOCK_PROCESS_CPUTIME_ID")]
    pub const PROCESS_CPUTIME_ID: Self = Self(uapi::CLOCK_PROCESS_CPUTIME_ID as i32);
    /// `CLOCK_THREAD_CPUTIME_ID`: what the thread has used of the CPUs.
    #[doc(alias = "CLOCK_THREAD_CPUTIME_ID")]
    pub const THREAD_CPUTIME_ID: Self = Self(uapi::CLOCK_THREAD_CPUTIME_ID as i32);
    /// `CLOCK_MONOTONIC_RAW`: as `MONOTONIC`, at the hardware's own pace.
    #[doc(alias = "CLOCK_MONOTONIC_RAW")]
    pub const MONOTONIC_RAW: Self = Self(uapi::CLOCK_MONOTONIC_RAW as i32);
    /// `CLOCK_REALTIME_COARSE`: `REALTIME` as of the last tick.
    #[doc(alias = "CLOCK_REALTIME_COARSE")]
    pub const REALTIME_COARSE: Self = Self(uapi::CLOCK_REALTIME_COARSE as i32);
    /// `CLOCK_MONOTONIC_COARSE`: `MONOTONIC` as of the last tick.
    #[doc(alias = "CLOCK_MONOTONIC_COARSE")]
    pub const MONOTONIC_COARSE: Self = Self(uapi::CLOCK_MONOTONIC_COARSE as i32);
    /// `CLOCK_BOOTTIME`: as `MONOTONIC`, and goes on while suspended.
    #[doc(alias = "CLOCK_BOOTTIME")]
    pub const BOOTTIME: Self = Self(uapi::CLOCK_BOOTTIME as i32);
    /// `CLOCK_REALTIME_ALARM`: `REALTIME`, whose timers wake the machine.
    #[doc(alias = "CLOCK_REALTIME_ALARM")]
    pub const REALTIME_ALARM: Self = Self(uapi::CLOCK_REALTIME_ALARM as i32);
    /// `CLOCK_BOOTTIME_ALARM`: `BOOTTIME`, whose timers wake the machine.
    #[doc(alias = "CLOCK_BOOTTIME_ALARM")]
    pub const BOOTTIME_ALARM: Self = Self(uapi::CLOCK_BOOTTIME_ALARM as i32);
    /// `CLOCK_TAI`: atomic time, without leap seconds. Linux 3.10.
    #[doc(alias = "CLOCK_TAI")]
    pub const TAI: Self = Self(uapi::CLOCK_TAI as i32);
}

/// What `clock` says.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): there is no such clock.
///
/// # Python
/// `time.clock_gettime(clk_id)`; `time.clock_gettime_ns(clk_id)` is
/// [`Timespec::as_ns`] of it.
///
/// # See also
/// [clock_gettime(2)](https://man7.org/linux/man-pages/man2/clock_gettime.2.html)
///
/// # Examples
/// ```
/// use rawos::time::{self, ClockId};
///
/// let before = time::clock_gettime(ClockId::MONOTONIC)?;
/// assert!(time::clock_gettime(ClockId::MONOTONIC)? >= before);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "gettimeofday")]
#[inline]
pub fn clock_gettime(clock: ClockId) -> Result<Timespec> {
    sys::time::clock_gettime(clock)
}

/// The least difference that `clock` can tell.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): there is no such clock.
///
/// # Python
/// `time.clock_getres(clk_id)`.
///
/// # See also
/// [clock_getres(2)](https://man7.org/linux/man-pages/man2/clock_getres.2.html)
///
/// # Examples
/// ```
/// use rawos::time::{self, ClockId};
///
/// assert!(time::clock_getres(ClockId::REALTIME)?.as_ns() > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn clock_getres(clock: ClockId) -> Result<Timespec> {
    sys::time::clock_getres(clock)
}

/// Sets `clock`, which is [`ClockId::REALTIME`] or a device's, to `time`.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): another clock; nanoseconds outside of 0
///   to 999,999,999; a time before 1970 or earlier than the machine has run.
/// - [`EPERM`](crate::Errno::EPERM): without `CAP_SYS_TIME`.
///
/// # Python
/// `time.clock_settime(clk_id, time)`, `time.clock_settime_ns(clk_id, time)`.
///
/// # See also
/// [clock_settime(2)](https://man7.org/linux/man-pages/man2/clock_settime.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, time::{self, ClockId, Timespec}};
///
/// let time = Timespec { tv_sec: 1, tv_nsec: 0 };
/// assert_eq!(time::clock_settime(ClockId::MONOTONIC, time), Err(Errno::EINVAL));
/// ```
#[doc(alias = "settimeofday")]
#[inline]
pub fn clock_settime(clock: ClockId, time: Timespec) -> Result<()> {
    sys::time::clock_settime(clock, &time)
}

flags! {
    /// Flags for [`clock_nanosleep`].
    ///
    /// # Examples
    /// ```
    /// use rawos::time::{self, ClockId, SleepFlags, Timespec};
    ///
    /// let past = Timespec { tv_sec: 1, tv_nsec: 0 };
    /// let sleep = time::clock_nanosleep(ClockId::REALTIME, SleepFlags::ABSTIME, past);
    /// assert_eq!(sleep, Ok(())); // at once
    /// ```
    pub struct SleepFlags: u32 {
        /// `TIMER_ABSTIME`: until the clock says so, not for so long.
        #[doc(alias = "TIMER_ABSTIME")]
        const ABSTIME = uapi::TIMER_ABSTIME;
    }
}

/// Sleeps for `time` by `clock`; with [`SleepFlags::ABSTIME`], until `clock`
/// says `time`, which may be past.
///
/// A signal does not end the sleep: it goes on until the same point, or for
/// what is left. After very many signals the second form sleeps a little
/// longer, the first does not.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): no such clock, or the thread's own CPU
///   time; an unknown flag; negative seconds; nanoseconds outside of 0 to
///   999,999,999.
/// - [`EOPNOTSUPP`](crate::Errno::EOPNOTSUPP): one cannot sleep by this clock.
/// - [`EPERM`](crate::Errno::EPERM): one that wakes the machine, without
///   `CAP_WAKE_ALARM`.
///
/// # Python
/// `time.sleep(seconds)`, which is `clock_nanosleep` with `ABSTIME` and
/// [`ClockId::MONOTONIC`].
///
/// # See also
/// [clock_nanosleep(2)](https://man7.org/linux/man-pages/man2/clock_nanosleep.2.html)
///
/// # Examples
/// ```
/// use rawos::time::{self, ClockId, SleepFlags, Timespec};
///
/// let start = time::clock_gettime(ClockId::MONOTONIC)?;
/// let millisecond = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
/// time::clock_nanosleep(ClockId::MONOTONIC, SleepFlags::empty(), millisecond)?;
/// let end = time::clock_gettime(ClockId::MONOTONIC)?;
/// assert!(end.as_ns() >= start.as_ns() + 1_000_000);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "nanosleep")]
#[doc(alias = "sleep")]
#[inline]
pub fn clock_nanosleep(clock: ClockId, flags: SleepFlags, time: Timespec) -> Result<()> {
    // When interrupted, the kernel leaves a point as it is, and makes of a
    // length what is left of it.
    let mut left = time;
    retry(|| sys::time::clock_nanosleep(clock, flags, &mut left))
}
