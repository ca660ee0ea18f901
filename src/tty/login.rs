//! A session of one's own on a terminal.
#![forbid(unsafe_code)]

use crate::{
    Errno, Result,
    fd::{self, AsFd as _, BorrowedFd, OwnedFd},
    sys,
};

/// Makes the terminal `fd` the controlling one of a new session, and its
/// descriptor this process's standard input, output and error.
///
/// A process that leads its group already stays in its session, and must be
/// the leader of that, without a terminal so far. `fd` is closed, whether the
/// call succeeds or not, unless it is a standard stream. If it fails for a
/// terminal, the process may be in a new session nevertheless.
///
/// # Errors
/// - [`ENOTTY`](Errno::ENOTTY): `fd` is no terminal.
/// - [`EPERM`](Errno::EPERM): it is another session's, or the caller leads no
///   session and cannot.
/// - [`EIO`](Errno::EIO): its other end is closed.
///
/// # Python
/// `os.login_tty(fd)`, which leaves `fd` open if it fails.
///
/// # See also
/// [login_tty(3)](https://man7.org/linux/man-pages/man3/openpty.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, tty};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(tty::login_tty(reader), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "TIOCSCTTY")]
#[inline]
pub fn login_tty(fd: OwnedFd) -> Result<()> {
    let result = log_in(fd.as_fd());
    if fd.as_raw_fd() <= 2 {
        // A standard stream is nobody's to close.
        let _ = fd.into_raw_fd();
    }
    result
}

#[inline]
fn log_in(fd: BorrowedFd<'_>) -> Result<()> {
    // Nothing is to change for the sake of what is no terminal.
    sys::tty::tiocgwinsz(fd)?;
    match sys::creds::setsid() {
        // The leader of a group, perhaps of a session. The next call knows.
        Ok(_) | Err(Errno::EPERM) => {}
        Err(errno) => return Err(errno),
    }
    sys::tty::tiocsctty(fd)?;
    let number = fd.as_raw_fd();
    for (stream, replace) in [fd::dup2_stdin, fd::dup2_stdout, fd::dup2_stderr].iter().enumerate() {
        match usize::try_from(number) == Ok(stream) {
            // dup2(2) would leave it close-on-exec.
            true => fd::set_inheritable(fd, true)?,
            false => replace(fd)?,
        }
    }
    Ok(())
}
