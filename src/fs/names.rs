//! The names of one directory, in one buffer (feature `alloc`).
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::{cmp::Ordering, ffi::CStr, fmt, ops::Index};

use super::{DirBuf, ReadDir, fscandir, scandir};
use crate::{Result, fd::AsFd, path::PathLike};

/// A list of file names that share one buffer.
///
/// Names are bytes without `/` or NUL when the kernel gave them. Adding one
/// allocates only when the buffer grows.
///
/// # Python
/// A `list` of `bytes`, as [`listdir`] and the walks give it.
///
/// # Examples
/// ```
/// use rawos::fs::Names;
///
/// let mut names = Names::new();
/// names.push("b")?;
/// names.push("a")?;
/// names.sort();
/// assert!(names.iter().eq([c"a", c"b"]));
/// assert_eq!(names.push("a\0b"), Err(rawos::Errno::EINVAL));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Default)]
pub struct Names {
    /// Every name, each with its NUL.
    bytes: Vec<u8>,
    /// Where in `bytes` the names of the list start, in the list's order.
    starts: Vec<usize>,
}

impl Names {
    /// An empty list.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::fs::Names::new().is_empty());
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), starts: Vec::new() }
    }

    /// How many names there are.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// assert_eq!(names.len(), 1);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there are none.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// assert!(names.is_empty());
    /// names.push("a")?;
    /// assert!(!names.is_empty());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The name at `index`, from 0.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// assert_eq!(names.get(0), Some(c"a"));
    /// assert_eq!(names.get(1), None);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn get(&self, index: usize) -> Option<&CStr> {
        self.starts.get(index).map(|&start| self.name(start))
    }

    /// The names in order.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("b")?;
    /// names.push("a")?;
    /// assert!(names.iter().eq([c"b", c"a"]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter { names: self, starts: self.starts.iter() }
    }

    /// Adds `name` at the end.
    ///
    /// # Errors
    /// [`EINVAL`](crate::Errno::EINVAL) for a NUL byte inside,
    /// [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG) for 4096 bytes or more.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// assert_eq!(&names[0], c"a");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn push<P: PathLike>(&mut self, name: P) -> Result<()> {
        name.with_c_str(|name| {
            self.push_c_str(name);
            Ok(())
        })
    }

    #[inline]
    pub(super) fn push_c_str(&mut self, name: &CStr) {
        self.starts.push(self.bytes.len());
        self.bytes.extend_from_slice(name.to_bytes_with_nul());
    }

    /// Keeps the names for which `keep` returns true, in order.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// names.push("b")?;
    /// names.retain(|name| name != c"a");
    /// assert!(names.iter().eq([c"b"]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn retain(&mut self, mut keep: impl FnMut(&CStr) -> bool) {
        let bytes = &self.bytes;
        self.starts.retain(|&start| keep(name_at(bytes, start)));
    }

    /// Sorts by bytes.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("b")?;
    /// names.push("a")?;
    /// names.sort();
    /// assert!(names.iter().eq([c"a", c"b"]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn sort(&mut self) {
        self.sort_by(CStr::cmp);
    }

    /// Sorts as `compare` says; equal names keep their order.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// names.push("long")?;
    /// names.sort_by(|a, b| b.count_bytes().cmp(&a.count_bytes()));
    /// assert_eq!(&names[0], c"long");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn sort_by(&mut self, mut compare: impl FnMut(&CStr, &CStr) -> Ordering) {
        let bytes = &self.bytes;
        self.starts.sort_by(|&a, &b| compare(name_at(bytes, a), name_at(bytes, b)));
    }

    /// Turns the order around.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// names.push("b")?;
    /// names.reverse();
    /// assert_eq!(&names[0], c"b");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn reverse(&mut self) {
        self.starts.reverse();
    }

    /// Removes the name at `index`, from 0; false if there is none.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// assert!(names.remove(0));
    /// assert!(!names.remove(0));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn remove(&mut self, index: usize) -> bool {
        let found = index < self.starts.len();
        if found {
            self.starts.remove(index);
        }
        found
    }

    /// Removes every name; the memory is kept.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::Names;
    ///
    /// let mut names = Names::new();
    /// names.push("a")?;
    /// names.clear();
    /// assert!(names.is_empty());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.starts.clear();
    }

    #[inline]
    fn name(&self, start: usize) -> &CStr {
        name_at(&self.bytes, start)
    }
}

/// The name that starts at `start`.
#[inline]
fn name_at(bytes: &[u8], start: usize) -> &CStr {
    // Every start is in `bytes`, and every name there ends with a NUL.
    let name = bytes.get(start..).map(CStr::from_bytes_until_nul);
    name.and_then(core::result::Result::ok).unwrap_or_default()
}

impl Index<usize> for Names {
    type Output = CStr;

    /// # Panics
    /// If there is no name at `index`, as a slice does.
    #[inline]
    fn index(&self, index: usize) -> &CStr {
        self.name(self.starts[index])
    }
}

impl fmt::Debug for Names {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

impl<'a> IntoIterator for &'a Names {
    type Item = &'a CStr;
    type IntoIter = Iter<'a>;

    #[inline]
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The iterator of [`Names::iter`].
///
/// # Examples
/// ```
/// use rawos::fs::Names;
///
/// let mut names = Names::new();
/// names.push("a")?;
/// names.push("b")?;
/// let mut iter = names.iter();
/// assert_eq!((iter.next(), iter.next(), iter.next()), (Some(c"a"), Some(c"b"), None));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    names: &'a Names,
    starts: core::slice::Iter<'a, usize>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a CStr;

    #[inline]
    fn next(&mut self) -> Option<&'a CStr> {
        self.starts.next().map(|&start| self.names.name(start))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.starts.size_hint()
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.starts.next_back().map(|&start| self.names.name(start))
    }
}

impl ExactSizeIterator for Iter<'_> {}
impl core::iter::FusedIterator for Iter<'_> {}

/// The names in the directory `path`, in the file system's order, without `.`
/// and `..`.
///
/// # Errors
/// Those of [`scandir`] and of reading on; then nothing is returned.
///
/// # Python
/// `os.listdir(path)`, with names as bytes; of a descriptor, [`flistdir`].
///
/// # See also
/// [getdents(2)](https://man7.org/linux/man-pages/man2/getdents.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs};
///
/// assert!(fs::listdir("/")?.iter().any(|name| name == c"proc"));
/// assert_eq!(fs::listdir("/dev/null").unwrap_err(), Errno::ENOTDIR);
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn listdir<P: PathLike>(path: P) -> Result<Names> {
    collect(scandir(path, &mut DirBuf::new())?)
}

/// The names in the open directory `fd`; see [`listdir`] and [`fscandir`].
///
/// # Errors
/// Those of [`fscandir`] and of reading on; then nothing is returned.
///
/// # Python
/// `os.listdir(fd)`.
///
/// # See also
/// [getdents(2)](https://man7.org/linux/man-pages/man2/getdents.2.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let root = fs::open("/", OFlags::RDONLY, Mode::empty())?;
/// assert!(fs::flistdir(&root)?.iter().any(|name| name == c"proc"));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn flistdir<Fd: AsFd>(fd: Fd) -> Result<Names> {
    collect(fscandir(fd, &mut DirBuf::new())?)
}

#[inline]
fn collect(mut dir: ReadDir<'_>) -> Result<Names> {
    let mut names = Names::new();
    while let Some(entry) = dir.next() {
        names.push_c_str(entry?.name());
    }
    Ok(names)
}
