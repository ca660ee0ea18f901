//! System calls that move bytes between two descriptors.
//!
//! The kernel moves an offset it is given past what was moved; the callers
//! know that from the result, so the moved offset is dropped here.

use core::ptr;

use syscalls::Sysno as nr;

use super::super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, SpliceFlags},
};

/// Where the kernel finds an offset; a null stands for the current position.
#[inline(always)]
fn place(offset: &mut Option<u64>) -> *mut u64 {
    offset.as_mut().map_or(ptr::null_mut(), |offset| &raw mut *offset)
}

/// sendfile(2)
#[inline(always)]
pub(crate) fn sendfile(
    to: BorrowedFd<'_>,
    from: BorrowedFd<'_>,
    mut offset: Option<u64>,
    count: usize,
) -> Result<usize> {
    // SAFETY: sendfile(2) reads and writes 8 bytes at `offset`, unless null.
    let raw = unsafe {
        arch::syscall4(nr::sendfile, to.arg(), from.arg(), place(&mut offset).arg(), count.arg())
    };
    Errno::check(raw)
}

/// splice(2)
#[inline(always)]
pub(crate) fn splice(
    from: BorrowedFd<'_>,
    mut from_offset: Option<u64>,
    to: BorrowedFd<'_>,
    mut to_offset: Option<u64>,
    count: usize,
    flags: SpliceFlags,
) -> Result<usize> {
    // SAFETY: splice(2) reads and writes 8 bytes at each offset, unless null.
    let raw = unsafe {
        arch::syscall6(
            nr::splice,
            from.arg(),
            place(&mut from_offset).arg(),
            to.arg(),
            place(&mut to_offset).arg(),
            count.arg(),
            flags.arg(),
        )
    };
    Errno::check(raw)
}

/// copy_file_range(2), which has no flags yet
#[inline(always)]
pub(crate) fn copy_file_range(
    from: BorrowedFd<'_>,
    mut from_offset: Option<u64>,
    to: BorrowedFd<'_>,
    mut to_offset: Option<u64>,
    count: usize,
) -> Result<usize> {
    // SAFETY: copy_file_range(2) reads and writes 8 bytes at each offset,
    // unless null.
    let raw = unsafe {
        arch::syscall6(
            nr::copy_file_range,
            from.arg(),
            place(&mut from_offset).arg(),
            to.arg(),
            place(&mut to_offset).arg(),
            count.arg(),
            0u32.arg(),
        )
    };
    Errno::check(raw)
}

/// `FICLONE`, `_IOW(0x94, 9, int)`: the same number on all three architectures.
const FICLONE: u32 = 0x4004_9409;

/// ioctl(2) with `FICLONE`: `dst` shares the blocks of `src`. Linux 4.5.
#[inline(always)]
pub(crate) fn ioctl_ficlone(dst: BorrowedFd<'_>, src: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: this ioctl(2) takes a descriptor as its argument and touches no
    // memory; a driver that knows it as anything else is not reached, because
    // `dst` is a regular file.
    let raw = unsafe { arch::syscall3(nr::ioctl, dst.arg(), FICLONE.arg(), src.arg()) };
    Errno::check(raw).map(drop)
}
