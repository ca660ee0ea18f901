//! Where paths start: the current directory and the root.
//!
//! Both belong to the process: all of its threads share them, unless one asked
//! for its own with `unshare(CLONE_FS)`.
#![forbid(unsafe_code)]

use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, Buffer},
    path::PathLike,
    sys,
};

/// Makes `path` the current directory: relative paths start there.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no such directory.
/// - [`ENOTDIR`](Errno::ENOTDIR): it is no directory.
/// - [`EACCES`](Errno::EACCES): it may not be searched.
/// - The rest: chdir(2).
///
/// # Python
/// `os.chdir(path)`; to a descriptor, [`fchdir`].
///
/// # See also
/// [chdir(2)](https://man7.org/linux/man-pages/man2/chdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::chdir("/dev/null"), Err(Errno::ENOTDIR));
/// assert_eq!(fs::chdir("."), Ok(()));
/// ```
#[inline]
pub fn chdir<P: PathLike>(path: P) -> Result<()> {
    path.with_c_str(sys::node::chdir)
}

/// Makes the open directory `fd` the current one.
///
/// # Errors
/// - [`ENOTDIR`](Errno::ENOTDIR): it is no directory.
/// - [`EACCES`](Errno::EACCES): it may not be searched.
/// - [`EBADF`](Errno::EBADF): `fd` is not open.
/// - The rest: chdir(2). `EINTR` is retried.
///
/// # Python
/// `os.fchdir(fd)`, `os.chdir(fd)`.
///
/// # See also
/// [fchdir(2)](https://man7.org/linux/man-pages/man2/chdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, fs};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(fs::fchdir(&reader), Err(Errno::ENOTDIR));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn fchdir<Fd: AsFd>(fd: Fd) -> Result<()> {
    let fd = fd.as_fd();
    retry(|| sys::node::fchdir(fd))
}

/// Makes `path` the root: absolute paths start there.
///
/// The current directory and open descriptors stay, also outside of the new
/// root: [`chdir`] into it first or next, and do not take it for a prison.
///
/// # Errors
/// - [`EPERM`](Errno::EPERM): the process lacks the privilege (`CAP_SYS_CHROOT`).
/// - [`ENOENT`](Errno::ENOENT), [`ENOTDIR`](Errno::ENOTDIR): there is no such
///   directory.
/// - The rest: chroot(2).
///
/// # Python
/// `os.chroot(path)`.
///
/// # See also
/// [chroot(2)](https://man7.org/linux/man-pages/man2/chroot.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert_eq!(fs::chroot("/no/such/dir"), Err(Errno::ENOENT));
/// ```
#[inline]
pub fn chroot<P: PathLike>(path: P) -> Result<()> {
    path.with_c_str(sys::node::chroot)
}

/// Writes the absolute path of the current directory into `buf`.
///
/// What is returned depends on the [`Buffer`]; for `&mut [u8]` it is the number
/// of bytes, without a NUL. `buf` needs one byte more than the path has; 4096
/// are always enough.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): the directory was removed, or lies outside of
///   the process's root, so that no path leads there. (The kernel returns
///   `(unreachable)/…` for the latter, which is no path.)
/// - [`ERANGE`](Errno::ERANGE): `buf` is too small.
/// - [`ENAMETOOLONG`](Errno::ENAMETOOLONG): the path has 4096 bytes or more.
///
/// # Python
/// `os.getcwdb()`, `os.getcwd()`.
///
/// # See also
/// [getcwd(2)](https://man7.org/linux/man-pages/man2/getcwd.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// let mut buf = [0; 4096];
/// let len = fs::getcwd(&mut buf)?;
/// assert_eq!(buf[..len], *std::env::current_dir().unwrap().as_os_str().as_encoded_bytes());
/// assert_eq!(fs::getcwd(&mut [0; 1]), Err(Errno::ERANGE));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "getcwdb")]
#[inline]
pub fn getcwd<B: Buffer>(buf: B) -> Result<B::Output> {
    sys::fill(buf, |room| match sys::node::getcwd(room)? {
        [path @ .., 0] if path.starts_with(b"/") => Ok(path),
        _ => Err(Errno::ENOENT),
    })
}

/// The absolute path of the current directory.
///
/// # Errors
/// Those of [`getcwd`] but `ERANGE`, and [`ENOMEM`](Errno::ENOMEM): there is no
/// memory for it.
///
/// # Python
/// `os.getcwdb()`; `os.getcwd()` decodes it.
///
/// # See also
/// [getcwd(2)](https://man7.org/linux/man-pages/man2/getcwd.2.html)
///
/// # Examples
/// ```
/// assert!(rawos::fs::getcwd_alloc()?.starts_with(b"/"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[doc(alias = "get_current_dir_name")]
#[inline]
pub fn getcwd_alloc() -> Result<alloc::vec::Vec<u8>> {
    let mut buf = [core::mem::MaybeUninit::uninit(); linux_raw_sys::general::PATH_MAX as usize];
    let (path, _) = getcwd(&mut buf)?;
    sys::to_vec(path)
}
