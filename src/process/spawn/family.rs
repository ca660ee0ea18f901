//! The `spawn*` functions: start a program, and wait for it or not.
#![forbid(unsafe_code)]

use super::{Failure, How, SpawnOptions, at_path, in_path};
use crate::{
    Errno, Result, env,
    path::PathLike,
    process::{
        Pid, WaitOptions,
        argv::{ExecStrings, check},
        waitpid, waitstatus_to_exitcode,
    },
};

/// Whether [`spawnv`] and its kin wait for the program to end.
///
/// # Python
/// `os.P_WAIT`, `os.P_NOWAIT`, `os.P_NOWAITO`.
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnMode};
///
/// assert_eq!(process::spawnv(SpawnMode::Wait, "/bin/false", [c"false"]), Ok(1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpawnMode {
    /// Wait, and return its exit code, or the negated signal that ended it.
    #[doc(alias = "P_WAIT")]
    Wait,
    /// Return its process id at once. Someone has to wait for it.
    #[doc(alias = "P_NOWAIT")]
    #[doc(alias = "P_NOWAITO")]
    NoWait,
}

/// Starts the program at `path` in a new process, which inherits the
/// environment; waits for it or not.
///
/// A program that cannot be executed is one that ends with the status 127:
/// [`posix_spawn`](super::posix_spawn) tells why instead.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN), [`ENOMEM`](Errno::ENOMEM): there can be no
///   more processes, or no memory.
/// - [`EINVAL`](Errno::EINVAL): `argv` or its first string is empty, or `path`
///   holds a NUL byte.
/// - The rest: [`environ`](crate::env::environ())'s, and
///   [`waitpid`](crate::process::waitpid)'s.
///
/// # Python
/// `os.spawnv(mode, path, args)`, `os.spawnl(mode, path, arg0, ...)`. For a NUL
/// in `path` Python's child ends with 127.
///
/// # See also
/// [posix_spawn(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnMode};
///
/// let argv = [c"sh", c"-c", c"exit 3"];
/// assert_eq!(process::spawnv(SpawnMode::Wait, "/bin/sh", argv), Ok(3));
/// assert_eq!(process::spawnv(SpawnMode::Wait, "/no/such", argv), Ok(127));
/// ```
#[doc(alias = "spawnl")]
#[inline]
pub fn spawnv<P: PathLike, A: ExecStrings>(mode: SpawnMode, path: P, argv: A) -> Result<i32> {
    spawnve(mode, path, argv, env::environ()?)
}

/// Starts the program at `path` in a new process, with the environment `env`;
/// waits for it or not.
///
/// As [`spawnv`] otherwise.
///
/// # Errors
/// Those of [`spawnv`], but for `environ`'s.
///
/// # Python
/// `os.spawnve(mode, path, args, env)`, `os.spawnle(mode, path, arg0, ..., env)`.
///
/// # See also
/// [posix_spawn(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnMode};
///
/// let argv = [c"sh", c"-c", c"exit $N"];
/// assert_eq!(process::spawnve(SpawnMode::Wait, "/bin/sh", argv, [c"N=4"]), Ok(4));
/// ```
#[doc(alias = "spawnle")]
#[inline]
pub fn spawnve<P, A, E>(mode: SpawnMode, path: P, argv: A, env: E) -> Result<i32>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    argv.with_block(|argv| check(argv, false))?;
    run(mode, |how| at_path(path, argv, env, how).map(|(pid, _)| pid))
}

/// Starts `file`, which is looked for in the directories of `PATH`, in a new
/// process, which inherits the environment; waits for it or not.
///
/// As [`spawnv`] otherwise; the search goes as in
/// [`execvp`](crate::process::execvp).
///
/// # Errors
/// Those of [`spawnv`].
///
/// # Python
/// `os.spawnvp(mode, file, args)`, `os.spawnlp(mode, file, arg0, ...)`.
///
/// # See also
/// [posix_spawnp(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnMode, WaitOptions};
///
/// let pid = process::spawnvp(SpawnMode::NoWait, "true", [c"true"])?;
/// assert!(process::waitpid(process::Pid(pid), WaitOptions::empty())?.is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "spawnlp")]
#[inline]
pub fn spawnvp<P: PathLike, A: ExecStrings>(mode: SpawnMode, file: P, argv: A) -> Result<i32> {
    spawnvpe(mode, file, argv, env::environ()?)
}

/// Starts `file`, which is looked for in the directories of `PATH` in `env`,
/// in a new process with that environment; waits for it or not.
///
/// As [`spawnvp`] otherwise.
///
/// # Errors
/// Those of [`spawnve`].
///
/// # Python
/// `os.spawnvpe(mode, file, args, env)`, `os.spawnlpe(mode, file, arg0, ..., env)`.
///
/// # See also
/// [posix_spawnp(3)](https://man7.org/linux/man-pages/man3/posix_spawn.3.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnMode};
///
/// let nowhere = [c"PATH=/nowhere"];
/// assert_eq!(process::spawnvpe(SpawnMode::Wait, "true", [c"true"], nowhere), Ok(127));
/// ```
#[doc(alias = "spawnlpe")]
#[inline]
pub fn spawnvpe<P, A, E>(mode: SpawnMode, file: P, argv: A, env: E) -> Result<i32>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    argv.with_block(|argv| check(argv, false))?;
    run(mode, |how| in_path(file, argv, env, how).map(|(pid, _)| pid))
}

/// Has `start` start a program, and does what `mode` says.
#[inline]
fn run(mode: SpawnMode, start: impl FnOnce(How<'_>) -> Result<Pid>) -> Result<i32> {
    let options = &SpawnOptions::new().search_env(true);
    let pid = start(How { options, failure: Failure::Exit127, pidfd: false })?;
    match mode {
        SpawnMode::NoWait => Ok(pid.0),
        SpawnMode::Wait => match waitpid(pid, WaitOptions::empty())? {
            Some((_, status)) => waitstatus_to_exitcode(status),
            None => Err(Errno::ECHILD),
        },
    }
}
