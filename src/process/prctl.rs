//! What prctl(2) sets: who inherits orphans, when the process is told of its
//! parent's end, its name, and what exec may give it.
//!
//! Some of it is the process's, some the calling thread's: each function says
//! whose. What takes privileges away is refused in a process with threads;
//! `alone.rs` says why. Next door: `securebits.rs`, `caps.rs`.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::alone::alone;
use crate::{
    Errno, Result,
    path::PathLike,
    signal::Signal,
    sys::prctl::{self, GetInt, Op, prctl},
};

/// Whether the process becomes the parent of its descendants whose parent
/// ends, as process 1 otherwise does. Linux 3.4.
///
/// It is the process's; children do not inherit it, exec does not end it.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): an emulator does not know it, as qemu-user 7.2.
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_CHILD_SUBREAPER(2const)](https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{get_child_subreaper, set_child_subreaper}};
///
/// match set_child_subreaper(true) {
///     Ok(()) => assert_eq!(get_child_subreaper(), Ok(true)),
///     Err(errno) => assert_eq!(errno, Errno::EINVAL),
/// }
/// ```
#[doc(alias = "PR_SET_CHILD_SUBREAPER")]
#[inline]
pub fn set_child_subreaper(on: bool) -> Result<()> {
    set(Op::SetChildSubreaper, on)
}

/// Whether [`set_child_subreaper`] is on.
///
/// # Errors
/// Those of [`set_child_subreaper`].
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_CHILD_SUBREAPER(2const)](https://man7.org/linux/man-pages/man2/PR_SET_CHILD_SUBREAPER.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::get_child_subreaper};
///
/// assert!(matches!(get_child_subreaper(), Ok(false) | Err(Errno::EINVAL)));
/// ```
#[doc(alias = "PR_GET_CHILD_SUBREAPER")]
#[inline]
pub fn get_child_subreaper() -> Result<bool> {
    prctl::prctl_get_int(GetInt::ChildSubreaper).map(|on| on != 0)
}

/// Has the process sent `signal` when its parent ends; `None` is nothing.
///
/// The parent is the *thread* that started the process, and may have ended
/// before this call: compare [`getppid`](super::getppid) afterwards. The
/// setting is the calling thread's. Children do not inherit it; changing ids,
/// and exec of a program with privileges, end it.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): no such signal.
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_PDEATHSIG(2const)](https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::set_parent_death_signal, signal::Signal};
///
/// set_parent_death_signal(Some(Signal::TERM))?;
/// assert_eq!(set_parent_death_signal(Some(Signal(65))), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "PR_SET_PDEATHSIG")]
#[inline]
pub fn set_parent_death_signal(signal: Option<Signal>) -> Result<()> {
    let number = match signal {
        // To the kernel, 0 is none.
        Some(signal) => u64::try_from(signal.0).ok().filter(|n| *n != 0).ok_or(Errno::EINVAL)?,
        None => 0,
    };
    prctl(Op::SetParentDeathSignal, number, 0).map(drop)
}

/// What [`set_parent_death_signal`] has set.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_PDEATHSIG(2const)](https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html)
///
/// # Examples
/// ```
/// assert_eq!(rawos::process::get_parent_death_signal(), Ok(None));
/// ```
#[doc(alias = "PR_GET_PDEATHSIG")]
#[inline]
pub fn get_parent_death_signal() -> Result<Option<Signal>> {
    let number = prctl::prctl_get_int(GetInt::ParentDeathSignal)?;
    Ok((number != 0).then_some(Signal(number)))
}

/// Names the calling thread: 15 bytes at most.
///
/// Each thread has a name of its own. That of the first is the process's, in
/// ps(1) and `/proc/PID/comm`, until exec; the arguments stay as they are.
///
/// # Errors
/// - [`ERANGE`](Errno::ERANGE): `name` is longer. The kernel would cut it;
///   glibc says this.
/// - [`EINVAL`](Errno::EINVAL): `name` holds a NUL byte.
///
/// # Python
/// None; `threading.Thread(name=...)` sets it since 3.14.
///
/// # See also
/// [PR_SET_NAME(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NAME.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{get_thread_name, set_thread_name}};
///
/// set_thread_name("example")?;
/// assert_eq!(get_thread_name(&mut [0; 16])?, c"example");
/// assert_eq!(set_thread_name("one that is long"), Err(Errno::ERANGE));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "PR_SET_NAME")]
#[doc(alias = "pthread_setname_np")]
#[inline]
pub fn set_thread_name<P: PathLike>(name: P) -> Result<()> {
    name.with_c_str(|name| match name.count_bytes() {
        ..16 => prctl::prctl_set_name(name),
        _ => Err(Errno::ERANGE),
    })
}

/// The name of the calling thread, in `buf`.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_NAME(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NAME.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::get_thread_name;
///
/// assert!(!get_thread_name(&mut [0; 16])?.is_empty());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_GET_NAME")]
#[doc(alias = "pthread_getname_np")]
#[inline]
pub fn get_thread_name(buf: &mut [u8; 16]) -> Result<&CStr> {
    prctl::prctl_get_name(buf)?;
    CStr::from_bytes_until_nul(buf).map_err(|_| Errno::EIO)
}

/// Has exec give the process no privileges from now on: set-id bits and
/// capabilities of files do nothing.
///
/// Children inherit it, exec does not end it, and nothing else does. Without
/// privilege, a seccomp filter takes it. Linux 3.5.
///
/// # Errors
/// [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the kernel
/// would not change.
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_NO_NEW_PRIVS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NO_NEW_PRIVS.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::set_no_new_privs};
///
/// // A test may have threads.
/// assert!(matches!(set_no_new_privs(), Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[doc(alias = "PR_SET_NO_NEW_PRIVS")]
#[inline]
pub fn set_no_new_privs() -> Result<()> {
    alone()?;
    set_no_new_privs_thread()
}

/// As [`set_no_new_privs`], for the calling thread, those that it starts later,
/// and no other.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_NO_NEW_PRIVS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NO_NEW_PRIVS.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{get_no_new_privs, set_no_new_privs_thread};
///
/// set_no_new_privs_thread()?;
/// assert_eq!(get_no_new_privs(), Ok(true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn set_no_new_privs_thread() -> Result<()> {
    set(Op::SetNoNewPrivs, true)
}

/// Whether [`set_no_new_privs`] was called for the calling thread.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_NO_NEW_PRIVS(2const)](https://man7.org/linux/man-pages/man2/PR_SET_NO_NEW_PRIVS.2const.html)
///
/// # Examples
/// ```
/// assert!(rawos::process::get_no_new_privs().is_ok());
/// ```
#[doc(alias = "PR_GET_NO_NEW_PRIVS")]
#[inline]
pub fn get_no_new_privs() -> Result<bool> {
    get(Op::GetNoNewPrivs)
}

/// Whether the process may dump core, and others of its user may trace it and
/// look into its `/proc` files.
///
/// It is the process's. Changing ids, and exec of a program with privileges or
/// that may not be read, turn it off; other programs have it on.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_SET_DUMPABLE(2const)](https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{get_dumpable, set_dumpable};
///
/// set_dumpable(false)?;
/// assert_eq!(get_dumpable(), Ok(false));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_SET_DUMPABLE")]
#[inline]
pub fn set_dumpable(on: bool) -> Result<()> {
    set(Op::SetDumpable, on)
}

/// Whether the process may dump core; where `/proc/sys/fs/suid_dumpable` is 2,
/// it may for root's eyes only, which is false.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_GET_DUMPABLE(2const)](https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{get_dumpable, set_dumpable};
///
/// set_dumpable(true)?;
/// assert_eq!(get_dumpable(), Ok(true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_GET_DUMPABLE")]
#[inline]
pub fn get_dumpable() -> Result<bool> {
    get(Op::GetDumpable)
}

/// Turns something on or off.
#[inline]
pub(super) fn set(op: Op, on: bool) -> Result<()> {
    prctl(op, on.into(), 0).map(drop)
}

/// Whether something is on.
#[inline]
pub(super) fn get(op: Op) -> Result<bool> {
    prctl(op, 0, 0).map(|value| value == 1)
}
