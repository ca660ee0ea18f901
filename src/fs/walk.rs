//! Walking a tree, directory by directory, as Python's `os.walk` does
//! (feature `alloc`).
//!
//! Nothing recurses: the directories on the way down are frames on the heap,
//! and their descriptors are closed as soon as they are listed.
#![forbid(unsafe_code)]

use alloc::{boxed::Box, ffi::CString, vec::Vec};
use core::{error, ffi::CStr, fmt, mem};

use super::{DirBuf, DirEntry, FileType, Names, OFlags, ReadDir, lstat, stat};
use crate::{Errno, Result, fd::CWD, path::PathLike};

/// Walks the tree at `top`: every directory with the names in it.
///
/// The order is Python's: a directory before those in it, they in the order
/// of [`Step::dirnames`], which the caller may change meanwhile; or, with
/// [`topdown(false)`](Walk::topdown), after them. Symlinks to directories are
/// among the `dirnames` and are not entered unless
/// [`followlinks(true)`](Walk::followlinks).
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL) or [`ENAMETOOLONG`](Errno::ENAMETOOLONG) for the
/// path itself. Everything else is reported on the way, by [`Walk::next`].
///
/// # Python
/// `os.walk(top, topdown=True, onerror=None, followlinks=False)`. Python hides
/// errors unless `onerror` is given; here they are items, in the same places.
///
/// # See also
/// [nftw(3)](https://man7.org/linux/man-pages/man3/nftw.3.html)
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::walk("/sys/class")?;
/// while let Some(step) = walk.next() {
///     let Ok(step) = step else { continue };
///     // The top's directories are listed, and none of them is entered.
///     assert!(step.dirnames.iter().any(|name| name == c"mem"));
///     step.dirnames.clear();
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn walk<P: PathLike>(top: P) -> Result<Walk> {
    let path = top.with_c_str(|top| Ok(Vec::from(top.to_bytes())))?;
    Ok(Walk {
        topdown: true,
        followlinks: false,
        path,
        fresh: true,
        listed: None,
        frames: Vec::new(),
        left: Listing::default(),
        spare: Vec::new(),
        buf: Box::default(),
    })
}

/// A walk under way; see [`walk`].
///
/// Not an `Iterator`: a step is lent until the next one is asked for, so that
/// its names can be changed and their memory used again.
///
/// Memory: one buffer for names a level, so what is needed grows with the
/// depth and with the size of the directories on the way, not with the tree.
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::walk("/sys/class/mem")?.topdown(false).followlinks(false);
/// while let Some(step) = walk.next() {
///     assert_eq!(step.expect("may be read").dirpath, b"/sys/class/mem");
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct Walk {
    topdown: bool,
    followlinks: bool,
    /// The path of the directory being listed or lent, without a NUL.
    path: Vec<u8>,
    /// Whether `path` is the top and has yet to be listed.
    fresh: bool,
    /// The directory last listed, if those in it are to be entered next.
    listed: Option<Listing>,
    /// The directories that those being entered are in, outermost first.
    frames: Vec<Frame<()>>,
    /// Bottom up: the directory that is lent.
    left: Listing,
    /// Listings to be used again.
    spare: Vec<Listing>,
    buf: Box<DirBuf>,
}

/// The names in one directory.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) dirnames: Names,
    pub(super) filenames: Names,
}

impl Listing {
    /// Replaces the names by those in `dir`. `is_dir` tells directories, and
    /// symlinks to them, from the rest.
    #[inline]
    pub(super) fn read(
        &mut self,
        dir: &mut ReadDir<'_>,
        mut is_dir: impl FnMut(&DirEntry<'_>) -> Result<bool>,
    ) -> Result<()> {
        self.dirnames.clear();
        self.filenames.clear();
        while let Some(entry) = dir.next() {
            let entry = entry?;
            // What cannot be looked at is no directory to Python.
            let names = match is_dir(&entry) {
                Ok(true) => &mut self.dirnames,
                _ => &mut self.filenames,
            };
            names.push_c_str(entry.name());
        }
        Ok(())
    }
}

/// A directory whose own directories are being entered, one by one. `Dir` is
/// what a walk needs of it besides names.
pub(super) struct Frame<Dir> {
    pub(super) listing: Listing,
    pub(super) dir: Dir,
    /// Index of the next one among `dirnames`.
    next: usize,
    /// How much of the walk's path is this directory's.
    path_len: usize,
    /// This directory's path, while one below has an absolute name.
    path: Option<Vec<u8>>,
}

impl<Dir> Frame<Dir> {
    /// For the directory at `path`, the whole of it.
    #[inline]
    pub(super) fn new(listing: Listing, dir: Dir, path: &[u8]) -> Self {
        Self { listing, dir, next: 0, path_len: path.len(), path: None }
    }

    /// Makes `path`, which was this directory's or that of one below, the path
    /// of the next directory in it, [`name`](Self::name); if there is none,
    /// makes it this directory's own and returns false.
    #[inline]
    pub(super) fn descend(&mut self, path: &mut Vec<u8>) -> bool {
        match self.path.take() {
            Some(own) => *path = own,
            None => path.truncate(self.path_len),
        }
        let Some(name) = self.listing.dirnames.get(self.next) else { return false };
        self.next += 1;
        let bytes = name.to_bytes();
        if bytes.starts_with(b"/") {
            self.path = Some(mem::replace(path, Vec::from(bytes)));
        } else {
            push(path, name);
        }
        true
    }

    /// The name of the directory that `descend` went to last.
    #[inline]
    pub(super) fn name(&self) -> &CStr {
        let last = self.next.checked_sub(1);
        last.and_then(|last| self.listing.dirnames.get(last)).unwrap_or_default()
    }
}

/// Makes the path of a directory that of `name` in it.
#[inline]
fn push(path: &mut Vec<u8>, name: &CStr) {
    if !path.is_empty() && !path.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name.to_bytes());
}

/// One directory of a [`Walk`].
///
/// # Python
/// The triple `(dirpath, dirnames, filenames)`.
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::walk("/sys")?;
/// let top = walk.next().expect("the top").expect("may be read");
/// top.dirnames.retain(|name| name == c"class"); // walk nothing else
/// assert_eq!(walk.next().expect("one").expect("may be read").dirpath, b"/sys/class");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct Step<'walk> {
    /// The directory's path, as `top` and the names below it make it.
    pub dirpath: &'walk [u8],
    /// The names of the directories in it, symlinks to directories included.
    /// Top down, what is in this list after the caller is done is walked, in
    /// this order. Bottom up, changes have no effect.
    pub dirnames: &'walk mut Names,
    /// The names of everything else.
    pub filenames: &'walk mut Names,
}

/// A directory of a [`Walk`] that could not be listed, and why.
///
/// # Python
/// The `OSError` that `onerror` gets, its `filename` included.
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::walk("/no/such/directory")?;
/// let error = walk.next().expect("one error").unwrap_err();
/// let said = format!("{error}");
/// assert_eq!(said, "/no/such/directory: No such file or directory (ENOENT)");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkError {
    path: CString,
    depth: usize,
    errno: Errno,
}

impl WalkError {
    #[inline]
    pub(super) fn new(path: &[u8], depth: usize, errno: Errno) -> Self {
        // No name holds a NUL: none was accepted.
        Self { path: CString::new(path).unwrap_or_default(), depth, errno }
    }

    /// The directory's path.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs};
    ///
    /// let mut walk = fs::walk("/no/such/directory")?;
    /// let error = walk.next().expect("one error").unwrap_err();
    /// assert_eq!(error.path(), c"/no/such/directory");
    /// # Ok::<(), Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn path(&self) -> &CStr {
        &self.path
    }

    /// How many directories it is below the top, 0 for the top itself.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs};
    ///
    /// let mut walk = fs::walk("/no/such/directory")?;
    /// let error = walk.next().expect("one error").unwrap_err();
    /// assert_eq!(error.depth(), 0);
    /// # Ok::<(), Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Why it could not be listed.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, fs};
    ///
    /// let mut walk = fs::walk("/no/such/directory")?;
    /// let error = walk.next().expect("one error").unwrap_err();
    /// assert_eq!(error.errno(), Errno::ENOENT);
    /// # Ok::<(), Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn errno(&self) -> Errno {
        self.errno
    }
}

impl fmt::Display for WalkError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.to_string_lossy(), self.errno)
    }
}

impl error::Error for WalkError {
    #[inline]
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&self.errno)
    }
}

impl From<WalkError> for Errno {
    #[inline]
    fn from(error: WalkError) -> Self {
        error.errno
    }
}

/// With the path: `raw_os_error` is `None`, and `get_ref` has the `WalkError`.
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::walk("/no/such/directory")?;
/// let error = std::io::Error::from(walk.next().expect("one error").unwrap_err());
/// assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
/// assert!(error.to_string().starts_with("/no/such/directory: "));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[cfg(feature = "std")]
impl From<WalkError> for std::io::Error {
    #[inline]
    fn from(error: WalkError) -> Self {
        Self::new(Self::from(error.errno).kind(), error)
    }
}

impl Walk {
    /// Whether a directory comes before those in it (the default) or after.
    ///
    /// # Python
    /// `topdown=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::walk("/proc/self/task")?.topdown(false);
    /// let mut last = Vec::new();
    /// while let Some(step) = walk.next() {
    ///     let Ok(step) = step else { continue };
    ///     last = step.dirpath.to_vec();
    /// }
    /// assert_eq!(last, b"/proc/self/task");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn topdown(mut self, topdown: bool) -> Self {
        self.topdown = topdown;
        self
    }

    /// Whether symlinks to directories are entered. A loop of them ends only
    /// when the kernel has followed 40 in one path: the next is one of the files.
    ///
    /// # Python
    /// `followlinks=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::walk("/sys/class/mem")?.followlinks(true);
    /// assert!(walk.next().is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn followlinks(mut self, followlinks: bool) -> Self {
        self.followlinks = followlinks;
        self
    }

    /// The next directory, or `None` at the end.
    ///
    /// # Errors
    /// A [`WalkError`] for a directory that could not be opened or read to its
    /// end; the walk goes on without it.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::walk("/sys/class/mem")?;
    /// let step = walk.next().expect("the top").expect("may be read");
    /// assert_eq!(step.dirpath, b"/sys/class/mem");
    /// assert!(step.filenames.is_empty());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an Iterator cannot lend its items")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Step<'_>, WalkError>> {
        loop {
            if let Some(listing) = self.listed.take() {
                self.frames.push(Frame::new(listing, (), &self.path));
            }
            let top = mem::take(&mut self.fresh);
            if !top && !self.frames.last_mut()?.descend(&mut self.path) {
                self.spare.push(mem::take(&mut self.left));
                self.left = self.frames.pop()?.listing;
                if self.topdown {
                    continue;
                }
                return Some(Ok(step(&self.path, &mut self.left)));
            }
            match self.list(top || self.followlinks) {
                Ok(listing) if self.topdown => {
                    let listing = self.listed.insert(listing);
                    return Some(Ok(step(&self.path, listing)));
                }
                Ok(listing) => self.listed = Some(listing),
                Err(Errno::ENOTDIR | Errno::ELOOP) if !top && self.skips() => {}
                Err(errno) => {
                    return Some(Err(WalkError::new(&self.path, self.frames.len(), errno)));
                }
            }
        }
    }

    /// Lists the directory at `path`.
    #[inline]
    fn list(&mut self, follow: bool) -> Result<Listing> {
        let mut listing = self.spare.pop().unwrap_or_default();
        let flags = if follow { OFlags::empty() } else { OFlags::NOFOLLOW };
        let mut dir = ReadDir::open(CWD, &self.path, flags, &mut self.buf)?;
        let path_len = self.path.len();
        let path = &mut self.path;
        let listed = listing.read(&mut dir, |entry| {
            if entry.file_type() != Ok(FileType::LNK) {
                return entry.is_dir(true);
            }
            // By the path by which it would be entered: the kernel counts the
            // symlinks of the whole.
            push(path, entry.name());
            let stat = stat(&**path);
            path.truncate(path_len);
            stat.map(|stat| stat.file_type().is_dir())
        });
        listed.map(|()| listing)
    }

    /// Whether `path` was not entered because it is a symlink.
    #[inline]
    fn skips(&self) -> bool {
        !self.followlinks && lstat(&self.path).is_ok_and(|stat| stat.file_type().is_symlink())
    }
}

#[inline]
fn step<'walk>(dirpath: &'walk [u8], listing: &'walk mut Listing) -> Step<'walk> {
    let Listing { dirnames, filenames } = listing;
    Step { dirpath, dirnames, filenames }
}

impl fmt::Debug for Walk {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("topdown", &self.topdown)
            .field("followlinks", &self.followlinks)
            .field("depth", &self.frames.len())
            .finish_non_exhaustive()
    }
}
