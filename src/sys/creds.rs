//! System calls about users, groups, sessions and namespaces.
//!
//! What sets an id sets it for the calling thread; the rooms above see to the
//! rest.

use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch, fd::BorrowedFd, process::CloneFlags};

/// "Leave it as it is", and the id that no user and no group has.
pub(crate) const NO_ID: u32 = u32::MAX;

/// An id that a call without errors returned; `NO_ID` where a seccomp filter
/// made it an error.
#[inline(always)]
fn id(raw: isize) -> u32 {
    u32::try_from(raw).unwrap_or(NO_ID)
}

/// getuid(2)
#[inline]
pub(crate) fn getuid() -> u32 {
    // SAFETY: getuid(2) takes nothing and touches no memory.
    id(unsafe { arch::syscall0(nr::getuid) })
}

/// geteuid(2)
#[inline]
pub(crate) fn geteuid() -> u32 {
    // SAFETY: geteuid(2) takes nothing and touches no memory.
    id(unsafe { arch::syscall0(nr::geteuid) })
}

/// getgid(2)
#[inline]
pub(crate) fn getgid() -> u32 {
    // SAFETY: getgid(2) takes nothing and touches no memory.
    id(unsafe { arch::syscall0(nr::getgid) })
}

/// getegid(2)
#[inline]
pub(crate) fn getegid() -> u32 {
    // SAFETY: getegid(2) takes nothing and touches no memory.
    id(unsafe { arch::syscall0(nr::getegid) })
}

/// Real, effective and saved id, which the call `number` tells.
///
/// # Safety
/// `number` must be getresuid(2) or getresgid(2).
#[inline]
unsafe fn getres(number: nr) -> Result<(u32, u32, u32)> {
    let [mut real, mut effective, mut saved] = [NO_ID; 3];
    // SAFETY: the call writes an id to each of the three.
    let raw = unsafe {
        arch::syscall3(
            number,
            (&raw mut real).arg(),
            (&raw mut effective).arg(),
            (&raw mut saved).arg(),
        )
    };
    Errno::check(raw).map(|_| (real, effective, saved))
}

/// getresuid(2)
#[inline]
pub(crate) fn getresuid() -> Result<(u32, u32, u32)> {
    // SAFETY: it is one of the two.
    unsafe { getres(nr::getresuid) }
}

/// getresgid(2)
#[inline]
pub(crate) fn getresgid() -> Result<(u32, u32, u32)> {
    // SAFETY: it is one of the two.
    unsafe { getres(nr::getresgid) }
}

/// setuid(2)
#[inline]
pub(crate) fn setuid(uid: u32) -> Result<()> {
    // SAFETY: setuid(2) takes an integer.
    let raw = unsafe { arch::syscall1(nr::setuid, uid.arg()) };
    Errno::check(raw).map(drop)
}

/// setgid(2)
#[inline]
pub(crate) fn setgid(gid: u32) -> Result<()> {
    // SAFETY: setgid(2) takes an integer.
    let raw = unsafe { arch::syscall1(nr::setgid, gid.arg()) };
    Errno::check(raw).map(drop)
}

/// setreuid(2)
#[inline]
pub(crate) fn setreuid(ruid: u32, euid: u32) -> Result<()> {
    // SAFETY: setreuid(2) takes two integers.
    let raw = unsafe { arch::syscall2(nr::setreuid, ruid.arg(), euid.arg()) };
    Errno::check(raw).map(drop)
}

/// setregid(2)
#[inline]
pub(crate) fn setregid(rgid: u32, egid: u32) -> Result<()> {
    // SAFETY: setregid(2) takes two integers.
    let raw = unsafe { arch::syscall2(nr::setregid, rgid.arg(), egid.arg()) };
    Errno::check(raw).map(drop)
}

/// setresuid(2)
#[inline]
pub(crate) fn setresuid(ruid: u32, euid: u32, suid: u32) -> Result<()> {
    // SAFETY: setresuid(2) takes three integers.
    let raw = unsafe { arch::syscall3(nr::setresuid, ruid.arg(), euid.arg(), suid.arg()) };
    Errno::check(raw).map(drop)
}

/// setresgid(2)
#[inline]
pub(crate) fn setresgid(rgid: u32, egid: u32, sgid: u32) -> Result<()> {
    // SAFETY: setresgid(2) takes three integers.
    let raw = unsafe { arch::syscall3(nr::setresgid, rgid.arg(), egid.arg(), sgid.arg()) };
    Errno::check(raw).map(drop)
}

/// getgroups(2); the number of groups there are, if `groups` is empty
#[inline]
pub(crate) fn getgroups(groups: &mut [u32]) -> Result<usize> {
    // The kernel counts them in an `int`; there are no more than 65536.
    let room = i32::try_from(groups.len()).unwrap_or(i32::MAX);
    // SAFETY: getgroups(2) writes at most `room` ids at `groups`, which has
    // that many and is held exclusively.
    let raw = unsafe { arch::syscall2(nr::getgroups, room.arg(), groups.as_mut_ptr().arg()) };
    Errno::check(raw)
}

/// setgroups(2)
#[inline]
pub(crate) fn setgroups(groups: &[u32]) -> Result<()> {
    // More than 65536 are too many.
    let count = i32::try_from(groups.len()).unwrap_or(i32::MAX);
    // SAFETY: setgroups(2) reads `count` ids, of which `groups` has no fewer.
    let raw = unsafe { arch::syscall2(nr::setgroups, count.arg(), groups.as_ptr().arg()) };
    Errno::check(raw).map(drop)
}

/// getppid(2), which cannot fail
#[inline]
pub(crate) fn getppid() -> i32 {
    // SAFETY: getppid(2) takes nothing and touches no memory.
    let raw = unsafe { arch::syscall0(nr::getppid) };
    raw as i32
}

/// getpgid(2)
#[inline]
pub(crate) fn getpgid(pid: i32) -> Result<i32> {
    // SAFETY: getpgid(2) takes an integer.
    let raw = unsafe { arch::syscall1(nr::getpgid, pid.arg()) };
    Errno::check(raw).map(|pid| pid as i32)
}

/// setpgid(2)
#[inline]
pub(crate) fn setpgid(pid: i32, pgid: i32) -> Result<()> {
    // SAFETY: setpgid(2) takes two integers.
    let raw = unsafe { arch::syscall2(nr::setpgid, pid.arg(), pgid.arg()) };
    Errno::check(raw).map(drop)
}

/// getsid(2)
#[inline]
pub(crate) fn getsid(pid: i32) -> Result<i32> {
    // SAFETY: getsid(2) takes an integer.
    let raw = unsafe { arch::syscall1(nr::getsid, pid.arg()) };
    Errno::check(raw).map(|pid| pid as i32)
}

/// setsid(2)
#[inline]
pub(crate) fn setsid() -> Result<i32> {
    // SAFETY: setsid(2) takes nothing and touches no memory.
    let raw = unsafe { arch::syscall0(nr::setsid) };
    Errno::check(raw).map(|pid| pid as i32)
}

/// umask(2), which cannot fail
#[inline]
pub(crate) fn umask(mask: u32) -> u32 {
    // SAFETY: umask(2) takes an integer.
    let raw = unsafe { arch::syscall1(nr::umask, mask.arg()) };
    raw as u32 & 0o777
}

/// unshare(2)
#[inline]
pub(crate) fn unshare(flags: CloneFlags) -> Result<()> {
    // SAFETY: unshare(2) takes an integer, and gives the thread a copy of what
    // it shared; of its memory it can share none that stays another's.
    let raw = unsafe { arch::syscall1(nr::unshare, flags.arg()) };
    Errno::check(raw).map(drop)
}

/// setns(2)
#[inline]
pub(crate) fn setns(fd: BorrowedFd<'_>, kinds: CloneFlags) -> Result<()> {
    // SAFETY: setns(2) takes two integers.
    let raw = unsafe { arch::syscall2(nr::setns, fd.arg(), kinds.arg()) };
    Errno::check(raw).map(drop)
}
