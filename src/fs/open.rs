//! Opening files, and the flags and mode bits that go with paths.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use crate::{
    Errno, Result,
    fd::{AsFd, CWD, OwnedFd},
    path::PathLike,
    sys,
};

flags! {
    /// Flags for [`open`].
    ///
    /// # Python
    /// `os.O_*`, whose values these are.
    ///
    /// # See also
    /// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fd, fs::{self, Mode, OFlags}};
    ///
    /// let log = fs::open("/dev/null", OFlags::WRONLY | OFlags::APPEND, Mode::empty())?;
    /// assert_eq!(fd::write(&log, b"line\n"), Ok(5));
    /// let new = OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL;
    /// assert_eq!(fs::open("/dev/null", new, Mode::IRUSR).unwrap_err(), Errno::EEXIST);
    /// # Ok::<(), Errno>(())
    /// ```
    pub struct OFlags: u32 {
        /// `O_RDONLY`, zero: open for reading.
        #[doc(alias = "O_RDONLY")]
        const RDONLY = uapi::O_RDONLY;
        /// `O_WRONLY`: open for writing.
        #[doc(alias = "O_WRONLY")]
        const WRONLY = uapi::O_WRONLY;
        /// `O_RDWR`: open for both.
        #[doc(alias = "O_RDWR")]
        const RDWR = uapi::O_RDWR;
        /// `O_ACCMODE`: the bits of the three above.
        #[doc(alias = "O_ACCMODE")]
        const ACCMODE = uapi::O_ACCMODE;
        /// `O_CREAT`: create the file if it is missing.
        #[doc(alias = "O_CREAT")]
        const CREAT = uapi::O_CREAT;
        /// `O_EXCL`: with `CREAT`, fail if the file exists.
        #[doc(alias = "O_EXCL")]
        const EXCL = uapi::O_EXCL;
        /// `O_NOCTTY`: do not make a terminal the controlling one.
        #[doc(alias = "O_NOCTTY")]
        const NOCTTY = uapi::O_NOCTTY;
        /// `O_TRUNC`: empty the file.
        #[doc(alias = "O_TRUNC")]
        const TRUNC = uapi::O_TRUNC;
        /// `O_APPEND`: write at the end, always.
        #[doc(alias = "O_APPEND")]
        const APPEND = uapi::O_APPEND;
        /// `O_NONBLOCK`: `EAGAIN` instead of waiting.
        #[doc(alias = "O_NONBLOCK")]
        #[doc(alias = "O_NDELAY")]
        const NONBLOCK = uapi::O_NONBLOCK;
        /// `O_DSYNC`: writes wait until the data is stored.
        #[doc(alias = "O_DSYNC")]
        const DSYNC = uapi::O_DSYNC;
        /// `O_SYNC`: writes wait until data and metadata are stored.
        #[doc(alias = "O_SYNC")]
        #[doc(alias = "O_RSYNC")]
        const SYNC = uapi::O_SYNC;
        /// `O_ASYNC`: signal when input or output becomes possible.
        #[doc(alias = "O_ASYNC")]
        const ASYNC = uapi::FASYNC;
        /// `O_DIRECT`: bypass the page cache; for a pipe, packet mode.
        #[doc(alias = "O_DIRECT")]
        const DIRECT = uapi::O_DIRECT;
        /// `O_LARGEFILE`: the 64-bit kernel sets it by itself.
        #[doc(alias = "O_LARGEFILE")]
        const LARGEFILE = uapi::O_LARGEFILE;
        /// `O_DIRECTORY`: fail unless it is a directory.
        #[doc(alias = "O_DIRECTORY")]
        const DIRECTORY = uapi::O_DIRECTORY;
        /// `O_NOFOLLOW`: fail if the last component is a symlink.
        #[doc(alias = "O_NOFOLLOW")]
        const NOFOLLOW = uapi::O_NOFOLLOW;
        /// `O_NOATIME`: leave the access time alone.
        #[doc(alias = "O_NOATIME")]
        const NOATIME = uapi::O_NOATIME;
        /// `O_CLOEXEC`: close on exec; every opening call of this crate sets it.
        #[doc(alias = "O_CLOEXEC")]
        const CLOEXEC = uapi::O_CLOEXEC;
        /// `O_PATH`: a descriptor for the place, not for its content.
        #[doc(alias = "O_PATH")]
        const PATH = uapi::O_PATH;
        /// `O_TMPFILE`: a nameless file in the directory given.
        #[doc(alias = "O_TMPFILE")]
        const TMPFILE = uapi::O_TMPFILE;
    }

    /// Permission bits of a new or existing file: the low 12 bits of `st_mode`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Mode;
    ///
    /// assert_eq!(Mode::IRUSR | Mode::IWUSR | Mode::IRGRP, Mode::from_bits_retain(0o640));
    /// ```
    pub struct Mode: u32 {
        /// `S_ISUID`: set the user id on execution.
        #[doc(alias = "S_ISUID")]
        const ISUID = uapi::S_ISUID;
        /// `S_ISGID`: set the group id on execution; on a directory, inherit the group.
        #[doc(alias = "S_ISGID")]
        const ISGID = uapi::S_ISGID;
        /// `S_ISVTX`: on a directory, only owners remove their files.
        #[doc(alias = "S_ISVTX")]
        const ISVTX = uapi::S_ISVTX;
        /// `S_IRWXU`: read, write and execute for the owner.
        #[doc(alias = "S_IRWXU")]
        const IRWXU = uapi::S_IRWXU;
        /// `S_IRUSR`: read for the owner.
        #[doc(alias = "S_IRUSR")]
        const IRUSR = uapi::S_IRUSR;
        /// `S_IWUSR`: write for the owner.
        #[doc(alias = "S_IWUSR")]
        const IWUSR = uapi::S_IWUSR;
        /// `S_IXUSR`: execute for the owner.
        #[doc(alias = "S_IXUSR")]
        const IXUSR = uapi::S_IXUSR;
        /// `S_IRWXG`: read, write and execute for the group.
        #[doc(alias = "S_IRWXG")]
        const IRWXG = uapi::S_IRWXG;
        /// `S_IRGRP`: read for the group.
        #[doc(alias = "S_IRGRP")]
        const IRGRP = uapi::S_IRGRP;
        /// `S_IWGRP`: write for the group.
        #[doc(alias = "S_IWGRP")]
        const IWGRP = uapi::S_IWGRP;
        /// `S_IXGRP`: execute for the group.
        #[doc(alias = "S_IXGRP")]
        const IXGRP = uapi::S_IXGRP;
        /// `S_IRWXO`: read, write and execute for the others.
        #[doc(alias = "S_IRWXO")]
        const IRWXO = uapi::S_IRWXO;
        /// `S_IROTH`: read for the others.
        #[doc(alias = "S_IROTH")]
        const IROTH = uapi::S_IROTH;
        /// `S_IWOTH`: write for the others.
        #[doc(alias = "S_IWOTH")]
        const IWOTH = uapi::S_IWOTH;
        /// `S_IXOTH`: execute for the others.
        #[doc(alias = "S_IXOTH")]
        const IXOTH = uapi::S_IXOTH;
    }

    /// Flags for calls on a path relative to a directory.
    ///
    /// # Examples
    /// ```
    /// use rawos::{fd::CWD, fs::{self, AtFlags}};
    ///
    /// let link = fs::fstatat(CWD, "/proc/self", AtFlags::SYMLINK_NOFOLLOW)?;
    /// assert!(link.file_type().is_symlink());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct AtFlags: u32 {
        /// `AT_SYMLINK_NOFOLLOW`: take a symlink itself, not what it points to.
        #[doc(alias = "AT_SYMLINK_NOFOLLOW")]
        const SYMLINK_NOFOLLOW = uapi::AT_SYMLINK_NOFOLLOW;
        /// `AT_SYMLINK_FOLLOW`: follow a symlink, for the calls that do not.
        #[doc(alias = "AT_SYMLINK_FOLLOW")]
        const SYMLINK_FOLLOW = uapi::AT_SYMLINK_FOLLOW;
        /// `AT_EMPTY_PATH`: an empty path means the directory descriptor itself.
        #[doc(alias = "AT_EMPTY_PATH")]
        const EMPTY_PATH = uapi::AT_EMPTY_PATH;
        /// `AT_REMOVEDIR`: remove a directory.
        #[doc(alias = "AT_REMOVEDIR")]
        const REMOVEDIR = uapi::AT_REMOVEDIR;
        /// `AT_NO_AUTOMOUNT`: do not mount what the last component would.
        #[doc(alias = "AT_NO_AUTOMOUNT")]
        const NO_AUTOMOUNT = uapi::AT_NO_AUTOMOUNT;
    }
}

/// Opens the file at `path`.
///
/// `flags` say how, `mode` (bits 0 to 0o7777, less the umask) the permissions
/// of a file that this call creates. The descriptor is close-on-exec.
///
/// # Errors
/// - [`ENOENT`](crate::Errno::ENOENT): there is no such file, and no `CREAT`;
///   or a directory of the path is missing.
/// - [`EEXIST`](crate::Errno::EEXIST): `CREAT | EXCL`, and something is there.
/// - [`ELOOP`](crate::Errno::ELOOP): `NOFOLLOW`, and it is a symlink.
/// - [`ENOTDIR`](crate::Errno::ENOTDIR), [`EISDIR`](crate::Errno::EISDIR),
///   [`EACCES`](crate::Errno::EACCES): as their texts say.
/// - [`EINVAL`](crate::Errno::EINVAL): `path` holds a NUL byte.
/// - The rest: open(2). `EINTR` is retried.
///
/// # Python
/// `os.open(path, flags, mode=0o777)`; with `dir_fd=`, see [`openat`].
///
/// # See also
/// [open(2)](https://man7.org/linux/man-pages/man2/open.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode, OFlags}};
///
/// let file = fs::open("/dev/null", OFlags::RDWR, Mode::empty())?;
/// assert_eq!(rawos::fd::read(&file, &mut [0; 8]), Ok(0));
/// let missing = fs::open("/no/such/file", OFlags::RDONLY, Mode::empty());
/// assert_eq!(missing.unwrap_err(), Errno::ENOENT);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn open<P: PathLike>(path: P, flags: OFlags, mode: Mode) -> Result<OwnedFd> {
    openat(CWD, path, flags, mode)
}

/// Opens the file at `path`, which starts from `dir_fd` if it is relative.
///
/// As [`open`] otherwise.
///
/// # Errors
/// Those of [`open`], and [`EBADF`](crate::Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.open(path, flags, mode, dir_fd=dir_fd)`.
///
/// # See also
/// [openat(2)](https://man7.org/linux/man-pages/man2/open.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let dev = fs::open("/dev", OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
/// assert!(fs::openat(&dev, "null", OFlags::RDONLY, Mode::empty()).is_ok());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn openat<Fd: AsFd, P: PathLike>(
    dir_fd: Fd,
    path: P,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd> {
    let dir_fd = dir_fd.as_fd();
    path.with_c_str(|path| {
        loop {
            // As `errno::retry` does, with an arm for success: a file that is open
            // is not compared with EINTR once more.
            match sys::fs::openat(dir_fd, path, flags | OFlags::CLOEXEC, mode) {
                Ok(fd) => return Ok(fd),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    })
}
