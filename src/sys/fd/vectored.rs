//! System calls over many buffers, and the buffers' type, which is the
//! kernel's `struct iovec` with a lifetime.

use core::{fmt, marker::PhantomData, ops, slice};

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, RwFlags},
};

/// Bytes to write: one of the buffers of [`writev`](crate::fd::writev).
///
/// The kernel's `struct iovec`; it derefs to the bytes.
///
/// # Examples
/// ```
/// use rawos::fd::IoSlice;
///
/// assert_eq!(&*IoSlice::new(b"abc"), b"abc");
/// assert_eq!(size_of::<IoSlice<'_>>(), 16);
/// ```
#[doc(alias = "iovec")]
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct IoSlice<'a> {
    iovec: uapi::iovec,
    bytes: PhantomData<&'a [u8]>,
}

/// Room to read into: one of the buffers of [`readv`](crate::fd::readv).
///
/// The kernel's `struct iovec`; it derefs to the bytes.
///
/// # Examples
/// ```
/// use rawos::fd::IoSliceMut;
///
/// let mut bytes = *b"abc";
/// let mut room = IoSliceMut::new(&mut bytes);
/// room[0] = b'x';
/// assert_eq!(&bytes, b"xbc");
/// ```
#[doc(alias = "iovec")]
#[repr(transparent)]
pub struct IoSliceMut<'a> {
    iovec: uapi::iovec,
    bytes: PhantomData<&'a mut [u8]>,
}

// SAFETY: it is a `&[u8]` in another form.
unsafe impl Send for IoSlice<'_> {}
// SAFETY: as above.
unsafe impl Sync for IoSlice<'_> {}
// SAFETY: it is a `&mut [u8]` in another form.
unsafe impl Send for IoSliceMut<'_> {}
// SAFETY: as above.
unsafe impl Sync for IoSliceMut<'_> {}

impl<'a> IoSlice<'a> {
    /// Borrows `bytes` for writing them out.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::IoSlice;
    ///
    /// assert_eq!([&b"ab"[..], b"c"].map(IoSlice::new)[1][0], b'c');
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        let iovec = uapi::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len() as uapi::__kernel_size_t,
        };
        Self { iovec, bytes: PhantomData }
    }

    /// The bytes, for as long as they were borrowed.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::fd::IoSlice::new(b"abc").as_slice(), b"abc");
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn as_slice(self) -> &'a [u8] {
        // SAFETY: these are the parts of the slice that `new` borrowed.
        unsafe { slice::from_raw_parts(self.iovec.iov_base.cast(), self.iovec.iov_len as usize) }
    }
}

impl<'a> IoSliceMut<'a> {
    /// Borrows `bytes` for reading into them.
    ///
    /// # Examples
    /// ```
    /// use rawos::fd::IoSliceMut;
    ///
    /// assert_eq!(IoSliceMut::new(&mut [0; 4]).len(), 4);
    /// ```
    #[inline(always)]
    #[must_use]
    pub const fn new(bytes: &'a mut [u8]) -> Self {
        let iovec = uapi::iovec {
            iov_len: bytes.len() as uapi::__kernel_size_t,
            iov_base: bytes.as_mut_ptr().cast(),
        };
        Self { iovec, bytes: PhantomData }
    }
}

impl ops::Deref for IoSlice<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl ops::Deref for IoSliceMut<'_> {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        // SAFETY: these are the parts of the slice that `new` borrowed.
        unsafe { slice::from_raw_parts(self.iovec.iov_base.cast(), self.iovec.iov_len as usize) }
    }
}

impl ops::DerefMut for IoSliceMut<'_> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [u8] {
        let len = self.iovec.iov_len as usize;
        // SAFETY: these are the parts of the slice that `new` borrowed
        // exclusively.
        unsafe { slice::from_raw_parts_mut(self.iovec.iov_base.cast(), len) }
    }
}

impl fmt::Debug for IoSlice<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Debug for IoSliceMut<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// readv(2)
#[inline(always)]
pub(crate) fn readv(fd: BorrowedFd<'_>, bufs: &mut [IoSliceMut<'_>]) -> Result<usize> {
    // SAFETY: readv(2) reads the array and writes within the slices, which we
    // hold exclusively.
    let raw =
        unsafe { arch::syscall3(nr::readv, fd.arg(), bufs.as_mut_ptr().arg(), bufs.len().arg()) };
    Errno::check(raw)
}

/// writev(2)
#[inline(always)]
pub(crate) fn writev(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> Result<usize> {
    // SAFETY: writev(2) only reads the slices, which live as long as `bufs`.
    let raw =
        unsafe { arch::syscall3(nr::writev, fd.arg(), bufs.as_ptr().arg(), bufs.len().arg()) };
    Errno::check(raw)
}

/// preadv(2), whose offset travels as two halves: a 64-bit kernel takes the
/// low one whole and shifts the high one out.
#[inline(always)]
pub(crate) fn preadv(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    offset: u64,
) -> Result<usize> {
    // SAFETY: preadv(2) reads the array and writes within the slices, which we
    // hold exclusively.
    let raw = unsafe {
        arch::syscall5(
            nr::preadv,
            fd.arg(),
            bufs.as_mut_ptr().arg(),
            bufs.len().arg(),
            offset.arg(),
            (offset >> 32).arg(),
        )
    };
    Errno::check(raw)
}

/// preadv2(2); an `offset` of `u64::MAX` is the current position.
#[inline(always)]
pub(crate) fn preadv2(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    offset: u64,
    flags: RwFlags,
) -> Result<usize> {
    // SAFETY: preadv2(2) reads the array and writes within the slices, which
    // we hold exclusively.
    let raw = unsafe {
        arch::syscall6(
            nr::preadv2,
            fd.arg(),
            bufs.as_mut_ptr().arg(),
            bufs.len().arg(),
            offset.arg(),
            (offset >> 32).arg(),
            flags.arg(),
        )
    };
    Errno::check(raw)
}

/// pwritev(2), with the offset as in [`preadv`].
#[inline(always)]
pub(crate) fn pwritev(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>], offset: u64) -> Result<usize> {
    // SAFETY: pwritev(2) only reads the slices, which live as long as `bufs`.
    let raw = unsafe {
        arch::syscall5(
            nr::pwritev,
            fd.arg(),
            bufs.as_ptr().arg(),
            bufs.len().arg(),
            offset.arg(),
            (offset >> 32).arg(),
        )
    };
    Errno::check(raw)
}

/// pwritev2(2); an `offset` of `u64::MAX` is the current position.
#[inline(always)]
pub(crate) fn pwritev2(
    fd: BorrowedFd<'_>,
    bufs: &[IoSlice<'_>],
    offset: u64,
    flags: RwFlags,
) -> Result<usize> {
    // SAFETY: pwritev2(2) only reads the slices, which live as long as `bufs`.
    let raw = unsafe {
        arch::syscall6(
            nr::pwritev2,
            fd.arg(),
            bufs.as_ptr().arg(),
            bufs.len().arg(),
            offset.arg(),
            (offset >> 32).arg(),
            flags.arg(),
        )
    };
    Errno::check(raw)
}
