//! System calls that make names and nodes, open with conditions, and set
//! where paths start.

use core::{ffi::CStr, mem::MaybeUninit};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::{Arg, buffer::written};
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    fs::{AtFlags, MemfdFlags, SealFlags},
};

/// linkat(2)
#[inline(always)]
pub(crate) fn linkat(
    src_dir_fd: BorrowedFd<'_>,
    src: &CStr,
    dst_dir_fd: BorrowedFd<'_>,
    dst: &CStr,
    flags: AtFlags,
) -> Result<()> {
    // SAFETY: linkat(2) only reads the two paths, up to their NULs.
    let raw = unsafe {
        arch::syscall5(
            nr::linkat,
            src_dir_fd.arg(),
            src.arg(),
            dst_dir_fd.arg(),
            dst.arg(),
            flags.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// symlinkat(2)
#[inline(always)]
pub(crate) fn symlinkat(target: &CStr, dir_fd: BorrowedFd<'_>, path: &CStr) -> Result<()> {
    // SAFETY: symlinkat(2) only reads the two strings, up to their NULs.
    let raw = unsafe { arch::syscall3(nr::symlinkat, target.arg(), dir_fd.arg(), path.arg()) };
    Errno::check(raw).map(drop)
}

/// mknodat(2); `mode` is type and permissions, `device` in its 32-bit form.
#[inline(always)]
pub(crate) fn mknodat(dir_fd: BorrowedFd<'_>, path: &CStr, mode: u32, device: u32) -> Result<()> {
    // SAFETY: mknodat(2) only reads `path`, up to its NUL.
    let raw =
        unsafe { arch::syscall4(nr::mknodat, dir_fd.arg(), path.arg(), mode.arg(), device.arg()) };
    Errno::check(raw).map(drop)
}

/// chdir(2)
#[inline(always)]
pub(crate) fn chdir(path: &CStr) -> Result<()> {
    // SAFETY: chdir(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall1(nr::chdir, path.arg()) };
    Errno::check(raw).map(drop)
}

/// fchdir(2)
#[inline(always)]
pub(crate) fn fchdir(fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: fchdir(2) touches no memory.
    let raw = unsafe { arch::syscall1(nr::fchdir, fd.arg()) };
    Errno::check(raw).map(drop)
}

/// chroot(2)
#[inline(always)]
pub(crate) fn chroot(path: &CStr) -> Result<()> {
    // SAFETY: chroot(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall1(nr::chroot, path.arg()) };
    Errno::check(raw).map(drop)
}

/// getcwd(2) as the kernel has it: the bytes include the NUL, and need not
/// begin with `/`.
#[inline(always)]
pub(crate) fn getcwd(buf: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    // SAFETY: getcwd(2) writes at most `buf.len()` bytes at `buf`, which we
    // hold exclusively.
    let raw = unsafe { arch::syscall2(nr::getcwd, buf.as_mut_ptr().arg(), buf.len().arg()) };
    let len = Errno::check(raw)?;
    // SAFETY: the kernel wrote the first `len` bytes.
    Ok(unsafe { written(buf, len) })
}

/// openat2(2). Linux 5.6.
#[inline(always)]
pub(crate) fn openat2(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    how: &uapi::open_how,
) -> Result<OwnedFd> {
    let how: *const uapi::open_how = how;
    // SAFETY: openat2(2) only reads `path`, up to its NUL, and the struct,
    // whose size it is told.
    let raw = unsafe {
        arch::syscall4(
            nr::openat2,
            dir_fd.arg(),
            path.arg(),
            how.arg(),
            size_of::<uapi::open_how>().arg(),
        )
    };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// memfd_create(2). Linux 3.17.
#[inline(always)]
pub(crate) fn memfd_create(name: &CStr, flags: MemfdFlags) -> Result<OwnedFd> {
    // SAFETY: memfd_create(2) only reads `name`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::memfd_create, name.arg(), flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// `F_ADD_SEALS` of fcntl(2). Linux 3.17.
#[inline(always)]
pub(crate) fn fcntl_add_seals(fd: BorrowedFd<'_>, seals: SealFlags) -> Result<()> {
    // SAFETY: F_ADD_SEALS takes an integer and touches no memory.
    let raw = unsafe { arch::syscall3(nr::fcntl, fd.arg(), uapi::F_ADD_SEALS.arg(), seals.arg()) };
    Errno::check(raw).map(drop)
}

/// `F_GET_SEALS` of fcntl(2). Linux 3.17.
#[inline(always)]
pub(crate) fn fcntl_get_seals(fd: BorrowedFd<'_>) -> Result<SealFlags> {
    // SAFETY: F_GET_SEALS touches no memory.
    let raw = unsafe { arch::syscall2(nr::fcntl, fd.arg(), uapi::F_GET_SEALS.arg()) };
    Errno::check(raw).map(|seals| SealFlags::from_bits_retain(seals as u32))
}
