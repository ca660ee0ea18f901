//! System calls about scheduling.

use syscalls::Sysno as nr;

use super::Arg;
pub(crate) use super::vdso::getcpu;
use crate::{
    Errno, Result, arch,
    process::Pid,
    sched::{Policy, SchedAttr, SchedFlags, SchedParam},
    time::Timespec,
};

/// sched_get_priority_min(2)
#[inline(always)]
pub(crate) fn sched_get_priority_min(policy: Policy) -> Result<i32> {
    // SAFETY: sched_get_priority_min(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::sched_get_priority_min, policy.0.arg()) };
    Errno::check(raw).map(|priority| priority as i32)
}

/// sched_get_priority_max(2)
#[inline(always)]
pub(crate) fn sched_get_priority_max(policy: Policy) -> Result<i32> {
    // SAFETY: sched_get_priority_max(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::sched_get_priority_max, policy.0.arg()) };
    Errno::check(raw).map(|priority| priority as i32)
}

/// sched_setscheduler(2)
#[inline(always)]
pub(crate) fn sched_setscheduler(pid: Pid, policy: Policy, param: &SchedParam) -> Result<()> {
    // SAFETY: sched_setscheduler(2) reads one `struct sched_param` at `param`.
    let raw = unsafe {
        arch::syscall3(
            nr::sched_setscheduler,
            pid.0.arg(),
            policy.0.arg(),
            (&raw const *param).arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// sched_getscheduler(2)
#[inline(always)]
pub(crate) fn sched_getscheduler(pid: Pid) -> Result<Policy> {
    // SAFETY: sched_getscheduler(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::sched_getscheduler, pid.0.arg()) };
    Errno::check(raw).map(|policy| Policy(policy as i32))
}

/// sched_setparam(2)
#[inline(always)]
pub(crate) fn sched_setparam(pid: Pid, param: &SchedParam) -> Result<()> {
    // SAFETY: sched_setparam(2) reads one `struct sched_param` at `param`.
    let raw = unsafe { arch::syscall2(nr::sched_setparam, pid.0.arg(), (&raw const *param).arg()) };
    Errno::check(raw).map(drop)
}

/// sched_getparam(2)
#[inline(always)]
pub(crate) fn sched_getparam(pid: Pid) -> Result<SchedParam> {
    let mut param = SchedParam::default();
    // SAFETY: sched_getparam(2) writes one `struct sched_param` at `param`.
    let raw = unsafe { arch::syscall2(nr::sched_getparam, pid.0.arg(), (&raw mut param).arg()) };
    Errno::check(raw)?;
    Ok(param)
}

/// sched_rr_get_interval(2)
#[inline(always)]
pub(crate) fn sched_rr_get_interval(pid: Pid) -> Result<Timespec> {
    let mut interval = Timespec::default();
    // SAFETY: sched_rr_get_interval(2) writes one `struct timespec` at `interval`.
    let raw = unsafe {
        arch::syscall2(nr::sched_rr_get_interval, pid.0.arg(), (&raw mut interval).arg())
    };
    Errno::check(raw)?;
    Ok(interval)
}

/// sched_yield(2)
#[inline(always)]
pub(crate) fn sched_yield() -> Result<()> {
    // SAFETY: sched_yield(2) touches no memory.
    let raw = unsafe { arch::syscall0(nr::sched_yield) };
    Errno::check(raw).map(drop)
}

/// sched_setaffinity(2): bit `n` of the words is CPU `n`.
#[inline(always)]
pub(crate) fn sched_setaffinity(pid: Pid, words: &[u64]) -> Result<()> {
    // SAFETY: sched_setaffinity(2) reads at most as many bytes at `words` as
    // it is told.
    let raw = unsafe {
        arch::syscall3(
            nr::sched_setaffinity,
            pid.0.arg(),
            size_of_val(words).arg(),
            words.as_ptr().arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// sched_getaffinity(2) as the kernel has it: it returns how many bytes it
/// wrote, and `EINVAL` if there is no room for all CPUs there may be.
#[inline(always)]
pub(crate) fn sched_getaffinity(pid: Pid, words: &mut [u64]) -> Result<usize> {
    // SAFETY: sched_getaffinity(2) writes at most as many bytes at `words` as
    // it is told.
    let raw = unsafe {
        arch::syscall3(
            nr::sched_getaffinity,
            pid.0.arg(),
            size_of_val(words).arg(),
            words.as_mut_ptr().arg(),
        )
    };
    Errno::check(raw)
}

/// The kernel's `struct sched_attr`, in the size of Linux 5.3. Older kernels
/// know the first 48 bytes and take the rest if it is zero.
#[derive(Default)]
#[repr(C)]
struct RawAttr {
    size: u32,
    policy: i32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
    util_min: u32,
    util_max: u32,
}

const ATTR_SIZE: u32 = size_of::<RawAttr>() as u32;
const _: () = assert!(ATTR_SIZE == 56);

/// sched_setattr(2). Linux 3.14.
#[inline]
pub(crate) fn sched_setattr(pid: Pid, attr: &SchedAttr) -> Result<()> {
    let mut sized = RawAttr {
        size: ATTR_SIZE,
        policy: attr.policy.0,
        flags: attr.flags.bits(),
        nice: attr.nice,
        priority: attr.priority,
        runtime: attr.runtime,
        deadline: attr.deadline,
        period: attr.period,
        util_min: attr.util_min,
        util_max: attr.util_max,
    };
    // SAFETY: sched_setattr(2) reads one `struct sched_attr`, whose size stands
    // in it; should it not like the size, it writes another over it.
    let raw = unsafe {
        arch::syscall3(nr::sched_setattr, pid.0.arg(), (&raw mut sized).arg(), 0u32.arg())
    };
    Errno::check(raw).map(drop)
}

/// sched_getattr(2). Linux 3.14.
#[inline]
pub(crate) fn sched_getattr(pid: Pid) -> Result<SchedAttr> {
    // All zero: an older kernel writes less of it.
    let mut raw = RawAttr::default();
    // SAFETY: sched_getattr(2) writes at most `ATTR_SIZE` bytes at `raw`, all
    // fields of which are integers.
    let returned = unsafe {
        arch::syscall4(
            nr::sched_getattr,
            pid.0.arg(),
            (&raw mut raw).arg(),
            ATTR_SIZE.arg(),
            0u32.arg(),
        )
    };
    Errno::check(returned)?;
    Ok(SchedAttr {
        policy: Policy(raw.policy),
        flags: SchedFlags::from_bits_retain(raw.flags),
        nice: raw.nice,
        priority: raw.priority,
        runtime: raw.runtime,
        deadline: raw.deadline,
        period: raw.period,
        util_min: raw.util_min,
        util_max: raw.util_max,
    })
}
