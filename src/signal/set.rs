//! Sets of signals, of the kernel's size.
#![forbid(unsafe_code)]

use core::{fmt, iter};

use super::Signal;
use crate::{Errno, Result};

/// A set of signals: the kernel's, one bit for each of its 64.
///
/// Not a libc's `sigset_t`, which is 16 times as large.
///
/// # Python
/// A `set` of `signal.Signals`.
///
/// # See also
/// [sigsetops(3)](https://man7.org/linux/man-pages/man3/sigsetops.3.html)
///
/// # Examples
/// ```
/// use rawos::signal::{SigSet, Signal};
///
/// let mut set = SigSet::from([Signal::INT, Signal::TERM]);
/// assert!(set.contains(Signal::INT));
/// set.remove(Signal::INT);
/// assert!(set.iter().eq([Signal::TERM]));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
#[doc(alias = "sigset_t")]
#[doc(alias = "sigset")]
pub struct SigSet(u64);

// What every call that takes a set is told as its size.
const _: () = assert!(size_of::<SigSet>() == 8);
const _: () = assert!(size_of::<SigSet>() == size_of::<linux_raw_sys::general::kernel_sigset_t>());

/// The signal's bit; none for a number that is no signal.
#[inline]
const fn bit(signal: Signal) -> u64 {
    match signal.0 {
        1..=64 => 1 << (signal.0 - 1),
        _ => 0,
    }
}

impl SigSet {
    /// No signal.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::signal::SigSet::empty().iter().count(), 0);
    /// ```
    #[doc(alias = "sigemptyset")]
    #[inline]
    #[must_use]
    pub const fn empty() -> Self {
        Self(0)
    }

    /// Every signal: all 64 that the kernel has, also the two that libcs keep
    /// to themselves.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::signal::SigSet::all().iter().count(), 64);
    /// ```
    #[doc(alias = "sigfillset")]
    #[doc(alias = "valid_signals")]
    #[inline]
    #[must_use]
    pub const fn all() -> Self {
        Self(!0)
    }

    /// The set whose bit `n - 1` is signal `n`.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigSet, Signal};
    ///
    /// assert_eq!(SigSet::from_bits(1 << 8), SigSet::from(Signal::KILL));
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The set as `/proc` shows it: bit `n - 1` is signal `n`.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigSet, Signal};
    ///
    /// assert_eq!(SigSet::from(Signal::HUP).bits(), 1);
    /// ```
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Puts `signal` into the set.
    ///
    /// # Errors
    /// [`EINVAL`](Errno::EINVAL): it is not 1 to 64.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, signal::{SigSet, Signal}};
    ///
    /// let mut set = SigSet::empty();
    /// assert_eq!(set.add(Signal::CHLD), Ok(()));
    /// assert_eq!(set.add(Signal(65)), Err(Errno::EINVAL));
    /// assert_eq!(set, SigSet::from(Signal::CHLD));
    /// ```
    #[doc(alias = "sigaddset")]
    #[inline]
    pub const fn add(&mut self, signal: Signal) -> Result<()> {
        self.0 |= bit(signal);
        if bit(signal) == 0 { Err(Errno::EINVAL) } else { Ok(()) }
    }

    /// Takes `signal` out of the set, if it is in it.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigSet, Signal};
    ///
    /// let mut set = SigSet::all();
    /// set.remove(Signal::INT);
    /// assert!(!set.contains(Signal::INT));
    /// ```
    #[doc(alias = "sigdelset")]
    #[inline]
    pub const fn remove(&mut self, signal: Signal) {
        self.0 &= !bit(signal);
    }

    /// Whether `signal` is in the set.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigSet, Signal};
    ///
    /// assert!(SigSet::all().contains(Signal::RTMAX));
    /// assert!(!SigSet::all().contains(Signal(0)));
    /// ```
    #[doc(alias = "sigismember")]
    #[inline]
    #[must_use]
    pub const fn contains(self, signal: Signal) -> bool {
        self.0 & bit(signal) != 0
    }

    /// Whether no signal is in the set.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::signal::SigSet::empty().is_empty());
    /// ```
    #[doc(alias = "sigisemptyset")]
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The set's signals, in the order of their numbers.
    ///
    /// # Examples
    /// ```
    /// use rawos::signal::{SigSet, Signal};
    ///
    /// let set = SigSet::from([Signal::TERM, Signal::HUP]);
    /// assert!(set.iter().eq([Signal::HUP, Signal::TERM]));
    /// ```
    #[inline]
    #[must_use]
    pub const fn iter(self) -> SigSetIter {
        SigSetIter(self.0)
    }
}

/// The signals of a [`SigSet`], in the order of their numbers.
///
/// # Examples
/// ```
/// use rawos::signal::{SigSet, Signal};
///
/// let mut signals = SigSet::from([Signal::TERM, Signal::INT]).iter();
/// assert_eq!(signals.next(), Some(Signal::INT));
/// assert_eq!(signals.next(), Some(Signal::TERM));
/// assert_eq!(signals.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct SigSetIter(u64);

impl Iterator for SigSetIter {
    type Item = Signal;

    #[inline]
    fn next(&mut self) -> Option<Signal> {
        let lowest = self.0.trailing_zeros();
        // A word without bits has 64 zeros.
        self.0 &= !1u64.checked_shl(lowest)?;
        Some(Signal(lowest.cast_signed() + 1))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.0.count_ones() as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for SigSetIter {}
impl iter::FusedIterator for SigSetIter {}

impl IntoIterator for SigSet {
    type Item = Signal;
    type IntoIter = SigSetIter;

    #[inline]
    fn into_iter(self) -> SigSetIter {
        self.iter()
    }
}

/// A number that is no signal is left out.
impl Extend<Signal> for SigSet {
    #[inline]
    fn extend<I: IntoIterator<Item = Signal>>(&mut self, signals: I) {
        for signal in signals {
            self.0 |= bit(signal);
        }
    }
}

/// A number that is no signal is left out.
impl FromIterator<Signal> for SigSet {
    #[inline]
    fn from_iter<I: IntoIterator<Item = Signal>>(signals: I) -> Self {
        let mut set = Self::empty();
        set.extend(signals);
        set
    }
}

/// A number that is no signal is left out.
impl From<Signal> for SigSet {
    #[inline]
    fn from(signal: Signal) -> Self {
        Self(bit(signal))
    }
}

/// A number that is no signal is left out.
impl<const N: usize> From<[Signal; N]> for SigSet {
    #[inline]
    fn from(signals: [Signal; N]) -> Self {
        signals.into_iter().collect()
    }
}

impl fmt::Debug for SigSet {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(*self).finish()
    }
}
