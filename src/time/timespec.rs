//! Seconds and nanoseconds.
#![forbid(unsafe_code)]

use core::time::Duration;
#[cfg(feature = "std")]
use std::time::SystemTime;

use crate::{Errno, Result};

/// Seconds and nanoseconds, since 1970 or as a length.
///
/// # Examples
/// ```
/// use rawos::time::Timespec;
///
/// let t = Timespec { tv_sec: -1, tv_nsec: 500_000_000 };
/// assert_eq!(t.as_ns(), -500_000_000);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
#[doc(alias = "timespec")]
pub struct Timespec {
    /// Whole seconds, rounded down.
    pub tv_sec: i64,
    /// Nanoseconds on top, 0 to 999,999,999.
    pub tv_nsec: i64,
}

impl Timespec {
    /// All of it in nanoseconds; no `Timespec` is too large.
    ///
    /// # Examples
    /// ```
    /// use rawos::time::Timespec;
    ///
    /// assert_eq!(Timespec { tv_sec: 2, tv_nsec: 5 }.as_ns(), 2_000_000_005);
    /// ```
    #[must_use]
    #[inline]
    pub const fn as_ns(self) -> i128 {
        self.tv_sec as i128 * 1_000_000_000 + self.tv_nsec as i128
    }

    /// The point or length that is `ns` nanoseconds; `None` beyond the seconds
    /// that an `i64` counts.
    ///
    /// # Examples
    /// ```
    /// use rawos::time::Timespec;
    ///
    /// let before = Timespec { tv_sec: -1, tv_nsec: 999_999_999 };
    /// assert_eq!(Timespec::from_ns(-1), Some(before));
    /// assert_eq!(Timespec::from_ns(i128::MAX), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn from_ns(ns: i128) -> Option<Self> {
        let sec = ns.div_euclid(1_000_000_000);
        if sec < i64::MIN as i128 || sec > i64::MAX as i128 {
            return None;
        }
        Some(Self { tv_sec: sec as i64, tv_nsec: ns.rem_euclid(1_000_000_000) as i64 })
    }

    /// The sum, with `tv_nsec` in its range; `None` beyond the seconds that an
    /// `i64` counts.
    ///
    /// # Examples
    /// ```
    /// use rawos::time::Timespec;
    ///
    /// let half = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };
    /// assert_eq!(half.checked_add(half), Some(Timespec { tv_sec: 1, tv_nsec: 0 }));
    /// let last = Timespec { tv_sec: i64::MAX, tv_nsec: 999_999_999 };
    /// assert_eq!(last.checked_add(half), None);
    /// ```
    #[must_use]
    #[inline]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_ns(self.as_ns() + other.as_ns())
    }

    /// The difference, with `tv_nsec` in its range; `None` beyond the seconds
    /// that an `i64` counts.
    ///
    /// # Examples
    /// ```
    /// use rawos::time::Timespec;
    ///
    /// let (one, half) = (Timespec::from_ns(1_000_000_000), Timespec::from_ns(500_000_000));
    /// assert_eq!(one.unwrap().checked_sub(half.unwrap()), half);
    /// ```
    #[must_use]
    #[inline]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_ns(self.as_ns() - other.as_ns())
    }

    /// `length`, or the longest there is.
    #[inline]
    pub(crate) fn saturating_from(length: Duration) -> Self {
        Self {
            tv_sec: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: length.subsec_nanos().into(),
        }
    }
}

/// `EINVAL` for more seconds than an `i64` counts.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::{Errno, time::Timespec};
///
/// let length = Timespec::try_from(Duration::from_millis(1500))?;
/// assert_eq!(length, Timespec { tv_sec: 1, tv_nsec: 500_000_000 });
/// assert_eq!(Timespec::try_from(Duration::MAX), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
impl TryFrom<Duration> for Timespec {
    type Error = Errno;

    #[inline]
    fn try_from(length: Duration) -> Result<Self> {
        let tv_sec = i64::try_from(length.as_secs()).map_err(|_| Errno::EINVAL)?;
        Ok(Self { tv_sec, tv_nsec: length.subsec_nanos().into() })
    }
}

/// `EINVAL` for a negative length, and for nanoseconds out of their range.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::{Errno, time::Timespec};
///
/// let length = Timespec { tv_sec: 1, tv_nsec: 500_000_000 };
/// assert_eq!(Duration::try_from(length), Ok(Duration::from_millis(1500)));
/// let before = Timespec { tv_sec: -1, tv_nsec: 0 };
/// assert_eq!(Duration::try_from(before), Err(Errno::EINVAL));
/// ```
impl TryFrom<Timespec> for Duration {
    type Error = Errno;

    #[inline]
    fn try_from(time: Timespec) -> Result<Self> {
        let secs = u64::try_from(time.tv_sec).map_err(|_| Errno::EINVAL)?;
        match u32::try_from(time.tv_nsec) {
            Ok(nanos @ 0..1_000_000_000) => Ok(Self::new(secs, nanos)),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// `EINVAL` for more seconds than an `i64` counts; on Linux there is no such
/// `SystemTime`.
///
/// # Examples
/// ```
/// use rawos::time::Timespec;
///
/// let theirs = std::fs::metadata("/proc/version").unwrap().modified().unwrap();
/// assert!(Timespec::try_from(theirs)?.tv_sec > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "std")]
impl TryFrom<SystemTime> for Timespec {
    type Error = Errno;

    #[inline]
    fn try_from(time: SystemTime) -> Result<Self> {
        let ns = match time.duration_since(SystemTime::UNIX_EPOCH) {
            // No length of time has nanoseconds beyond an `i128`.
            Ok(since) => since.as_nanos().cast_signed(),
            Err(before) => -before.duration().as_nanos().cast_signed(),
        };
        Self::from_ns(ns).ok_or(Errno::EINVAL)
    }
}

/// `EINVAL` for nanoseconds out of their range.
///
/// # Examples
/// ```
/// use rawos::time::Timespec;
/// use std::time::{Duration, SystemTime};
///
/// let before = Timespec { tv_sec: -1, tv_nsec: 500_000_000 };
/// let time = SystemTime::try_from(before)?;
/// assert_eq!(time + Duration::from_millis(500), SystemTime::UNIX_EPOCH);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "std")]
impl TryFrom<Timespec> for SystemTime {
    type Error = Errno;

    #[inline]
    fn try_from(time: Timespec) -> Result<Self> {
        let nanos = match u32::try_from(time.tv_nsec) {
            Ok(nanos @ 0..1_000_000_000) => Duration::new(0, nanos),
            _ => return Err(Errno::EINVAL),
        };
        let secs = Duration::from_secs(time.tv_sec.unsigned_abs());
        let whole = match time.tv_sec {
            ..0 => Self::UNIX_EPOCH.checked_sub(secs),
            _ => Self::UNIX_EPOCH.checked_add(secs),
        };
        whole.and_then(|whole| whole.checked_add(nanos)).ok_or(Errno::EINVAL)
    }
}
