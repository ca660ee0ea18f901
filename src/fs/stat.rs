//! What the kernel knows of a file: stat and its parts.
#![forbid(unsafe_code)]

use core::fmt;

use linux_raw_sys::general as uapi;

use super::{AtFlags, Mode};
use crate::{
    Result,
    fd::{AsFd, CWD},
    path::PathLike,
    sys,
    time::Timespec,
};

/// What [`stat`] found out about a file.
///
/// # Python
/// `os.stat_result`; the methods have its attributes' names. A time is a
/// [`Timespec`] here, where Python's `st_mtime` is a `float` that cannot hold
/// nanoseconds; `st_mtime_ns` is an `i128` of nanoseconds since 1970.
///
/// # See also
/// [stat(3type)](https://man7.org/linux/man-pages/man3/stat.3type.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let stat = fs::stat("/dev/null")?;
/// assert!(stat.file_type().is_char_device());
/// assert_eq!(stat.st_size(), 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[doc(alias = "stat_result")]
pub struct Stat {
    // In the order of x86_64, so that most of it is copied two at a time. What the
    // kernel leaves unused is not: with it the struct would be past the size that
    // is copied without a call of memcpy.
    st_dev: u64,
    st_ino: u64,
    st_nlink: u64,
    st_mode: u32,
    st_uid: u32,
    st_gid: u32,
    st_rdev: u64,
    st_size: i64,
    st_blksize: i64,
    st_blocks: i64,
    st_atime: Timespec,
    st_mtime: Timespec,
    st_ctime: Timespec,
}

/// A getter for each field.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $Type:ty;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[must_use]
        pub const fn $name(&self) -> $Type {
            self.$name
        }
    )*};
}

/// The two forms of each time.
macro_rules! times {
    ($($(#[$doc:meta])* $name:ident, $ns:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[must_use]
        pub const fn $name(&self) -> Timespec {
            self.$name
        }

        #[doc = concat!("[`", stringify!($name), "`](Self::", stringify!($name), ") in nanoseconds since 1970.")]
        #[inline]
        #[must_use]
        pub const fn $ns(&self) -> i128 {
            self.$name().as_ns()
        }
    )*};
}

impl Stat {
    /// From what the kernel wrote, whose fields differ by architecture.
    #[allow(clippy::unnecessary_cast, reason = "they do")]
    #[inline(always)]
    pub(crate) const fn new(stat: &uapi::stat) -> Self {
        Self {
            st_dev: stat.st_dev,
            st_ino: stat.st_ino,
            st_nlink: stat.st_nlink as u64,
            st_mode: stat.st_mode,
            st_uid: stat.st_uid,
            st_gid: stat.st_gid,
            st_rdev: stat.st_rdev,
            st_size: stat.st_size,
            st_blksize: stat.st_blksize as i64,
            st_blocks: stat.st_blocks,
            st_atime: Timespec { tv_sec: stat.st_atime as i64, tv_nsec: stat.st_atime_nsec as i64 },
            st_mtime: Timespec { tv_sec: stat.st_mtime as i64, tv_nsec: stat.st_mtime_nsec as i64 },
            st_ctime: Timespec { tv_sec: stat.st_ctime as i64, tv_nsec: stat.st_ctime_nsec as i64 },
        }
    }

    fields! {
        /// Type and permissions together; apart: [`file_type`](Self::file_type), [`mode`](Self::mode).
        st_mode: u32;
        /// Inode number, unique on its file system.
        st_ino: u64;
        /// Device of the file system.
        st_dev: u64;
        /// Number of names (hard links).
        st_nlink: u64;
        /// User id of the owner.
        st_uid: u32;
        /// Group id of the owner.
        st_gid: u32;
        /// Bytes of content; for a symlink, of its target's path.
        st_size: i64;
        /// Allocated blocks, always of 512 bytes.
        st_blocks: i64;
        /// Bytes per efficient transfer.
        st_blksize: i64;
        /// For a device file, the device it stands for.
        st_rdev: u64;
    }

    times! {
        /// Time of the last access.
        st_atime, st_atime_ns;
        /// Time of the last change of content.
        st_mtime, st_mtime_ns;
        /// Time of the last change of the inode (content, owner, mode, links).
        st_ctime, st_ctime_ns;
    }

    /// The permission bits of [`st_mode`](Self::st_mode), without the type.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, Mode};
    ///
    /// assert!(fs::stat("/")?.mode().contains(Mode::IRUSR));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "S_IMODE")]
    #[inline]
    #[must_use]
    pub const fn mode(&self) -> Mode {
        Mode::from_bits_retain(self.st_mode() & !uapi::S_IFMT)
    }

    /// The type bits of [`st_mode`](Self::st_mode).
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::fs::stat("/")?.file_type().is_dir());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "S_IFMT")]
    #[inline]
    #[must_use]
    pub const fn file_type(&self) -> FileType {
        FileType::from_mode(self.st_mode())
    }
}

impl fmt::Debug for Stat {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stat")
            .field("st_mode", &format_args!("{:#o}", self.st_mode()))
            .field("st_ino", &self.st_ino())
            .field("st_dev", &self.st_dev())
            .field("st_nlink", &self.st_nlink())
            .field("st_uid", &self.st_uid())
            .field("st_gid", &self.st_gid())
            .field("st_size", &self.st_size())
            .field("st_atime", &self.st_atime())
            .field("st_mtime", &self.st_mtime())
            .field("st_ctime", &self.st_ctime())
            .finish_non_exhaustive()
    }
}

/// What kind of file it is: the type bits of `st_mode`.
///
/// A number with tests rather than an enum: a file system may report a type
/// that none of the tests knows.
///
/// # Python
/// `stat.S_IFMT(st_mode)`; the tests are `stat.S_ISDIR` and its kin.
///
/// # Examples
/// ```
/// use rawos::fs::{self, FileType};
///
/// assert_eq!(fs::stat("/")?.file_type(), FileType::DIR);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct FileType(u32);

/// A constant and a test for each type.
macro_rules! file_types {
    ($($(#[$doc:meta])* $NAME:ident = $value:ident, $alias:literal, $is:ident, $is_alias:literal;)*) => {
        $(
            $(#[$doc])*
            #[doc(alias = $alias)]
            pub const $NAME: Self = Self(uapi::$value);

            #[doc = concat!("Whether it is [`", stringify!($NAME), "`](Self::", stringify!($NAME), ").")]
            #[doc(alias = $is_alias)]
            #[inline]
            #[must_use]
            pub const fn $is(self) -> bool {
                self.0 == Self::$NAME.0
            }
        )*

        const NAMES: &[(Self, &str)] = &[$((Self::$NAME, stringify!($NAME))),*];
    };
}

impl FileType {
    file_types! {
        /// A directory.
        DIR = S_IFDIR, "S_IFDIR", is_dir, "S_ISDIR";
        /// A regular file.
        REG = S_IFREG, "S_IFREG", is_file, "S_ISREG";
        /// A symbolic link.
        LNK = S_IFLNK, "S_IFLNK", is_symlink, "S_ISLNK";
        /// A character device.
        CHR = S_IFCHR, "S_IFCHR", is_char_device, "S_ISCHR";
        /// A block device.
        BLK = S_IFBLK, "S_IFBLK", is_block_device, "S_ISBLK";
        /// A named pipe.
        FIFO = S_IFIFO, "S_IFIFO", is_fifo, "S_ISFIFO";
        /// A socket.
        SOCK = S_IFSOCK, "S_IFSOCK", is_socket, "S_ISSOCK";
    }

    /// The type bits of `st_mode`, which may hold permission bits as well.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::fs::FileType::from_mode(0o100_644).is_file());
    /// ```
    #[inline]
    #[must_use]
    pub const fn from_mode(st_mode: u32) -> Self {
        Self(st_mode & uapi::S_IFMT)
    }

    /// The type bits, as they stand in `st_mode`.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::fs::FileType::DIR.bits(), 0o040_000);
    /// ```
    #[inline]
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// From `d_type` of a directory record; `None` for `DT_UNKNOWN`.
    #[inline]
    pub(crate) const fn from_d_type(d_type: u8) -> Option<Self> {
        match d_type as u32 {
            uapi::DT_UNKNOWN => None,
            // The kernel's DT_* are the type bits, shifted.
            known => Some(Self((known << 12) & uapi::S_IFMT)),
        }
    }
}

impl fmt::Debug for FileType {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::NAMES.iter().find(|(file_type, _)| file_type == self) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "FileType({:#o})", self.0),
        }
    }
}

/// Finds out about the file at `path`, following symlinks.
///
/// One newfstatat(2): it exists on every kernel and passes every sandbox.
///
/// # Errors
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such file, or a symlink dangles.
/// - [`ENOTDIR`](crate::Errno::ENOTDIR): a component before the last is no directory.
/// - [`EACCES`](crate::Errno::EACCES): a directory of the path may not be searched.
/// - [`ELOOP`](crate::Errno::ELOOP): symlinks lead nowhere.
/// - The rest: stat(2).
///
/// # Python
/// `os.stat(path)`; with `dir_fd=` or `follow_symlinks=False`, see [`fstatat`];
/// of a descriptor, [`fstat`].
///
/// # See also
/// [stat(2)](https://man7.org/linux/man-pages/man2/stat.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert!(fs::stat("/proc/self")?.file_type().is_dir());
/// assert_eq!(fs::stat("/no/such/file").unwrap_err(), Errno::ENOENT);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn stat<P: PathLike>(path: P) -> Result<Stat> {
    fstatat(CWD, path, AtFlags::empty())
}

/// Finds out about the file at `path`; of a symlink, about itself.
///
/// # Errors
/// Those of [`stat`].
///
/// # Python
/// `os.lstat(path)`.
///
/// # See also
/// [lstat(2)](https://man7.org/linux/man-pages/man2/stat.2.html)
///
/// # Examples
/// ```
/// assert!(rawos::fs::lstat("/proc/self")?.file_type().is_symlink());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn lstat<P: PathLike>(path: P) -> Result<Stat> {
    fstatat(CWD, path, AtFlags::SYMLINK_NOFOLLOW)
}

/// Finds out about the file at `path`, which starts from `dir_fd` if it is
/// relative.
///
/// `flags`: [`AtFlags::SYMLINK_NOFOLLOW`], [`AtFlags::EMPTY_PATH`],
/// [`AtFlags::NO_AUTOMOUNT`].
///
/// # Errors
/// Those of [`stat`], [`EBADF`](crate::Errno::EBADF): `dir_fd` is not open, and
/// [`EINVAL`](crate::Errno::EINVAL): another flag.
///
/// # Python
/// `os.stat(path, dir_fd=dir_fd, follow_symlinks=False)`.
///
/// # See also
/// [fstatat(2)](https://man7.org/linux/man-pages/man2/stat.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd::CWD, fs::{self, AtFlags}};
///
/// let stat = fs::fstatat(CWD, "/proc/self", AtFlags::SYMLINK_NOFOLLOW)?;
/// assert!(stat.file_type().is_symlink());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "newfstatat")]
#[doc(alias = "statat")]
#[inline]
pub fn fstatat<Fd: AsFd, P: PathLike>(dir_fd: Fd, path: P, flags: AtFlags) -> Result<Stat> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| sys::fs::newfstatat(dir_fd, path, flags))
}

/// Finds out about the open file `fd`.
///
/// # Errors
/// [`EBADF`](crate::Errno::EBADF): `fd` is not open.
///
/// # Python
/// `os.fstat(fd)`, `os.stat(fd)`.
///
/// # See also
/// [fstat(2)](https://man7.org/linux/man-pages/man2/stat.2.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert!(fs::fstat(&reader)?.file_type().is_fifo());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fstat<Fd: AsFd>(fd: Fd) -> Result<Stat> {
    sys::fs::fstat(fd.as_fd())
}
