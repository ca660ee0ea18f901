//! Duplicates of a descriptor, and pipes.

use super::{AsFd, BorrowedFd, OwnedFd, RawFd};
use crate::{Result, errno::retry, fs::OFlags, sys};

/// Duplicates `fd` as the lowest free number, close-on-exec.
///
/// The duplicate shares position and status flags with `fd`.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
/// - [`EMFILE`](crate::Errno::EMFILE): the process has as many descriptors as it may.
///
/// # Python
/// `os.dup(fd)`, not inheritable as there.
///
/// # See also
/// [dup(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let second = fd::dup(&writer)?;
/// fd::write(&second, b"x")?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "F_DUPFD_CLOEXEC")]
#[inline]
pub fn dup<Fd: AsFd>(fd: Fd) -> Result<OwnedFd> {
    sys::fd::fcntl_dupfd_cloexec(fd.as_fd(), 0)
}

/// Makes `new` a duplicate of `old`, closing silently what `new` was.
///
/// `inheritable` says whether the duplicate survives an exec.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `old` is not open.
/// - [`EBUSY`](crate::Errno::EBUSY): another thread is opening the same number.
/// - The rest: dup2(2).
///
/// # Python
/// `os.dup2(fd, fd2, inheritable=True)`. For the standard streams, whose
/// numbers nobody owns: [`dup2_stdin`], [`dup2_stdout`], [`dup2_stderr`]; for
/// any number: [`dup2_raw`].
///
/// # See also
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let mut target = fd::dup(&reader)?;
/// fd::dup2(&writer, &mut target, false)?;
/// assert_eq!(fd::write(&target, b"x"), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "dup3")]
#[inline]
pub fn dup2<Fd: AsFd>(old: Fd, new: &mut OwnedFd, inheritable: bool) -> Result<()> {
    // SAFETY: we hold the owner of `new` exclusively, and it stays the owner
    // of the same number.
    unsafe { replace(old.as_fd(), new.as_raw_fd(), inheritable) }
}

/// Makes the number `new` a duplicate of `old`, closing silently what it was.
///
/// If both are the same open descriptor, an `inheritable` duplicate is no
/// change at all, not even of its close-on-exec flag; an uninheritable one is
/// an error, as dup3(2) has it.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `old` is not open, or `new` is out of range.
/// - [`EBUSY`](crate::Errno::EBUSY): another thread is opening the same number.
/// - [`EINVAL`](crate::Errno::EINVAL): the numbers are equal and `inheritable` is false.
/// - The rest: dup2(2).
///
/// # Safety
/// If `new` is open, its owner must expect it to change. Who owns it is not
/// changed by this call: the caller gives it an owner if it has none.
///
/// # Python
/// `os.dup2(fd, fd2, inheritable=True)`.
///
/// # See also
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd::{self, OwnedFd};
///
/// let (reader, writer) = fd::pipe()?;
/// // SAFETY: no code of this program uses descriptor 100.
/// unsafe { fd::dup2_raw(&writer, 100, false)? };
/// // SAFETY: the number was just opened and has no owner yet.
/// let owned = unsafe { OwnedFd::from_raw_fd(100) };
/// assert_eq!(fd::write(&owned, b"x"), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub unsafe fn dup2_raw<Fd: AsFd>(old: Fd, new: RawFd, inheritable: bool) -> Result<()> {
    // SAFETY: the caller vouches for `new`.
    unsafe { replace(old.as_fd(), new, inheritable) }
}

/// Makes standard input a duplicate of `fd`, inheritable.
///
/// # Errors
/// Those of [`dup2`].
///
/// # Python
/// `os.dup2(fd, 0)`.
///
/// # See also
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"x")?;
/// fd::dup2_stdin(&reader)?;
/// assert_eq!(fd::read(fd::stdin(), &mut [0; 4]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn dup2_stdin<Fd: AsFd>(fd: Fd) -> Result<()> {
    // SAFETY: nobody owns the standard streams; `stdin()` stays open.
    unsafe { replace(fd.as_fd(), 0, true) }
}

/// Makes standard output a duplicate of `fd`, inheritable.
///
/// # Errors
/// Those of [`dup2`].
///
/// # Python
/// `os.dup2(fd, 1)`.
///
/// # See also
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let saved = fd::dup(fd::stdout())?;
/// fd::dup2_stdout(&writer)?;
/// fd::write(fd::stdout(), b"x")?;
/// fd::dup2_stdout(&saved)?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn dup2_stdout<Fd: AsFd>(fd: Fd) -> Result<()> {
    // SAFETY: nobody owns the standard streams; `stdout()` stays open.
    unsafe { replace(fd.as_fd(), 1, true) }
}

/// Makes standard error a duplicate of `fd`, inheritable.
///
/// # Errors
/// Those of [`dup2`].
///
/// # Python
/// `os.dup2(fd, 2)`.
///
/// # See also
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// let saved = fd::dup(fd::stderr())?;
/// fd::dup2_stderr(&writer)?;
/// fd::write(fd::stderr(), b"x")?;
/// fd::dup2_stderr(&saved)?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(1));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn dup2_stderr<Fd: AsFd>(fd: Fd) -> Result<()> {
    // SAFETY: nobody owns the standard streams; `stderr()` stays open.
    unsafe { replace(fd.as_fd(), 2, true) }
}

/// dup2(2) made of dup3(2), which alone exists on every architecture.
///
/// # Safety
/// If `new` is open, its owner must expect it to change.
#[inline]
unsafe fn replace(old: BorrowedFd<'_>, new: RawFd, inheritable: bool) -> Result<()> {
    let flags = if inheritable { OFlags::empty() } else { OFlags::CLOEXEC };
    if inheritable && old.as_raw_fd() == new {
        // dup3 calls this EINVAL, dup2 checks that `old` is open.
        return sys::fd::fcntl_getfd(old).map(drop);
    }
    // SAFETY: the caller vouches for `new`.
    retry(|| unsafe { sys::fd::dup3(old, new, flags) })
}

/// Makes a pipe: what is written to the second descriptor is read from the
/// first. Both are close-on-exec.
///
/// # Errors
/// [`EMFILE`](crate::Errno::EMFILE) or [`ENFILE`](crate::Errno::ENFILE): no descriptor is
/// left in the process or the system.
///
/// # Python
/// `os.pipe()`, not inheritable as there.
///
/// # See also
/// [pipe(2)](https://man7.org/linux/man-pages/man2/pipe.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// drop(writer);
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Ok(0));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pipe() -> Result<(OwnedFd, OwnedFd)> {
    pipe2(OFlags::empty())
}

/// Makes a pipe with `flags`: [`OFlags::NONBLOCK`], [`OFlags::DIRECT`].
/// [`OFlags::CLOEXEC`] is always among them.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): another flag.
/// - [`EMFILE`](crate::Errno::EMFILE) or [`ENFILE`](crate::Errno::ENFILE): no descriptor is left.
///
/// # Python
/// `os.pipe2(flags)`, which makes inheritable ends unless told otherwise.
///
/// # See also
/// [pipe2(2)](https://man7.org/linux/man-pages/man2/pipe.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, fs::OFlags};
///
/// let (reader, _writer) = fd::pipe2(OFlags::NONBLOCK)?;
/// assert_eq!(fd::read(&reader, &mut [0; 4]), Err(Errno::EAGAIN));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pipe2(flags: OFlags) -> Result<(OwnedFd, OwnedFd)> {
    sys::fd::pipe2(flags | OFlags::CLOEXEC)
}
