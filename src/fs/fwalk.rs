//! Walking a tree by descriptors, as Python's `os.fwalk` does (feature
//! `alloc`).
//!
//! The kernel is given names and descriptors, never a path: whoever swaps a
//! directory for a symlink meanwhile changes nothing about where this goes.
//! The innermost [`OPEN`] directories stay open; one further out is opened
//! again by `..`, and must then be the one it was.
#![forbid(unsafe_code)]

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, mem};

use super::{
    DirBuf, Names, OFlags, ReadDir, WalkError, fstat,
    list::open_dir,
    walk::{Frame, Listing},
};
use crate::{
    Errno, Result,
    fd::{AsFd, BorrowedFd, CWD, OwnedFd},
    path::PathLike,
};

/// How many directories are held open, the one that is lent included; going
/// up opens one more for a moment.
const OPEN: usize = 14;

/// Walks the tree at `top`: every directory, open, with the names in it.
///
/// The order and the names are those of [`walk`](super::walk()). At any depth
/// at most 16 descriptors are open, and no path is longer than the kernel
/// takes: it sees none but `top`.
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT), [`ENOTDIR`](Errno::ENOTDIR),
///   [`EACCES`](Errno::EACCES): `top` cannot be opened.
/// - [`EINVAL`](Errno::EINVAL), [`ENAMETOOLONG`](Errno::ENAMETOOLONG): for the
///   path itself.
///
/// Everything else is reported on the way, by [`Fwalk::next`].
///
/// # Python
/// `os.fwalk(top, topdown=True, onerror=None, follow_symlinks=False)`; with
/// `dir_fd=`, see [`fwalkat`]. Python hides errors unless `onerror` is given,
/// holds one descriptor a level, and raises where a symlink leads to itself,
/// which is one of the `filenames` here.
///
/// # See also
/// [fts(3)](https://man7.org/linux/man-pages/man3/fts.3.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, AtFlags};
///
/// let mut walk = fs::fwalk("/sys/class/mem")?;
/// while let Some(step) = walk.next() {
///     let step = step?;
///     for name in step.dirnames.iter() {
///         let stat = fs::fstatat(step.dirfd, name, AtFlags::SYMLINK_NOFOLLOW)?;
///         assert!(stat.file_type().is_symlink());
///     }
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fwalk<P: PathLike>(top: P) -> Result<Fwalk> {
    fwalkat(CWD, top)
}

/// Walks the tree at `top`, which starts from `dir_fd` if it is relative.
///
/// As [`fwalk`] otherwise.
///
/// # Errors
/// Those of [`fwalk`], and [`EBADF`](Errno::EBADF): `dir_fd` is not open.
///
/// # Python
/// `os.fwalk(top, dir_fd=dir_fd)`.
///
/// # See also
/// [fts(3)](https://man7.org/linux/man-pages/man3/fts.3.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, Mode, OFlags};
///
/// let class = fs::open("/sys/class", OFlags::PATH, Mode::empty())?;
/// let mut walk = fs::fwalkat(&class, "mem")?;
/// assert_eq!(walk.next().expect("the top")?.dirpath, b"mem");
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn fwalkat<Fd: AsFd, P: PathLike>(dir_fd: Fd, top: P) -> Result<Fwalk> {
    let dir_fd = dir_fd.as_fd();
    let (path, dir) = top.with_c_str(|top| {
        Ok((Vec::from(top.to_bytes()), open_dir(dir_fd, top, OFlags::empty())?))
    })?;
    Ok(Fwalk {
        topdown: true,
        follow_symlinks: false,
        path,
        top: Some(dir),
        listed: None,
        frames: Vec::new(),
        left: None,
        spare: Vec::new(),
        buf: Box::default(),
    })
}

/// A walk under way; see [`fwalk`].
///
/// Not an `Iterator`: a step is lent until the next one is asked for.
///
/// # Examples
/// ```
/// use rawos::fs;
///
/// let mut walk = fs::fwalk("/sys/class/mem")?.topdown(false);
/// let mut dirs = 0;
/// while let Some(step) = walk.next() {
///     dirs += usize::from(step.is_ok());
/// }
/// assert_eq!(dirs, 1);
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct Fwalk {
    topdown: bool,
    follow_symlinks: bool,
    /// The path of the directory being listed or lent, without a NUL.
    path: Vec<u8>,
    /// The top, until it is listed.
    top: Option<OwnedFd>,
    /// The directory last listed, if those in it are to be entered next.
    listed: Option<(Listing, OwnedFd)>,
    /// The directories that those being entered are in, outermost first.
    frames: Vec<Frame<Dir>>,
    /// The directory that was left last, until the one around it is open.
    left: Option<(Listing, OwnedFd)>,
    /// Listings to be used again.
    spare: Vec<Listing>,
    buf: Box<DirBuf>,
}

/// A directory on the way down.
enum Dir {
    Open(OwnedFd),
    Closed { dev: u64, ino: u64 },
}

/// One directory of an [`Fwalk`].
///
/// # Python
/// The tuple `(dirpath, dirnames, filenames, dirfd)`.
///
/// # Examples
/// ```
/// use rawos::fs::{self, AtFlags};
///
/// let mut walk = fs::fwalk("/sys/class")?;
/// let top = walk.next().expect("the top")?;
/// assert_eq!((top.dirpath, top.dirnames.is_empty()), (&b"/sys/class"[..], false));
/// let mem = fs::fstatat(top.dirfd, "mem", AtFlags::empty())?;
/// assert_eq!(mem.st_ino(), fs::stat("/sys/class/mem")?.st_ino());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct FwalkStep<'walk> {
    /// The directory's path, as `top` and the names below it make it.
    pub dirpath: &'walk [u8],
    /// The names of the directories in it, symlinks to directories included.
    /// Top down, what is in this list after the caller is done is walked, in
    /// this order. Bottom up, changes have no effect.
    pub dirnames: &'walk mut Names,
    /// The names of everything else.
    pub filenames: &'walk mut Names,
    /// The directory itself, for the `*at` functions.
    pub dirfd: BorrowedFd<'walk>,
}

impl Fwalk {
    /// Whether a directory comes before those in it (the default) or after.
    ///
    /// # Python
    /// `topdown=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::fwalk("/proc/self/task")?.topdown(false);
    /// assert_ne!(walk.next().expect("one below")?.dirpath, b"/proc/self/task");
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn topdown(mut self, topdown: bool) -> Self {
        self.topdown = topdown;
        self
    }

    /// Whether symlinks to directories are entered. Then every directory on
    /// the way stays open, as in Python, because `..` does not lead back
    /// through a symlink; a loop of them ends when descriptors do
    /// ([`EMFILE`](Errno::EMFILE)).
    ///
    /// # Python
    /// `follow_symlinks=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::fwalk("/sys/class/mem")?.follow_symlinks(true);
    /// assert!(walk.next().is_some());
    /// assert!(walk.next().expect("what a symlink leads to").is_ok());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn follow_symlinks(mut self, follow_symlinks: bool) -> Self {
        self.follow_symlinks = follow_symlinks;
        self
    }

    /// The next directory, or `None` at the end.
    ///
    /// # Errors
    /// A [`WalkError`] for a directory that could not be opened or read to its
    /// end; the walk goes on without it. One that is no directory any more is
    /// passed in silence, as in Python. [`ESTALE`](Errno::ESTALE) ends the
    /// walk: a directory was moved elsewhere while the walk was more than 14
    /// levels below it.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs;
    ///
    /// let mut walk = fs::fwalk("/sys/class/mem")?;
    /// assert_eq!(walk.next().expect("the top")?.dirpath, b"/sys/class/mem");
    /// assert!(walk.next().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an Iterator cannot lend its items")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<FwalkStep<'_>, WalkError>> {
        self.recycle();
        loop {
            if let Some((listing, dir)) = self.listed.take() {
                if let Err(errno) = self.close_outermost() {
                    return Some(Err(self.end(errno)));
                }
                self.frames.push(Frame::new(listing, Dir::Open(dir), &self.path));
            }
            let opened = match self.top.take() {
                Some(top) => Ok(top),
                None => match self.enter()? {
                    // What is no directory any more is a symlink most of all.
                    Some(Err(Errno::ENOTDIR | Errno::ELOOP)) if !self.follow_symlinks => continue,
                    Some(opened) => opened,
                    None => {
                        if let Err(errno) = self.up() {
                            return Some(Err(self.end(errno)));
                        }
                        if !self.topdown {
                            return self.left.as_mut().map(|left| Ok(step(&self.path, left)));
                        }
                        self.recycle();
                        continue;
                    }
                },
            };
            let mut listing = self.spare.pop().unwrap_or_default();
            let listed = opened.and_then(|dir| {
                let mut dir = ReadDir::new(dir, &mut self.buf);
                listing.read(&mut dir, |entry| entry.is_dir(true)).map(|()| dir.into_dir())
            });
            match listed {
                Ok(dir) if self.topdown => {
                    let listed = self.listed.insert((listing, dir));
                    return Some(Ok(step(&self.path, listed)));
                }
                Ok(dir) => self.listed = Some((listing, dir)),
                Err(errno) => {
                    return Some(Err(WalkError::new(&self.path, self.frames.len(), errno)));
                }
            }
        }
    }

    /// Opens the next directory in the last frame; `Some(None)` if there is
    /// none, `None` without a frame.
    #[inline]
    fn enter(&mut self) -> Option<Option<Result<OwnedFd>>> {
        let frame = self.frames.last_mut()?;
        if !frame.descend(&mut self.path) {
            return Some(None);
        }
        let flags = if self.follow_symlinks { OFlags::empty() } else { OFlags::NOFOLLOW };
        Some(Some(match &frame.dir {
            Dir::Open(dir) => open_dir(dir, frame.name(), flags),
            Dir::Closed { .. } => Err(Errno::ESTALE),
        }))
    }

    /// Leaves the last frame, and has the one around it open.
    #[inline]
    fn up(&mut self) -> Result<()> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let Dir::Open(dir) = frame.dir else { return Err(Errno::ESTALE) };
        if let Some(Frame { dir: around, .. }) = self.frames.last_mut()
            && let Dir::Closed { dev, ino } = *around
        {
            let opened = open_dir(&dir, c"..", OFlags::NOFOLLOW)?;
            let stat = fstat(&opened)?;
            if (stat.st_dev(), stat.st_ino()) != (dev, ino) {
                return Err(Errno::ESTALE);
            }
            *around = Dir::Open(opened);
        }
        self.left = Some((frame.listing, dir));
        Ok(())
    }

    /// Closes the outermost open directory, if as many are open as may be.
    #[inline]
    fn close_outermost(&mut self) -> Result<()> {
        // `..` does not lead back through a symlink.
        if self.follow_symlinks {
            return Ok(());
        }
        // The innermost ones are open, without a gap.
        let Some(index) = self.frames.len().checked_sub(OPEN - 1) else { return Ok(()) };
        if let Some(Frame { dir: place, .. }) = self.frames.get_mut(index)
            && let Dir::Open(dir) = place
        {
            let stat = fstat(dir)?;
            *place = Dir::Closed { dev: stat.st_dev(), ino: stat.st_ino() };
        }
        Ok(())
    }

    /// Keeps the memory of the directory left last.
    #[inline]
    fn recycle(&mut self) {
        if let Some((listing, _)) = self.left.take() {
            self.spare.push(listing);
        }
    }

    /// Ends the walk, because of `errno`.
    #[inline]
    fn end(&mut self, errno: Errno) -> WalkError {
        let depth = mem::take(&mut self.frames).len();
        self.listed = None;
        WalkError::new(&self.path, depth, errno)
    }
}

#[inline]
fn step<'walk>(
    dirpath: &'walk [u8],
    (listing, dir): &'walk mut (Listing, OwnedFd),
) -> FwalkStep<'walk> {
    let Listing { dirnames, filenames } = listing;
    FwalkStep { dirpath, dirnames, filenames, dirfd: OwnedFd::as_fd(dir) }
}

impl fmt::Debug for Fwalk {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fwalk")
            .field("topdown", &self.topdown)
            .field("follow_symlinks", &self.follow_symlinks)
            .field("depth", &self.frames.len())
            .finish_non_exhaustive()
    }
}
