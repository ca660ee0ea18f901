//! Waiting no longer than was asked for, whatever interrupts it.
#![forbid(unsafe_code)]

use core::time::Duration;

use super::{ClockId, Timespec};
use crate::{Errno, Result, sys::time::clock_gettime};

/// Repeats `call` while a signal interrupts it, each time with what is left of
/// `timeout`, as Python does (PEP 475). `None` is for ever.
///
/// The end is counted by the monotonic clock, as in Python: that ppoll(2)
/// itself writes what is left is not so under every personality and emulator.
#[inline]
pub(crate) fn retry_within<T>(
    timeout: Option<Duration>,
    mut call: impl FnMut(Option<Duration>) -> Result<T>,
) -> Result<T> {
    let end = match timeout {
        Some(length) if !length.is_zero() => {
            // An end that no clock reaches is no end.
            clock_gettime(ClockId::MONOTONIC)?.checked_add(Timespec::saturating_from(length))
        }
        _ => None,
    };
    let mut left = timeout;
    loop {
        match call(left) {
            Err(Errno::EINTR) => {}
            result => return result,
        }
        if let Some(end) = end {
            let now = clock_gettime(ClockId::MONOTONIC)?;
            let rest = end.checked_sub(now).and_then(|rest| Duration::try_from(rest).ok());
            left = Some(rest.unwrap_or_default());
        }
    }
}
