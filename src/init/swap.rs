//! Swap: memory on a disk.
#![forbid(unsafe_code)]

use crate::{Errno, Result, errno::retry, path::PathLike, sys};

/// `SWAP_FLAG_PRIO_MASK`: where the priority stands.
const PRIORITY: u16 = 0x7fff;

flags! {
    /// Flags for [`swapon`]. Values of the kernel's `linux/swap.h`.
    ///
    /// # Examples
    /// ```
    /// use rawos::init::{self, SwapFlags};
    ///
    /// let flags = SwapFlags::DISCARD | SwapFlags::DISCARD_ONCE;
    /// assert!(init::swapon("/no/such/file", flags, Some(10)).is_err());
    /// ```
    pub struct SwapFlags: u32 {
        /// `SWAP_FLAG_PREFER`: with a priority in the bits below; [`swapon`] sets
        /// it for a priority.
        #[doc(alias = "SWAP_FLAG_PREFER")]
        const PREFER = 0x8000;
        /// `SWAP_FLAG_DISCARD`: tell the disk what is free: all at first, and
        /// then what becomes free, unless one of the two below is set too.
        #[doc(alias = "SWAP_FLAG_DISCARD")]
        const DISCARD = 0x1_0000;
        /// `SWAP_FLAG_DISCARD_ONCE`: with `DISCARD`, at first only. Linux 3.11.
        #[doc(alias = "SWAP_FLAG_DISCARD_ONCE")]
        const DISCARD_ONCE = 0x2_0000;
        /// `SWAP_FLAG_DISCARD_PAGES`: with `DISCARD`, what becomes free only.
        /// Linux 3.11.
        #[doc(alias = "SWAP_FLAG_DISCARD_PAGES")]
        const DISCARD_PAGES = 0x4_0000;
    }
}

/// Has the kernel use the file or block device `path` for swap.
///
/// `path` has the header that mkswap(8) writes. Of several, the kernel uses that
/// with the highest `priority` first, 0 to 32767; `None` is less than any other
/// that got none before.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `path` has no such header, or lies on a file
///   system that cannot do it; `priority` is over 32767; or a NUL byte.
/// - [`EBUSY`](Errno::EBUSY): it is used already.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_ADMIN`),
///   or there are too many.
/// - [`ENOENT`](Errno::ENOENT): there is no `path`.
/// - [`ENOSYS`](Errno::ENOSYS): the kernel was built without.
/// - The rest: swapon(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [swapon(2)](https://man7.org/linux/man-pages/man2/swapon.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, SwapFlags}};
///
/// let flags = SwapFlags::empty();
/// assert_eq!(init::swapon("/no/such/file", flags, Some(0x8000)), Err(Errno::EINVAL));
/// assert!(init::swapon("/no/such/file", flags, None).is_err());
/// ```
#[inline]
pub fn swapon<P: PathLike>(path: P, flags: SwapFlags, priority: Option<u16>) -> Result<()> {
    let priority = match priority {
        None => SwapFlags::empty(),
        Some(priority @ ..=PRIORITY) => {
            SwapFlags::PREFER | SwapFlags::from_bits_retain(priority.into())
        }
        Some(_) => return Err(Errno::EINVAL),
    };
    path.with_c_str(|path| retry(|| sys::power::swapon(path, flags | priority)))
}

/// Stops using `path` for swap; what is there comes back to memory first.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): it is not used for swap; or a NUL byte.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_ADMIN`).
/// - [`ENOENT`](Errno::ENOENT): there is no `path`.
/// - The rest: swapoff(2). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [swapoff(2)](https://man7.org/linux/man-pages/man2/swapon.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init};
///
/// let stopped = init::swapoff("/no/such/file");
/// assert!(matches!(stopped, Err(Errno::ENOENT | Errno::EPERM | Errno::ENOSYS)));
/// ```
#[inline]
pub fn swapoff<P: PathLike>(path: P) -> Result<()> {
    path.with_c_str(|path| retry(|| sys::power::swapoff(path)))
}
