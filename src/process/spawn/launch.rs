//! The parent's part: a stack, signals held, clone(2), and what came of it.

use core::sync::atomic::{
    AtomicI32, AtomicU8,
    Ordering::{Acquire, Relaxed, Release},
};

use linux_raw_sys::general as uapi;

use super::{
    SpawnOptions,
    child::{Program, Task, enter},
};
use crate::{
    Errno, Result, arch,
    errno::retry,
    fd::{self, OwnedFd, RawFd},
    fs::OFlags,
    process::{Pid, PidfdFlags, WaitOptions},
    signal::{SigHow, SigSet, Signal},
    sys::{self, env::Block, stack::Stack},
};

/// Whether a child made with `CLONE_VM | CLONE_VFORK` shares memory and holds
/// the parent back, as Linux has it. qemu-user makes a plain fork of it.
///
/// The first child of the process tells, for one wait4(2) more: it is made
/// without a signal at its end, which execve(2) makes `SIGCHLD` again. An
/// emulator that forks cannot do this and says `EINVAL`.
static MEMORY: AtomicU8 = AtomicU8::new(UNKNOWN);
const UNKNOWN: u8 = 0;
const SHARED: u8 = 1;
const SEPARATE: u8 = 2;

/// What happens to a child that cannot become its program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is no more, and the caller learns why.
    Report,
    /// It ends with the status 127, for the caller to wait for.
    Exit127,
}

/// What to start, and how.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) program: Program<'a>,
    pub(super) argv: Block<'a>,
    pub(super) env: Block<'a>,
    pub(super) options: &'a SpawnOptions<'a>,
    pub(super) failure: Failure,
    pub(super) pidfd: bool,
}

/// A child that was made: how it is known, and the error it ended with.
struct Made {
    pid: Pid,
    pidfd: Option<OwnedFd>,
    error: Option<Errno>,
}

/// Starts the program.
pub(super) fn launch(plan: &Plan<'_>) -> Result<(Pid, Option<OwnedFd>)> {
    let stack = Stack::new()?;
    // Also those that a libc keeps to itself: their handlers are not for a
    // child that shares its memory.
    let old = sys::signal::rt_sigprocmask(SigHow::SetMask, &SigSet::all())?;
    let result = attempt(plan, &stack, old);
    // As it was: that was accepted once.
    let _ = sys::signal::rt_sigprocmask(SigHow::SetMask, &old);
    result
}

/// As [`launch`], with a stack, and the signals held that are to be held not
/// for longer than this.
fn attempt(plan: &Plan<'_>, stack: &Stack, old: SigSet) -> Result<(Pid, Option<OwnedFd>)> {
    let mask = plan.options.setsigmask.unwrap_or(old);
    let mut task = Task {
        program: plan.program,
        argv: plan.argv,
        env: plan.env,
        options: plan.options,
        mask,
        report: None,
        reader: None,
        outcome: AtomicI32::new(Task::UNSEEN),
    };
    if MEMORY.load(Acquire) == UNKNOWN {
        match first(plan, stack, &task) {
            Ok(Some(started)) => return Ok(started),
            // What memory is like is known now.
            Ok(None) => task.outcome = AtomicI32::new(Task::UNSEEN),
            Err(errno) => return Err(errno),
        }
    }
    let made = match MEMORY.load(Acquire) {
        SEPARATE => Err(Errno::EINVAL),
        _ => shared(plan, stack, &task, uapi::SIGCHLD),
    };
    let made = match made {
        // Nor may memory be shared from one time namespace to another.
        Err(Errno::EINVAL) => reported(plan, stack, &mut task)?,
        made => made?,
    };
    match made.error {
        Some(errno) if plan.failure == Failure::Report => {
            reap(made.pid);
            Err(errno)
        }
        _ => with_pidfd(plan, made),
    }
}

/// Makes the first child, which tells whether memory is shared; `None` if it
/// is to be tried again with what is known now.
fn first(
    plan: &Plan<'_>,
    stack: &Stack,
    task: &Task<'_>,
) -> Result<Option<(Pid, Option<OwnedFd>)>> {
    let made = match shared(plan, stack, task, 0) {
        Ok(made) => made,
        Err(Errno::EINVAL) => {
            MEMORY.store(SEPARATE, Release);
            return Ok(None);
        }
        Err(errno) => return Err(errno),
    };
    MEMORY.store(if seen(task) { SHARED } else { SEPARATE }, Release);
    if made.error.is_some() {
        // Nobody but us can see it: it ended without a signal.
        reap(made.pid);
        return match made.error {
            Some(errno) if plan.failure == Failure::Report => Err(errno),
            _ => Ok(None),
        };
    }
    // A child that was killed before its program began ends without a signal
    // too, and nobody else would see it. Of one whose program began the kernel
    // says at once that there is none of this kind.
    match retry(|| sys::wait::wait4(made.pid, WaitOptions::CLONE, None)) {
        Ok(_) => Ok(None),
        Err(_) => with_pidfd(plan, made).map(Some),
    }
}

/// Whether the child's first write to the task arrived.
fn seen(task: &Task<'_>) -> bool {
    task.outcome.load(Relaxed) != Task::UNSEEN
}

/// Makes a child that shares memory, with `signal` at its end; returns when it
/// has become its program or ended.
fn shared(plan: &Plan<'_>, stack: &Stack, task: &Task<'_>, signal: u32) -> Result<Made> {
    let (pid, pidfd) = make(plan, stack, task, uapi::CLONE_VM | uapi::CLONE_VFORK | signal)?;
    let error = Errno::from_raw(task.outcome.load(Relaxed));
    Ok(Made { pid, pidfd, error })
}

/// Makes a child by a plain fork; returns when it has become its program or
/// ended, of which a pipe tells.
#[cold]
fn reported(plan: &Plan<'_>, stack: &Stack, task: &mut Task<'_>) -> Result<Made> {
    let (reader, writer) = sys::fd::pipe2(OFlags::CLOEXEC)?;
    task.report = Some(writer.as_raw_fd());
    task.reader = Some(reader.as_raw_fd());
    let (pid, pidfd) = make(plan, stack, task, uapi::SIGCHLD)?;
    drop(writer);
    match heard(&reader) {
        Ok(error) => Ok(Made { pid, pidfd, error }),
        Err(errno) => {
            kill(pid);
            Err(errno)
        }
    }
}

/// The error that the child tells by the pipe; `None` at its end, which is there
/// when the exec has closed the child's.
fn heard(reader: &OwnedFd) -> Result<Option<Errno>> {
    let (mut number, mut len) = ([0; 4], 0);
    while let Some(room) = number.get_mut(len..).filter(|room| !room.is_empty()) {
        match fd::read(reader, room)? {
            0 => return Ok(None),
            count => len += count,
        }
    }
    Ok(Errno::from_raw(i32::from_ne_bytes(number)))
}

/// clone(2), with a pidfd if that is wanted and can be had so.
fn make(
    plan: &Plan<'_>,
    stack: &Stack,
    task: &Task<'_>,
    mut flags: u32,
) -> Result<(Pid, Option<OwnedFd>)> {
    if plan.pidfd {
        flags |= uapi::CLONE_PIDFD;
    }
    let mut pidfd: RawFd = -1;
    let mut result = clone(flags, stack, task, &mut pidfd);
    if plan.pidfd && result == Err(Errno::EINVAL) {
        flags &= !uapi::CLONE_PIDFD;
        result = clone(flags, stack, task, &mut pidfd);
    }
    let pid = result?;
    // SAFETY: the kernel just made this descriptor, for us.
    let pidfd = (pidfd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(pidfd) });
    Ok((pid, pidfd))
}

/// clone(2) of a child that does the task.
fn clone(flags: u32, stack: &Stack, task: &Task<'_>, pidfd: &mut RawFd) -> Result<Pid> {
    let child = arch::Child {
        flags: flags as usize,
        stack: stack.top(),
        parent_tid: pidfd,
        tls: core::ptr::null_mut(),
        child_tid: core::ptr::null_mut(),
    };
    let data = core::ptr::from_ref(task).cast_mut().cast();
    // SAFETY: the stack is nobody else's: an earlier child on it has become
    // its program or ended. The kernel writes a pidfd at most, to our integer.
    // `CLONE_VFORK` suspends this thread, so the task stays as it is until the
    // child has become its program or ended; what the child writes meanwhile
    // is the task's atomic outcome and its own stack. All signals are held, so
    // no handler runs in the child before it has none. Without `CLONE_VM` the
    // child has copies of all that.
    let raw = unsafe { arch::clone(child, enter, data) };
    Errno::check(raw).map(|pid| Pid(pid as i32))
}

/// Ends a child of which nothing is to stay.
fn kill(pid: Pid) {
    let _ = sys::signal::kill(pid, Signal::KILL);
    reap(pid);
}

/// Waits for a child that ended, so that nothing stays of it.
fn reap(pid: Pid) {
    // Another thread that waits for any child may have been faster, and the
    // kernel is where `SIGCHLD` is ignored.
    let _ = retry(|| sys::wait::wait4(pid, WaitOptions::ALL, None));
}

/// The child, with its pidfd if that is wanted. Without one that is wanted
/// there is no child either.
fn with_pidfd(plan: &Plan<'_>, made: Made) -> Result<(Pid, Option<OwnedFd>)> {
    if !plan.pidfd || made.pidfd.is_some() {
        return Ok((made.pid, made.pidfd));
    }
    // The kernel, or an emulator, took no notice of `CLONE_PIDFD`.
    match sys::pidfd::pidfd_open(made.pid, PidfdFlags::empty()) {
        Ok(pidfd) => Ok((made.pid, Some(pidfd))),
        Err(errno) => {
            kill(made.pid);
            Err(errno)
        }
    }
}

#[cfg(test)]
mod tests {
    use core::sync::atomic::{AtomicI32, AtomicUsize, Ordering::Relaxed};

    use linux_raw_sys::general as uapi;

    use crate::{
        arch,
        errno::Errno,
        process::{Pid, WaitOptions},
        sys::{self, stack::Stack},
    };

    /// What the kernel is to write and to set.
    struct Given {
        /// The thread control block: on x86_64 it begins with its address.
        block: [AtomicUsize; 8],
        child_tid: AtomicI32,
    }

    unsafe extern "C" fn look(data: *mut ()) -> ! {
        // SAFETY: the parent waits meanwhile, or this is a copy.
        let given = unsafe { &*data.cast::<Given>() };
        let thread_pointer = arch::thread_pointer() == (&raw const given.block).addr();
        // The child's thread is its process.
        let child_tid = given.child_tid.load(Relaxed) == sys::process::getpid();
        sys::process::exit_group(i32::from(!thread_pointer) | i32::from(!child_tid) << 1)
    }

    /// The last two arguments of clone(2) have another order on x86_64.
    #[test]
    fn each_argument_of_clone_is_in_its_place() {
        let given =
            Given { block: [const { AtomicUsize::new(0) }; 8], child_tid: AtomicI32::new(0) };
        given.block[0].store((&raw const given.block).addr(), Relaxed);
        let stack = Stack::new().unwrap();
        let share = uapi::CLONE_VM | uapi::CLONE_VFORK | uapi::SIGCHLD;
        let child = arch::Child {
            flags: (share | uapi::CLONE_SETTLS | uapi::CLONE_CHILD_SETTID) as usize,
            stack: stack.top(),
            parent_tid: core::ptr::null_mut(),
            tls: (&raw const given.block).cast_mut().cast(),
            child_tid: given.child_tid.as_ptr(),
        };
        let data = (&raw const given).cast_mut().cast();
        // SAFETY: the stack is the child's alone; the kernel writes an atomic
        // integer, and the child reads nothing that changes.
        let raw = unsafe { arch::clone(child, look, data) };
        let pid = Pid(Errno::check(raw).unwrap() as i32);
        let (_, status) = sys::wait::wait4(pid, WaitOptions::empty(), None).unwrap();
        assert_eq!(status.0, 0);
    }
}
