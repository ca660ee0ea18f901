//! Replacing the program of this process.
//!
//! Nothing is retried or flushed. `execve`, `execvpe` and `fexecve` allocate
//! nothing and take no lock: a process that was just forked may call them, once
//! argv and environment are made. `execv` and `execvp` ask for the environment
//! first, which may do both.
#![forbid(unsafe_code)]

use core::{convert::Infallible, fmt::Write};

use super::argv::{ExecStrings, check};
use crate::{
    Errno, Result,
    env::{self, ExecPath},
    fd::AsFd,
    fs::AtFlags,
    path::{DEFPATH, PathLike},
    sys::{self, PathBuf, env::Block},
};

/// Replaces the program of this process by the one at `path`, which inherits
/// the environment.
///
/// Returns only if that fails, and then nothing has changed. `argv` begins
/// with the program's name for itself. Descriptors stay open unless they are
/// close-on-exec, as this crate's are; threads end; handlers of signals become
/// the default, ignored and blocked signals stay so.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no such file, or its interpreter is missing.
/// - [`EACCES`](Errno::EACCES): it is not executable, or no regular file.
/// - [`ENOEXEC`](Errno::ENOEXEC): the kernel knows no such format; a script
///   without `#!` is one. No shell is tried.
/// - [`E2BIG`](Errno::E2BIG): arguments and environment are too long.
/// - [`ETXTBSY`](Errno::ETXTBSY): it is open for writing.
/// - [`EINVAL`](Errno::EINVAL): `argv` or its first string is empty, or `path`
///   holds a NUL byte.
/// - The rest: execve(2), and [`environ`](crate::env::environ())'s.
///
/// # Python
/// `os.execv(path, args)`; `os.execl(path, arg0, ...)`.
///
/// # See also
/// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let Err(errno) = process::execv("/dev/null", [c"null"]);
/// assert_eq!(errno, Errno::EACCES);
/// ```
#[doc(alias = "execl")]
#[inline]
pub fn execv<P: PathLike, A: ExecStrings>(path: P, argv: A) -> Result<Infallible> {
    execve(path, argv, env::environ()?)
}

/// Replaces the program of this process by the one at `path`, with the
/// environment `env`.
///
/// As [`execv`] otherwise.
///
/// # Errors
/// Those of [`execv`], but for `environ`'s.
///
/// # Python
/// `os.execve(path, args, env)`, `os.execle(path, arg0, ..., env)`; with a
/// descriptor, [`fexecve`].
///
/// # See also
/// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let env = [c"PATH=/bin", c"LANG=C"];
/// assert!(matches!(process::execve("/no/such", [c"x"], env), Err(Errno::ENOENT)));
/// ```
#[doc(alias = "execle")]
#[inline]
pub fn execve<P, A, E>(path: P, argv: A, env: E) -> Result<Infallible>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    path.with_c_str(|path| with_blocks(argv, env, |argv, env| sys::exec::execve(path, argv, env)))
}

/// Replaces the program of this process by the open file `fd`, with the
/// environment `env`.
///
/// By execveat(2), and where the kernel has none (before 3.19) by the name
/// that `/proc` gives the file. A script (`#!`) cannot be run from a
/// close-on-exec descriptor: its interpreter would not find it.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): it is a script and `fd` is close-on-exec.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
/// - [`ENOSYS`](Errno::ENOSYS): no execveat(2), and no `/proc`.
/// - The rest: those of [`execve`].
///
/// # Python
/// `os.execve(fd, args, env)`.
///
/// # See also
/// [execveat(2)](https://man7.org/linux/man-pages/man2/execveat.2.html),
/// [fexecve(3)](https://man7.org/linux/man-pages/man3/fexecve.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, process};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert!(matches!(process::fexecve(&reader, [c"pipe"], []), Err(Errno::EACCES)));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "execveat")]
#[inline]
pub fn fexecve<Fd, A, E>(fd: Fd, argv: A, env: E) -> Result<Infallible>
where
    Fd: AsFd,
    A: ExecStrings,
    E: ExecStrings,
{
    let fd = fd.as_fd();
    with_blocks(argv, env, |argv, env| {
        match sys::exec::execveat(fd, c"", argv, env, AtFlags::EMPTY_PATH) {
            Err(Errno::ENOSYS) => {}
            failed => return failed,
        }
        // Fits: 14 bytes and a number.
        let mut path = heapless::String::<32>::new();
        let _ = write!(path, "/proc/self/fd/{}", fd.as_raw_fd());
        path.as_str().with_c_str(|path| {
            let failed = sys::exec::execve(path, argv, env);
            // Not there: is it the file, or all of `/proc`?
            match failed {
                Err(Errno::ENOENT) if sys::fd::fcntl_getfd(fd).is_err() => Err(Errno::EBADF),
                Err(Errno::ENOENT) if is_missing(path) => Err(Errno::ENOSYS),
                failed => failed,
            }
        })
    })
}

/// Whether there is no file at `path`.
fn is_missing(path: &core::ffi::CStr) -> bool {
    sys::fs::newfstatat(crate::fd::CWD, path, AtFlags::SYMLINK_NOFOLLOW).is_err()
}

/// Replaces the program of this process by `file`, which is looked for in the
/// directories of `PATH`, and inherits the environment.
///
/// A name with a `/` is not looked for. An empty directory is the current one,
/// and without `PATH` there are `/bin` and `/usr/bin`. Every directory is
/// tried until one has a program that runs; of the errors other than
/// `ENOENT` and `ENOTDIR`, the first is returned, else the last.
///
/// # Errors
/// Those of [`execv`]: [`EACCES`](Errno::EACCES) if there was a file that may
/// not be executed, [`ENOENT`](Errno::ENOENT) if there was none.
///
/// # Python
/// `os.execvp(file, args)`, `os.execlp(file, arg0, ...)`.
///
/// # See also
/// [execvp(3)](https://man7.org/linux/man-pages/man3/exec.3.html), which stops
/// at errors that this goes on after, and runs a shell for `ENOEXEC`.
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// assert!(matches!(process::execvp("no-such-program", [c"x"]), Err(Errno::ENOENT)));
/// ```
#[doc(alias = "execlp")]
#[inline]
pub fn execvp<P: PathLike, A: ExecStrings>(file: P, argv: A) -> Result<Infallible> {
    execvpe(file, argv, env::environ()?)
}

/// Replaces the program of this process by `file`, which is looked for in the
/// directories of `PATH` in `env`, its environment.
///
/// As [`execvp`] otherwise. Of several `PATH`s in `env` the first counts.
///
/// # Errors
/// Those of [`execvp`].
///
/// # Python
/// `os.execvpe(file, args, env)`, `os.execlpe(file, arg0, ..., env)`.
///
/// # See also
/// [execvpe(3)](https://man7.org/linux/man-pages/man3/exec.3.html), which looks
/// in the `PATH` of the caller's environment.
///
/// # Examples
/// ```
/// use rawos::{Errno, process};
///
/// let nowhere = [c"PATH=/dev/null:/proc/self"];
/// assert!(matches!(process::execvpe("sh", [c"sh"], nowhere), Err(Errno::ENOENT)));
/// ```
#[doc(alias = "execlpe")]
#[inline]
pub fn execvpe<P, A, E>(file: P, argv: A, env: E) -> Result<Infallible>
where
    P: PathLike,
    A: ExecStrings,
    E: ExecStrings,
{
    let name = file.fspath();
    if name.contains(&b'/') {
        return execve(file, argv, env);
    }
    if name.contains(&0) {
        return Err(Errno::EINVAL);
    }
    with_blocks(argv, env, |argv, env| search(name, path_of(env), argv, env))
}

/// Calls `then` with both lists of strings as the kernel takes them.
fn with_blocks<A: ExecStrings, E: ExecStrings>(
    argv: A,
    env: E,
    then: impl FnOnce(Block<'_>, Block<'_>) -> Result<Infallible>,
) -> Result<Infallible> {
    argv.with_block(|argv| {
        check(argv, false)?;
        env.with_block(|env| then(argv, env))
    })
}

/// `PATH` in `env`, or what there is without.
pub(super) fn path_of(env: Block<'_>) -> &[u8] {
    let mut strings = env.iter().map(core::ffi::CStr::to_bytes);
    strings.find_map(|string| string.strip_prefix(b"PATH=")).unwrap_or(DEFPATH.as_bytes())
}

/// Executes `name`, which has no `/` and no NUL, from the first directory of
/// `path` where that succeeds.
///
/// Runs in a child that shares memory: nothing but the stack is written.
pub(super) fn search(
    name: &[u8],
    path: &[u8],
    argv: Block<'_>,
    env: Block<'_>,
) -> Result<Infallible> {
    let mut buf = PathBuf::new();
    let (mut first, mut last) = (None, Errno::ENOENT);
    for dir in ExecPath::new(path) {
        let Err(errno) = buf.join(dir, name).and_then(|path| sys::exec::execve(path, argv, env));
        match errno {
            Errno::ENOENT | Errno::ENOTDIR => last = errno,
            _ => first = first.or(Some(errno)),
        }
    }
    Err(first.unwrap_or(last))
}
