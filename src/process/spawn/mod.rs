//! Starting a program in a new process.
//!
//! By clone(2) with `CLONE_VM | CLONE_VFORK`: nothing is copied, so that it
//! takes as long in a large process as in a small one, and the child's errors
//! arrive here by memory. Here: what is offered; `options.rs`: how the process
//! is to be; `launch.rs`: the parent's part; `child.rs`: the child's.

mod child;
mod family;
mod launch;
mod options;
mod quiet;
mod shell;

use child::Program;
use launch::Failure;
use launch::Plan;

pub use self::options::{FileAction, SpawnOptions};
pub use self::{
    family::{SpawnMode, spawnv, spawnve, spawnvp, spawnvpe},
    shell::{Popen, PopenMode, popen, system},
};
use super::{
    Pid,
    argv::{ExecStrings, check},
    exec::path_of,
};
use crate::{Errno, Result, env, fd::OwnedFd, path::PathLike};

/// Starts the program at `path` in a new process, with the arguments `argv`
/// and the environment `env`, and returns its id.
///
/// Returns when the program has begun or the child has failed; then nothing is
/// left of it. For the environment of this process give
/// [`env::environ()?`](crate::env::environ()). The process inherits descriptors
/// that are not close-on-exec, ignored signals and, unless `options` change it,
/// the calling thread's signal mask. Someone has to wait for it.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT), [`EACCES`](Errno::EACCES),
///   [`ENOEXEC`](Errno::ENOEXEC), [`E2BIG`](Errno::E2BIG) and the rest of
///   [`execve`](super::execve)'s: the program cannot be executed.
/// - [`EAGAIN`](Errno::EAGAIN), [`ENOMEM`](Errno::ENOMEM): there can be no
///   more processes, or no memory.
/// - [`EINVAL`](Errno::EINVAL): `argv` is empty, or `path` holds a NUL byte.
/// - The error of whatever in `options` cannot be done.
///
/// # Python
/// `os.posix_spawn(path, argv, env, ...)`; the keyword arguments are methods of
/// [`SpawnOptions`].
///
/// # See also
/// [posix_spawn(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, env, process::{self, SpawnOptions, WaitOptions}};
///
/// let options = SpawnOptions::new();
/// let pid = process::posix_spawn("/bin/true", [c"true"], env::environ()?, &options)?;
/// let (_, status) = process::waitpid(pid, WaitOptions::empty())?.unwrap();
/// assert_eq!(status.exit_status(), Some(0));
///
/// let failed = process::posix_spawn("/no/such", [c"x"], [], &options);
/// assert_eq!(failed, Err(Errno::ENOENT));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn posix_spawn<P, A, E>(path: P, argv: A, env: E, options: &SpawnOptions<'_>) -> Result<Pid>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    let how = How { options, failure: Failure::Report, pidfd: false };
    at_path(path, argv, env, how).map(|(pid, _)| pid)
}

/// Starts `file` in a new process, looked for in the directories of `PATH` in
/// this process's environment, and returns its id.
///
/// As [`posix_spawn`] otherwise. The search goes as in [`execvp`](super::execvp);
/// `PATH` in `env` has no part in it, unless [`SpawnOptions::search_env`] says so.
///
/// # Errors
/// Those of [`posix_spawn`], and [`environ`](crate::env::environ())'s.
///
/// # Python
/// `os.posix_spawnp(path, argv, env, ...)`, which is the libc's, and so looks
/// in the `PATH` of the process. glibc goes on after `EACCES` and what is not
/// there, and stops at any other error.
///
/// # See also
/// [posix_spawnp(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnOptions, WaitOptions};
///
/// let pid = process::posix_spawnp("true", [c"true"], [c"PATH=/nowhere"], &SpawnOptions::new())?;
/// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn posix_spawnp<P, A, E>(file: P, argv: A, env: E, options: &SpawnOptions<'_>) -> Result<Pid>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    let how = How { options, failure: Failure::Report, pidfd: false };
    in_path(file, argv, env, how).map(|(pid, _)| pid)
}

/// As [`posix_spawn`], and returns a descriptor of the process too: one that
/// is its alone from the first moment, close-on-exec.
///
/// The descriptor is readable once the process has ended. Before Linux 5.2,
/// which has `CLONE_PIDFD`, there is none to be had.
///
/// # Errors
/// Those of [`posix_spawn`], and [`ENOSYS`](Errno::ENOSYS): the kernel has no
/// pidfds; the program, which had begun, was killed. It has not begun where
/// the descriptor is refused with [`EMFILE`](Errno::EMFILE).
///
/// # Python
/// None; `os.posix_spawn`, then `os.pidfd_open`.
///
/// # See also
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnOptions, WaitOptions};
///
/// let (pid, pidfd) = process::pidfd_spawn("/bin/true", [c"true"], [], &SpawnOptions::new())?;
/// assert!(pidfd.as_raw_fd() > 2);
/// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "CLONE_PIDFD")]
#[inline]
pub fn pidfd_spawn<P, A, E>(
    path: P,
    argv: A,
    env: E,
    options: &SpawnOptions<'_>,
) -> Result<(Pid, OwnedFd)>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    let how = How { options, failure: Failure::Report, pidfd: true };
    both(at_path(path, argv, env, how))
}

/// As [`posix_spawnp`], and returns a descriptor of the process too: see
/// [`pidfd_spawn`].
///
/// # Errors
/// Those of [`posix_spawnp`] and [`pidfd_spawn`].
///
/// # Python
/// None; `os.posix_spawnp`, then `os.pidfd_open`.
///
/// # See also
/// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnOptions, WaitOptions};
///
/// let (pid, _pidfd) = process::pidfd_spawnp("true", [c"true"], [], &SpawnOptions::new())?;
/// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pidfd_spawnp<P, A, E>(
    file: P,
    argv: A,
    env: E,
    options: &SpawnOptions<'_>,
) -> Result<(Pid, OwnedFd)>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    let how = How { options, failure: Failure::Report, pidfd: true };
    both(in_path(file, argv, env, how))
}

/// A child that was to have a pidfd, which it always has.
#[inline]
fn both(started: Result<(Pid, Option<OwnedFd>)>) -> Result<(Pid, OwnedFd)> {
    let (pid, pidfd) = started?;
    Ok((pid, pidfd.ok_or(Errno::ENOSYS)?))
}

/// How to start a program, whichever it is.
#[derive(Clone, Copy)]
struct How<'a> {
    options: &'a SpawnOptions<'a>,
    failure: Failure,
    pidfd: bool,
}

/// Starts the program at `path`.
#[inline]
fn at_path<P: PathLike, A: ExecStrings, E: ExecStrings>(
    path: P,
    argv: A,
    env: E,
    how: How<'_>,
) -> Result<(Pid, Option<OwnedFd>)> {
    path.with_c_str(|path| start(Program::Path(path), argv, env, how))
}

/// Starts `file` from a directory of a `PATH`: that in `env`, or the process's.
#[inline]
fn in_path<P: PathLike, A: ExecStrings, E: ExecStrings>(
    file: P,
    argv: A,
    env: E,
    how: How<'_>,
) -> Result<(Pid, Option<OwnedFd>)> {
    let name = file.fspath();
    // A directory is no program: there is none without a name.
    if name.is_empty() || name.contains(&b'/') || name.contains(&0) {
        return at_path(file, argv, env, how);
    }
    if how.options.search_env {
        return start(Program::Search(name, None), argv, env, how);
    }
    env::environ()?
        .with_block(|own| start(Program::Search(name, Some(path_of(own))), argv, env, how))
}

/// Starts `program`.
#[inline]
fn start<A: ExecStrings, E: ExecStrings>(
    program: Program<'_>,
    argv: A,
    env: E,
    how: How<'_>,
) -> Result<(Pid, Option<OwnedFd>)> {
    let How { options, failure, pidfd } = how;
    argv.with_block(|argv| {
        check(argv, true)?;
        env.with_block(|env| launch::launch(&Plan { program, argv, env, options, failure, pidfd }))
    })
}
