//! Listing one directory: a stream of entries without heap.
#![forbid(unsafe_code)]

use core::fmt;

use heapless::VecView;

use super::{
    DirBuf, DirEntry, Mode, OFlags,
    dirent::{Head, Record, is_dots},
    openat,
};
use crate::{
    Errno, Result,
    fd::{AsFd, BorrowedFd, CWD, OwnedFd},
    path::PathLike,
    sys,
};

/// Opens a directory for listing, with `flags` on top.
#[inline]
pub(super) fn open_dir<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    flags: OFlags,
) -> Result<OwnedFd> {
    openat(dir_fd, path, flags | OFlags::DIRECTORY, Mode::empty())
}

/// Lists the directory `path`, entry by entry, through `buf`.
///
/// `.` and `..` are left out; the order is the file system's. What is added or
/// removed meanwhile may show or not.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no such directory.
/// - [`ENOTDIR`](Errno::ENOTDIR): it is something else.
/// - [`EACCES`](Errno::EACCES): it may not be read.
/// - The rest: open(2).
///
/// # Python
/// `os.scandir(path)`; of a descriptor, [`fscandir`].
///
/// # See also
/// [getdents(2)](https://man7.org/linux/man-pages/man2/getdents.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf};
///
/// let mut buf = DirBuf::new();
/// let mut dir = fs::scandir("/proc/self", &mut buf)?;
/// let mut found = false;
/// while let Some(entry) = dir.next() {
///     found |= entry?.name() == c"status";
/// }
/// assert!(found);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "opendir")]
#[doc(alias = "readdir")]
#[doc(alias = "getdents64")]
#[inline]
pub fn scandir<P: PathLike, const N: usize>(path: P, buf: &mut DirBuf<N>) -> Result<ReadDir<'_>> {
    ReadDir::open(CWD, path, OFlags::empty(), buf)
}

/// Lists the open directory `fd`, entry by entry, through `buf`.
///
/// The directory is opened anew, so the position of `fd` neither matters nor
/// moves: any number of scans of one descriptor can go on at once. Unlike a
/// duplicate, that needs read permission on the directory.
///
/// # Errors
/// - [`ENOTDIR`](Errno::ENOTDIR): `fd` is no directory.
/// - [`EACCES`](Errno::EACCES): it may not be read.
/// - [`ENOENT`](Errno::ENOENT): it has been removed.
/// - The rest: open(2).
///
/// # Python
/// `os.scandir(fd)`, where Python duplicates `fd`, so that scans share one
/// position.
///
/// # See also
/// [getdents(2)](https://man7.org/linux/man-pages/man2/getdents.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf, Mode, OFlags};
///
/// let dev = fs::open("/dev", OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
/// let mut buf = DirBuf::new();
/// assert!(fs::fscandir(&dev, &mut buf)?.next().is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fdopendir")]
#[inline]
pub fn fscandir<Fd: AsFd, const N: usize>(fd: Fd, buf: &mut DirBuf<N>) -> Result<ReadDir<'_>> {
    ReadDir::open(fd, c".", OFlags::empty(), buf)
}

/// A directory being listed; see [`scandir`].
///
/// Not an `Iterator`: an entry lives in the buffer, until the next one is
/// asked for. Dropping closes the directory.
///
/// # Python
/// The iterator of `os.scandir`; its `close()` is the drop.
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf};
///
/// let mut buf = DirBuf::new();
/// let mut dir = fs::scandir("/proc/self/task", &mut buf)?;
/// while let Some(entry) = dir.next() {
///     assert!(entry?.is_dir(false)?); // a directory for each thread
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct ReadDir<'buf> {
    dir: OwnedFd,
    records: &'buf mut VecView<u8>,
    at: usize,
    done: bool,
}

impl<'buf> ReadDir<'buf> {
    #[inline]
    pub(super) fn open<Fd: AsFd, P: PathLike, const N: usize>(
        dir_fd: Fd,
        path: P,
        flags: OFlags,
        buf: &'buf mut DirBuf<N>,
    ) -> Result<Self> {
        Ok(Self::new(open_dir(dir_fd, path, flags)?, buf))
    }

    /// Of a directory that was just opened, at its start.
    #[inline]
    pub(super) fn new<const N: usize>(dir: OwnedFd, buf: &'buf mut DirBuf<N>) -> Self {
        Self { dir, records: buf.start(), at: 0, done: false }
    }

    /// The directory, to be closed by the caller.
    #[cfg(feature = "alloc")]
    #[inline]
    pub(super) fn into_dir(self) -> OwnedFd {
        self.dir
    }

    /// The next entry, or `None` at the end.
    ///
    /// An error is the last thing returned: from then on there is `None`.
    ///
    /// # Errors
    /// - [`EIO`](Errno::EIO): the file system broke, or its records make no sense.
    /// - [`EINVAL`](Errno::EINVAL): the name is too long for the buffer; see [`DirBuf`].
    /// - The rest: getdents(2).
    ///
    /// # Python
    /// `next(it)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/dev", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     assert_ne!(entry?.name(), c"..");
    /// }
    /// assert!(dir.next().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an Iterator cannot lend its items")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<DirEntry<'_>>> {
        loop {
            if self.at == self.records.len() {
                match self.refill() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(errno) => return Some(Err(errno)),
                }
            }
            // A loop cannot lend what it may yet replace: the record is parsed
            // after it, and once.
            let bytes = self.records.get(self.at..).unwrap_or_default();
            match is_dots(bytes).then(|| Head::parse(bytes)).flatten() {
                Some(head) => self.at += head.len,
                None => break,
            }
        }
        let Some(record) = Record::parse(self.records.get(self.at..).unwrap_or_default()) else {
            (self.at, self.done) = (self.records.len(), true);
            return Some(Err(Errno::EIO));
        };
        self.at += record.len;
        Some(Ok(DirEntry::new(self.dir.as_fd(), record)))
    }

    /// Closes the directory, as dropping does, and reports what went wrong.
    ///
    /// # Errors
    /// Those of [`fd::close`](crate::fd::close).
    ///
    /// # Python
    /// `it.close()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// assert_eq!(fs::scandir("/", &mut buf)?.close(), Ok(()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn close(self) -> Result<()> {
        crate::fd::close(self.dir)
    }

    /// Reads more records; false at the end.
    #[inline]
    fn refill(&mut self) -> Result<bool> {
        if self.done {
            return Ok(false);
        }
        self.records.clear();
        self.at = 0;
        match sys::fs::getdents64(self.dir.as_fd(), self.records, usize::MAX) {
            Ok(count) if count > 0 => Ok(true),
            // A directory removed while open is an empty one.
            Ok(_) | Err(Errno::ENOENT) => {
                self.finish();
                Ok(false)
            }
            Err(errno) => {
                self.finish();
                Err(errno)
            }
        }
    }

    /// Nothing more comes.
    #[inline]
    fn finish(&mut self) {
        self.done = true;
        self.records.clear();
        self.at = 0;
    }
}

impl AsFd for ReadDir<'_> {
    /// The directory itself, for the `*at` functions.
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

impl fmt::Debug for ReadDir<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadDir").field("dir", &self.dir).finish_non_exhaustive()
    }
}
