//! The limits of a file and of the file system it is on.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt::Write as _, mem::MaybeUninit};

use linux_raw_sys::general as uapi;

use super::{AccessMode, Stat, access, fstat, major, minor, readlink, stat};
use crate::{
    Errno, Result,
    errno::retry,
    fd::{AsFd, BorrowedFd},
    path::PathLike,
    sys,
};

names! {
    /// What [`pathconf`] is asked for.
    ///
    /// Python's names and glibc's numbers; by text through `FromStr`.
    ///
    /// # Python
    /// `os.pathconf_names`, which is [`all`](Self::all).
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs::PathconfName};
    ///
    /// assert_eq!("PC_NAME_MAX".parse(), Ok(PathconfName::NAME_MAX));
    /// assert_eq!("NAME_MAX".parse::<PathconfName>(), Err(Errno::EINVAL));
    /// ```
    #[doc(alias = "pathconf_names")]
    pub struct PathconfName, "rawos::fs::PathconfName", "PC_LINK_MAX" {
        LINK_MAX = 0, "PC_LINK_MAX", "Names (hard links) a file may have: by file system type; 127 where glibc knows no better.";
        MAX_CANON = 1, "PC_MAX_CANON", "Bytes in a line of terminal input: 255, though Linux takes 4095.";
        MAX_INPUT = 2, "PC_MAX_INPUT", "Bytes that wait in a terminal's input: 255, though Linux holds 4095.";
        NAME_MAX = 3, "PC_NAME_MAX", "Bytes in a file name, as the file system says.";
        PATH_MAX = 4, "PC_PATH_MAX", "Bytes in a path, its NUL included: 4096.";
        PIPE_BUF = 5, "PC_PIPE_BUF", "Bytes that are written to a pipe in one piece: 4096.";
        CHOWN_RESTRICTED = 6, "PC_CHOWN_RESTRICTED", "Whether giving a file away needs a privilege: 1, yes.";
        NO_TRUNC = 7, "PC_NO_TRUNC", "Whether too long a name is an error: 1, yes.";
        VDISABLE = 8, "PC_VDISABLE", "The byte that switches a terminal's special character off: 0.";
        SYNC_IO = 9, "PC_SYNC_IO", "Whether synchronised input and output is possible: `None`, glibc does not say.";
        ASYNC_IO = 10, "PC_ASYNC_IO", "Whether POSIX asynchronous input and output is possible: 1 for a regular file or block device.";
        PRIO_IO = 11, "PC_PRIO_IO", "Whether such input and output can have priorities: `None`.";
        SOCK_MAXBUF = 12, "PC_SOCK_MAXBUF", "Bytes in a socket's buffer: `None`.";
        FILESIZEBITS = 13, "PC_FILESIZEBITS", "Bits in a file's size: by file system type; 32 where glibc knows no better, though Linux uses 64 everywhere.";
        REC_INCR_XFER_SIZE = 14, "PC_REC_INCR_XFER_SIZE", "Recommended steps between transfer sizes: `None`.";
        REC_MAX_XFER_SIZE = 15, "PC_REC_MAX_XFER_SIZE", "Largest recommended transfer: `None`.";
        REC_MIN_XFER_SIZE = 16, "PC_REC_MIN_XFER_SIZE", "Smallest recommended transfer in bytes: `f_bsize` of [`statvfs`](super::statvfs).";
        REC_XFER_ALIGN = 17, "PC_REC_XFER_ALIGN", "Recommended alignment of transfers in bytes: `f_frsize`.";
        ALLOC_SIZE_MIN = 18, "PC_ALLOC_SIZE_MIN", "Smallest piece of storage in bytes: `f_frsize`.";
        SYMLINK_MAX = 19, "PC_SYMLINK_MAX", "Bytes in a symlink: `None`; what holds is that a path has 4096.";
        _2_SYMLINKS = 20, "PC_2_SYMLINKS", "Whether a directory may have symlinks: 0 or 1, by file system type. Python does not list it.";
    }
}

/// Asks for a limit of the file at `path` or of the file system it is on;
/// `None` where there is no limit or nobody knows one.
///
/// The kernel itself tells little of this: [`NAME_MAX`](PathconfName::NAME_MAX)
/// and the block sizes. The rest is glibc's table by file system type, or the
/// same for every file, which is then not looked at: there need be none. What
/// the table does not know, it answers for the worst; the constants of
/// [`PathconfName`] say where Linux can do more. What ext2, ext3 and ext4
/// differ in, which is their `LINK_MAX`, is read from `/sys`; without it the
/// answer is the 32,000 of the older two.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is none that glibc has.
/// - [`ENOENT`](Errno::ENOENT): `path` is empty, or there is no such file
///   where one is looked at.
/// - The rest: statfs(2), stat(2).
///
/// # Python
/// `os.pathconf(path, name)`, which returns -1 for `None`, and takes a string:
/// `"PC_NAME_MAX".parse()`. Of a descriptor, [`fpathconf`].
///
/// # See also
/// [pathconf(3)](https://man7.org/linux/man-pages/man3/pathconf.3.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, PathconfName};
///
/// assert_eq!(fs::pathconf("/proc", PathconfName::NAME_MAX)?, Some(255));
/// assert_eq!(fs::pathconf("/proc", "PC_SYMLINK_MAX".parse()?)?, None);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn pathconf<P: PathLike>(path: P, name: PathconfName) -> Result<Option<i64>> {
    path.with_c_str(|path| match path.is_empty() {
        true => Err(Errno::ENOENT),
        false => answer(&File::At(path), name),
    })
}

/// Asks for a limit of the open file `fd` or of the file system it is on;
/// `None` where there is no limit or nobody knows one.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `name` is none that glibc has.
/// - [`EBADF`](Errno::EBADF): `fd` is not open, or is [`CWD`](crate::fd::CWD); the former only
///   where the file is looked at, see [`pathconf`].
/// - The rest: fstatfs(2), fstat(2).
///
/// # Python
/// `os.fpathconf(fd, name)`, `os.pathconf(fd, name)`; -1 for `None`.
///
/// # See also
/// [fpathconf(3)](https://man7.org/linux/man-pages/man3/pathconf.3.html)
///
/// # Examples
/// ```
/// use rawos::{fd, fs::{self, PathconfName}};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(fs::fpathconf(&reader, PathconfName::PIPE_BUF)?, Some(4096));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fpathconf<Fd: AsFd>(fd: Fd, name: PathconfName) -> Result<Option<i64>> {
    let fd = fd.as_fd();
    match fd.as_raw_fd() < 0 {
        true => Err(Errno::EBADF),
        false => answer(&File::Open(fd), name),
    }
}

/// The file that is asked about.
enum File<'a> {
    At(&'a CStr),
    Open(BorrowedFd<'a>),
}

impl File<'_> {
    #[inline]
    fn statfs(&self) -> Result<uapi::statfs> {
        retry(|| match *self {
            Self::At(path) => sys::attr::statfs(path),
            Self::Open(fd) => sys::attr::fstatfs(fd),
        })
    }

    #[inline]
    fn stat(&self) -> Result<Stat> {
        match *self {
            Self::At(path) => stat(path),
            Self::Open(fd) => fstat(fd),
        }
    }

    /// The kind of its file system. Every magic number has 32 bits; some
    /// architectures extend the sign.
    #[inline]
    fn kind(&self) -> Result<u32> {
        self.statfs().map(|statfs| statfs.f_type as u32)
    }
}

#[inline]
fn answer(file: &File<'_>, name: PathconfName) -> Result<Option<i64>> {
    use PathconfName as Name;
    let value = match name {
        Name::LINK_MAX => match file.kind()? {
            uapi::EXT2_SUPER_MAGIC => match is_ext4(file) {
                true => 65_000,
                false => 32_000,
            },
            kind => link_max(kind),
        },
        Name::FILESIZEBITS => filesizebits(file.kind()?),
        Name::_2_SYMLINKS => i64::from(has_symlinks(file.kind()?)),
        // Asked, so that a missing file is an error.
        Name::CHOWN_RESTRICTED => file.kind().map(|_| 1)?,
        Name::NAME_MAX => file.statfs()?.f_namelen,
        Name::REC_MIN_XFER_SIZE => file.statfs()?.f_bsize,
        Name::REC_XFER_ALIGN | Name::ALLOC_SIZE_MIN => {
            // Zero on a file system that does not know of pieces.
            let statfs = file.statfs()?;
            if statfs.f_frsize == 0 { statfs.f_bsize } else { statfs.f_frsize }
        }
        Name::ASYNC_IO => match file.stat()?.file_type() {
            kind if kind.is_file() || kind.is_block_device() => 1,
            _ => return Ok(None),
        },
        Name::MAX_CANON | Name::MAX_INPUT => 255,
        Name::PATH_MAX | Name::PIPE_BUF => 4096,
        Name::NO_TRUNC => 1,
        Name::VDISABLE => 0,
        Name::SYNC_IO
        | Name::PRIO_IO
        | Name::SOCK_MAXBUF
        | Name::REC_INCR_XFER_SIZE
        | Name::REC_MAX_XFER_SIZE
        | Name::SYMLINK_MAX => return Ok(None),
        _ => return Err(Errno::EINVAL),
    };
    Ok(Some(value))
}

// Those that Linux has no header for; BSD's comes in either byte order.
const BFS: u32 = 0x1bad_face;
const EFS: u32 = 0x0007_2959;
const JFS: u32 = 0x3153_464a;
const LUSTRE: u32 = 0x0bd0_0bd0;
const NTFS: u32 = 0x5346_544e;
const ROMFS: u32 = 0x7275;
const UFS: u32 = 0x0001_1954;
const UFS_SWAPPED: u32 = 0x5419_0100;
const VXFS: u32 = 0xa501_fcf5;
const XENIX: u32 = 0x012f_f7b4;
const SYSV4: u32 = 0x012f_f7b5;
const SYSV2: u32 = 0x012f_f7b6;
const COHERENT: u32 = 0x012f_f7b7;

/// The most names of a file on a file system of this kind, as glibc has it.
#[inline]
const fn link_max(kind: u32) -> i64 {
    match kind {
        uapi::F2FS_SUPER_MAGIC | UFS | UFS_SWAPPED => 32_000,
        uapi::MINIX_SUPER_MAGIC | uapi::MINIX_SUPER_MAGIC2 => 250,
        uapi::MINIX2_SUPER_MAGIC | uapi::MINIX2_SUPER_MAGIC2 => 65_530,
        XENIX | SYSV2 | SYSV4 => 126,
        COHERENT => 10_000,
        uapi::REISERFS_SUPER_MAGIC => 64_535,
        uapi::XFS_SUPER_MAGIC => 2_147_483_647,
        LUSTRE => 65_000,
        _ => 127,
    }
}

/// Bits of a file's size on a file system of this kind, as glibc has it.
#[inline]
const fn filesizebits(kind: u32) -> i64 {
    match kind {
        uapi::F2FS_SUPER_MAGIC => 256,
        uapi::BTRFS_SUPER_MAGIC => 255,
        uapi::EXT2_SUPER_MAGIC
        | uapi::REISERFS_SUPER_MAGIC
        | uapi::XFS_SUPER_MAGIC
        | uapi::SMB_SUPER_MAGIC
        | uapi::UDF_SUPER_MAGIC
        | uapi::CGROUP_SUPER_MAGIC
        | UFS
        | UFS_SWAPPED
        | NTFS
        | JFS
        | VXFS
        | LUSTRE => 64,
        // JFFS, JFFS2, MSDOS, NCP and ROMFS, and whatever nobody asked about.
        _ => 32,
    }
}

/// Whether a file system of this kind has symlinks, as glibc has it.
#[inline]
const fn has_symlinks(kind: u32) -> bool {
    !matches!(
        kind,
        uapi::ADFS_SUPER_MAGIC
            | uapi::CRAMFS_MAGIC
            | uapi::DEVPTS_SUPER_MAGIC
            | uapi::EFS_SUPER_MAGIC
            | uapi::MSDOS_SUPER_MAGIC
            | uapi::QNX4_SUPER_MAGIC
            | BFS
            | EFS
            | NTFS
            | ROMFS
    )
}

/// Whether the file is on ext4, which shares its magic number with ext2 and
/// ext3 and lists its devices in `/sys/fs/ext4`.
#[inline]
fn is_ext4(file: &File<'_>) -> bool {
    let Ok(stat) = file.stat() else { return false };
    let mut buf = [MaybeUninit::uninit(); 4096];
    let (major, minor) = (major(stat.st_dev()), minor(stat.st_dev()));
    let device = name(format_args!("/sys/dev/block/{major}:{minor}"));
    let Ok((target, _)) = readlink(&device[..], &mut buf[..]) else { return false };
    let last = target.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let Ok(last) = core::str::from_utf8(last) else { return false };
    let listed = name(format_args!("/sys/fs/ext4/{last}"));
    access(&listed[..], AccessMode::F_OK)
}

/// A path of `/sys`: what precedes the device's name is known to be short, and
/// that itself has at most 32 bytes.
#[inline]
fn name(parts: core::fmt::Arguments<'_>) -> heapless::Vec<u8, 80> {
    let mut name = heapless::Vec::new();
    // One cut off would not be found.
    let _ = name.write_fmt(parts);
    name
}
