//! Timers that are descriptors: read for how often they expired, and waited
//! for with [`poll`](crate::poll) or [`epoll`](crate::epoll).
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    eventfd::read_count,
    fd::{AsFd, BorrowedFd, OwnedFd},
    sys::{self, timer::Itimerspec},
    time::{ClockId, Timespec},
};

flags! {
    /// Flags for [`timerfd_create`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, time::ClockId, timerfd::{self, TimerfdFlags}};
    ///
    /// let timer = timerfd::timerfd_create(ClockId::BOOTTIME, TimerfdFlags::NONBLOCK)?;
    /// assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct TimerfdFlags: u32 {
        /// `TFD_NONBLOCK`: reading does not wait.
        #[doc(alias = "TFD_NONBLOCK")]
        const NONBLOCK = uapi::TFD_NONBLOCK;
        /// `TFD_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "TFD_CLOEXEC")]
        const CLOEXEC = uapi::TFD_CLOEXEC;
    }

    /// Flags for [`timerfd_settime`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{time::{self, ClockId}, timerfd::{self, TimerfdFlags, TimerfdTimerFlags}};
    ///
    /// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
    /// let soon = time::clock_gettime(ClockId::MONOTONIC)?.as_ns() as i64 + 1_000_000;
    /// timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::ABSTIME, soon, 0)?;
    /// assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
    /// assert!(time::clock_gettime(ClockId::MONOTONIC)?.as_ns() >= soon.into());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct TimerfdTimerFlags: u32 {
        /// `TFD_TIMER_ABSTIME`: the first expiration is when the clock says
        /// so, not after so long.
        #[doc(alias = "TFD_TIMER_ABSTIME")]
        const ABSTIME = uapi::TFD_TIMER_ABSTIME;
        /// `TFD_TIMER_CANCEL_ON_SET`: with `ABSTIME` and a clock of the time of
        /// day, reading fails with `ECANCELED` once that clock has been set.
        #[doc(alias = "TFD_TIMER_CANCEL_ON_SET")]
        const CANCEL_ON_SET = uapi::TFD_TIMER_CANCEL_ON_SET;
    }
}

/// Makes a timer by `clock`, which does not run yet.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): an unknown flag, or a clock that has no timers:
///   only [`REALTIME`](ClockId::REALTIME), [`MONOTONIC`](ClockId::MONOTONIC),
///   [`BOOTTIME`](ClockId::BOOTTIME) (Linux 3.15) and the two alarm clocks have.
/// - [`EPERM`](Errno::EPERM): an alarm clock, without `CAP_WAKE_ALARM`.
/// - The rest: timerfd_create(2).
///
/// # Python
/// `os.timerfd_create(clockid, /, *, flags=os.TFD_CLOEXEC)`.
///
/// # See also
/// [timerfd_create(2)](https://man7.org/linux/man-pages/man2/timerfd_create.2.html)
///
/// # Examples
/// ```
/// use rawos::{time::ClockId, timerfd::{self, TimerfdFlags}};
///
/// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
/// assert_eq!(timerfd::timerfd_gettime(&timer), Ok((0.0, 0.0)));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn timerfd_create(clock: ClockId, flags: TimerfdFlags) -> Result<OwnedFd> {
    sys::timer::timerfd_create(clock, flags | TimerfdFlags::CLOEXEC)
}

/// Sets the timer `fd`, in seconds, and returns its setting before: the
/// seconds that were left, and the interval.
///
/// The timer expires after `initial`, or with [`TimerfdTimerFlags::ABSTIME`]
/// when its clock says `initial`; then every `interval`, or never again if that
/// is zero. An `initial` of zero stops the timer. Both are rounded down to
/// nanoseconds, so that less than one of them is zero; from 9,223,372,036
/// seconds (292 years) on, the kernel takes them for ever.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): a time that is negative, no number, infinite or
///   over `i64::MAX` nanoseconds; an unknown flag; `fd` is no timer.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
/// - [`ECANCELED`](Errno::ECANCELED): the clock was set since, and the timer
///   had [`TimerfdTimerFlags::CANCEL_ON_SET`]. The new setting holds.
///
/// # Python
/// `os.timerfd_settime(fd, /, *, flags=0, initial=0.0, interval=0.0)`. Python
/// raises `ValueError` for what is no number and `OverflowError` for what is
/// too much.
///
/// # See also
/// [timerfd_settime(2)](https://man7.org/linux/man-pages/man2/timerfd_settime.2.html)
///
/// # Examples
/// ```
/// use rawos::{time::ClockId, timerfd::{self, TimerfdFlags, TimerfdTimerFlags}};
///
/// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
/// let flags = TimerfdTimerFlags::empty();
/// timerfd::timerfd_settime(&timer, flags, 3600.0, 0.5)?;
/// let (left, interval) = timerfd::timerfd_settime(&timer, flags, 0.0, 0.0)?;
/// assert!(left > 3000.0 && left <= 3600.0);
/// assert_eq!(interval, 0.5);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn timerfd_settime<Fd: AsFd>(
    fd: Fd,
    flags: TimerfdTimerFlags,
    initial: f64,
    interval: f64,
) -> Result<(f64, f64)> {
    set(fd.as_fd(), flags, nanoseconds(initial)?, nanoseconds(interval)?).map(in_seconds)
}

/// Sets the timer `fd`, in nanoseconds, and returns its setting before: the
/// nanoseconds that were left, and the interval.
///
/// As [`timerfd_settime`] otherwise.
///
/// # Errors
/// Those of [`timerfd_settime`].
///
/// # Python
/// `os.timerfd_settime_ns(fd, /, *, flags=0, initial=0, interval=0)`.
///
/// # See also
/// [timerfd_settime(2)](https://man7.org/linux/man-pages/man2/timerfd_settime.2.html)
///
/// # Examples
/// ```
/// use rawos::{time::ClockId, timerfd::{self, TimerfdFlags, TimerfdTimerFlags}};
///
/// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
/// let flags = TimerfdTimerFlags::empty();
/// assert_eq!(timerfd::timerfd_settime_ns(&timer, flags, 1_000_000, 0), Ok((0, 0)));
/// assert_eq!(timerfd::timerfd_read(&timer), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn timerfd_settime_ns<Fd: AsFd>(
    fd: Fd,
    flags: TimerfdTimerFlags,
    initial: i64,
    interval: i64,
) -> Result<(i64, i64)> {
    set(fd.as_fd(), flags, initial, interval).map(in_nanoseconds)
}

/// The seconds until the timer `fd` expires next, and its interval: zero, and
/// as it was set, if it is stopped.
///
/// The first is a length even if the timer was set to a point. Both are computed
/// as Python does, so that the last digit may be off: 0.3 is 0.30000000000000004.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `fd` is no timer.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.timerfd_gettime(fd, /)`.
///
/// # See also
/// [timerfd_gettime(2)](https://man7.org/linux/man-pages/man2/timerfd_gettime.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, timerfd};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(timerfd::timerfd_gettime(&reader), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn timerfd_gettime<Fd: AsFd>(fd: Fd) -> Result<(f64, f64)> {
    sys::timer::timerfd_gettime(fd.as_fd()).map(in_seconds)
}

/// The nanoseconds until the timer `fd` expires next, and its interval.
///
/// As [`timerfd_gettime`] otherwise.
///
/// # Errors
/// Those of [`timerfd_gettime`].
///
/// # Python
/// `os.timerfd_gettime_ns(fd, /)`.
///
/// # See also
/// [timerfd_gettime(2)](https://man7.org/linux/man-pages/man2/timerfd_gettime.2.html)
///
/// # Examples
/// ```
/// use rawos::{time::ClockId, timerfd::{self, TimerfdFlags, TimerfdTimerFlags}};
///
/// let timer = timerfd::timerfd_create(ClockId::BOOTTIME, TimerfdFlags::empty())?;
/// timerfd::timerfd_settime_ns(&timer, TimerfdTimerFlags::empty(), i64::MAX, 7)?;
/// assert_eq!(timerfd::timerfd_gettime_ns(&timer)?.1, 7);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn timerfd_gettime_ns<Fd: AsFd>(fd: Fd) -> Result<(i64, i64)> {
    sys::timer::timerfd_gettime(fd.as_fd()).map(in_nanoseconds)
}

/// How often the timer `fd` has expired since it was set or last read, once or
/// more; waits until it has.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): not once, and `fd` does not block.
/// - [`ECANCELED`](Errno::ECANCELED): the clock was set, and the timer has
///   [`TimerfdTimerFlags::CANCEL_ON_SET`].
/// - [`EINVAL`](Errno::EINVAL): `fd` is something else, which gave fewer than 8 bytes.
/// - [`EBADF`](Errno::EBADF): `fd` is not open. `EINTR` is retried.
///
/// # Python
/// `int.from_bytes(os.read(fd, 8), sys.byteorder)`.
///
/// # See also
/// [timerfd_create(2)](https://man7.org/linux/man-pages/man2/timerfd_create.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, time::ClockId, timerfd::{self, TimerfdFlags}};
///
/// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::NONBLOCK)?;
/// assert_eq!(timerfd::timerfd_read(&timer), Err(Errno::EAGAIN));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn timerfd_read<Fd: AsFd>(fd: Fd) -> Result<u64> {
    read_count(fd.as_fd())
}

/// Sets the timer, in nanoseconds, and returns its setting before.
#[inline]
fn set(
    fd: BorrowedFd<'_>,
    flags: TimerfdTimerFlags,
    initial: i64,
    interval: i64,
) -> Result<Itimerspec> {
    let new = Itimerspec { interval: timespec(interval)?, value: timespec(initial)? };
    sys::timer::timerfd_settime(fd, flags, &new)
}

/// Seconds in nanoseconds, rounded down, if they are zero or more and fit.
#[inline]
fn nanoseconds(seconds: f64) -> Result<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2 to the 63rd
    let ns = seconds * 1e9;
    // False for what is no number.
    if (0.0..BEYOND).contains(&ns) { Ok(ns as i64) } else { Err(Errno::EINVAL) }
}

/// Nanoseconds in the kernel's form; `EINVAL` if negative.
#[inline]
fn timespec(ns: i64) -> Result<Timespec> {
    match ns {
        0.. => Ok(Timespec { tv_sec: ns / 1_000_000_000, tv_nsec: ns % 1_000_000_000 }),
        _ => Err(Errno::EINVAL),
    }
}

/// First expiration and interval. The kernel counts both in 64 bits itself.
#[inline]
fn in_nanoseconds(setting: Itimerspec) -> (i64, i64) {
    let ns = |time: Timespec| i64::try_from(time.as_ns()).unwrap_or(i64::MAX);
    (ns(setting.value), ns(setting.interval))
}

/// The same in seconds, to the last bit as Python computes them.
#[inline]
fn in_seconds(setting: Itimerspec) -> (f64, f64) {
    let seconds = |time: Timespec| time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9;
    (seconds(setting.value), seconds(setting.interval))
}
