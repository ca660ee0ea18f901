//! Memory for the kernel to write into, initialised or not.

use core::{mem::MaybeUninit, slice};

use crate::{Errno, Result};

/// Where a reading call puts its bytes, and what it hands back.
///
/// | buffer | result |
/// |---|---|
/// | `&mut [u8]`, `&mut [u8; N]` | how many bytes were read |
/// | `&mut [MaybeUninit<u8>]`, `&mut [MaybeUninit<u8>; N]` | the bytes read, and the rest |
/// | `spare_capacity(&mut vec)` (feature `alloc`) | how many bytes were appended |
///
/// The trait is sealed: only this crate implements it.
///
/// # Examples
/// ```
/// use core::mem::MaybeUninit;
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"four more")?;
/// let mut plain = [0; 4];
/// assert_eq!(fd::read(&reader, &mut plain), Ok(4));
/// let mut uninit = [MaybeUninit::<u8>::uninit(); 16];
/// let (read, rest) = fd::read(&reader, &mut uninit)?;
/// assert_eq!(read, b" more");
/// assert_eq!(rest.len(), 11);
/// # Ok::<(), rawos::Errno>(())
/// ```
pub trait Buffer: private::Sealed + Sized {
    /// What a call returns for this kind of buffer.
    type Output;

    /// Where to write, and how many bytes there is room for: memory that is
    /// the buffer's alone.
    #[doc(hidden)]
    fn parts(&mut self) -> (*mut u8, usize);

    /// # Safety
    /// The first `len` bytes at `parts()` must have been initialised.
    #[doc(hidden)]
    unsafe fn finish(self, len: usize) -> Self::Output;
}

/// Has `call` fill the start of `buf`, again while a signal interrupts it
/// (PEP 475).
///
/// `call` returns the bytes it initialised, which begin where its argument
/// does. The loop is here and not in the rooms because only here is it known
/// that the buffer may be finished.
#[inline(always)]
pub(crate) fn fill<B: Buffer>(
    mut buf: B,
    mut call: impl FnMut(&mut [MaybeUninit<u8>]) -> Result<&mut [u8]>,
) -> Result<B::Output> {
    let (start, room) = buf.parts();
    let len = loop {
        // SAFETY: `buf` holds these `room` bytes exclusively, and `call`,
        // being this crate's, makes none of them uninitialised.
        let target = unsafe { slice::from_raw_parts_mut(start.cast(), room) };
        match call(target) {
            Ok(filled) => {
                debug_assert!(filled.as_ptr() == start);
                break filled.len();
            }
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    };
    // SAFETY: `call` returned the first `len` bytes as initialised.
    Ok(unsafe { buf.finish(len) })
}

/// Copies `bytes` to the start of `buf`: for a [`fill`] whose bytes are known.
/// `ERANGE` where they do not fit.
#[inline]
pub(crate) fn copy<'buf>(bytes: &[u8], buf: &'buf mut [MaybeUninit<u8>]) -> Result<&'buf mut [u8]> {
    let room = buf.get_mut(..bytes.len()).ok_or(Errno::ERANGE)?;
    for (to, from) in room.iter_mut().zip(bytes) {
        to.write(*from);
    }
    // SAFETY: all of `room` was just written.
    Ok(unsafe { written(room, bytes.len()) })
}

/// `bytes` on the heap; `ENOMEM` where there is no memory.
#[cfg(feature = "alloc")]
#[inline]
pub(crate) fn to_vec(bytes: &[u8]) -> Result<alloc::vec::Vec<u8>> {
    let mut vec = alloc::vec::Vec::new();
    vec.try_reserve_exact(bytes.len()).map_err(|_| Errno::ENOMEM)?;
    vec.extend_from_slice(bytes);
    Ok(vec)
}

/// The first `len` bytes of `buf`, which the kernel has written.
///
/// # Safety
/// Those bytes must be initialised, and no more than `buf` has.
#[inline(always)]
pub(super) unsafe fn written(buf: &mut [MaybeUninit<u8>], len: usize) -> &mut [u8] {
    // SAFETY: the caller's promise; `MaybeUninit<u8>` has the layout of `u8`.
    unsafe { slice::from_raw_parts_mut(buf.as_mut_ptr().cast(), len) }
}

mod private {
    pub trait Sealed {}
    impl Sealed for &mut [u8] {}
    impl<const N: usize> Sealed for &mut [u8; N] {}
    impl Sealed for &mut [core::mem::MaybeUninit<u8>] {}
    impl<const N: usize> Sealed for &mut [core::mem::MaybeUninit<u8>; N] {}
    #[cfg(feature = "alloc")]
    impl Sealed for super::SpareCapacity<'_> {}
}

impl Buffer for &mut [u8] {
    type Output = usize;

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), self.len())
    }

    #[inline(always)]
    unsafe fn finish(self, len: usize) -> usize {
        len
    }
}

impl<const N: usize> Buffer for &mut [u8; N] {
    type Output = usize;

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr(), N)
    }

    #[inline(always)]
    unsafe fn finish(self, len: usize) -> usize {
        len
    }
}

impl<'a> Buffer for &'a mut [MaybeUninit<u8>] {
    type Output = (&'a mut [u8], &'a mut [MaybeUninit<u8>]);

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), self.len())
    }

    #[inline(always)]
    unsafe fn finish(self, len: usize) -> Self::Output {
        let (read, rest) = self.split_at_mut(len);
        // SAFETY: the caller initialised the first `len` bytes, which `read`
        // borrows exclusively; `MaybeUninit<u8>` has the layout of `u8`.
        let read = unsafe { slice::from_raw_parts_mut(read.as_mut_ptr().cast(), len) };
        (read, rest)
    }
}

impl<'a, const N: usize> Buffer for &'a mut [MaybeUninit<u8>; N] {
    type Output = (&'a mut [u8], &'a mut [MaybeUninit<u8>]);

    #[inline(always)]
    fn parts(&mut self) -> (*mut u8, usize) {
        (self.as_mut_ptr().cast(), N)
    }

    #[inline(always)]
    unsafe fn finish(self, len: usize) -> Self::Output {
        // SAFETY: the caller's promise is passed on unchanged.
        unsafe { self.as_mut_slice().finish(len) }
    }
}

/// A [`Buffer`] that appends to `vec`, up to its capacity and no further.
///
/// # Python
/// None; what `os.read(fd, n)` does with the `bytes` it returns.
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b"abc")?;
/// let mut vec = Vec::with_capacity(8);
/// assert_eq!(fd::read(&reader, fd::spare_capacity(&mut vec)), Ok(3));
/// assert_eq!(vec, b"abc");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn spare_capacity(vec: &mut alloc::vec::Vec<u8>) -> SpareCapacity<'_> {
    SpareCapacity(vec)
}

/// See [`spare_capacity`].
///
/// # Examples
/// ```
/// use rawos::fd;
///
/// let (reader, writer) = fd::pipe()?;
/// fd::write(&writer, b" more")?;
/// let mut vec = b"some".to_vec();
/// vec.reserve(16);
/// fd::read(&reader, fd::spare_capacity(&mut vec))?;
/// assert_eq!(vec, b"some more");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[derive(Debug)]
pub struct SpareCapacity<'a>(&'a mut alloc::vec::Vec<u8>);

#[cfg(feature = "alloc")]
impl Buffer for SpareCapacity<'_> {
    type Output = usize;

    #[inline]
    fn parts(&mut self) -> (*mut u8, usize) {
        let spare = self.0.spare_capacity_mut();
        (spare.as_mut_ptr().cast(), spare.len())
    }

    #[inline]
    unsafe fn finish(self, len: usize) -> usize {
        let filled = self.0.len() + len;
        // SAFETY: the caller initialised `len` bytes of the spare capacity,
        // so `filled` elements are initialised and within the capacity.
        unsafe { self.0.set_len(filled) };
        len
    }
}
