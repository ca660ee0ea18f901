//! Counters that are descriptors: events between threads and processes, waited
//! for with [`poll`](crate::poll) or [`epoll`](crate::epoll).
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{self, AsFd, BorrowedFd, OwnedFd},
    sys,
};

flags! {
    /// Flags for [`eventfd`].
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, eventfd::{self, EventfdFlags}};
    ///
    /// let permits = eventfd::eventfd(1, EventfdFlags::SEMAPHORE | EventfdFlags::NONBLOCK)?;
    /// assert_eq!(eventfd::eventfd_read(&permits), Ok(1));
    /// assert_eq!(eventfd::eventfd_read(&permits), Err(Errno::EAGAIN));
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct EventfdFlags: u32 {
        /// `EFD_CLOEXEC`: close on exec; this crate always sets it.
        #[doc(alias = "EFD_CLOEXEC")]
        const CLOEXEC = uapi::EFD_CLOEXEC;
        /// `EFD_NONBLOCK`: reading and writing do not wait.
        #[doc(alias = "EFD_NONBLOCK")]
        const NONBLOCK = uapi::EFD_NONBLOCK;
        /// `EFD_SEMAPHORE`: reading takes one, not all.
        #[doc(alias = "EFD_SEMAPHORE")]
        const SEMAPHORE = uapi::EFD_SEMAPHORE;
    }
}

/// Makes a counter that starts at `initval`.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): an unknown flag.
/// - The rest: eventfd(2).
///
/// # Python
/// `os.eventfd(initval, flags=os.EFD_CLOEXEC)`.
///
/// # See also
/// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html)
///
/// # Examples
/// ```
/// use rawos::eventfd::{self, EventfdFlags};
///
/// let counter = eventfd::eventfd(2, EventfdFlags::empty())?;
/// eventfd::eventfd_write(&counter, 3)?;
/// assert_eq!(eventfd::eventfd_read(&counter), Ok(5));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "eventfd2")]
#[inline]
pub fn eventfd(initval: u32, flags: EventfdFlags) -> Result<OwnedFd> {
    sys::event::eventfd2(initval, flags | EventfdFlags::CLOEXEC)
}

/// Takes the count of `fd` and leaves zero, or with
/// [`EventfdFlags::SEMAPHORE`] takes one; waits while it is zero.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): it is zero, and `fd` does not block.
/// - [`EINVAL`](Errno::EINVAL): `fd` is something else, which gave fewer than 8 bytes.
/// - [`EBADF`](Errno::EBADF): `fd` is not open. `EINTR` is retried.
///
/// # Python
/// `os.eventfd_read(fd)`, which raises `InterruptedError` for `EINTR`.
///
/// # See also
/// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html)
///
/// # Examples
/// ```
/// use rawos::eventfd::{self, EventfdFlags};
///
/// let permits = eventfd::eventfd(2, EventfdFlags::SEMAPHORE)?;
/// assert_eq!(eventfd::eventfd_read(&permits), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn eventfd_read<Fd: AsFd>(fd: Fd) -> Result<u64> {
    read_count(fd.as_fd())
}

/// Adds `value` to the count of `fd`; waits while the sum would be over
/// `u64::MAX - 1`.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `value` is `u64::MAX`.
/// - [`EAGAIN`](Errno::EAGAIN): the sum is too large, and `fd` does not block.
/// - [`EBADF`](Errno::EBADF): `fd` is not open. `EINTR` is retried.
///
/// # Python
/// `os.eventfd_write(fd, value)`, which raises `InterruptedError` for `EINTR`.
///
/// # See also
/// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, eventfd::{self, EventfdFlags}};
///
/// let counter = eventfd::eventfd(0, EventfdFlags::empty())?;
/// assert_eq!(eventfd::eventfd_write(&counter, u64::MAX), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn eventfd_write<Fd: AsFd>(fd: Fd, value: u64) -> Result<()> {
    fd::write_all(fd, &value.to_ne_bytes())
}

/// The 8 bytes that a counter or a timer gives for its count.
#[inline]
pub(crate) fn read_count(fd: BorrowedFd<'_>) -> Result<u64> {
    let mut count = [0; 8];
    match fd::read(fd, &mut count)? {
        8 => Ok(u64::from_ne_bytes(count)),
        _ => Err(Errno::EINVAL),
    }
}
