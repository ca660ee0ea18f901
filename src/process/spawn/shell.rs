//! Commands by way of the shell.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::{Failure, FileAction, How, SpawnOptions, at_path, quiet::Quiet};
use crate::{
    Errno, Result, env,
    fd::{self, AsFd, BorrowedFd, OwnedFd},
    process::{Pid, WaitOptions, WaitStatus, waitpid},
    signal::{SigSet, Signal},
};

/// Starts `sh -c command`. Where there is no shell, the process ends with the
/// status 127.
#[inline]
fn start(command: &CStr, options: &SpawnOptions<'_>) -> Result<Pid> {
    let how = How { options, failure: Failure::Exit127, pidfd: false };
    // `--`, or a command that begins with `-` would be options.
    let argv = [c"sh", c"-c", c"--", command];
    at_path(c"/bin/sh", argv, env::environ()?, how).map(|(pid, _)| pid)
}

/// How the child `pid` ended.
#[inline]
fn wait(pid: Pid) -> Result<WaitStatus> {
    match waitpid(pid, WaitOptions::empty())? {
        Some((_, status)) => Ok(status),
        None => Err(Errno::ECHILD),
    }
}

/// Runs `command` by `/bin/sh -c` and waits for it to end; returns how it did.
///
/// Meanwhile the process ignores `SIGINT` and `SIGQUIT`, which are the
/// command's, and this thread blocks `SIGCHLD`. Where there is no shell, the
/// status is 127. What the command is made of must be trusted: the shell obeys
/// every character of it.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN), [`ENOMEM`](Errno::ENOMEM): there can be no
///   more processes, or no memory.
/// - [`ECHILD`](Errno::ECHILD): `SIGCHLD` is ignored, or another thread waited
///   for every child; how the command ended is lost.
/// - The rest: [`environ`](crate::env::environ())'s.
///
/// # Python
/// `os.system(command)`, whose result is the status as a number.
///
/// # See also
/// [system(3)](https://man7.org/linux/man-pages/man3/system.3.html)
///
/// # Examples
/// ```
/// use rawos::process;
///
/// assert_eq!(process::system(c"exit 3")?.exit_status(), Some(3));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn system(command: &CStr) -> Result<WaitStatus> {
    let quiet = Quiet::begin()?;
    let options = SpawnOptions::new().setsigmask(quiet.mask).setsigdef(quiet.had_action);
    wait(start(command, &options)?)
}

/// Which end of the pipe [`popen`] keeps.
///
/// # Python
/// The argument `mode`: `"r"`, `"w"`.
///
/// # Examples
/// ```
/// use rawos::{fd, process::{self, PopenMode}};
///
/// let writer = process::popen(c"read word && test $word = yes", PopenMode::Write)?;
/// fd::write_all(&writer, b"yes\n")?;
/// assert_eq!(writer.close()?.exit_status(), Some(0));
///
/// let reader = process::popen(c"echo yes", PopenMode::Read)?;
/// assert_eq!(fd::read(&reader, &mut [0; 8]), Ok(4));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PopenMode {
    /// Read what the command writes to its standard output.
    Read,
    /// Write what the command reads from its standard input.
    Write,
}

/// A command that [`popen`] started, and the pipe to it or from it.
///
/// It lends its descriptor, so [`fd::read`](crate::fd::read()),
/// [`fdopen`](crate::fd::fdopen()) and the like take `&popen`. Dropping it is
/// [`close`](Self::close) without the result: it waits for the command.
///
/// # Python
/// The file object that `os.popen` returns.
///
/// # Examples
/// ```
/// use rawos::{fd, process::{self, PopenMode}};
///
/// let command = process::popen(c"echo hello", PopenMode::Read)?;
/// let mut buf = [0; 16];
/// assert_eq!(fd::read(&command, &mut buf), Ok(6));
/// assert_eq!(command.close()?.exit_status(), Some(0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct Popen {
    pid: Pid,
    /// `None` once it is closed, and the command waited for.
    pipe: Option<OwnedFd>,
}

/// Starts `command` by `/bin/sh -c`, with a pipe from its standard output or
/// to its standard input.
///
/// The pipe's end here is close-on-exec: no other child inherits it. `SIGPIPE`
/// and `SIGXFSZ` have the default action in the command, even if they are
/// ignored here. Where there is no shell, the command ends with the status 127. What it is made of
/// must be trusted: the shell obeys every character of it.
///
/// # Errors
/// - [`EMFILE`](Errno::EMFILE): the process has as many descriptors as it may.
/// - [`EAGAIN`](Errno::EAGAIN), [`ENOMEM`](Errno::ENOMEM): there can be no
///   more processes, or no memory.
/// - The rest: [`environ`](crate::env::environ())'s.
///
/// # Python
/// `os.popen(cmd, mode)`, which reads and writes text.
///
/// # See also
/// [popen(3)](https://man7.org/linux/man-pages/man3/popen.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, process::{self, PopenMode}};
///
/// let command = process::popen(c"read word; test $word = yes", PopenMode::Write)?;
/// fd::write_all(&command, b"yes\n")?;
/// assert_eq!(command.close()?.exit_status(), Some(0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn popen(command: &CStr, mode: PopenMode) -> Result<Popen> {
    let (reader, writer) = fd::pipe()?;
    let (ours, theirs, number) = match mode {
        PopenMode::Read => (reader, writer, 1),
        PopenMode::Write => (writer, reader, 0),
    };
    let actions = [FileAction::Dup2(theirs.as_raw_fd(), number)];
    let options = SpawnOptions::new().file_actions(&actions).setsigdef(restored());
    let pid = start(command, &options)?;
    Ok(Popen { pid, pipe: Some(ours) })
}

/// What Python ignores, and the programs that it starts do not.
#[inline]
fn restored() -> SigSet {
    SigSet::from([Signal::PIPE, Signal::XFSZ])
}

impl Popen {
    /// The id of the shell's process.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, PopenMode};
    ///
    /// assert!(process::popen(c":", PopenMode::Read)?.pid().0 > 0);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn pid(&self) -> Pid {
        self.pid
    }

    /// Closes the pipe, waits for the command to end, and returns how it did.
    ///
    /// # Errors
    /// [`ECHILD`](Errno::ECHILD): `SIGCHLD` is ignored, or someone else waited
    /// for the command; how it ended is lost.
    ///
    /// # Python
    /// `close()` of the file object, whose result is `None` for 0, else the exit
    /// code or the negated signal, times 256.
    ///
    /// # See also
    /// [pclose(3)](https://man7.org/linux/man-pages/man3/popen.3.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, PopenMode};
    ///
    /// let command = process::popen(c"exit 5", PopenMode::Read)?;
    /// assert_eq!(command.close()?.exit_status(), Some(5));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "pclose")]
    #[inline]
    pub fn close(mut self) -> Result<WaitStatus> {
        self.pipe = None;
        // The drop would wait a second time, which is an error and no harm,
        // but for a process that has the same id by then.
        let pid = self.pid;
        core::mem::forget(self);
        wait(pid)
    }
}

impl Drop for Popen {
    #[inline]
    fn drop(&mut self) {
        self.pipe = None;
        let _ = wait(self.pid);
    }
}

impl AsFd for Popen {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        // Only `close` and the drop take it.
        self.pipe.as_ref().map_or(fd::CWD, |pipe| pipe.as_fd())
    }
}
