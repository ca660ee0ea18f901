//! System calls about mounts, by path and by descriptor.

use core::{ffi::CStr, ptr};

use linux_raw_sys::general::fsconfig_command as command;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    init::{
        FsmountFlags, FsopenFlags, FspickFlags, MountAttrs, MountFlags, MoveMountFlags,
        OpenTreeFlags, UmountFlags,
    },
};

/// A pointer to the string, or null.
#[inline]
fn pointer(string: Option<&CStr>) -> *const u8 {
    string.map_or(ptr::null(), |string| string.as_ptr().cast())
}

/// The descriptor that a call returned.
///
/// # Safety
/// The call must return a new descriptor, or an error.
#[inline]
unsafe fn owned(raw: isize) -> Result<OwnedFd> {
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// mount(2)
#[inline]
pub(crate) fn mount(
    source: Option<&CStr>,
    target: &CStr,
    fstype: Option<&CStr>,
    flags: MountFlags,
    data: Option<&CStr>,
) -> Result<()> {
    // SAFETY: mount(2) reads the four strings, up to their NULs, and none at a
    // null. It copies up to a page at `data`, as far as that is mapped, and
    // uses none of what follows the NUL.
    let raw = unsafe {
        arch::syscall5(
            nr::mount,
            pointer(source).arg(),
            target.arg(),
            pointer(fstype).arg(),
            flags.arg(),
            pointer(data).arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// umount2(2)
#[inline]
pub(crate) fn umount2(target: &CStr, flags: UmountFlags) -> Result<()> {
    // SAFETY: umount2(2) only reads `target`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::umount2, target.arg(), flags.arg()) };
    Errno::check(raw).map(drop)
}

/// pivot_root(2)
#[inline]
pub(crate) fn pivot_root(new_root: &CStr, put_old: &CStr) -> Result<()> {
    // SAFETY: pivot_root(2) only reads the two paths, up to their NULs.
    let raw = unsafe { arch::syscall2(nr::pivot_root, new_root.arg(), put_old.arg()) };
    Errno::check(raw).map(drop)
}

/// fsopen(2). Linux 5.2, as all that follow.
#[inline]
pub(crate) fn fsopen(fstype: &CStr, flags: FsopenFlags) -> Result<OwnedFd> {
    // SAFETY: fsopen(2) only reads `fstype`, up to its NUL.
    let raw = unsafe { arch::syscall2(nr::fsopen, fstype.arg(), flags.arg()) };
    // SAFETY: fsopen(2) returns a new descriptor.
    unsafe { owned(raw) }
}

/// fspick(2)
#[inline]
pub(crate) fn fspick(dir_fd: BorrowedFd<'_>, path: &CStr, flags: FspickFlags) -> Result<OwnedFd> {
    // SAFETY: fspick(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::fspick, dir_fd.arg(), path.arg(), flags.arg()) };
    // SAFETY: fspick(2) returns a new descriptor.
    unsafe { owned(raw) }
}

/// fsmount(2)
#[inline]
pub(crate) fn fsmount(
    fs: BorrowedFd<'_>,
    flags: FsmountFlags,
    attrs: MountAttrs,
) -> Result<OwnedFd> {
    // SAFETY: fsmount(2) touches no memory.
    let raw = unsafe { arch::syscall3(nr::fsmount, fs.arg(), flags.arg(), attrs.arg()) };
    // SAFETY: fsmount(2) returns a new descriptor.
    unsafe { owned(raw) }
}

/// open_tree(2)
#[inline]
pub(crate) fn open_tree(
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
    flags: OpenTreeFlags,
) -> Result<OwnedFd> {
    // SAFETY: open_tree(2) only reads `path`, up to its NUL.
    let raw = unsafe { arch::syscall3(nr::open_tree, dir_fd.arg(), path.arg(), flags.arg()) };
    // SAFETY: open_tree(2) returns a new descriptor.
    unsafe { owned(raw) }
}

/// move_mount(2)
#[inline]
pub(crate) fn move_mount(
    from_dir_fd: BorrowedFd<'_>,
    from: &CStr,
    to_dir_fd: BorrowedFd<'_>,
    to: &CStr,
    flags: MoveMountFlags,
) -> Result<()> {
    // SAFETY: move_mount(2) only reads the two paths, up to their NULs.
    let raw = unsafe {
        arch::syscall5(
            nr::move_mount,
            from_dir_fd.arg(),
            from.arg(),
            to_dir_fd.arg(),
            to.arg(),
            flags.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// fsconfig(2)
///
/// # Safety
/// `value` must be what `command` reads: null, a string, or `aux` bytes.
#[inline]
unsafe fn fsconfig(
    fs: BorrowedFd<'_>,
    command: command,
    key: Option<&CStr>,
    value: *const u8,
    aux: i32,
) -> Result<()> {
    // SAFETY: fsconfig(2) reads `key`, up to its NUL or not at all if it is
    // null; `value` is the caller's promise.
    let raw = unsafe {
        arch::syscall5(
            nr::fsconfig,
            fs.arg(),
            (command as u32).arg(),
            pointer(key).arg(),
            value.arg(),
            aux.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// `FSCONFIG_SET_FLAG`
#[inline]
pub(crate) fn fsconfig_set_flag(fs: BorrowedFd<'_>, key: &CStr) -> Result<()> {
    // SAFETY: it takes no value.
    unsafe { fsconfig(fs, command::FSCONFIG_SET_FLAG, Some(key), ptr::null(), 0) }
}

/// `FSCONFIG_SET_STRING`
#[inline]
pub(crate) fn fsconfig_set_string(fs: BorrowedFd<'_>, key: &CStr, value: &CStr) -> Result<()> {
    let value = value.as_ptr().cast();
    // SAFETY: it reads a string, up to its NUL.
    unsafe { fsconfig(fs, command::FSCONFIG_SET_STRING, Some(key), value, 0) }
}

/// `FSCONFIG_SET_BINARY`
#[inline]
pub(crate) fn fsconfig_set_binary(fs: BorrowedFd<'_>, key: &CStr, value: &[u8]) -> Result<()> {
    let len = i32::try_from(value.len()).map_err(|_| Errno::EINVAL)?;
    // SAFETY: it reads `len` bytes, which are as many as there are.
    unsafe { fsconfig(fs, command::FSCONFIG_SET_BINARY, Some(key), value.as_ptr(), len) }
}

/// `FSCONFIG_SET_PATH`
#[inline]
pub(crate) fn fsconfig_set_path(
    fs: BorrowedFd<'_>,
    key: &CStr,
    dir_fd: BorrowedFd<'_>,
    path: &CStr,
) -> Result<()> {
    let (path, dir_fd) = (path.as_ptr().cast(), dir_fd.as_raw_fd());
    // SAFETY: it reads a path, up to its NUL.
    unsafe { fsconfig(fs, command::FSCONFIG_SET_PATH, Some(key), path, dir_fd) }
}

/// `FSCONFIG_SET_FD`
#[inline]
pub(crate) fn fsconfig_set_fd(fs: BorrowedFd<'_>, key: &CStr, fd: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes a descriptor in place of a value.
    unsafe { fsconfig(fs, command::FSCONFIG_SET_FD, Some(key), ptr::null(), fd.as_raw_fd()) }
}

/// `FSCONFIG_CMD_CREATE`
#[inline]
pub(crate) fn fsconfig_create(fs: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes neither key nor value.
    unsafe { fsconfig(fs, command::FSCONFIG_CMD_CREATE, None, ptr::null(), 0) }
}

/// `FSCONFIG_CMD_CREATE_EXCL`. Linux 6.6.
#[inline]
pub(crate) fn fsconfig_create_excl(fs: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes neither key nor value.
    unsafe { fsconfig(fs, command::FSCONFIG_CMD_CREATE_EXCL, None, ptr::null(), 0) }
}

/// `FSCONFIG_CMD_RECONFIGURE`
#[inline]
pub(crate) fn fsconfig_reconfigure(fs: BorrowedFd<'_>) -> Result<()> {
    // SAFETY: it takes neither key nor value.
    unsafe { fsconfig(fs, command::FSCONFIG_CMD_RECONFIGURE, None, ptr::null(), 0) }
}
