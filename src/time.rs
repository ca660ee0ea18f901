//! Points in time and lengths of it, as the kernel counts them.
#![forbid(unsafe_code)]

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
    pub const fn from_ns(ns: i128) -> Option<Self> {
        let sec = ns.div_euclid(1_000_000_000);
        if sec < i64::MIN as i128 || sec > i64::MAX as i128 {
            return None;
        }
        Some(Self { tv_sec: sec as i64, tv_nsec: ns.rem_euclid(1_000_000_000) as i64 })
    }
}
