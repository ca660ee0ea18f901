//! What the child does, from its first instruction to the new program.
//!
//! It shares all memory with a parent that is suspended in the middle of a
//! function, so this is a closed routine: it runs on its own stack, writes
//! nothing else but its [`Task`]'s outcome, takes no lock, allocates nothing
//! and never returns. Errors end in [`enter`] and nowhere else.

use core::{
    convert::Infallible,
    ffi::CStr,
    sync::atomic::{AtomicI32, Ordering::Relaxed},
};

use super::{FileAction, SpawnOptions};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{self, BorrowedFd, CWD, RawFd},
    fs::OFlags,
    process::{
        Pid,
        exec::{path_of, search},
    },
    signal::{SigHandler, SigHow, SigSet, Signal},
    sys::{self, creds, env::Block},
};

/// The exit status of a child that could not become the program.
const FAILED: i32 = 127;

/// Which program the child becomes.
#[derive(Clone, Copy)]
pub(super) enum Program<'a> {
    /// The one at this path.
    Path(&'a CStr),
    /// The first of this name, without `/`, in the directories of a `PATH`:
    /// this one, or that of the child's environment.
    Search(&'a [u8], Option<&'a [u8]>),
}

/// What the child has to do.
pub(super) struct Task<'a> {
    pub(super) program: Program<'a>,
    pub(super) argv: Block<'a>,
    pub(super) env: Block<'a>,
    pub(super) options: &'a SpawnOptions<'a>,
    /// The signals to block at the end.
    pub(super) mask: SigSet,
    /// Where an error goes if memory is not shared: a pipe, close-on-exec.
    pub(super) report: Option<RawFd>,
    /// That pipe's other end, which is the parent's alone.
    pub(super) reader: Option<RawFd>,
    /// What has become of the child: [`Task::UNSEEN`], [`Task::STARTED`], or
    /// the number of the error that it ended with.
    pub(super) outcome: AtomicI32,
}

impl Task<'_> {
    /// The child has not run, or what it writes is not seen here.
    pub(super) const UNSEEN: i32 = 0;
    /// The child has run, and nothing has failed.
    pub(super) const STARTED: i32 = -1;
}

/// Where the child begins.
///
/// # Safety
/// `data` must point to a [`Task`] that stays as it is until the child has
/// become its program or ended. The caller must be a new process.
pub(super) unsafe extern "C" fn enter(data: *mut ()) -> ! {
    // SAFETY: the caller's promise.
    let task = unsafe { &*data.cast::<Task<'_>>() };
    task.outcome.store(Task::STARTED, Relaxed);
    if let Some(reader) = task.reader {
        close(reader);
    }
    let mut report = task.report;
    let Err(errno) = become_program(task, &mut report);
    task.outcome.store(errno.raw(), Relaxed);
    if let Some(report) = report {
        // SAFETY: the pipe's end is open: whatever touched it moved it.
        let report = unsafe { BorrowedFd::borrow_raw(report) };
        // Nobody is left to hear of it if this fails.
        let _ = fd::write_all(report, &errno.raw().to_ne_bytes());
    }
    sys::process::exit_group(FAILED)
}

/// Makes the process as the options say, and executes the program.
fn become_program(task: &Task<'_>, report: &mut Option<RawFd>) -> Result<Infallible> {
    let options = task.options;
    reset_handlers(options.setsigdef)?;
    match options.scheduler {
        Some((Some(policy), param)) => sys::sched::sched_setscheduler(Pid(0), policy, &param)?,
        Some((None, param)) => sys::sched::sched_setparam(Pid(0), &param)?,
        None => {}
    }
    if options.setsid {
        creds::setsid()?;
    }
    if let Some(group) = options.setpgroup {
        creds::setpgid(0, group.0)?;
    }
    if options.resetids {
        // The group first, while it is still allowed.
        creds::setresgid(!0, creds::getgid(), !0)?;
        creds::setresuid(!0, creds::getuid(), !0)?;
    }
    for action in options.file_actions {
        apply(action, report)?;
    }
    // Nothing of this program can run as a handler any more.
    sys::signal::rt_sigprocmask(SigHow::SetMask, &task.mask)?;
    match task.program {
        Program::Path(path) => sys::exec::execve(path, task.argv, task.env),
        Program::Search(name, path) => {
            let path = path.unwrap_or_else(|| path_of(task.env));
            search(name, path, task.argv, task.env)
        }
    }
}

/// Gives the signals in `all` the default action, and those that have handlers:
/// in memory that is not the child's own, no handler may run.
fn reset_handlers(all: SigSet) -> Result<()> {
    for signal in SigSet::all() {
        if matches!(signal, Signal::KILL | Signal::STOP) {
            continue;
        }
        if !all.contains(signal) {
            // SAFETY: without a new action the call only asks.
            let action = unsafe { sys::signal::rt_sigaction(signal, None) };
            match action.map(|action| action.handler) {
                Ok(SigHandler::Default | SigHandler::Ignore) => continue,
                // An emulator keeps some signals to itself, and says so.
                Err(Errno::EINVAL) => continue,
                Ok(_) => {}
                Err(errno) => return Err(errno),
            }
        }
        // SAFETY: the default action is no handler.
        match unsafe { sys::signal::rt_sigaction(signal, Some(&SigHandler::Default.into())) } {
            Ok(_) | Err(Errno::EINVAL) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Does what `action` says, and keeps `report` out of its way.
fn apply(action: &FileAction<'_>, report: &mut Option<RawFd>) -> Result<()> {
    match *action {
        // What the parent knows nothing of is not open.
        FileAction::Dup2(source, _) | FileAction::Fchdir(source) if *report == Some(source) => {
            Err(Errno::EBADF)
        }
        FileAction::Open(target, path, flags, mode) => {
            check(target)?;
            make_way(report, |end| end == target)?;
            // As the first thing, so that the number is free: POSIX wants it.
            close(target);
            let flags = flags - OFlags::CLOEXEC;
            let opened = retry(|| sys::fs::openat(CWD, path, flags, mode))?;
            if opened.as_raw_fd() == target {
                let _ = opened.into_raw_fd();
                return Ok(());
            }
            dup2(opened.as_raw_fd(), target)
        }
        FileAction::Close(target) => {
            check(target)?;
            make_way(report, |end| end == target)?;
            close(target);
            Ok(())
        }
        FileAction::Dup2(source, target) => {
            check(target)?;
            make_way(report, |end| end == target)?;
            dup2(source, target)
        }
        FileAction::CloseFrom(low) => {
            check(low)?;
            make_way(report, |end| end == low)?;
            let Some(end) = report.filter(|end| *end > low) else {
                close_range(low, RawFd::MAX);
                return Ok(());
            };
            close_range(low, end);
            close_range(end + 1, RawFd::MAX);
            Ok(())
        }
        FileAction::Chdir(path) => sys::node::chdir(path),
        FileAction::Fchdir(dir) => {
            // SAFETY: used for this call only, which says if it is not open.
            let dir = unsafe { BorrowedFd::borrow_raw(dir) };
            retry(|| sys::node::fchdir(dir))
        }
    }
}

/// That `target` can be a descriptor at all.
fn check(target: RawFd) -> Result<()> {
    if target < 0 { Err(Errno::EBADF) } else { Ok(()) }
}

/// Moves the pipe's end elsewhere if an action needs its number.
fn make_way(report: &mut Option<RawFd>, needs: impl Fn(RawFd) -> bool) -> Result<()> {
    let Some(end) = report.filter(|end| needs(*end)) else { return Ok(()) };
    // SAFETY: the end is open, and used for this call only.
    let old = unsafe { BorrowedFd::borrow_raw(end) };
    *report = Some(sys::fd::fcntl_dupfd_cloexec(old, 0)?.into_raw_fd());
    close(end);
    Ok(())
}

/// close(2) of what may not be open.
fn close(target: RawFd) {
    // SAFETY: the descriptors are the child's own copy, of which nothing of
    // this program uses any but the pipe's writing end, which was moved.
    let _ = unsafe { sys::fd::close(target) };
}

/// Closes from `low` up to, not including, `high`.
fn close_range(low: RawFd, high: RawFd) {
    // SAFETY: as for `close`.
    unsafe { fd::closerange(low, high) };
}

/// dup2(2), but for equal numbers, as POSIX has it for a spawn.
fn dup2(source: RawFd, target: RawFd) -> Result<()> {
    // SAFETY: used for these calls only, which say if it is not open.
    let source_fd = unsafe { BorrowedFd::borrow_raw(source) };
    if source == target {
        let flags = sys::fd::fcntl_getfd(source_fd)?;
        return sys::fd::fcntl_setfd(source_fd, flags & !linux_raw_sys::general::FD_CLOEXEC);
    }
    // SAFETY: the descriptors are the child's own copy; see `close`.
    retry(|| unsafe { sys::fd::dup3(source_fd, target, OFlags::empty()) })
}
