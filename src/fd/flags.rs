//! The two flags of a descriptor that Python has names for.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AsFd;
use crate::{Result, fs::OFlags, sys};

/// Whether reading and writing `fd` waits (`O_NONBLOCK` is clear).
///
/// # Errors
/// [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.get_blocking(fd)`.
///
/// # See also
/// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(fd::get_blocking(&reader), Ok(true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "F_GETFL")]
#[inline]
pub fn get_blocking<Fd: AsFd>(fd: Fd) -> Result<bool> {
    Ok(!sys::fd::fcntl_getfl(fd.as_fd())?.contains(OFlags::NONBLOCK))
}

/// Makes reading and writing `fd` wait, or fail with `EAGAIN` instead.
///
/// Duplicates of `fd`, in other processes too, change with it.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
/// - The rest: fcntl(2).
///
/// # Python
/// `os.set_blocking(fd, blocking)`.
///
/// # See also
/// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// let (reader, _writer) = fd::pipe()?;
/// fd::set_blocking(&reader, false)?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Err(Errno::EAGAIN));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "nonblock")]
#[doc(alias = "O_NONBLOCK")]
#[doc(alias = "F_SETFL")]
#[inline]
pub fn set_blocking<Fd: AsFd>(fd: Fd, blocking: bool) -> Result<()> {
    let fd = fd.as_fd();
    let old = sys::fd::fcntl_getfl(fd)?;
    let mut new = old;
    new.set(OFlags::NONBLOCK, !blocking);
    if new == old { Ok(()) } else { sys::fd::fcntl_setfl(fd, new) }
}

/// Whether `fd` survives an exec (`FD_CLOEXEC` is clear).
///
/// # Errors
/// [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.get_inheritable(fd)`.
///
/// # See also
/// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(fd::get_inheritable(&reader), Ok(false));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "F_GETFD")]
#[inline]
pub fn get_inheritable<Fd: AsFd>(fd: Fd) -> Result<bool> {
    Ok(sys::fd::fcntl_getfd(fd.as_fd())? & uapi::FD_CLOEXEC == 0)
}

/// Makes `fd` survive an exec, or be closed by it. Duplicates do not change
/// with it.
///
/// # Errors
/// [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.set_inheritable(fd, inheritable)`.
///
/// # See also
/// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, _writer) = fd::pipe()?;
/// fd::set_inheritable(&reader, true)?;
/// assert_eq!(fd::get_inheritable(&reader), Ok(true));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "cloexec")]
#[doc(alias = "FD_CLOEXEC")]
#[doc(alias = "F_SETFD")]
#[inline]
pub fn set_inheritable<Fd: AsFd>(fd: Fd, inheritable: bool) -> Result<()> {
    // FD_CLOEXEC is the only flag there is.
    let flags = if inheritable { 0 } else { uapi::FD_CLOEXEC };
    sys::fd::fcntl_setfd(fd.as_fd(), flags)
}
