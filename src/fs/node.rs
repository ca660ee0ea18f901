//! Files that are not made by opening them: named pipes, devices.
#![forbid(unsafe_code)]

use super::{FileType, Mode};
use crate::{
    Errno, Result,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
};

/// Makes a named pipe at `path`.
///
/// The kernel clears from `mode` the bits set in the umask. Opening the pipe
/// waits for the other end, unless with `NONBLOCK`.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): there is something at `path`.
/// - [`ENOENT`](Errno::ENOENT): a directory of the path is missing.
/// - The rest: mknod(2).
///
/// # Python
/// `os.mkfifo(path, mode=0o666)`; with `dir_fd=`, see [`mkfifoat`].
///
/// # See also
/// [mkfifo(3)](https://man7.org/linux/man-pages/man3/mkfifo.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// assert_eq!(fs::mkfifo("/dev/null", Mode::IRUSR), Err(Errno::EEXIST));
/// ```
#[inline]
pub fn mkfifo<P: PathLike>(path: P, mode: Mode) -> Result<()> {
    mkfifoat(CWD, path, mode)
}

/// Makes a named pipe at `path`, which starts from `dir_fd` if it is relative.
///
/// # Errors
/// Those of [`mkfifo`], and [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.mkfifo(path, mode, dir_fd=dir_fd)`.
///
/// # See also
/// [mkfifoat(3)](https://man7.org/linux/man-pages/man3/mkfifo.3.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, Mode}};
///
/// assert_eq!(fs::mkfifoat(CWD, "/no/such/dir/x", Mode::IRUSR), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn mkfifoat<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, mode: Mode) -> Result<()> {
    mknodat(dir_fd, path, FileType::FIFO, mode, 0)
}

/// Makes a regular file, named pipe, socket or device file at `path`.
///
/// The kernel clears from `mode` the bits set in the umask. `device` comes
/// from [`makedev`] and matters for `CHR` and `BLK` only.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): there is something at `path`.
/// - [`EPERM`](Errno::EPERM): a device without the privilege
///   (`CAP_MKNOD`), or a directory.
/// - [`EINVAL`](Errno::EINVAL): another type; a `device` with more than 12 bits
///   of major or 20 bits of minor number, which the call cannot pass on; or
///   `path` holds a NUL byte.
/// - The rest: mknod(2).
///
/// # Python
/// `os.mknod(path, mode=0o600, device=0)`, whose `mode` is type and
/// permissions together; with `dir_fd=`, see [`mknodat`].
///
/// # See also
/// [mknod(2)](https://man7.org/linux/man-pages/man2/mknod.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, FileType, Mode}};
///
/// let exists = fs::mknod("/dev/null", FileType::REG, Mode::IRUSR, 0);
/// assert_eq!(exists, Err(Errno::EEXIST));
/// ```
#[inline]
pub fn mknod<P: PathLike>(path: P, file_type: FileType, mode: Mode, device: u64) -> Result<()> {
    mknodat(CWD, path, file_type, mode, device)
}

/// Makes a file as [`mknod`] does, at a `path` which starts from `dir_fd` if
/// it is relative.
///
/// # Errors
/// Those of [`mknod`], and [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.mknod(path, mode, device, dir_fd=dir_fd)`.
///
/// # See also
/// [mknodat(2)](https://man7.org/linux/man-pages/man2/mknod.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, FileType, Mode}};
///
/// let made = fs::mknodat(CWD, "/no/such/dir/x", FileType::REG, Mode::IRUSR, 0);
/// assert_eq!(made, Err(Errno::ENOENT));
/// ```
#[inline]
pub fn mknodat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    file_type: FileType,
    mode: Mode,
    device: u64,
) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    let device = u32::try_from(device).map_err(|_| Errno::EINVAL)?;
    // Type bits in `mode` would make another type of `file_type`.
    if FileType::from_mode(mode.bits()).bits() != 0 {
        return Err(Errno::EINVAL);
    }
    let mode = file_type.bits() | mode.bits();
    path.with_c_str(|path| sys::node::mknodat(dir_fd, path, mode, device))
}

/// The major number of `device`: which driver.
///
/// # Python
/// `os.major(device)`.
///
/// # See also
/// [makedev(3)](https://man7.org/linux/man-pages/man3/makedev.3.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// assert_eq!(fs::major(fs::stat("/dev/null")?.st_rdev()), 1);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub const fn major(device: u64) -> u32 {
    ((device >> 8) & 0xfff | (device >> 32) & 0xffff_f000) as u32
}

/// The minor number of `device`: which of the driver's devices.
///
/// # Python
/// `os.minor(device)`.
///
/// # See also
/// [makedev(3)](https://man7.org/linux/man-pages/man3/makedev.3.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// assert_eq!(fs::minor(fs::stat("/dev/null")?.st_rdev()), 3);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub const fn minor(device: u64) -> u32 {
    (device & 0xff | (device >> 12) & 0xffff_ff00) as u32
}

/// The device with these two numbers, as `st_rdev` and `st_dev` have it.
///
/// # Python
/// `os.makedev(major, minor)`.
///
/// # See also
/// [makedev(3)](https://man7.org/linux/man-pages/man3/makedev.3.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// assert_eq!(fs::makedev(1, 3), fs::stat("/dev/null")?.st_rdev());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
#[must_use]
pub const fn makedev(major: u32, minor: u32) -> u64 {
    let (major, minor) = (major as u64, minor as u64);
    (major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | minor & 0xff | (minor & 0xffff_ff00) << 12
}
