//! A child on a terminal of its own.

use super::{login_tty, openpty};
use crate::{
    Result,
    fd::OwnedFd,
    process::{self, Fork, Pid},
};

/// Which of the two processes goes on here, after a [`forkpty`].
///
/// # Python
/// What `os.forkpty` returns: a process id, 0 in the child, and a descriptor.
///
/// # Examples
/// ```
/// use rawos::{process::Pid, tty::{self, ForkPty}};
///
/// let (pty, _terminal) = tty::openpty()?;
/// let parent = ForkPty::Parent { pid: Pid(2), pty };
/// assert!(matches!(parent, ForkPty::Parent { pid: Pid(2), .. }));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub enum ForkPty {
    /// The new one, whose standard streams are its terminal.
    Child,
    /// The one that was there.
    Parent {
        /// The id of the child.
        pid: Pid,
        /// The other end of the child's terminal, close-on-exec: what the child
        /// writes is read here. [`EIO`](crate::Errno::EIO) when it has ended
        /// and all was read.
        pty: OwnedFd,
    },
}

/// Makes a copy of this process in a session of its own, on a new terminal
/// whose other end the parent holds.
///
/// A child that cannot get its terminal ends with status 1. For a terminal with
/// a size or modes from the start, call what this consists of: [`openpty`],
/// [`tcsetwinsize`](super::tcsetwinsize), [`fork`](process::fork), and in the
/// child [`login_tty`].
///
/// # Errors
/// Those of [`openpty`] and of [`fork`](process::fork). There is no child then.
///
/// # Safety
/// As for [`fork`](process::fork): in a process with several threads, or with a
/// libc, the child must do nothing but what signal-safety(7) lists, until it
/// calls [`execve`](process::execve) or [`_exit`](process::_exit).
///
/// # Python
/// `os.forkpty()`.
///
/// # See also
/// [forkpty(3)](https://man7.org/linux/man-pages/man3/openpty.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, process, tty::{self, ForkPty}};
///
/// // SAFETY: the child writes and ends.
/// match unsafe { tty::forkpty()? } {
///     ForkPty::Child => {
///         let done = fd::write_all(fd::stdout(), b"hello");
///         process::_exit(i32::from(done.is_err()));
///     }
///     ForkPty::Parent { pid, pty } => {
///         let mut buf = [0; 64];
///         let len = fd::read(&pty, &mut buf)?;
///         assert_eq!(&buf[..len], b"hello");
///         assert_eq!(fd::read(&pty, &mut buf), Err(Errno::EIO));
///         process::waitpid(pid, process::WaitOptions::empty())?;
///     }
/// }
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub unsafe fn forkpty() -> Result<ForkPty> {
    let (pty, terminal) = openpty()?;
    // SAFETY: the caller's promise is passed on; what the child does here are
    // system calls, and what the caller registered for a fork.
    match unsafe { process::fork()? } {
        Fork::Parent(pid) => Ok(ForkPty::Parent { pid, pty }),
        Fork::Child => {
            drop(pty);
            match login_tty(terminal) {
                Ok(()) => Ok(ForkPty::Child),
                Err(_) => process::_exit(1),
            }
        }
    }
}
