//! System calls about signals.

use core::{
    ffi::c_void,
    mem::{self, MaybeUninit},
    ptr,
};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result,
    arch::{self, KernelSigaction},
    fd::OwnedFd,
    process::Pid,
    signal::{SaFlags, SigAction, SigHandler, SigHow, SigSet, Siginfo, Signal, SignalfdFlags},
    time::Timespec,
};

/// The kernel's signal set is one word, unlike that of a libc.
const SIGSET_SIZE: usize = size_of::<SigSet>();

const _: () = assert!(size_of::<KernelSigaction>() >= size_of::<uapi::kernel_sigaction>());
const _: () = assert!(
    mem::offset_of!(KernelSigaction, mask) == mem::offset_of!(uapi::kernel_sigaction, sa_mask)
);

/// `SIG_DFL` and `SIG_IGN`, which stand where a handler's address would.
const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

type Handler = unsafe extern "C" fn(Signal);
type InfoHandler = unsafe extern "C" fn(Signal, &Siginfo, *mut c_void);

/// rt_sigprocmask(2); returns the old set.
#[inline(always)]
pub(crate) fn rt_sigprocmask(how: SigHow, set: &SigSet) -> Result<SigSet> {
    let mut old = SigSet::default();
    // SAFETY: rt_sigprocmask(2) reads a set at `set` and writes one at `old`,
    // each of the size it is told.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigprocmask,
            how.arg(),
            (&raw const *set).arg(),
            (&raw mut old).arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw)?;
    Ok(old)
}

/// rt_sigaction(2); without `new` it only asks. Returns the old action.
///
/// # Safety
/// The handler of `new` must be one that may run at any moment, in any thread.
#[inline(always)]
pub(crate) unsafe fn rt_sigaction(signal: Signal, new: Option<&SigAction>) -> Result<SigAction> {
    let new = new.map(|new| {
        let (handler, kind) = match new.handler {
            SigHandler::Default => (ptr::without_provenance_mut(SIG_DFL), 0),
            SigHandler::Ignore => (ptr::without_provenance_mut(SIG_IGN), 0),
            SigHandler::Handler(handler) => (handler as *mut (), 0),
            SigHandler::Info(handler) => (handler as *mut (), uapi::SA_SIGINFO),
        };
        // What says how the handler is called is not the caller's to choose.
        let flags = new.flags.bits() & SaFlags::CALLERS.bits() | u64::from(kind);
        KernelSigaction::new(handler, flags, new.mask)
    });
    let new = new.as_ref().map_or(ptr::null(), ptr::from_ref);
    let mut old = MaybeUninit::<KernelSigaction>::zeroed();
    // SAFETY: rt_sigaction(2) reads an action at `new`, unless it is null, and
    // writes one at `old`; the type begins as the kernel's, and its set has the
    // size given. The handler is the caller's promise.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigaction,
            signal.arg(),
            new.arg(),
            old.as_mut_ptr().arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: zero at first and then the kernel's struct, of which any bits are
    // valid.
    let old = unsafe { old.assume_init() };
    let with_info = old.flags & u64::from(uapi::SA_SIGINFO) != 0;
    let handler = match old.handler.addr() {
        SIG_DFL => SigHandler::Default,
        SIG_IGN => SigHandler::Ignore,
        _ if with_info => {
            // SAFETY: not null, and by the kernel's word what someone had
            // called so. Whether it still may be is for who calls it: the
            // type is unsafe.
            SigHandler::Info(unsafe { mem::transmute::<*mut (), InfoHandler>(old.handler) })
        }
        // SAFETY: as above.
        _ => SigHandler::Handler(unsafe { mem::transmute::<*mut (), Handler>(old.handler) }),
    };
    let flags = SaFlags::from_bits_retain(old.flags & SaFlags::CALLERS.bits());
    Ok(SigAction { handler, mask: old.mask, flags })
}

/// rt_sigpending(2)
#[inline(always)]
pub(crate) fn rt_sigpending() -> Result<SigSet> {
    let mut set = SigSet::default();
    // SAFETY: rt_sigpending(2) writes one set at `set`, of the size it is told.
    let raw = unsafe { arch::syscall2(nr::rt_sigpending, (&raw mut set).arg(), SIGSET_SIZE.arg()) };
    Errno::check(raw)?;
    Ok(set)
}

/// rt_sigsuspend(2), which returns by `EINTR` only.
#[inline(always)]
pub(crate) fn rt_sigsuspend(mask: &SigSet) -> Result<()> {
    // SAFETY: rt_sigsuspend(2) reads a set at `mask`, of the size it is told.
    let raw =
        unsafe { arch::syscall2(nr::rt_sigsuspend, (&raw const *mask).arg(), SIGSET_SIZE.arg()) };
    Errno::check(raw).map(drop)
}

/// rt_sigtimedwait(2); without `timeout` for ever.
#[inline(always)]
pub(crate) fn rt_sigtimedwait(set: &SigSet, timeout: Option<&Timespec>) -> Result<Siginfo> {
    let mut info = Siginfo::zeroed();
    let timeout = timeout.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: rt_sigtimedwait(2) reads a set at `set`, of the size it is told,
    // and a timespec at `timeout`, unless that is null; it writes at most one
    // `siginfo_t` at `info`, which has that size and alignment.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigtimedwait,
            (&raw const *set).arg(),
            (&raw mut info).arg(),
            timeout.arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw)?;
    Ok(info)
}

/// signalfd4(2) that makes a descriptor.
#[inline(always)]
pub(crate) fn signalfd4(set: &SigSet, flags: SignalfdFlags) -> Result<OwnedFd> {
    // SAFETY: signalfd4(2) reads a set at its second argument, of the size it
    // is told; -1 asks for a new descriptor.
    let raw = unsafe {
        arch::syscall4(
            nr::signalfd4,
            (-1).arg(),
            (&raw const *set).arg(),
            SIGSET_SIZE.arg(),
            flags.arg(),
        )
    };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// kill(2)
#[inline(always)]
pub(crate) fn kill(pid: Pid, signal: Signal) -> Result<()> {
    // SAFETY: kill(2) touches no memory; what handlers may do, who installed
    // them answered for.
    let raw = unsafe { arch::syscall2(nr::kill, pid.0.arg(), signal.arg()) };
    Errno::check(raw).map(drop)
}

/// tgkill(2) with the calling thread as its target
#[inline(always)]
pub(crate) fn raise(signal: Signal) -> Result<()> {
    // SAFETY: getpid(2) takes nothing and touches no memory.
    let process = unsafe { arch::syscall0(nr::getpid) };
    // SAFETY: gettid(2) takes nothing and touches no memory.
    let thread = unsafe { arch::syscall0(nr::gettid) };
    // SAFETY: tgkill(2) touches no memory; handlers as with kill(2).
    let raw = unsafe {
        arch::syscall3(nr::tgkill, (process as i32).arg(), (thread as i32).arg(), signal.arg())
    };
    Errno::check(raw).map(drop)
}
