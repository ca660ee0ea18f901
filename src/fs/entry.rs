//! An entry of a directory: what the directory tells, and what is asked of
//! the kernel when wanted.
#![forbid(unsafe_code)]

use core::{cell::OnceCell, ffi::CStr, fmt};

use super::{AtFlags, FileType, Stat, dirent::Record, fstatat};
use crate::{
    Errno, Result,
    fd::BorrowedFd,
    path::{self, FsStr, PathLike},
};

/// A directory entry; see [`scandir`](super::scandir).
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

    /// Writes the entry's path into `buf`, as `dir`, the path that was listed,
    /// and the name make it, and returns it.
    ///
    /// # Errors
    /// [`ENAMETOOLONG`](Errno::ENAMETOOLONG): `buf` is too small.
    ///
    /// # Python
    /// `entry.path`. Python keeps the path that was given to `scandir`; here
    /// the caller does.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut dir = fs::scandir("/proc/self", &mut buf)?;
    /// let entry = dir.next().expect("it is not empty")?;
    /// let mut path = [0; 512];
    /// let path = entry.path("/proc/self", &mut path)?;
    /// assert_eq!(fs::lstat(path)?.st_ino(), entry.inode());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn path<'buf, P: PathLike>(&self, dir: P, buf: &'buf mut [u8]) -> Result<FsStr<'buf>> {
        path::join(buf, dir, self.name())
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
    #[inline]
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
    #[inline]
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
    #[inline]
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
    #[inline]
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
    #[inline]
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
    #[inline]
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

    #[inline]
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
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirEntry")
            .field("name", &self.record.name)
            .field("inode", &self.record.ino)
            .field("file_type", &self.record.file_type)
            .finish_non_exhaustive()
    }
}
