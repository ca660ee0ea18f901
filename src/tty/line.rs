//! What is on its way through a terminal: waiting for it, dropping it, holding
//! it back.
#![forbid(unsafe_code)]

use crate::{Errno, Result, fd::AsFd, sys};

/// What [`tcflush`] drops.
///
/// # Examples
/// ```
/// use rawos::tty::{self, Queue};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::tcflush(&terminal, Queue::Both), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Queue {
    /// `TCIFLUSH`: what came and was not read.
    #[doc(alias = "TCIFLUSH")]
    Input = 0,
    /// `TCOFLUSH`: what was written and not sent.
    #[doc(alias = "TCOFLUSH")]
    Output = 1,
    /// `TCIOFLUSH`: both.
    #[doc(alias = "TCIOFLUSH")]
    Both = 2,
}

/// What [`tcflow`] does.
///
/// # Examples
/// ```
/// use rawos::tty::{self, Flow};
///
/// let (_pty, terminal) = tty::openpty()?;
/// tty::tcflow(&terminal, Flow::OutputOff)?;
/// assert_eq!(tty::tcflow(&terminal, Flow::OutputOn), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// `TCOOFF`: holds output back.
    #[doc(alias = "TCOOFF")]
    OutputOff = 0,
    /// `TCOON`: lets it go on.
    #[doc(alias = "TCOON")]
    OutputOn = 1,
    /// `TCIOFF`: sends the stop character, which asks the other end to wait.
    #[doc(alias = "TCIOFF")]
    InputOff = 2,
    /// `TCION`: sends the start character.
    #[doc(alias = "TCION")]
    InputOn = 3,
}

/// Waits until all that was written to the terminal `fd` is sent.
///
/// # Errors
/// - [`ENOTTY`](Errno::ENOTTY): `fd` is no terminal.
/// - [`EINTR`](Errno::EINTR): a signal came; it is not retried, as in Python.
/// - [`EIO`](Errno::EIO): the other end is closed, or the caller's group is in
///   the background and orphaned.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
///
/// # Python
/// `termios.tcdrain(fd)`.
///
/// # See also
/// [tcdrain(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, tty};
///
/// let (_pty, terminal) = tty::openpty()?;
/// fd::write(&terminal, b"x")?;
/// assert_eq!(tty::tcdrain(&terminal), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn tcdrain<Fd: AsFd>(fd: Fd) -> Result<()> {
    sys::tty::tcsbrk(fd.as_fd(), 1)
}

/// Drops what is on its way through the terminal `fd`.
///
/// # Errors
/// Those of [`tcdrain`].
///
/// # Python
/// `termios.tcflush(fd, queue)`.
///
/// # See also
/// [tcflush(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, tty::{self, Queue, SetWhen}};
///
/// let (pty, terminal) = tty::openpty()?;
/// tty::setraw(&terminal, SetWhen::Now)?;
/// fd::write(&pty, b"old")?;
/// let mut buf = [0; 8];
/// fd::read(&terminal, &mut buf[..1])?;
/// tty::tcflush(&terminal, Queue::Input)?;
/// fd::write(&pty, b"new")?;
/// let len = fd::read(&terminal, &mut buf)?;
/// assert_eq!(&buf[..len], b"new");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn tcflush<Fd: AsFd>(fd: Fd, queue: Queue) -> Result<()> {
    sys::tty::tcflsh(fd.as_fd(), queue as i32)
}

/// Holds back what is on its way through the terminal `fd`, or lets it go on.
///
/// # Errors
/// Those of [`tcdrain`].
///
/// # Python
/// `termios.tcflow(fd, action)`.
///
/// # See also
/// [tcflow(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, tty::{self, Flow}};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(tty::tcflow(&reader, Flow::OutputOn), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn tcflow<Fd: AsFd>(fd: Fd, action: Flow) -> Result<()> {
    sys::tty::tcxonc(fd.as_fd(), action as i32)
}

/// Sends a break over the serial line `fd`: zeros for `duration` milliseconds,
/// rounded up to tenths of a second; 0 is a quarter to half a second.
///
/// Where nothing is sent in series, as through a pseudo-terminal, nothing
/// happens.
///
/// # Errors
/// Those of [`tcdrain`], and [`EINVAL`](Errno::EINVAL): `duration` is more
/// than an `i32` has room for.
///
/// # Python
/// `termios.tcsendbreak(fd, duration)`.
///
/// # See also
/// [tcsendbreak(3)](https://man7.org/linux/man-pages/man3/termios.3.html)
///
/// # Examples
/// ```
/// use rawos::tty;
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::tcsendbreak(&terminal, 0), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn tcsendbreak<Fd: AsFd>(fd: Fd, duration: u32) -> Result<()> {
    let fd = fd.as_fd();
    match i32::try_from(duration).map_err(|_| Errno::EINVAL)? {
        0 => sys::tty::tcsbrk(fd, 0),
        _ => sys::tty::tcsbrkp(fd, duration.div_ceil(100).cast_signed()),
    }
}
