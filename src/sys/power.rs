//! System calls that an init makes for the whole machine: power, swap, kernel
//! modules, the host's name, the kernel's log.

use core::{ffi::CStr, mem::MaybeUninit, ptr};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::{Arg, buffer::written};
use crate::{
    Errno, Result, arch,
    fd::BorrowedFd,
    init::{DeleteModuleFlags, FinitModuleFlags, SwapFlags},
};

/// reboot(2)
#[inline]
pub(crate) fn reboot(command: u32, argument: Option<&CStr>) -> Result<()> {
    let argument = argument.map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: reboot(2) only reads `argument`, up to its NUL, and only for
    // LINUX_REBOOT_CMD_RESTART2, for which a null is `EFAULT`.
    let raw = unsafe {
        arch::syscall4(
            nr::reboot,
            uapi::LINUX_REBOOT_MAGIC1.arg(),
            uapi::LINUX_REBOOT_MAGIC2.arg(),
            command.arg(),
            argument.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// swapon(2)
#[inline]
pub(crate) fn swapon(path: &CStr, flags: SwapFlags) -> Result<()> {
    // SAFETY: swapon(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::swapon, path.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// swapoff(2)
#[inline]
pub(crate) fn swapoff(path: &CStr) -> Result<()> {
    // SAFETY: swapoff(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall1(nr::swapoff, path.arg()) };
    Errno::check(raw).map(drop)
}

/// init_module(2)
#[inline]
pub(crate) fn init_module(image: &[u8], params: &CStr) -> Result<()> {
    // SAFETY: init_module(2) only reads the bytes of `image`, whose number it
    // is told, and `params`, up to its NUL.
    let raw = unsafe {
        arch::syscall3(nr::init_module, image.as_ptr().arg(), image.len().arg(), params.arg())
    };
    Errno::check(raw).map(drop)
}

/// finit_module(2). Linux 3.8.
#[inline]
pub(crate) fn finit_module(
    file: BorrowedFd<'_>,
    params: &CStr,
    flags: FinitModuleFlags,
) -> Result<()> {
    // SAFETY: finit_module(2) only reads `params`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::finit_module, file.arg(), params.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// delete_module(2)
#[inline]
pub(crate) fn delete_module(name: &CStr, flags: DeleteModuleFlags) -> Result<()> {
    // SAFETY: delete_module(2) only reads `name`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::delete_module, name.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// sethostname(2)
#[inline]
pub(crate) fn sethostname(name: &[u8]) -> Result<()> {
    // SAFETY: sethostname(2) only reads the bytes of `name`, whose number it is
    // told.
    let raw = unsafe { arch::syscall2(nr::sethostname, name.as_ptr().arg(), name.len().arg()) };
    Errno::check(raw).map(drop)
}

/// setdomainname(2)
#[inline]
pub(crate) fn setdomainname(name: &[u8]) -> Result<()> {
    // SAFETY: setdomainname(2) only reads the bytes of `name`, whose number it
    // is told.
    let raw = unsafe { arch::syscall2(nr::setdomainname, name.as_ptr().arg(), name.len().arg()) };
    Errno::check(raw).map(drop)
}

/// syslog(2) with an action that reads text: 2 to 4.
#[inline]
pub(crate) fn syslog_read(action: u32, buf: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    // The kernel takes an `int`.
    let len = buf.len().min(i32::MAX as usize);
    // SAFETY: syslog(2) writes at most `len` bytes at `buf`, which we hold
    // exclusively, and does not read it.
    let raw =
        unsafe { arch::syscall3(nr::syslog, action.arg(), buf.as_mut_ptr().arg(), len.arg()) };
    let count = Errno::check(raw)?;
    // SAFETY: the kernel wrote the first `count` bytes.
    Ok(unsafe { written(buf, count) })
}

/// syslog(2) with an action that takes a number: 5 to 10.
///
/// No memory is touched, whatever `action` is: there is none to touch.
#[inline]
pub(crate) fn syslog(action: u32, value: i32) -> Result<usize> {
    // SAFETY: the reading actions fail for a null, and the others take none.
    let raw = unsafe {
        arch::syscall3(nr::syslog, action.arg(), ptr::null_mut::<()>().arg(), value.arg())
    };
    Errno::check(raw)
}
