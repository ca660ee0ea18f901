//! System calls about the machine and the limits it sets.

use core::{
    mem::{MaybeUninit, offset_of},
    ptr,
};

use linux_raw_sys::{general as uapi, prctl, system};
use syscalls::Sysno as nr;

use super::{Arg, buffer::written};
use crate::{Errno, Result, arch, process::Limit, system::Uname};

// The struct is ours, since the kernel's has characters with a sign.
const _: () = assert!(size_of::<Uname>() == size_of::<system::new_utsname>());
const _: () = assert!(
    size_of::<Limit>() == size_of::<uapi::rlimit64>()
        && offset_of!(Limit, soft) == offset_of!(uapi::rlimit64, rlim_cur)
        && offset_of!(Limit, hard) == offset_of!(uapi::rlimit64, rlim_max)
);

/// uname(2)
#[inline]
pub(crate) fn uname() -> Result<Uname> {
    let mut name = MaybeUninit::<Uname>::zeroed();
    // SAFETY: uname(2) writes one `struct new_utsname`, which `Uname` is.
    let raw = unsafe { arch::syscall1(nr::uname, name.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { name.assume_init() })
}

/// sysinfo(2)
#[inline]
pub(crate) fn sysinfo() -> Result<system::sysinfo> {
    let mut info = MaybeUninit::<system::sysinfo>::zeroed();
    // SAFETY: sysinfo(2) writes one `struct sysinfo` at `info`.
    let raw = unsafe { arch::syscall1(nr::sysinfo, info.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { info.assume_init() })
}

/// prlimit(2): the limit there was. Linux 2.6.36.
#[inline]
pub(crate) fn prlimit64(pid: i32, resource: u32, new: Option<&Limit>) -> Result<Limit> {
    let new = new.map_or(ptr::null(), ptr::from_ref);
    let mut old = Limit { soft: 0, hard: 0 };
    // SAFETY: prlimit(2) reads one `struct rlimit64`, which `Limit` is, at
    // `new` unless that is null, and writes one at `old`.
    let raw = unsafe {
        arch::syscall4(nr::prlimit64, pid.arg(), resource.arg(), new.arg(), (&raw mut old).arg())
    };
    Errno::check(raw)?;
    Ok(old)
}

/// sched_getaffinity(2) of this thread: the bytes that the kernel has.
#[inline]
pub(crate) fn sched_getaffinity(mask: &mut [MaybeUninit<u64>]) -> Result<&mut [u8]> {
    let (start, len) = (mask.as_mut_ptr(), size_of_val(mask));
    // SAFETY: sched_getaffinity(2) writes at most `len` bytes at `start`,
    // which we hold exclusively.
    let raw = unsafe { arch::syscall3(nr::sched_getaffinity, 0.arg(), len.arg(), start.arg()) };
    let count = Errno::check(raw)?;
    // SAFETY: bytes need no alignment, and are borrowed as the words are.
    let bytes = unsafe { core::slice::from_raw_parts_mut(start.cast::<MaybeUninit<u8>>(), len) };
    // SAFETY: the kernel wrote the first `count` bytes.
    Ok(unsafe { written(bytes, count) })
}

/// `PR_GET_AUXV` of prctl(2): the auxiliary vector, as much of it as there is
/// room for. Linux 6.4.
#[inline]
pub(crate) fn prctl_get_auxv(buf: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    let len = buf.len();
    // SAFETY: PR_GET_AUXV writes at most `len` bytes at `buf`, which we hold
    // exclusively; the two arguments left must be zero.
    let raw = unsafe {
        arch::syscall5(
            nr::prctl,
            prctl::PR_GET_AUXV.arg(),
            buf.as_mut_ptr().arg(),
            len.arg(),
            0usize.arg(),
            0usize.arg(),
        )
    };
    // The whole length, which may be more than was written.
    let count = Errno::check(raw)?.min(len);
    // SAFETY: the kernel wrote the first `count` bytes.
    Ok(unsafe { written(buf, count) })
}

/// madvise(2) of no bytes at `address`, which does nothing: `EINVAL` unless
/// the address is the start of a page.
#[inline]
pub(crate) fn madvise_nothing(address: usize) -> Result<()> {
    // SAFETY: there is no memory to advise about.
    let raw = unsafe {
        arch::syscall3(nr::madvise, address.arg(), 0usize.arg(), uapi::MADV_NORMAL.arg())
    };
    Errno::check(raw).map(drop)
}
