//! How busy the machine is.
#![forbid(unsafe_code)]

use linux_raw_sys::system::SI_LOAD_SHIFT;

use crate::{Result, sys};

/// How many processes wanted to run or waited for a disk, on average over the
/// last minute, 5 minutes and 15 minutes.
///
/// # Errors
/// None that the kernel itself gives; a sandbox may refuse the call.
///
/// # Python
/// `os.getloadavg()`, which reads `/proc/loadavg`: the same numbers, cut to two
/// decimals. A container may show other numbers in that file.
///
/// # See also
/// [getloadavg(3)](https://man7.org/linux/man-pages/man3/getloadavg.3.html),
/// [sysinfo(2)](https://man7.org/linux/man-pages/man2/sysinfo.2.html)
///
/// # Examples
/// ```
/// let [minute, five, fifteen] = rawos::system::getloadavg()?;
/// assert!(minute >= 0.0 && five >= 0.0 && fifteen >= 0.0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getloadavg() -> Result<[f64; 3]> {
    let unit = f64::from(1 << SI_LOAD_SHIFT);
    sys::system::sysinfo().map(|info| info.loads.map(|load| load as f64 / unit))
}
