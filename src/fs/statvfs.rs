//! What a file system says of itself: statvfs.
#![forbid(unsafe_code)]

use core::fmt;

use linux_raw_sys::general as uapi;

use crate::{Result, errno::retry, fd::AsFd, path::PathLike, sys};

flags! {
    /// How a file system is mounted: [`StatVfs::f_flag`].
    ///
    /// # Python
    /// `os.ST_*`, whose values these are. `WRITE`, `APPEND` and `IMMUTABLE`
    /// are constants of glibc that Linux never sets.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs::{self, Mode, StFlags}};
    ///
    /// if fs::statvfs("/")?.f_flag().contains(StFlags::RDONLY) {
    ///     assert_eq!(fs::mkdir("/new", Mode::IRWXU), Err(Errno::EROFS));
    /// }
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct StFlags: u64 {
        /// `ST_RDONLY`: read-only.
        #[doc(alias = "ST_RDONLY")]
        const RDONLY = 1;
        /// `ST_NOSUID`: set-user-id bits have no effect.
        #[doc(alias = "ST_NOSUID")]
        const NOSUID = 2;
        /// `ST_NODEV`: device files do not work.
        #[doc(alias = "ST_NODEV")]
        const NODEV = 4;
        /// `ST_NOEXEC`: programs do not run.
        #[doc(alias = "ST_NOEXEC")]
        const NOEXEC = 8;
        /// `ST_SYNCHRONOUS`: writes wait until they are stored.
        #[doc(alias = "ST_SYNCHRONOUS")]
        const SYNCHRONOUS = 16;
        /// `ST_MANDLOCK`: mandatory locks are allowed.
        #[doc(alias = "ST_MANDLOCK")]
        const MANDLOCK = 64;
        /// `ST_WRITE`: never set.
        #[doc(alias = "ST_WRITE")]
        const WRITE = 128;
        /// `ST_APPEND`: never set.
        #[doc(alias = "ST_APPEND")]
        const APPEND = 256;
        /// `ST_IMMUTABLE`: never set.
        #[doc(alias = "ST_IMMUTABLE")]
        const IMMUTABLE = 512;
        /// `ST_NOATIME`: access times stay.
        #[doc(alias = "ST_NOATIME")]
        const NOATIME = 1024;
        /// `ST_NODIRATIME`: access times of directories stay.
        #[doc(alias = "ST_NODIRATIME")]
        const NODIRATIME = 2048;
        /// `ST_RELATIME`: access times change with the others, or once a day.
        #[doc(alias = "ST_RELATIME")]
        const RELATIME = 4096;
        /// `ST_NOSYMFOLLOW`: symlinks are not followed. Linux 5.10.
        #[doc(alias = "ST_NOSYMFOLLOW")]
        const NOSYMFOLLOW = 8192;
    }
}

/// The kernel's sign that `f_flags` is filled in; no one else's business.
const ST_VALID: u64 = 0x20;

/// What [`statvfs`] found out about a file system.
///
/// # Python
/// `os.statvfs_result`; the methods have its attributes' names.
///
/// # See also
/// [statvfs(3)](https://man7.org/linux/man-pages/man3/statvfs.3.html)
///
/// # Examples
/// ```
/// let root = rawos::fs::statvfs("/")?;
/// assert!(root.f_bavail() <= root.f_blocks());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(into = "crate::data::StatVfs", try_from = "crate::data::StatVfs")
)]
#[repr(transparent)]
#[doc(alias = "statvfs_result")]
pub struct StatVfs(pub(crate) uapi::statfs);

/// A getter for each field that is as the kernel has it.
macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $field:ident;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[must_use]
        pub const fn $name(&self) -> u64 {
            self.0.$field as u64
        }
    )*};
}

impl StatVfs {
    fields! {
        /// Bytes per efficient transfer.
        f_bsize = f_bsize;
        /// Blocks in all, of [`f_frsize`](Self::f_frsize) bytes.
        f_blocks = f_blocks;
        /// Free blocks.
        f_bfree = f_bfree;
        /// Free blocks that an unprivileged user may use.
        f_bavail = f_bavail;
        /// Inodes in all.
        f_files = f_files;
        /// Free inodes.
        f_ffree = f_ffree;
        /// Free inodes that an unprivileged user may use: all of them.
        f_favail = f_ffree;
        /// Bytes that a file name may have.
        f_namemax = f_namelen;
    }

    /// Bytes per block, the unit of the other sizes.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::fs::statvfs("/")?.f_frsize() > 0);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn f_frsize(&self) -> u64 {
        match self.0.f_frsize {
            0 => self.0.f_bsize as u64,
            size => size as u64,
        }
    }

    /// How it is mounted.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, StFlags};
    ///
    /// assert!(!fs::statvfs("/dev")?.f_flag().intersects(StFlags::RDONLY));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn f_flag(&self) -> StFlags {
        StFlags::from_bits_retain(self.0.f_flags as u64 & !ST_VALID)
    }

    /// The file system's id; 0 where it has none.
    ///
    /// # Examples
    /// ```
    /// let proc = rawos::fs::statvfs("/proc")?;
    /// assert_eq!(proc.f_fsid(), rawos::fs::statvfs("/proc/self")?.f_fsid());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn f_fsid(&self) -> u64 {
        let [low, high] = self.0.f_fsid.val;
        low.cast_unsigned() as u64 | (high.cast_unsigned() as u64) << 32
    }
}

impl fmt::Debug for StatVfs {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatVfs")
            .field("f_bsize", &self.f_bsize())
            .field("f_frsize", &self.f_frsize())
            .field("f_blocks", &self.f_blocks())
            .field("f_bfree", &self.f_bfree())
            .field("f_bavail", &self.f_bavail())
            .field("f_files", &self.f_files())
            .field("f_ffree", &self.f_ffree())
            .field("f_favail", &self.f_favail())
            .field("f_flag", &self.f_flag())
            .field("f_namemax", &self.f_namemax())
            .field("f_fsid", &format_args!("{:#x}", self.f_fsid()))
            .finish()
    }
}

/// Finds out about the file system that the file at `path` is on.
///
/// # Errors
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such file.
/// - [`EACCES`](crate::Errno::EACCES): a directory of the path may not be searched.
/// - The rest: statfs(2). `EINTR` is retried.
///
/// # Python
/// `os.statvfs(path)`; of a descriptor, [`fstatvfs`].
///
/// # See also
/// [statvfs(3)](https://man7.org/linux/man-pages/man3/statvfs.3.html),
/// [statfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html)
///
/// # Examples
/// ```
/// assert!(rawos::fs::statvfs("/tmp")?.f_namemax() >= 255);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "statfs")]
#[inline]
pub fn statvfs<P: PathLike>(path: P) -> Result<StatVfs> {
    path.with_c_str(|path| retry(|| sys::attr::statfs(path))).map(StatVfs)
}

/// Finds out about the file system that the open file `fd` is on.
///
/// # Errors
/// - [`EBADF`](crate::Errno::EBADF): `fd` is not open.
/// - The rest: statfs(2). `EINTR` is retried.
///
/// # Python
/// `os.fstatvfs(fd)`, `os.statvfs(fd)`.
///
/// # See also
/// [statvfs(3)](https://man7.org/linux/man-pages/man3/statvfs.3.html),
/// [fstatfs(2)](https://man7.org/linux/man-pages/man2/statfs.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, MemfdFlags};
///
/// let file = fs::memfd_create("example", MemfdFlags::empty())?;
/// assert!(fs::fstatvfs(&file)?.f_bsize() > 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fstatfs")]
#[inline]
pub fn fstatvfs<Fd: AsFd>(fd: Fd) -> Result<StatVfs> {
    let fd = fd.as_fd();
    retry(|| sys::attr::fstatfs(fd)).map(StatVfs)
}
