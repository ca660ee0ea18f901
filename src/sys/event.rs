//! System calls about events: eventfd, epoll and inotify.

use core::{ffi::CStr, ptr};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::{Arg, poll::signals};
use crate::{
    Errno, Result, arch,
    epoll::EpollEvent,
    eventfd::EventfdFlags,
    fd::{BorrowedFd, OwnedFd, RawFd},
    inotify::{InotifyFlags, InotifyMask},
    signal::SigSet,
    time::Timespec,
};

const _: () = assert!(size_of::<EpollEvent>() == arch::abi::EPOLL_EVENT_SIZE);

/// eventfd2(2)
#[inline(always)]
pub(crate) fn eventfd2(initval: u32, flags: EventfdFlags) -> Result<OwnedFd> {
    // SAFETY: eventfd2(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::eventfd2, initval.arg(), flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// epoll_create1(2) with `EPOLL_CLOEXEC`
#[inline(always)]
pub(crate) fn epoll_create1() -> Result<OwnedFd> {
    // SAFETY: epoll_create1(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::epoll_create1, uapi::EPOLL_CLOEXEC.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// epoll_ctl(2)
#[inline(always)]
pub(crate) fn epoll_ctl(
    epoll: BorrowedFd<'_>,
    operation: u32,
    fd: BorrowedFd<'_>,
    event: Option<&EpollEvent>,
) -> Result<()> {
    let event = event.map_or(ptr::null(), ptr::from_ref);
    // SAFETY: epoll_ctl(2) reads one `struct epoll_event` at `event`; for null
    // it reports `EFAULT` or, deleting, reads nothing.
    let raw = unsafe {
        arch::syscall4(nr::epoll_ctl, epoll.arg(), operation.arg(), fd.arg(), event.arg())
    };
    Errno::check(raw).map(drop)
}

/// epoll_pwait(2), with the timeout in milliseconds: negative is for ever.
#[inline(always)]
pub(crate) fn epoll_pwait(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: i32,
    mask: Option<&SigSet>,
) -> Result<usize> {
    let (mask, size) = signals(mask);
    // SAFETY: epoll_pwait(2) writes at most as many structs `epoll_event` as
    // it is told there is room for, and reads `size` bytes at `mask`, unless
    // it is null.
    let raw = unsafe {
        arch::syscall6(
            nr::epoll_pwait,
            epoll.arg(),
            events.as_mut_ptr().arg(),
            room(events).arg(),
            timeout.arg(),
            mask.arg(),
            size.arg(),
        )
    };
    Errno::check(raw)
}

/// epoll_pwait2(2), with the timeout in nanoseconds. Linux 5.11.
#[inline(always)]
pub(crate) fn epoll_pwait2(
    epoll: BorrowedFd<'_>,
    events: &mut [EpollEvent],
    timeout: &Timespec,
    mask: Option<&SigSet>,
) -> Result<usize> {
    let (mask, size) = signals(mask);
    // SAFETY: as above; and it reads one `struct timespec` at `timeout`.
    let raw = unsafe {
        arch::syscall6(
            nr::epoll_pwait2,
            epoll.arg(),
            events.as_mut_ptr().arg(),
            room(events).arg(),
            (&raw const *timeout).arg(),
            mask.arg(),
            size.arg(),
        )
    };
    Errno::check(raw)
}

/// How many events there is room for; the kernel takes no more than `MOST`.
#[inline]
fn room(events: &[EpollEvent]) -> i32 {
    const MOST: i32 = i32::MAX / size_of::<EpollEvent>() as i32;
    i32::try_from(events.len()).map_or(MOST, |len| len.min(MOST))
}

/// inotify_init1(2)
#[inline]
pub(crate) fn inotify_init1(flags: InotifyFlags) -> Result<OwnedFd> {
    // SAFETY: inotify_init1(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::inotify_init1, flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// inotify_add_watch(2)
#[inline]
pub(crate) fn inotify_add_watch(fd: BorrowedFd<'_>, path: &CStr, mask: InotifyMask) -> Result<i32> {
    // SAFETY: inotify_add_watch(2) only reads `path`, up to its NUL, during the
    // call.
    let raw = unsafe { arch::syscall3(nr::inotify_add_watch, fd.arg(), path.arg(), mask.arg()) };
    Errno::check(raw).map(|watch| watch as i32)
}

/// inotify_rm_watch(2)
#[inline]
pub(crate) fn inotify_rm_watch(fd: BorrowedFd<'_>, watch: i32) -> Result<()> {
    // SAFETY: inotify_rm_watch(2) takes two integers.
    let raw = unsafe { arch::syscall2(nr::inotify_rm_watch, fd.arg(), watch.arg()) };
    Errno::check(raw).map(drop)
}
