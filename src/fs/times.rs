//! Setting the times of a file.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::AtFlags;
use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
    time::Timespec,
};

/// What to do with one time of a file.
///
/// # Examples
/// ```
/// use rawos::{fs::SetTime, time::Timespec};
///
/// assert_eq!(SetTime::from(Timespec::default()), SetTime::At(Timespec::default()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SetTime {
    /// Set it to the current time.
    #[doc(alias = "UTIME_NOW")]
    Now,
    /// Leave it as it is.
    #[doc(alias = "UTIME_OMIT")]
    Omit,
    /// Set it to this, rounded down to what the file system can store.
    At(Timespec),
}

impl From<Timespec> for SetTime {
    #[inline]
    fn from(time: Timespec) -> Self {
        Self::At(time)
    }
}

impl SetTime {
    /// As utimensat(2) takes it: two values of `tv_nsec` are orders.
    #[inline]
    fn encode(self) -> Result<Timespec> {
        match self {
            Self::Now => Ok(Timespec { tv_sec: 0, tv_nsec: uapi::UTIME_NOW.into() }),
            Self::Omit => Ok(Timespec { tv_sec: 0, tv_nsec: uapi::UTIME_OMIT.into() }),
            Self::At(time) if (0..1_000_000_000).contains(&time.tv_nsec) => Ok(time),
            Self::At(_) => Err(Errno::EINVAL),
        }
    }
}

/// The two times that [`utime`] sets.
///
/// # Examples
/// ```
/// use rawos::{fs::{SetTime, Times}, time::Timespec};
///
/// let epoch = Timespec::default();
/// let times = Times { mtime: SetTime::Omit, ..Times::at(epoch, epoch) };
/// assert_eq!(times.atime, SetTime::At(epoch));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Times {
    /// The time of the last access.
    pub atime: SetTime,
    /// The time of the last change of content.
    pub mtime: SetTime,
}

impl Times {
    /// Both now, which needs no more than the right to write.
    pub const NOW: Self = Self { atime: SetTime::Now, mtime: SetTime::Now };

    /// Both to a given time.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fs::{SetTime, Times}, time::Timespec};
    ///
    /// let times = Times::at(Timespec::default(), Timespec::default());
    /// assert_eq!(times.atime, times.mtime);
    /// ```
    #[must_use]
    #[inline]
    pub const fn at(atime: Timespec, mtime: Timespec) -> Self {
        Self { atime: SetTime::At(atime), mtime: SetTime::At(mtime) }
    }

    #[inline]
    fn encode(self) -> Result<[Timespec; 2]> {
        Ok([self.atime.encode()?, self.mtime.encode()?])
    }
}

/// Sets the times of the file at `path`, following symlinks.
///
/// With [`SetTime::Omit`] twice the kernel does nothing, not even look whether
/// there is a file.
///
/// # Errors
/// - [`EPERM`](Errno::EPERM): the file is another user's.
/// - [`EACCES`](Errno::EACCES): the same with [`Times::NOW`], and the file may
///   not be written either.
/// - [`EINVAL`](Errno::EINVAL): nanoseconds outside of 0 to 999,999,999.
/// - [`ENOENT`](Errno::ENOENT): there is no such file.
/// - The rest: utimensat(2).
///
/// # Python
/// `os.utime(path)` is [`Times::NOW`], `os.utime(path, ns=(atime, mtime))` is
/// [`Times::at`] with [`Timespec::from_ns`]; of a descriptor, [`futimens`];
/// with `dir_fd=` or `follow_symlinks=False`, [`utimensat`].
///
/// # See also
/// [utimensat(2)](https://man7.org/linux/man-pages/man2/utimensat.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Times}};
///
/// assert_eq!(fs::utime("/no/such/file", Times::NOW), Err(Errno::ENOENT));
/// ```
#[doc(alias = "utimes")]
#[inline]
pub fn utime<P: PathLike>(path: P, times: Times) -> Result<()> {
    utimensat(CWD, path, times, AtFlags::empty())
}

/// Sets the times of the file at `path`, which starts from `dir_fd` if it is
/// relative.
///
/// `flags`: [`AtFlags::SYMLINK_NOFOLLOW`], [`AtFlags::EMPTY_PATH`] (Linux 5.8;
/// [`futimens`] is older).
///
/// # Errors
/// Those of [`utime`], [`EBADF`](Errno::EBADF): `dir_fd` is not open, and
/// [`EINVAL`](Errno::EINVAL): another flag.
///
/// # Python
/// `os.utime(path, ns=…, dir_fd=dir_fd, follow_symlinks=…)`.
///
/// # See also
/// [utimensat(2)](https://man7.org/linux/man-pages/man2/utimensat.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd::CWD, fs::{self, AtFlags, Times}};
///
/// let flags = AtFlags::SYMLINK_NOFOLLOW;
/// assert_eq!(fs::utimensat(CWD, "/no/file", Times::NOW, flags), Err(Errno::ENOENT));
/// ```
#[doc(alias = "lutimes")]
#[doc(alias = "futimesat")]
#[inline]
pub fn utimensat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    times: Times,
    flags: AtFlags,
) -> Result<()> {
    let dir_fd = dir_fd.as_fd();
    let times = times.encode()?;
    path.with_c_str(|path| sys::attr::utimensat(dir_fd, Some(path), &times, flags))
}

/// Sets the times of the open file `fd`.
///
/// # Errors
/// - [`EBADF`](Errno::EBADF): `fd` is not open, or only with `O_PATH`.
/// - The rest: those of [`utime`]. `EINTR` is retried.
///
/// # Python
/// `os.utime(fd, ns=(atime, mtime))`.
///
/// # See also
/// [futimens(3)](https://man7.org/linux/man-pages/man3/futimens.3.html)
///
/// # Examples
/// ```
/// use rawos::{fs::{self, MemfdFlags, Times}, time::Timespec};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// let time = Timespec { tv_sec: 1, tv_nsec: 5 };
/// fs::futimens(&file, Times::at(time, time))?;
/// assert_eq!(fs::fstat(&file)?.st_mtime_ns(), 1_000_000_005);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "futimes")]
#[inline]
pub fn futimens<Fd: AsFd>(fd: Fd, times: Times) -> Result<()> {
    let fd = fd.as_fd();
    let times = times.encode()?;
    retry(|| sys::attr::utimensat(fd, None, &times, AtFlags::empty()))
}
