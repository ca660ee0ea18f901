//! Random bytes from the kernel.
//!
//! [`urandom`] is for keys, ids and seeds: it fills a buffer, whatever it
//! takes. [`getrandom()`] is the system call: flags, and few bytes if it is
//! interrupted. Both call the [vDSO](crate::vdso) where it has a generator,
//! which spares small draws the system call. Its bytes are as good: the kernel
//! gives the key, and another one when its own changes, after a fork, and when
//! a virtual machine is copied. There is no lock, and nothing that belongs to
//! a thread: threads, signal handlers, and children of `fork` and `vfork` may
//! draw at any point, and never draw what another drew.
#![forbid(unsafe_code)]

use core::mem::MaybeUninit;

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{AsFd, Buffer},
    fs::{self, Mode, OFlags},
    sys,
};

flags! {
    /// Flags for [`getrandom()`]: `os.GRND_*`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, getrandom::{GetRandomFlags, getrandom}};
    ///
    /// // Bytes, or word that the kernel has none yet; never a wait.
    /// let bytes = getrandom(&mut [0; 16], GetRandomFlags::NONBLOCK);
    /// assert!(matches!(bytes, Ok(16) | Err(Errno::EAGAIN)));
    /// ```
    pub struct GetRandomFlags: u32 {
        /// `GRND_NONBLOCK`: `EAGAIN` instead of waiting until the kernel is
        /// ready, early in the boot.
        #[doc(alias = "GRND_NONBLOCK")]
        const NONBLOCK = uapi::GRND_NONBLOCK;
        /// `GRND_RANDOM`: the source of `/dev/random`, which since Linux 5.6 is
        /// the same; before, it may have few bytes or none.
        #[doc(alias = "GRND_RANDOM")]
        const RANDOM = uapi::GRND_RANDOM;
        /// `GRND_INSECURE`: do not wait for the kernel to be ready, early in
        /// the boot: bytes may be guessed. Linux 5.6; not with `RANDOM`.
        #[doc(alias = "GRND_INSECURE")]
        const INSECURE = uapi::GRND_INSECURE;
    }
}

/// Fills the start of `buf` with random bytes and returns as any
/// [`Buffer`] does: for `&mut [u8]`, the number of bytes.
///
/// Up to 256 bytes come whole. Of more, fewer come if a signal interrupts the
/// call, and at most 2,147,479,552. Unless a flag says otherwise, the first
/// call after the boot waits until the kernel is ready.
///
/// # Errors
/// - [`EAGAIN`](Errno::EAGAIN): `NONBLOCK`, and the kernel is not ready.
/// - [`EINVAL`](Errno::EINVAL): `RANDOM` with `INSECURE`, or unknown flags.
/// - [`ENOSYS`](Errno::ENOSYS): Linux before 3.17, or a filter.
/// - The rest: getrandom(2). `EINTR` is retried.
///
/// # Python
/// `os.getrandom(size, flags=0)`.
///
/// # See also
/// [getrandom(2)](https://man7.org/linux/man-pages/man2/getrandom.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, getrandom::{GetRandomFlags, getrandom}};
///
/// let mut seed = [0; 32];
/// assert_eq!(getrandom(&mut seed, GetRandomFlags::empty()), Ok(32));
///
/// let both = GetRandomFlags::RANDOM | GetRandomFlags::INSECURE;
/// assert_eq!(getrandom(&mut seed, both), Err(Errno::EINVAL));
/// ```
#[inline]
pub fn getrandom<B: Buffer>(buf: B, flags: GetRandomFlags) -> Result<B::Output> {
    sys::fill(buf, |room| draw(room, flags))
}

/// Fills all of `buf` with random bytes, of any number, fit for keys.
///
/// As with [`getrandom()`], the first call after the boot may wait until the
/// kernel is ready. Where that system call is missing (Linux before 3.17) or
/// filtered, the bytes are read from `/dev/urandom`, which does not wait:
/// early in the boot of such a kernel they may be guessed.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): neither the system call nor `/dev/urandom` is there.
/// - [`ENODEV`](Errno::ENODEV): no system call, and the file `/dev/urandom` is not the device.
/// - The rest of open(2), for `/dev/urandom`. `EINTR` is retried.
///
/// With the system call there are no errors.
///
/// # Python
/// `os.urandom(size)`; as a `Vec`, `urandom_alloc` (feature `alloc`). Python falls back for the
/// same two errors, `ENOSYS` and `EPERM`, but reads whatever `/dev/urandom` is.
///
/// # See also
/// [getrandom(2)](https://man7.org/linux/man-pages/man2/getrandom.2.html),
/// [random(4)](https://man7.org/linux/man-pages/man4/random.4.html)
///
/// # Examples
/// ```
/// use rawos::getrandom::urandom;
///
/// let mut key = [0; 32];
/// assert_eq!(urandom(&mut key), Ok(32));
/// assert_ne!(key, [0; 32]);
/// ```
#[doc(alias = "getentropy")]
#[inline]
pub fn urandom<B: Buffer>(buf: B) -> Result<B::Output> {
    sys::random::fill_whole(
        buf,
        |room| draw(room, GetRandomFlags::empty()),
        |errno, room| match errno {
            Errno::ENOSYS | Errno::EPERM => read_device(room),
            errno => Err(errno),
        },
    )
}

/// `size` random bytes, fit for keys: [`urandom`] into a `Vec`.
///
/// # Errors
/// - [`ENOMEM`](Errno::ENOMEM): there is no room for so many.
/// - The rest: those of [`urandom`].
///
/// # Python
/// `os.urandom(size)`.
///
/// # See also
/// [getrandom(2)](https://man7.org/linux/man-pages/man2/getrandom.2.html)
///
/// # Examples
/// ```
/// use rawos::getrandom::urandom_alloc;
///
/// assert_eq!(urandom_alloc(1000)?.len(), 1000);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[inline]
pub fn urandom_alloc(size: usize) -> Result<alloc::vec::Vec<u8>> {
    let mut bytes = alloc::vec::Vec::new();
    bytes.try_reserve_exact(size).map_err(|_| Errno::ENOMEM)?;
    bytes.resize(size, 0);
    urandom(&mut bytes[..])?;
    Ok(bytes)
}

/// One call, of the vDSO if the result would be the same.
#[inline(always)]
fn draw(room: &mut [MaybeUninit<u8>], flags: GetRandomFlags) -> Result<&mut [u8]> {
    // Of the other flags the vDSO does not tell good combinations from bad.
    match GetRandomFlags::NONBLOCK.contains(flags) {
        true => sys::random::vgetrandom(room, flags),
        false => sys::random::getrandom(room, flags),
    }
}

/// One read from `/dev/urandom`.
#[cold]
fn read_device(room: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    let device = fs::open(c"/dev/urandom", OFlags::RDONLY, Mode::empty())?;
    // A file that somebody put there has no secrets.
    let stat = fs::fstat(&device)?;
    if !stat.file_type().is_char_device() || stat.st_rdev() != fs::makedev(1, 9) {
        return Err(Errno::ENODEV);
    }
    sys::fd::read(device.as_fd(), room)
}

/// The kernel's random bytes, as a generator of the crate `rand_core`.
///
/// It has no state: every number is a call of [`urandom`], with its errors.
/// `rand_core::UnwrapErr` makes it a generator that panics instead.
///
/// # Python
/// `random.SystemRandom`.
///
/// # Examples
/// ```
/// use rand_core::TryRng;
/// use rawos::getrandom::SysRng;
///
/// let (a, b) = (SysRng.try_next_u64()?, SysRng.try_next_u64()?);
/// assert_ne!(a, b);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "rand_core")]
#[doc(alias = "OsRng")]
#[doc(alias = "SystemRandom")]
#[derive(Clone, Copy, Debug, Default)]
pub struct SysRng;

#[cfg(feature = "rand_core")]
impl rand_core::TryRng for SysRng {
    type Error = Errno;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32> {
        let mut bytes = [0; 4];
        urandom(&mut bytes)?;
        Ok(u32::from_ne_bytes(bytes))
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        urandom(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }

    #[inline]
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<()> {
        urandom(dst).map(drop)
    }
}

#[cfg(feature = "rand_core")]
impl rand_core::TryCryptoRng for SysRng {}
