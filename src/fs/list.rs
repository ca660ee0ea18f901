//! Listing one directory: a stream of entries without heap.
#![forbid(unsafe_code)]

use core::{cell::OnceCell, ffi::CStr, fmt};

use heapless::VecView;

use super::{AtFlags, DirBuf, FileType, Mode, OFlags, Stat, dirent::Record, fstatat, openat};
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
pub struct ReadDir<'buf> {
    dir: OwnedFd,
    records: &'buf mut VecView<u8>,
    at: usize,
    done: bool,
}

impl<'buf> ReadDir<'buf> {
    pub(super) fn open<Fd: AsFd, P: PathLike, const N: usize>(
        dir_fd: Fd,
        path: P,
        flags: OFlags,
        buf: &'buf mut DirBuf<N>,
    ) -> Result<Self> {
        Ok(Self::new(open_dir(dir_fd, path, flags)?, buf))
    }

    /// Of a directory that was just opened, at its start.
    pub(super) fn new<const N: usize>(dir: OwnedFd, buf: &'buf mut DirBuf<N>) -> Self {
        Self { dir, records: buf.start(), at: 0, done: false }
    }

    /// The directory, to be closed by the caller.
    #[cfg(feature = "alloc")]
    pub(super) fn into_dir(self) -> OwnedFd {
        self.dir
    }

    /// The next entry, or `None` at the end.
    ///
    /// An error is the last thing returned: from then on there is `None`.
    ///
    /// # Errors
    /// - [`EIO`](Errno::EIO): the file system broke, or its records make no sense.
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
    pub fn next(&mut self) -> Option<Result<DirEntry<'_>>> {
        loop {
            if self.at == self.records.len() {
                match self.refill() {
                    Ok(true) => {}
                    Ok(false) => return None,
                    Err(errno) => return Some(Err(errno)),
                }
            }
            match Record::parse(self.records.get(self.at..).unwrap_or_default()) {
                Some(record) if record.is_dots() => self.at += record.len,
                Some(_) => break,
                None => {
                    self.finish();
                    return Some(Err(Errno::EIO));
                }
            }
        }
        // Parsed again, because a loop cannot lend what it may yet replace.
        let record = Record::parse(self.records.get(self.at..)?)?;
        self.at += record.len;
        Some(Ok(DirEntry::new(self.dir.as_fd(), record)))
    }

    /// Reads more records; false at the end.
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
    fn finish(&mut self) {
        self.done = true;
        self.records.clear();
        self.at = 0;
    }
}

impl AsFd for ReadDir<'_> {
    /// The directory itself, for the `*at` functions.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }
}

impl fmt::Debug for ReadDir<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadDir").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// A directory entry; see [`scandir`].
///
/// What the directory itself tells (name, inode number, mostly the type) costs
/// no system call. The rest is asked of the kernel when first wanted, and kept.
///
/// # Python
/// `os.DirEntry`, with its caching. [`name`](Self::name) is bytes.
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf};
///
/// let mut buf = DirBuf::new();
/// let mut dir = fs::scandir("/", &mut buf)?;
/// while let Some(entry) = dir.next() {
///     let entry = entry?;
///     if entry.name() == c"proc" {
///         assert_eq!(entry.is_dir(true), Ok(true));
///     }
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct DirEntry<'dir> {
    dir: BorrowedFd<'dir>,
    record: Record<'dir>,
    stat: OnceCell<Stat>,
    lstat: OnceCell<Stat>,
}

impl<'dir> DirEntry<'dir> {
    #[inline]
    pub(super) fn new(dir: BorrowedFd<'dir>, record: Record<'dir>) -> Self {
        Self { dir, record, stat: OnceCell::new(), lstat: OnceCell::new() }
    }

    /// The name, without any directory.
    ///
    /// # Python
    /// `entry.name`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     assert_ne!(entry.name(), c".");
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn name(&self) -> &'dir CStr {
        self.record.name
    }

    /// The directory it is in, for the `*at` functions.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     assert!(fs::fstat(entry.dir_fd())?.file_type().is_dir());
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn dir_fd(&self) -> BorrowedFd<'dir> {
        self.dir
    }

    /// The inode number: of a symlink itself, of a mount point the directory
    /// under it.
    ///
    /// # Python
    /// `entry.inode()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     assert_eq!(entry.inode(), entry.stat(false)?.st_ino());
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn inode(&self) -> u64 {
        self.record.ino
    }

    /// What kind of file it is; a symlink is a symlink.
    ///
    /// No system call, unless the file system does not tell types.
    ///
    /// # Errors
    /// Then, those of [`stat`](Self::stat).
    ///
    /// # Python
    /// `stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     assert_eq!(entry.file_type()?, entry.stat(false)?.file_type());
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub fn file_type(&self) -> Result<FileType> {
        match self.record.file_type {
            Some(file_type) => Ok(file_type),
            None => self.stat(false).map(|stat| stat.file_type()),
        }
    }

    /// Whether it is a directory or, with `follow_symlinks`, a symlink to one.
    ///
    /// A vanished entry and a dangling symlink are none.
    ///
    /// # Errors
    /// Those of [`stat`](Self::stat) but `ENOENT`; none if the directory told the type.
    ///
    /// # Python
    /// `entry.is_dir(follow_symlinks=True)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     if entry.name() == c"fd" {
    ///         assert_eq!(entry.is_dir(true), Ok(true));
    ///     }
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub fn is_dir(&self, follow_symlinks: bool) -> Result<bool> {
        self.is(FileType::DIR, follow_symlinks)
    }

    /// Whether it is a regular file or, with `follow_symlinks`, a symlink to one.
    ///
    /// A vanished entry and a dangling symlink are none.
    ///
    /// # Errors
    /// Those of [`stat`](Self::stat) but `ENOENT`; none if the directory told the type.
    ///
    /// # Python
    /// `entry.is_file(follow_symlinks=True)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     if entry.name() == c"status" {
    ///         assert_eq!(entry.is_file(true), Ok(true));
    ///     }
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub fn is_file(&self, follow_symlinks: bool) -> Result<bool> {
        self.is(FileType::REG, follow_symlinks)
    }

    /// Whether it is a symlink, dangling or not.
    ///
    /// # Errors
    /// Those of [`stat`](Self::stat) but `ENOENT`; none if the directory told the type.
    ///
    /// # Python
    /// `entry.is_symlink()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     if entry.name() == c"exe" {
    ///         assert_eq!(entry.is_symlink(), Ok(true));
    ///     }
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub fn is_symlink(&self) -> Result<bool> {
        self.is(FileType::LNK, false)
    }

    /// Whether it is a junction, which Linux does not have: false.
    ///
    /// # Python
    /// `entry.is_junction()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     assert!(!entry.is_junction());
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    pub fn is_junction(&self) -> bool {
        false
    }

    /// Finds out about the entry or, with `follow_symlinks`, what it points to.
    ///
    /// The answer is kept for as long as the entry is.
    ///
    /// # Errors
    /// - [`ENOENT`](Errno::ENOENT): it has vanished, or the symlink dangles.
    /// - The rest: those of [`fs::stat`](super::stat()).
    ///
    /// # Python
    /// `entry.stat(follow_symlinks=True)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// while let Some(entry) = dir.next() {
    ///     let entry = entry?;
    ///     if entry.name() == c"root" {
    ///         assert!(entry.stat(true)?.file_type().is_dir());
    ///         assert!(entry.stat(false)?.file_type().is_symlink());
    ///     }
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub fn stat(&self, follow_symlinks: bool) -> Result<Stat> {
        // What is known not to be a symlink has nothing to follow.
        let known = self.record.file_type.is_some_and(|file_type| !file_type.is_symlink());
        let (cell, flags) = match follow_symlinks && !known {
            true => (&self.stat, AtFlags::empty()),
            false => (&self.lstat, AtFlags::SYMLINK_NOFOLLOW),
        };
        if let Some(stat) = cell.get() {
            return Ok(*stat);
        }
        let stat = fstatat(self.dir, self.record.name, flags)?;
        Ok(*cell.get_or_init(|| stat))
    }

    fn is(&self, wanted: FileType, follow_symlinks: bool) -> Result<bool> {
        match self.record.file_type {
            Some(file_type) if !(follow_symlinks && file_type.is_symlink()) => {
                Ok(file_type == wanted)
            }
            _ => match self.stat(follow_symlinks) {
                Ok(stat) => Ok(stat.file_type() == wanted),
                Err(Errno::ENOENT) => Ok(false),
                Err(errno) => Err(errno),
            },
        }
    }
}

impl fmt::Debug for DirEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirEntry")
            .field("name", &self.record.name)
            .field("inode", &self.record.ino)
            .field("file_type", &self.record.file_type)
            .finish_non_exhaustive()
    }
}
