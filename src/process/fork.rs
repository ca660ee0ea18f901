//! A copy of this process, and who wants to know of it.

use core::{
    mem, ptr,
    sync::atomic::{AtomicPtr, AtomicU32},
};

use super::{Pid, hooks::Hooks};
use crate::{Errno, Result, env, sys};

/// Which of the two processes goes on here.
///
/// # Python
/// What `os.fork` returns: 0, or the child's id.
///
/// # Examples
/// ```
/// use rawos::process::{Fork, Pid};
///
/// assert_ne!(Fork::Child, Fork::Parent(Pid(2)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The new one.
    Child,
    /// The one that was there, and the id of the new one.
    Parent(Pid),
}

/// Makes a copy of this process: both go on from here.
///
/// What was registered with [`register_at_fork`] runs before and after, the
/// latter also where this fails. To start another program,
/// [`posix_spawn`](super::posix_spawn) is safe, and faster.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): there may be no more processes.
/// - [`ENOMEM`](Errno::ENOMEM): there is no memory, or no more processes in
///   this PID namespace, whose init has ended.
/// - The rest: fork(2).
///
/// # Safety
/// The child has one thread, a copy of the calling one. Whatever other threads
/// were at stays half done in it: a lock that one held is held for ever, a list
/// it was changing is broken. So in a process with several threads the child
/// must not allocate, lock, print by std, panic, or call anything that might,
/// until it calls [`execve`](super::execve), [`execvpe`](super::execvpe),
/// [`fexecve`](super::fexecve) or [`_exit`](super::_exit), with strings made
/// before: what signal-safety(7) lists. In a program with a libc that holds for one thread
/// too, because the libc does not learn of this fork: its own `pthread_atfork`
/// functions do not run, and what it knows of its thread is out of date. In a
/// program of this crate's `rt`, which has one thread, the child may do all.
///
/// The room `env` is an exception: its lock is free in the child. But
/// `environ`, which [`execv`](super::execv) and [`execvp`](super::execvp) call
/// too, may allocate at its first use, and with the feature `std` takes std's
/// lock then.
///
/// It must not be called in a signal handler: what it interrupted may hold
/// that lock, or be in a registered function.
///
/// Destructors of the values that the child inherits would act a second time:
/// it should end by [`_exit`](super::_exit).
///
/// # Python
/// `os.fork()`.
///
/// # See also
/// [fork(2)](https://man7.org/linux/man-pages/man2/fork.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{self, Fork, WaitOptions};
///
/// // SAFETY: the child ends at once.
/// match unsafe { process::fork()? } {
///     Fork::Child => process::_exit(3),
///     Fork::Parent(pid) => {
///         let (_, status) = process::waitpid(pid, WaitOptions::empty())?.unwrap();
///         assert_eq!(status.exit_status(), Some(3));
///     }
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub unsafe fn fork() -> Result<Fork> {
    // The same ones before and after, whatever is registered meanwhile.
    let ready = HOOKS.ready();
    for slot in (0..CAPACITY).rev() {
        call(ready, slot, BEFORE);
    }
    // Not around the hooks, which may use the environment.
    let made = env::own::across_fork(|| {
        // SAFETY: the caller's promise is passed on unchanged.
        unsafe { sys::exec::fork() }
    });
    let after = if made == Ok(0) { IN_CHILD } else { IN_PARENT };
    for slot in 0..CAPACITY {
        call(ready, slot, after);
    }
    made.map(|pid| if pid == 0 { Fork::Child } else { Fork::Parent(Pid(pid)) })
}

/// What [`register_at_fork`] registers: functions that take and return
/// nothing, each of which may be missing.
///
/// # Python
/// The keyword arguments of `os.register_at_fork`.
///
/// # Examples
/// ```
/// use rawos::process::AtFork;
///
/// let nothing = AtFork::default();
/// assert!(nothing.before.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct AtFork {
    /// Runs in the parent before the fork.
    pub before: Option<fn()>,
    /// Runs in the parent after the fork, also after one that failed.
    pub after_in_parent: Option<fn()>,
    /// Runs in the child, where the rules of [`fork`] hold.
    pub after_in_child: Option<fn()>,
}

/// Has `functions` run around every [`fork`] of this crate's, for as long as
/// the process runs.
///
/// Those before run in reverse order of registration, those after in order.
/// There is room for 32 registrations. A spawn is no fork: nothing runs.
///
/// # Errors
/// [`ENOMEM`](Errno::ENOMEM): there are 32 already.
///
/// # Python
/// `os.register_at_fork(before=..., after_in_parent=..., after_in_child=...)`.
///
/// # See also
/// [pthread_atfork(3)](https://man7.org/linux/man-pages/man3/pthread_atfork.3.html)
///
/// # Examples
/// ```
/// use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
/// use rawos::process::{self, AtFork, Fork};
///
/// static FORKS: AtomicU32 = AtomicU32::new(0);
/// fn count() {
///     FORKS.fetch_add(1, Relaxed);
/// }
/// process::register_at_fork(AtFork { after_in_parent: Some(count), ..AtFork::default() })?;
/// // SAFETY: the child ends at once.
/// if unsafe { process::fork()? } == Fork::Child {
///     process::_exit(0);
/// }
/// assert_eq!(FORKS.load(Relaxed), 1);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "pthread_atfork")]
#[inline]
pub fn register_at_fork(functions: AtFork) -> Result<()> {
    let AtFork { before, after_in_parent, after_in_child } = functions;
    let functions = [before, after_in_parent, after_in_child];
    let functions = functions.map(|hook| hook.map_or(ptr::null_mut(), |hook| hook as *mut ()));
    HOOKS.register(functions).then_some(()).ok_or(Errno::ENOMEM)
}

const CAPACITY: usize = u32::BITS as usize;

/// The three functions of each registration, in the order of [`AtFork`].
static HOOKS: Hooks<CAPACITY> = Hooks {
    hooks: [const { [const { AtomicPtr::new(ptr::null_mut()) }; 3] }; CAPACITY],
    taken: AtomicU32::new(0),
    ready: AtomicU32::new(0),
};
const BEFORE: usize = 0;
const IN_PARENT: usize = 1;
const IN_CHILD: usize = 2;

/// Calls one function of the registration `slot` if it is among the `ready`.
#[inline]
fn call(ready: u32, slot: usize, which: usize) {
    let hook = HOOKS.get(ready, slot, which);
    if !hook.is_null() {
        // SAFETY: `register_at_fork` made the pointer of a function of this
        // type, and it is ready.
        let hook = unsafe { mem::transmute::<*mut (), fn()>(hook) };
        hook();
    }
}
