//! Extended attributes: four calls, each by path, by the path of a symlink,
//! and by descriptor.

use core::{ffi::CStr, mem::MaybeUninit};

use syscalls::Sysno as nr;

use super::{Arg, buffer::written};
use crate::{Errno, Result, arch, fd::BorrowedFd, fs::XattrFlags};

/// Which file an attribute belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// The file at this path, symlinks followed.
    Path(&'a CStr),
    /// The file at this path, itself if it is a symlink.
    Link(&'a CStr),
    /// The open file.
    Fd(BorrowedFd<'a>),
}

/// The first argument's register; it lives as long as the target.
impl Arg for Target<'_> {
    #[inline(always)]
    fn arg(self) -> *mut () {
        match self {
            Self::Path(path) | Self::Link(path) => path.arg(),
            Self::Fd(fd) => fd.arg(),
        }
    }
}

/// What the kernel wrote into `buf`. For a buffer of no bytes it wrote nothing
/// and returned how many it would take: `ERANGE` then.
///
/// # Safety
/// `raw` must be the result of a call that fills the start of `buf`.
#[inline(always)]
unsafe fn filled(raw: isize, buf: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    let len = Errno::check(raw)?;
    if len > buf.len() {
        return Err(Errno::ERANGE);
    }
    // SAFETY: the kernel wrote the first `len` bytes, and they are in `buf`.
    Ok(unsafe { written(buf, len) })
}

/// getxattr(2), lgetxattr(2), fgetxattr(2)
#[inline]
pub(crate) fn getxattr<'buf>(
    target: Target<'_>,
    name: &CStr,
    buf: &'buf mut [MaybeUninit<u8>],
) -> Result<&'buf mut [u8]> {
    let number = match target {
        Target::Path(_) => nr::getxattr,
        Target::Link(_) => nr::lgetxattr,
        Target::Fd(_) => nr::fgetxattr,
    };
    // SAFETY: the call reads path and `name` up to their NULs and writes at
    // most `buf.len()` bytes at `buf`, which we hold exclusively.
    let raw = unsafe {
        arch::syscall4(number, target.arg(), name.arg(), buf.as_mut_ptr().arg(), buf.len().arg())
    };
    // SAFETY: that call's result, and its buffer.
    unsafe { filled(raw, buf) }
}

/// listxattr(2), llistxattr(2), flistxattr(2)
#[inline]
pub(crate) fn listxattr<'buf>(
    target: Target<'_>,
    buf: &'buf mut [MaybeUninit<u8>],
) -> Result<&'buf mut [u8]> {
    let number = match target {
        Target::Path(_) => nr::listxattr,
        Target::Link(_) => nr::llistxattr,
        Target::Fd(_) => nr::flistxattr,
    };
    // SAFETY: the call reads a path up to its NUL and writes at most
    // `buf.len()` bytes at `buf`, which we hold exclusively.
    let raw =
        unsafe { arch::syscall3(number, target.arg(), buf.as_mut_ptr().arg(), buf.len().arg()) };
    // SAFETY: that call's result, and its buffer.
    unsafe { filled(raw, buf) }
}

/// setxattr(2), lsetxattr(2), fsetxattr(2)
#[inline]
pub(crate) fn setxattr(
    target: Target<'_>,
    name: &CStr,
    value: &[u8],
    flags: XattrFlags,
) -> Result<()> {
    let number = match target {
        Target::Path(_) => nr::setxattr,
        Target::Link(_) => nr::lsetxattr,
        Target::Fd(_) => nr::fsetxattr,
    };
    // SAFETY: the call only reads path and `name`, up to their NULs, and
    // `value`, within its length.
    let raw = unsafe {
        arch::syscall5(
            number,
            target.arg(),
            name.arg(),
            value.as_ptr().arg(),
            value.len().arg(),
            flags.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// removexattr(2), lremovexattr(2), fremovexattr(2)
#[inline]
pub(crate) fn removexattr(target: Target<'_>, name: &CStr) -> Result<()> {
    let number = match target {
        Target::Path(_) => nr::removexattr,
        Target::Link(_) => nr::lremovexattr,
        Target::Fd(_) => nr::fremovexattr,
    };
    // SAFETY: the call only reads path and `name`, up to their NULs.
    let raw = unsafe { arch::syscall2(number, target.arg(), name.arg()) };
    Errno::check(raw).map(drop)
}
