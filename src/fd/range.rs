//! Closing many descriptors at once.

use super::{AsFd, RawFd};
use crate::{
    Result,
    fs::{self, DirBuf},
    sys,
};

/// From this many numbers on, it pays to ask which of them are open.
const MANY: RawFd = 1024;

/// Where Linux ends the numbers unless told otherwise (`fs.nr_open`).
const NR_OPEN: RawFd = 1 << 20;

/// Closes the descriptors from `low` up to, not including, `high`; errors and
/// numbers that are not open are passed over.
///
/// One close_range(2) where the kernel has it (5.9) and allows it. Otherwise
/// one close(2) for each number, of a wide range only for those that
/// `/proc/self/fd` lists; without `/proc` such a range ends at 1,048,576.
///
/// # Safety
/// Nobody may own or use any of these descriptors any more.
///
/// # Python
/// `os.closerange(fd_low, fd_high)`.
///
/// # See also
/// [close_range(2)](https://man7.org/linux/man-pages/man2/close_range.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let copies = [200, 201, 202];
/// for copy in copies {
///     // SAFETY: no code of this program uses these numbers.
///     unsafe { fd::dup2_raw(&writer, copy, false)? };
/// }
/// drop(writer);
/// // SAFETY: as above.
/// unsafe { fd::closerange(200, 203) };
/// // Nobody holds the writing end any more.
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "close_range")]
#[doc(alias = "closefrom")]
#[inline]
pub unsafe fn closerange(low: RawFd, high: RawFd) {
    let low = low.max(0);
    if low >= high {
        return;
    }
    // SAFETY: the caller gave these descriptors up; neither number is
    // negative.
    if unsafe { sys::fd::close_range(low as u32, (high - 1) as u32) }.is_ok() {
        return;
    }
    let mut end = high;
    if high - low > MANY {
        // SAFETY: the caller gave these descriptors up.
        if unsafe { close_listed(low, high) }.is_ok() {
            return;
        }
        end = high.min(NR_OPEN.max(low));
    }
    for fd in low..end {
        // SAFETY: the caller gave these descriptors up.
        let _ = unsafe { sys::fd::close(fd) };
    }
}

/// Closes those of the descriptors that procfs lists. It lists them by number,
/// so that closing the present one disturbs nothing.
///
/// # Safety
/// As for [`closerange`].
#[cold]
unsafe fn close_listed(low: RawFd, high: RawFd) -> Result<()> {
    let mut buf = DirBuf::<1024>::sized();
    let mut dir = fs::scandir(c"/proc/self/fd", &mut buf)?;
    let own = dir.as_fd().as_raw_fd();
    while let Some(entry) = dir.next() {
        let name = entry?.name().to_str().ok();
        match name.and_then(|name| name.parse::<RawFd>().ok()) {
            // The drop closes the listing itself.
            Some(fd) if fd != own && (low..high).contains(&fd) => {
                // SAFETY: the caller gave these descriptors up.
                let _ = unsafe { sys::fd::close(fd) };
            }
            _ => {}
        }
    }
    Ok(())
}
