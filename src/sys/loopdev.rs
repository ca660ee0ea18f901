//! ioctl(2) on loop devices, a function for each request.
//!
//! A descriptor may be of anything. These numbers are the loop driver's alone
//! (the kernel's ioctl-number.rst), and what does not know them fails.

use core::mem::MaybeUninit;

use linux_raw_sys::loop_device as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch, fd::BorrowedFd};

/// A request that takes an integer as it is, or nothing.
///
/// # Safety
/// The request `code` must touch no memory.
#[inline]
unsafe fn tell(fd: BorrowedFd<'_>, code: u32, value: u64) -> Result<usize> {
    // SAFETY: the caller's promise.
    let raw = unsafe { arch::syscall3(nr::ioctl, fd.arg(), code.arg(), value.arg()) };
    Errno::check(raw)
}

/// `LOOP_CTL_GET_FREE`: the number of a device that is free, of
/// `/dev/loop-control`. Linux 3.1.
#[inline]
pub(crate) fn loop_ctl_get_free(control: BorrowedFd<'_>) -> Result<usize> {
    // SAFETY: it takes nothing.
    unsafe { tell(control, uapi::LOOP_CTL_GET_FREE, 0) }
}

/// `LOOP_CONFIGURE`. Linux 5.8.
#[inline]
pub(crate) fn loop_configure(device: BorrowedFd<'_>, config: &uapi::loop_config) -> Result<()> {
    // SAFETY: it reads one `struct loop_config`.
    let raw = unsafe {
        arch::syscall3(
            nr::ioctl,
            device.arg(),
            uapi::LOOP_CONFIGURE.arg(),
            (&raw const *config).arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// `LOOP_SET_FD`
#[inline]
pub(crate) fn loop_set_fd(device: BorrowedFd<'_>, file: BorrowedFd<'_>) -> Result<()> {
    let file = u64::from(file.as_raw_fd().cast_unsigned());
    // SAFETY: it takes a descriptor.
    unsafe { tell(device, uapi::LOOP_SET_FD, file) }.map(drop)
}

/// `LOOP_CLR_FD`
#[inline]
pub(crate) fn loop_clr_fd(device: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes nothing.
    unsafe { tell(device, uapi::LOOP_CLR_FD, 0) }.map(drop)
}

/// `LOOP_SET_BLOCK_SIZE`. Linux 4.14.
#[inline]
pub(crate) fn loop_set_block_size(device: BorrowedFd<'_>, bytes: u32) -> Result<()> {
    // SAFETY: it takes an integer.
    unsafe { tell(device, uapi::LOOP_SET_BLOCK_SIZE, bytes.into()) }.map(drop)
}

/// `LOOP_SET_DIRECT_IO`. Linux 4.10.
#[inline]
pub(crate) fn loop_set_direct_io(device: BorrowedFd<'_>, on: bool) -> Result<()> {
    // SAFETY: it takes a flag.
    unsafe { tell(device, uapi::LOOP_SET_DIRECT_IO, on.into()) }.map(drop)
}

/// `LOOP_SET_STATUS64`
#[inline]
pub(crate) fn loop_set_status64(device: BorrowedFd<'_>, info: &uapi::loop_info64) -> Result<()> {
    // SAFETY: it reads one `struct loop_info64`.
    let raw = unsafe {
        arch::syscall3(
            nr::ioctl,
            device.arg(),
            uapi::LOOP_SET_STATUS64.arg(),
            (&raw const *info).arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// `LOOP_GET_STATUS64`
#[inline]
pub(crate) fn loop_get_status64(device: BorrowedFd<'_>) -> Result<uapi::loop_info64> {
    let mut info = MaybeUninit::<uapi::loop_info64>::zeroed();
    // SAFETY: it writes one `struct loop_info64` at `info`.
    let raw = unsafe {
        arch::syscall3(
            nr::ioctl,
            device.arg(),
            uapi::LOOP_GET_STATUS64.arg(),
            info.as_mut_ptr().arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: all integers, zero at first and then the kernel's.
    Ok(unsafe { info.assume_init() })
}
