//! Descriptors as types: who closes them, and how long they live.
//!
//! The shapes are std's, without std: with the feature `std` each converts to
//! and from its namesake there (`std_types.rs`).

use core::{fmt, marker::PhantomData, mem::ManuallyDrop, num::NonZeroI32};

use crate::{Result, sys};

/// A descriptor as a number, 0 or more: see [`BorrowedFd::as_raw_fd`].
///
/// # Examples
/// ```
/// use rawos::fd::{self, RawFd};
///
/// let number: RawFd = fd::stderr().as_raw_fd();
/// assert_eq!(number, 2);
/// ```
pub type RawFd = i32;

/// An open descriptor that is closed when dropped.
///
/// `Option<OwnedFd>` is as small as a `RawFd`: the niche is -1. An error of
/// close(2) is lost in a drop; [`close`] reports it.
///
/// # Python
/// The `int` that `os.open` returns, except that it closes itself.
///
/// # Examples
/// ```
/// use rawos::fd::{self, OwnedFd};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert!(reader.as_raw_fd() > 2);
/// assert_eq!(size_of::<Option<OwnedFd>>(), size_of::<i32>());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[repr(transparent)]
pub struct OwnedFd {
    /// The bitwise complement of the descriptor: stable Rust can only say
    /// "never 0", and `!-1` is 0.
    complement: NonZeroI32,
}

impl OwnedFd {
    /// Takes over the descriptor `fd`.
    ///
    /// # Safety
    /// `fd` must be open and no one else's to close; -1 is not allowed.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::{self, OwnedFd};
    ///
    /// let raw = fd::dup(fd::stderr())?.into_raw_fd();
    /// // SAFETY: `raw` was just given up by its owner.
    /// let owned = unsafe { OwnedFd::from_raw_fd(raw) };
    /// assert_eq!(fd::close(owned), Ok(()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline(always)]
    #[must_use]
    pub const unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the caller promises that `fd` is not -1.
        let complement = unsafe { NonZeroI32::new_unchecked(!fd) };
        Self { complement }
    }

    /// The descriptor's number; it stays owned.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, _writer) = fd::pipe()?;
    /// assert!(reader.as_raw_fd() >= 0);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn as_raw_fd(&self) -> RawFd {
        !self.complement.get()
    }

    /// Gives the descriptor up: whoever takes the number closes it.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd;
    ///
    /// let (reader, _writer) = fd::pipe()?;
    /// let number = reader.into_raw_fd();
    /// // SAFETY: `number` was just given up by its owner.
    /// assert_eq!(unsafe { fd::close_raw(number) }, Ok(()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn into_raw_fd(self) -> RawFd {
        let fd = self.as_raw_fd();
        core::mem::forget(self);
        fd
    }
}

impl Drop for OwnedFd {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: we own the descriptor, and nothing uses it after the drop.
        let _ = unsafe { sys::fd::close(self.as_raw_fd()) };
    }
}

impl fmt::Debug for OwnedFd {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnedFd").field(&self.as_raw_fd()).finish()
    }
}

/// An open descriptor that somebody else owns for at least `'fd`.
///
/// # Examples
/// ```
/// use rawos::fd::{self, AsFd};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(reader.as_fd().as_raw_fd(), reader.as_raw_fd());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct BorrowedFd<'fd> {
    fd: RawFd,
    owner: PhantomData<&'fd OwnedFd>,
}

impl BorrowedFd<'_> {
    /// Borrows the descriptor `fd`.
    ///
    /// # Safety
    /// `fd` must stay open for the lifetime of the result, which the caller
    /// chooses; or be `AT_FDCWD`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::BorrowedFd, fs};
    ///
    /// // SAFETY: the streams of a test stay open.
    /// let stderr = unsafe { BorrowedFd::borrow_raw(2) };
    /// assert!(fs::fstat(stderr).is_ok());
    /// ```
    #[inline(always)]
    #[must_use]
    pub const unsafe fn borrow_raw(fd: RawFd) -> Self {
        BorrowedFd { fd, owner: PhantomData }
    }

    /// The descriptor's number.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::fd::stderr().as_raw_fd(), 2);
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn as_raw_fd(self) -> RawFd {
        self.fd
    }
}

impl fmt::Debug for BorrowedFd<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BorrowedFd").field(&self.fd).finish()
    }
}

/// Whatever has a descriptor to lend.
///
/// Implemented for this module's types and for references to them; with the
/// feature `std` also for std's files, sockets, pipes and streams.
///
/// # Examples
/// ```
/// use rawos::{Result, fd::{self, AsFd}};
///
/// /// Takes a descriptor as every call of this crate does.
/// fn greet<Fd: AsFd>(fd: Fd) -> Result<usize> {
///     fd::write(fd, b"hello")
/// }
///
/// let (_reader, writer) = fd::pipe()?;
/// assert_eq!(greet(&writer), Ok(5));
/// assert_eq!(greet(writer.as_fd()), Ok(5));
/// assert_eq!(greet(writer), Ok(5)); // and it is closed
/// # Ok::<(), rawos::Errno>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a file descriptor",
    note = "a descriptor is an `OwnedFd`, as `fs::open` returns, or a `BorrowedFd`, as `fd::stdin()` \
            does; `BorrowedFd::borrow_raw` makes one of a number; with the feature `std` of rawos, \
            also std's files, sockets, pipes and streams are some"
)]
pub trait AsFd {
    /// Lends the descriptor.
    fn as_fd(&self) -> BorrowedFd<'_>;
}

impl AsFd for BorrowedFd<'_> {
    #[inline(always)]
    fn as_fd(&self) -> BorrowedFd<'_> {
        *self
    }
}

impl AsFd for OwnedFd {
    #[inline(always)]
    fn as_fd(&self) -> BorrowedFd<'_> {
        BorrowedFd { fd: self.as_raw_fd(), owner: PhantomData }
    }
}

impl<T: AsFd + ?Sized> AsFd for &T {
    #[inline(always)]
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

impl<T: AsFd + ?Sized> AsFd for &mut T {
    #[inline(always)]
    fn as_fd(&self) -> BorrowedFd<'_> {
        (**self).as_fd()
    }
}

/// The current directory, where a function takes a directory's descriptor.
///
/// # Python
/// `dir_fd=None`.
#[doc(alias = "AT_FDCWD")]
pub const CWD: BorrowedFd<'static> =
    BorrowedFd { fd: linux_raw_sys::general::AT_FDCWD, owner: PhantomData };

/// Standard input, descriptor 0.
///
/// Like std, this takes the descriptor to be open for as long as the program
/// runs; where it is not, calls return [`EBADF`](crate::Errno::EBADF).
///
/// # Python
/// `sys.stdin.fileno()`.
///
/// # Examples
/// ```
/// assert_eq!(rawos::fd::stdin().as_raw_fd(), 0);
/// ```
#[doc(alias = "STDIN_FILENO")]
#[inline(always)]
#[must_use]
pub const fn stdin() -> BorrowedFd<'static> {
    BorrowedFd { fd: 0, owner: PhantomData }
}

/// Standard output, descriptor 1; see [`stdin`].
///
/// # Python
/// `sys.stdout.fileno()`.
///
/// # Examples
/// ```
/// assert_eq!(rawos::fd::stdout().as_raw_fd(), 1);
/// ```
#[doc(alias = "STDOUT_FILENO")]
#[inline(always)]
#[must_use]
pub const fn stdout() -> BorrowedFd<'static> {
    BorrowedFd { fd: 1, owner: PhantomData }
}

/// Standard error, descriptor 2; see [`stdin`].
///
/// # Python
/// `sys.stderr.fileno()`.
///
/// # Examples
/// ```
/// assert_eq!(rawos::fd::stderr().as_raw_fd(), 2);
/// ```
#[doc(alias = "STDERR_FILENO")]
#[inline(always)]
#[must_use]
pub const fn stderr() -> BorrowedFd<'static> {
    BorrowedFd { fd: 2, owner: PhantomData }
}

/// Closes `fd` and reports what a drop would swallow.
///
/// The descriptor is gone whatever the result: the kernel frees it before it
/// reports an error, so close is never repeated.
///
/// # Errors
/// - [`EIO`](crate::Errno::EIO), [`ENOSPC`](crate::Errno::ENOSPC),
///   [`EDQUOT`](crate::Errno::EDQUOT): an earlier write failed.
/// - [`EINTR`](crate::Errno::EINTR): a signal came while the file system was
///   finishing (NFS, FUSE); what was written may or may not have arrived.
///
/// # Python
/// `os.close(fd)`.
///
/// # See also
/// [close(2)](https://man7.org/linux/man-pages/man2/close.2.html)
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(fd::close(reader), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn close(fd: OwnedFd) -> Result<()> {
    let fd = ManuallyDrop::new(fd);
    // SAFETY: we own the descriptor, and the drop that would close it again
    // does not run.
    unsafe { sys::fd::close(fd.as_raw_fd()) }
}

/// Closes the descriptor with the number `fd`.
///
/// # Errors
/// Those of [`close`], and [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Safety
/// `fd` must be nobody else's to close or use.
///
/// # Python
/// `os.close(fd)`.
///
/// # See also
/// [close(2)](https://man7.org/linux/man-pages/man2/close.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd};
///
/// // SAFETY: -1 is no descriptor, so nobody can own it.
/// assert_eq!(unsafe { fd::close_raw(-1) }, Err(Errno::EBADF));
/// ```
#[inline]
pub unsafe fn close_raw(fd: RawFd) -> Result<()> {
    // SAFETY: the caller promises that the descriptor is ours to close.
    unsafe { sys::fd::close(fd) }
}
