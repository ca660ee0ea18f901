//! Waiting for a few descriptors.
//!
//! Next door: [`epoll`](crate::epoll), for many.
#![forbid(unsafe_code)]

use core::{fmt, marker::PhantomData, time::Duration};

use linux_raw_sys::general as uapi;

use crate::{
    Result,
    fd::BorrowedFd,
    signal::SigSet,
    sys,
    time::{Timespec, retry_within},
};

flags! {
    /// What [`poll()`] waits for, and what it found.
    ///
    /// # Python
    /// `select.POLL*`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::{self, AsFd}, poll::{self, PollFd, PollFlags}};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// drop(reader);
    /// let mut fds = [PollFd::new(writer.as_fd(), PollFlags::empty())];
    /// poll::poll(&mut fds, None)?;
    /// assert_eq!(fds[0].revents(), PollFlags::ERR); // asked for or not
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct PollFlags: u16 {
        /// `POLLIN`: there is something to read.
        #[doc(alias = "POLLIN")]
        const IN = uapi::POLLIN;
        /// `POLLPRI`: there is something urgent to read.
        #[doc(alias = "POLLPRI")]
        const PRI = uapi::POLLPRI;
        /// `POLLOUT`: there is room to write.
        #[doc(alias = "POLLOUT")]
        const OUT = uapi::POLLOUT;
        /// `POLLERR`: an error, or a pipe that nobody reads; always waited for.
        #[doc(alias = "POLLERR")]
        const ERR = uapi::POLLERR;
        /// `POLLHUP`: the other end has hung up; always waited for.
        #[doc(alias = "POLLHUP")]
        const HUP = uapi::POLLHUP;
        /// `POLLNVAL`: the descriptor is not open; always waited for.
        #[doc(alias = "POLLNVAL")]
        const NVAL = uapi::POLLNVAL;
        /// `POLLRDNORM`: as `IN`.
        #[doc(alias = "POLLRDNORM")]
        const RDNORM = uapi::POLLRDNORM;
        /// `POLLRDBAND`: there is data of a priority to read.
        #[doc(alias = "POLLRDBAND")]
        const RDBAND = uapi::POLLRDBAND;
        /// `POLLWRNORM`: as `OUT`.
        #[doc(alias = "POLLWRNORM")]
        const WRNORM = uapi::POLLWRNORM;
        /// `POLLWRBAND`: there is room to write data of a priority.
        #[doc(alias = "POLLWRBAND")]
        const WRBAND = uapi::POLLWRBAND;
        /// `POLLMSG`: not used on Linux.
        #[doc(alias = "POLLMSG")]
        const MSG = uapi::POLLMSG;
        /// `POLLRDHUP`: the other end of a socket writes no more.
        #[doc(alias = "POLLRDHUP")]
        const RDHUP = uapi::POLLRDHUP;
    }
}

/// A descriptor to wait for: one of those of [`poll()`].
///
/// # Examples
/// ```
/// use rawos::{fd, poll::{PollFd, PollFlags}};
///
/// let input = PollFd::new(fd::stdin(), PollFlags::IN);
/// assert_eq!(input.revents(), PollFlags::empty());
/// ```
#[doc(alias = "pollfd")]
#[derive(Clone)]
#[repr(transparent)]
pub struct PollFd<'fd> {
    raw: uapi::pollfd,
    fd: PhantomData<BorrowedFd<'fd>>,
}

impl<'fd> PollFd<'fd> {
    /// Waits for `events` of `fd`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::{self, AsFd}, poll::{PollFd, PollFlags}};
    ///
    /// let (reader, _writer) = fd::pipe()?;
    /// let entry = PollFd::new(reader.as_fd(), PollFlags::IN);
    /// assert_eq!(entry.events(), PollFlags::IN);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(fd: BorrowedFd<'fd>, events: PollFlags) -> Self {
        let events = events.bits().cast_signed();
        let raw = uapi::pollfd { fd: fd.as_raw_fd(), events, revents: 0 };
        Self { raw, fd: PhantomData }
    }

    /// What is waited for.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, poll::{PollFd, PollFlags}};
    ///
    /// let output = PollFd::new(fd::stdout(), PollFlags::OUT);
    /// assert_eq!(output.events(), PollFlags::OUT);
    /// ```
    #[inline]
    #[must_use]
    pub const fn events(&self) -> PollFlags {
        PollFlags::from_bits_retain(self.raw.events.cast_unsigned())
    }

    /// Waits for `events` from now on; none still leaves `ERR`, `HUP` and
    /// `NVAL`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd, poll::{PollFd, PollFlags}};
    ///
    /// let mut output = PollFd::new(fd::stdout(), PollFlags::OUT);
    /// output.set_events(PollFlags::empty());
    /// assert_eq!(output.events(), PollFlags::empty());
    /// ```
    #[inline]
    pub const fn set_events(&mut self, events: PollFlags) {
        self.raw.events = events.bits().cast_signed();
    }

    /// What the last call found; empty if nothing.
    ///
    /// # Examples
    /// ```
    /// use core::time::Duration;
    /// use rawos::{fd::{self, AsFd}, poll::{self, PollFd, PollFlags}};
    ///
    /// let (_reader, writer) = fd::pipe()?;
    /// let mut entry = [PollFd::new(writer.as_fd(), PollFlags::OUT)];
    /// poll::poll(&mut entry, Some(Duration::ZERO))?;
    /// assert_eq!(entry[0].revents(), PollFlags::OUT);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn revents(&self) -> PollFlags {
        PollFlags::from_bits_retain(self.raw.revents.cast_unsigned())
    }
}

impl fmt::Debug for PollFd<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollFd")
            .field("fd", &self.raw.fd)
            .field("events", &self.events())
            .field("revents", &self.revents())
            .finish()
    }
}

/// Waits until something is found of `fds`, no longer than `timeout`, and
/// returns of how many: zero if the time was up.
///
/// `None` waits for ever, `Duration::ZERO` not at all. What was found is in
/// each [`PollFd::revents`]. A signal does not end the wait: it goes on for
/// what is left of the time.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): more of `fds` than the limit of open
///   files (`RLIMIT_NOFILE`).
/// - [`ENOMEM`](crate::Errno::ENOMEM): no memory for so many.
///
/// # Python
/// `select.poll().poll(timeout)`, whose timeout is in milliseconds.
///
/// # See also
/// [poll(2)](https://man7.org/linux/man-pages/man2/poll.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::{self, AsFd}, poll::{self, PollFd, PollFlags}};
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"x")?;
/// let mut fds = [
///     PollFd::new(reader.as_fd(), PollFlags::IN),
///     PollFd::new(writer.as_fd(), PollFlags::empty()),
/// ];
/// assert_eq!(poll::poll(&mut fds, None), Ok(1));
/// assert_eq!(fds[0].revents(), PollFlags::IN);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> Result<usize> {
    retry_within(timeout, |left| ppoll(fds, left, None))
}

/// As [`poll()`], with the signals of `sigmask` blocked instead of those that
/// are, while it waits.
///
/// `None` changes nothing. Letting a signal in only here is what the call is for, so a signal ends it.
///
/// # Errors
/// Those of [`poll()`], and [`EINTR`](crate::Errno::EINTR): a signal came, and
/// its handler has run.
///
/// # Python
/// None.
///
/// # See also
/// [ppoll(2)](https://man7.org/linux/man-pages/man2/ppoll.2.html)
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::{poll, signal::{SigSet, Signal}};
///
/// let sigterm = SigSet::from(Signal::TERM);
/// assert_eq!(poll::ppoll(&mut [], Some(Duration::ZERO), Some(&sigterm)), Ok(0));
/// ```
#[inline]
pub fn ppoll(
    fds: &mut [PollFd<'_>],
    timeout: Option<Duration>,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    let mut timeout = timeout.map(Timespec::saturating_from);
    sys::poll::ppoll(fds, timeout.as_mut(), sigmask)
}
