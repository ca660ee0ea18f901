//! Who is in the foreground of a terminal.
#![forbid(unsafe_code)]

use crate::{Result, fd::AsFd, process::Pid, sys};

/// The process group in the foreground of the terminal `fd`; `None` if there
/// is none, or none that this PID namespace knows.
///
/// Of the first end of a pseudo-terminal it is the group of the other; of
/// anything else, `fd` must be the caller's own controlling terminal.
///
/// # Errors
/// - [`ENOTTY`](crate::Errno::ENOTTY): `fd` is no terminal, or not the caller's.
/// - [`EIO`](crate::Errno::EIO): its other end is closed.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.tcgetpgrp(fd)`, which returns 0 where this is `None`.
///
/// # See also
/// [tcgetpgrp(3)](https://man7.org/linux/man-pages/man3/tcgetpgrp.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, tty};
///
/// let (pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::tcgetpgrp(&pty), Ok(None));
/// assert_eq!(tty::tcgetpgrp(&terminal), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "TIOCGPGRP")]
#[inline]
pub fn tcgetpgrp<Fd: AsFd>(fd: Fd) -> Result<Option<Pid>> {
    let group = sys::tty::tiocgpgrp(fd.as_fd())?;
    Ok((group != 0).then_some(Pid(group)))
}

/// Puts the process group `group` of the caller's session into the foreground
/// of the terminal `fd`, which is the controlling one.
///
/// A caller in the background is stopped by `SIGTTOU`, as is its whole group,
/// unless it ignores or blocks that signal.
///
/// # Errors
/// - [`ENOTTY`](crate::Errno::ENOTTY): `fd` is no terminal, or not the caller's;
///   or the caller's group is in the background and orphaned: its session has
///   nobody who could put it into the foreground.
/// - [`EPERM`](crate::Errno::EPERM): `group` is of another session.
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such group.
/// - [`EINVAL`](crate::Errno::EINVAL): `group` is negative.
/// - [`EINTR`](crate::Errno::EINTR): a handler ran, for `SIGTTOU` perhaps.
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.tcsetpgrp(fd, pg)`.
///
/// # See also
/// [tcsetpgrp(3)](https://man7.org/linux/man-pages/man3/tcsetpgrp.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process, tty};
///
/// let (_pty, terminal) = tty::openpty()?;
/// assert_eq!(tty::tcsetpgrp(&terminal, process::getpid()), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "TIOCSPGRP")]
#[inline]
pub fn tcsetpgrp<Fd: AsFd>(fd: Fd, group: Pid) -> Result<()> {
    sys::tty::tiocspgrp(fd.as_fd(), group.0)
}
