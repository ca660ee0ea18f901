//! The records that getdents64(2) fills a buffer with, and that buffer.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt};

use heapless::{Vec, VecView};

use super::FileType;

/// `d_ino` (8 bytes), `d_off` (8), `d_reclen` (2), `d_type` (1), then the name.
const NAME: usize = 19;

/// The largest record of most file systems: a name of 255 bytes and its NUL,
/// rounded up to 8.
pub(super) const RECORD_MAX: usize = (NAME + 256).next_multiple_of(8);

/// Room for directory records: `N` bytes, 32 KiB unless said otherwise.
///
/// One record takes 24 to 280 bytes where names have up to 255. On vfat, exfat
/// and ntfs3, which count characters, it takes up to 792 bytes, and on FUSE
/// 4120; listing fails with [`EINVAL`](crate::Errno::EINVAL) where one does not
/// fit. The kernel fills as many as fit with one system call. The bytes are not
/// initialised, so a large buffer costs stack and nothing else. It can be used
/// for any number of directories, one after the other.
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf};
///
/// let mut buf = DirBuf::new();
/// let mut small = DirBuf::<1024>::sized();
/// assert!(fs::scandir("/", &mut buf)?.next().is_some());
/// assert!(fs::scandir("/", &mut small)?.next().is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[repr(align(8))]
pub struct DirBuf<const N: usize = 32768>(Vec<u8, N>);

impl DirBuf {
    /// A buffer of 32 KiB.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// assert!(fs::scandir("/", &mut DirBuf::new()).is_ok());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self::sized()
    }
}

impl Default for DirBuf {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> DirBuf<N> {
    /// A buffer of `N` bytes, at least 280 (checked when compiling).
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf};
    ///
    /// assert!(fs::scandir("/", &mut DirBuf::<280>::sized()).is_ok());
    /// ```
    #[inline]
    #[must_use]
    pub const fn sized() -> Self {
        const { assert!(N >= RECORD_MAX, "a directory record may take 280 bytes") }
        Self(Vec::new())
    }

    /// The buffer, emptied.
    #[inline]
    pub(super) fn start(&mut self) -> &mut VecView<u8> {
        self.0.clear();
        self.0.as_mut_view()
    }
}

impl<const N: usize> fmt::Debug for DirBuf<N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirBuf").field("size", &N).finish_non_exhaustive()
    }
}

/// One directory record.
#[derive(Clone, Copy)]
pub(crate) struct Record<'buf> {
    pub(crate) ino: u64,
    pub(crate) file_type: Option<FileType>,
    pub(crate) name: &'buf CStr,
    /// The record's length, padding included.
    pub(crate) len: usize,
}

/// What a record says before its name, for which nobody has to look for the
/// name's end.
pub(crate) struct Head {
    pub(super) ino: u64,
    /// Where lseek(2) goes to read on after this record.
    pub(crate) next: i64,
    pub(super) file_type: Option<FileType>,
    /// The record's length, padding included.
    pub(super) len: usize,
}

/// Whether `bytes` begin with the record of `.` or `..`, which no listing shows.
#[inline]
pub(super) fn is_dots(bytes: &[u8]) -> bool {
    matches!(bytes.get(NAME..), Some([b'.', 0, ..] | [b'.', b'.', 0, ..]))
}

impl Head {
    /// That of the record that `bytes` begin with; `None` if that is not whole.
    #[inline]
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (ino, rest) = bytes.split_first_chunk()?;
        let (next, rest) = rest.split_first_chunk()?;
        let (len, rest) = rest.split_first_chunk()?;
        let (&d_type, _) = rest.split_first()?;
        let len = usize::from(u16::from_ne_bytes(*len));
        bytes.get(NAME..len)?;
        Some(Self {
            ino: u64::from_ne_bytes(*ino),
            next: i64::from_ne_bytes(*next),
            file_type: FileType::from_d_type(d_type),
            len,
        })
    }
}

impl<'buf> Record<'buf> {
    /// Stands for a record that is no longer there.
    pub(super) const VANISHED: Record<'static> =
        Record { ino: 0, file_type: None, name: c"", len: 0 };

    /// The record that `bytes` begin with; `None` if they do not hold a whole
    /// one, which no kernel does.
    #[inline]
    pub(crate) fn parse(bytes: &'buf [u8]) -> Option<Self> {
        let Head { ino, file_type, len, .. } = Head::parse(bytes)?;
        let name = CStr::from_bytes_until_nul(bytes.get(NAME..len)?).ok()?;
        Some(Self { ino, file_type, name, len })
    }
}
