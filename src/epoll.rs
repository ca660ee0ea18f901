//! Waiting for many descriptors, which the kernel remembers.
//!
//! Next door: [`poll`](crate::poll), for a few.
#![forbid(unsafe_code)]

use core::{fmt, time::Duration};

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{AsFd, BorrowedFd, OwnedFd},
    signal::SigSet,
    sys,
    time::{Timespec, retry_within},
};

flags! {
    /// What an epoll waits for, and what it found: see [`EpollEvent`].
    ///
    /// # Python
    /// `select.EPOLL*`, whose values these are.
    ///
    /// # Examples
    /// ```
    /// use rawos::{epoll::{self, EpollCtl, EpollEvent, EpollFlags}, fd};
    ///
    /// let (reader, writer) = fd::pipe()?;
    /// let epoll = epoll::epoll_create()?;
    /// epoll::epoll_ctl(&epoll, EpollCtl::Add(EpollEvent::new(EpollFlags::IN, 0)), &reader)?;
    /// drop(writer);
    /// let mut events = [EpollEvent::default(); 8];
    /// let found = epoll::epoll_wait(&epoll, &mut events, None)?;
    /// assert_eq!(found[0].events(), EpollFlags::HUP); // asked for or not
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct EpollFlags: u32 {
        /// `EPOLLIN`: there is something to read.
        #[doc(alias = "EPOLLIN")]
        const IN = uapi::EPOLLIN;
        /// `EPOLLPRI`: there is something urgent to read.
        #[doc(alias = "EPOLLPRI")]
        const PRI = uapi::EPOLLPRI;
        /// `EPOLLOUT`: there is room to write.
        #[doc(alias = "EPOLLOUT")]
        const OUT = uapi::EPOLLOUT;
        /// `EPOLLERR`: an error, or a pipe that nobody reads; always waited for.
        #[doc(alias = "EPOLLERR")]
        const ERR = uapi::EPOLLERR;
        /// `EPOLLHUP`: the other end has hung up; always waited for.
        #[doc(alias = "EPOLLHUP")]
        const HUP = uapi::EPOLLHUP;
        /// `EPOLLRDNORM`: as `IN`.
        #[doc(alias = "EPOLLRDNORM")]
        const RDNORM = uapi::EPOLLRDNORM;
        /// `EPOLLRDBAND`: there is data of a priority to read.
        #[doc(alias = "EPOLLRDBAND")]
        const RDBAND = uapi::EPOLLRDBAND;
        /// `EPOLLWRNORM`: as `OUT`.
        #[doc(alias = "EPOLLWRNORM")]
        const WRNORM = uapi::EPOLLWRNORM;
        /// `EPOLLWRBAND`: there is room to write data of a priority.
        #[doc(alias = "EPOLLWRBAND")]
        const WRBAND = uapi::EPOLLWRBAND;
        /// `EPOLLMSG`: not used on Linux.
        #[doc(alias = "EPOLLMSG")]
        const MSG = uapi::EPOLLMSG;
        /// `EPOLLRDHUP`: the other end of a socket writes no more.
        #[doc(alias = "EPOLLRDHUP")]
        const RDHUP = uapi::EPOLLRDHUP;
        /// `EPOLLEXCLUSIVE`: wake one of the epolls that wait, not all. Linux 4.5.
        #[doc(alias = "EPOLLEXCLUSIVE")]
        const EXCLUSIVE = uapi::EPOLLEXCLUSIVE;
        /// `EPOLLWAKEUP`: no suspend while the event is being dealt with.
        #[doc(alias = "EPOLLWAKEUP")]
        const WAKEUP = uapi::EPOLLWAKEUP;
        /// `EPOLLONESHOT`: once, until it is set anew with [`EpollCtl::Mod`].
        #[doc(alias = "EPOLLONESHOT")]
        const ONESHOT = uapi::EPOLLONESHOT;
        /// `EPOLLET`: when it happens, not as long as it lasts.
        #[doc(alias = "EPOLLET")]
        const ET = uapi::EPOLLET;
    }
}

/// What is waited for or was found, and the 64 bits that go with it.
///
/// # Examples
/// ```
/// use rawos::epoll::{EpollEvent, EpollFlags};
///
/// let event = EpollEvent::new(EpollFlags::IN, 0x1122_3344_5566_7788);
/// assert_eq!(event.data(), 0x1122_3344_5566_7788);
/// ```
#[doc(alias = "epoll_event")]
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct EpollEvent(uapi::epoll_event);

impl EpollEvent {
    /// Waits for `events`; `data` is handed back with them.
    ///
    /// # Examples
    /// ```
    /// use rawos::epoll::{EpollEvent, EpollFlags};
    ///
    /// assert_eq!(EpollEvent::new(EpollFlags::empty(), 0), EpollEvent::default());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(events: EpollFlags, data: u64) -> Self {
        Self(uapi::epoll_event { events: events.bits(), data })
    }

    /// What is waited for, or was found.
    ///
    /// # Examples
    /// ```
    /// use rawos::epoll::{EpollEvent, EpollFlags};
    ///
    /// assert_eq!(EpollEvent::new(EpollFlags::OUT, 1).events(), EpollFlags::OUT);
    /// ```
    #[inline]
    #[must_use]
    pub const fn events(self) -> EpollFlags {
        EpollFlags::from_bits_retain(self.0.events)
    }

    /// What was given with the descriptor, as it was given.
    ///
    /// # Examples
    /// ```
    /// use rawos::epoll::{EpollEvent, EpollFlags};
    ///
    /// assert_eq!(EpollEvent::new(EpollFlags::OUT, 1).data(), 1);
    /// ```
    #[inline]
    #[must_use]
    pub const fn data(self) -> u64 {
        self.0.data
    }
}

impl Default for EpollEvent {
    #[inline]
    fn default() -> Self {
        Self::new(EpollFlags::empty(), 0)
    }
}

impl PartialEq for EpollEvent {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        (self.events(), self.data()) == (other.events(), other.data())
    }
}

impl Eq for EpollEvent {}

impl fmt::Debug for EpollEvent {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EpollEvent")
            .field("events", &self.events())
            .field("data", &self.data())
            .finish()
    }
}

/// What [`epoll_ctl`] does with a descriptor.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::{epoll::{self, EpollCtl, EpollEvent, EpollFlags}, fd};
///
/// let epoll = epoll::epoll_create()?;
/// let (_reader, writer) = fd::pipe()?;
/// epoll::epoll_ctl(&epoll, EpollCtl::Add(EpollEvent::new(EpollFlags::OUT, 1)), &writer)?;
/// epoll::epoll_ctl(&epoll, EpollCtl::Mod(EpollEvent::new(EpollFlags::OUT, 2)), &writer)?;
/// let mut events = [EpollEvent::default(); 8];
/// assert_eq!(epoll::epoll_wait(&epoll, &mut events, None)?[0].data(), 2);
/// epoll::epoll_ctl(&epoll, EpollCtl::Del, &writer)?;
/// assert_eq!(epoll::epoll_wait(&epoll, &mut events, Some(Duration::ZERO))?, []);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpollCtl {
    /// Waits for it.
    #[doc(alias = "EPOLL_CTL_ADD")]
    Add(EpollEvent),
    /// Waits for something else of it, or hands back something else.
    #[doc(alias = "EPOLL_CTL_MOD")]
    Mod(EpollEvent),
    /// Waits for it no more.
    #[doc(alias = "EPOLL_CTL_DEL")]
    Del,
}

/// Makes an epoll, which waits for nothing yet.
///
/// # Errors
/// - [`EMFILE`](Errno::EMFILE), [`ENFILE`](Errno::ENFILE),
///   [`ENOMEM`](Errno::ENOMEM): too many descriptors, or no memory.
///
/// # Python
/// `select.epoll()`.
///
/// # See also
/// [epoll_create1(2)](https://man7.org/linux/man-pages/man2/epoll_create.2.html)
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::epoll::{self, EpollEvent};
///
/// let epoll = epoll::epoll_create()?;
/// let mut events = [EpollEvent::default(); 8];
/// assert_eq!(epoll::epoll_wait(&epoll, &mut events, Some(Duration::ZERO))?, []);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "epoll_create1")]
#[doc(alias = "EPOLL_CLOEXEC")]
#[inline]
pub fn epoll_create() -> Result<OwnedFd> {
    sys::event::epoll_create1()
}

/// Has `epoll` wait for `fd`, or no more.
///
/// Once every descriptor of the open file behind `fd` is closed, the kernel
/// forgets it by itself.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): [`EpollCtl::Add`], and it is there.
/// - [`ENOENT`](Errno::ENOENT): another operation, and it is not.
/// - [`EPERM`](Errno::EPERM): `fd` cannot be waited for (a regular file, a directory).
/// - [`EINVAL`](Errno::EINVAL): `epoll` is none, or is `fd`; flags that
///   [`EpollFlags::EXCLUSIVE`] excludes.
/// - [`ELOOP`](Errno::ELOOP): epolls that wait for each other, or too deep.
/// - [`EBADF`](Errno::EBADF): one of the two is not open.
/// - The rest: epoll_ctl(2).
///
/// # Python
/// `epoll.register(fd, eventmask)`, `epoll.modify(fd, eventmask)`,
/// `epoll.unregister(fd)`, where the data is always the descriptor's number.
///
/// # See also
/// [epoll_ctl(2)](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, epoll::{self, EpollCtl, EpollEvent, EpollFlags}, fd};
///
/// let epoll = epoll::epoll_create()?;
/// let (_reader, writer) = fd::pipe()?;
/// let wanted = EpollEvent::new(EpollFlags::OUT, 42);
/// epoll::epoll_ctl(&epoll, EpollCtl::Add(wanted), &writer)?;
/// let mut events = [EpollEvent::default(); 8];
/// assert_eq!(epoll::epoll_wait(&epoll, &mut events, None)?, [wanted]);
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "register")]
#[doc(alias = "modify")]
#[doc(alias = "unregister")]
#[inline]
pub fn epoll_ctl<E: AsFd, Fd: AsFd>(epoll: E, operation: EpollCtl, fd: Fd) -> Result<()> {
    let (number, event) = match &operation {
        EpollCtl::Add(event) => (uapi::EPOLL_CTL_ADD, Some(event)),
        EpollCtl::Mod(event) => (uapi::EPOLL_CTL_MOD, Some(event)),
        EpollCtl::Del => (uapi::EPOLL_CTL_DEL, None),
    };
    sys::event::epoll_ctl(epoll.as_fd(), number, fd.as_fd(), event)
}

/// Waits until `epoll` finds something, no longer than `timeout`, and returns
/// what it found: nothing if the time was up.
///
/// `None` waits for ever, `Duration::ZERO` not at all. What does not fit in
/// `events` is found the next time. A signal does not end the wait: it goes on
/// for what is left of the time.
///
/// A `timeout` that is not whole milliseconds takes epoll_pwait2(2), Linux
/// 5.11; before, it is rounded up, and at most `i32::MAX` of them (24 days).
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `epoll` is none, or `events` is empty.
/// - [`EBADF`](Errno::EBADF): `epoll` is not open.
///
/// # Python
/// `epoll.poll(timeout, maxevents)`, whose timeout is in seconds.
///
/// # See also
/// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html)
///
/// # Examples
/// ```
/// use rawos::{
///     epoll::{self, EpollCtl, EpollEvent, EpollFlags},
///     time::ClockId,
///     timerfd::{self, TimerfdFlags, TimerfdTimerFlags},
/// };
///
/// let timer = timerfd::timerfd_create(ClockId::MONOTONIC, TimerfdFlags::empty())?;
/// timerfd::timerfd_settime(&timer, TimerfdTimerFlags::empty(), 0.001, 0.0)?;
/// let epoll = epoll::epoll_create()?;
/// epoll::epoll_ctl(&epoll, EpollCtl::Add(EpollEvent::new(EpollFlags::IN, 7)), &timer)?;
///
/// let mut events = [EpollEvent::default(); 8];
/// for event in epoll::epoll_wait(&epoll, &mut events, None)? {
///     assert_eq!(event.data(), 7);
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "epoll_pwait2")]
#[inline]
pub fn epoll_wait<E: AsFd>(
    epoll: E,
    events: &mut [EpollEvent],
    timeout: Option<Duration>,
) -> Result<&mut [EpollEvent]> {
    let epoll = epoll.as_fd();
    let count = retry_within(timeout, |left| wait(epoll, events, left, None))?;
    found(events, count)
}

/// As [`epoll_wait`], with the signals of `sigmask` blocked instead of those
/// that are, while it waits.
///
/// `None` changes nothing. Letting a signal in only here is what the call is for, so a signal ends it.
///
/// # Errors
/// Those of [`epoll_wait`], and [`EINTR`](Errno::EINTR): a signal came, and its
/// handler has run.
///
/// # Python
/// None.
///
/// # See also
/// [epoll_pwait(2)](https://man7.org/linux/man-pages/man2/epoll_pwait.2.html)
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawos::{epoll::{self, EpollEvent}, signal::{SigSet, Signal}};
///
/// let epoll = epoll::epoll_create()?;
/// let mut events = [EpollEvent::default(); 8];
/// let sigterm = SigSet::from(Signal::TERM);
/// let found = epoll::epoll_pwait(&epoll, &mut events, Some(Duration::ZERO), Some(&sigterm))?;
/// assert!(found.is_empty());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn epoll_pwait<'a, E: AsFd>(
    epoll: E,
    events: &'a mut [EpollEvent],
    timeout: Option<Duration>,
    sigmask: Option<&SigSet>,
) -> Result<&'a mut [EpollEvent]> {
    let count = wait(epoll.as_fd(), events, timeout, sigmask)?;
    found(events, count)
}

/// One wait, by the oldest call that can express its timeout.
#[inline]
fn wait(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: Option<Duration>,
    sigmask: Option<&SigSet>,
) -> Result<usize> {
    let Some(timeout) = timeout else {
        return sys::event::epoll_pwait(epoll, events, -1, sigmask);
    };
    let up = timeout.as_nanos().div_ceil(1_000_000);
    let milliseconds = i32::try_from(up).unwrap_or(i32::MAX);
    if Duration::from_millis(milliseconds.unsigned_abs().into()) != timeout {
        let exact = Timespec::saturating_from(timeout);
        match sys::event::epoll_pwait2(epoll, events, &exact, sigmask) {
            Err(Errno::ENOSYS | Errno::EPERM) => {}
            result => return result,
        }
    }
    sys::event::epoll_pwait(epoll, events, milliseconds, sigmask)
}

/// The first `count` events.
#[inline]
fn found(events: &mut [EpollEvent], count: usize) -> Result<&mut [EpollEvent]> {
    // The kernel writes no more than there is room for.
    events.get_mut(..count).ok_or(Errno::EIO)
}
