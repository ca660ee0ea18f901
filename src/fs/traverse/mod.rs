//! A whole tree as one stream of entries, in fixed memory.
//!
//! The directories from the top to the current one are *levels*. Up to
//! 12 of them, the innermost, are open; the records read of them and not
//! yet visited lie one level after the other in the caller's buffer. A level
//! further out is 32 bytes at the buffer's start: which directory it is and
//! where in it to go on. It is opened again, by `..`, when the stream comes
//! back to it.
//!
//! ```text
//! | closed levels | records of level n | … of level n + 1 | … of the innermost |  room  |
//! ```
#![forbid(unsafe_code)]

mod levels;

use core::fmt;

use heapless::{Vec, VecView};

use self::levels::{Level, OPEN};
use super::{DirBuf, DirEntry, OFlags, Place, dirent::Record, list::open_dir};
use crate::{
    Result,
    fd::{AsFd, CWD, OwnedFd},
    path::PathLike,
};

/// Visits everything in the tree at `path`, depth first, through `buf`.
///
/// A directory is visited twice, before and after what is in it
/// ([`Order::Enter`], [`Order::Leave`]); everything else once
/// ([`Order::Leaf`]). The top itself is not visited. Symlinks are leaves. The
/// order within a directory is the file system's.
///
/// No heap, no recursion and at most 14 descriptors, at any depth: what grows
/// with the depth is 32 bytes of `buf` a level, beyond the innermost 12: 32 KiB
/// are enough for some 900 levels, 4 MiB for 100,000.
///
/// # Errors
/// Those of [`scandir`](super::scandir), for the top. Everything else is
/// reported on the way, by [`Traverse::next`].
///
/// # Python
/// None: `os.fwalk` in one stream. The heap-free alternative to
/// `walk`.
///
/// # See also
/// [fts(3)](https://man7.org/linux/man-pages/man3/fts.3.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf, Order};
///
/// let mut buf = DirBuf::new();
/// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
/// let mut open = 0;
/// while let Some(visit) = tree.next() {
///     match visit?.order() {
///         Order::Enter => open += 1,
///         Order::Leave => open -= 1,
///         Order::Leaf => {}
///     }
/// }
/// assert_eq!(open, 0);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "fts")]
#[doc(alias = "nftw")]
#[inline]
pub fn traverse<P: PathLike, const N: usize>(path: P, buf: &mut DirBuf<N>) -> Result<Traverse<'_>> {
    Ok(Traverse::new(open_dir(CWD, path, OFlags::empty())?, buf.start()))
}

/// Visits everything in the tree at the open directory `fd`; see [`traverse`].
///
/// The directory is opened anew: the position of `fd` does not matter.
///
/// # Errors
/// Those of [`fscandir`](super::fscandir), for the top.
///
/// # Python
/// None; see [`traverse`].
///
/// # See also
/// [fts(3)](https://man7.org/linux/man-pages/man3/fts.3.html)
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf, Mode, OFlags};
///
/// let mem = fs::open("/sys/class/mem", OFlags::PATH, Mode::empty())?;
/// let mut buf = DirBuf::new();
/// assert!(fs::ftraverse(&mem, &mut buf)?.next().is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn ftraverse<Fd: AsFd, const N: usize>(fd: Fd, buf: &mut DirBuf<N>) -> Result<Traverse<'_>> {
    Ok(Traverse::new(open_dir(fd, c".", OFlags::empty())?, buf.start()))
}

/// A traversal under way; see [`traverse`].
///
/// Not an `Iterator`: a visit lives in the buffer, until the next one.
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf};
///
/// let mut buf = DirBuf::new();
/// let mut tree = fs::traverse("/proc/self/task", &mut buf)?;
/// let visit = tree.next().expect("a thread")?;
/// assert_eq!(visit.depth(), 1);
/// tree.skip(); // what is in there
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct Traverse<'buf> {
    buf: &'buf mut VecView<u8>,
    /// Where the closed levels end in `buf`.
    closed: usize,
    levels: Vec<Level, OPEN>,
    /// How many levels there are, open or closed.
    depth: usize,
    step: Step,
    one_place: Option<Place>,
}

/// What the record that the innermost level begins with needs next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// A look.
    Visit,
    /// To be entered.
    Enter,
    /// To be left.
    Leave,
    /// To be passed.
    Pass,
}

/// When a [`Visit`] comes.
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf, Order};
///
/// let mut buf = DirBuf::new();
/// let mut tree = fs::traverse("/proc/self/task", &mut buf)?;
/// let enter = tree.next().expect("a thread")?.order();
/// tree.skip();
/// let leave = tree.next().expect("the same")?.order();
/// assert_eq!((enter, leave), (Order::Enter, Order::Leave));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// It is a directory, and what is in it comes next.
    Enter,
    /// It is a directory, and what is in it came before. Follows every
    /// `Enter`, also of a directory that was skipped or could not be read.
    Leave,
    /// It is no directory, or what it is cannot be found out.
    Leaf,
}

/// One entry of the tree; see [`traverse`].
///
/// # Examples
/// ```
/// use rawos::fs::{self, DirBuf, Order};
///
/// let mut buf = DirBuf::new();
/// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
/// while let Some(visit) = tree.next() {
///     let visit = visit?;
///     assert_eq!((visit.order(), visit.depth()), (Order::Leaf, 1));
///     assert!(visit.entry().is_symlink()?);
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct Visit<'tree> {
    entry: DirEntry<'tree>,
    order: Order,
    depth: usize,
}

impl<'tree> Visit<'tree> {
    /// The entry, with the directory it is in.
    ///
    /// On [`Order::Leave`] of a directory that was renamed or removed
    /// meanwhile, the name may be empty.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
    /// let visit = tree.next().expect("it is not empty")?;
    /// assert!(visit.entry().is_symlink()?);
    /// # let _ = Order::Leaf;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn entry(&self) -> &DirEntry<'tree> {
        &self.entry
    }

    /// When it comes: before or after what is in it.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
    /// let visit = tree.next().expect("it is not empty")?;
    /// assert_eq!(visit.order(), Order::Leaf);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn order(&self) -> Order {
        self.order
    }

    /// How far below the top it is; 1 for what is in the top itself.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
    /// let visit = tree.next().expect("it is not empty")?;
    /// assert_eq!(visit.depth(), 1);
    /// # let _ = Order::Leaf;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn depth(&self) -> usize {
        self.depth
    }
}

impl<'buf> Traverse<'buf> {
    #[inline]
    fn new(dir: OwnedFd, buf: &'buf mut VecView<u8>) -> Self {
        let mut levels = Vec::new();
        // It is empty: there is room.
        let _ = levels.push(Level::new(dir, 0));
        Self { buf, closed: 0, levels, depth: 1, step: Step::Visit, one_place: None }
    }

    /// Stays on the file system of the top: a mount point is visited, not
    /// entered, and so is a subvolume that has a device number of its own.
    ///
    /// A bind mount is a mount point too, also of a directory of the same file
    /// system. The kernel tells them by statx(2), from Linux 5.8 on. Before that,
    /// in a sandbox that refuses statx and under an emulator that does not pass
    /// on what mount it is, the device number decides alone, and a bind mount of
    /// the same file system is entered.
    ///
    /// # Errors
    /// Those of [`fstat`](super::fstat).
    ///
    /// # Python
    /// None; `find -xdev`, which enters bind mounts of the same file system.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
    /// let mut tree = tree.one_file_system()?;
    /// while let Some(visit) = tree.next() {
    ///     assert_ne!(visit?.entry().name(), c"proc");
    /// }
    /// # let _ = Order::Leaf;
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn one_file_system(mut self) -> Result<Self> {
        if let Some(top) = self.levels.last() {
            self.one_place = Some(Place::of(&top.dir)?);
        }
        Ok(self)
    }

    /// Does not enter the directory whose [`Order::Enter`] was the last visit.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/proc/self", &mut buf)?;
    /// while let Some(visit) = tree.next() {
    ///     let visit = visit?;
    ///     assert_eq!(visit.depth(), 1);
    ///     if visit.order() == Order::Enter {
    ///         tree.skip();
    ///     }
    /// }
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn skip(&mut self) {
        if self.step == Step::Enter {
            self.step = Step::Leave;
        }
    }

    /// The next visit, or `None` at the end.
    ///
    /// # Errors
    /// An error is about the innermost directory entered and not left (the
    /// top, if there is none): it could not be opened or read to its end. Its
    /// [`Order::Leave`] comes next.
    /// - [`EACCES`](crate::Errno::EACCES), [`ENOENT`](crate::Errno::ENOENT) and the like: see openat(2).
    /// - [`ENOTDIR`](crate::Errno::ENOTDIR), [`ELOOP`](crate::Errno::ELOOP): it was replaced meanwhile.
    /// - [`ENOBUFS`](crate::Errno::ENOBUFS): it is too deep for the buffer.
    /// - [`EINVAL`](crate::Errno::EINVAL): a name is too long for the buffer; see [`DirBuf`].
    /// - [`EIO`](crate::Errno::EIO): the file system broke.
    ///
    /// An error of going up more than 12 levels ends the traversal, above all
    /// [`ESTALE`](crate::Errno::ESTALE): a directory was moved elsewhere meanwhile.
    ///
    /// # Examples
    /// ```
    /// use rawos::fs::{self, DirBuf, Order};
    ///
    /// let mut buf = DirBuf::new();
    /// let mut tree = fs::traverse("/sys/class/mem", &mut buf)?;
    /// while let Some(visit) = tree.next() {
    ///     assert_eq!(visit?.order(), Order::Leaf);
    /// }
    /// assert!(tree.next().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[expect(clippy::should_implement_trait, reason = "an Iterator cannot lend its items")]
    #[inline]
    pub fn next(&mut self) -> Option<Result<Visit<'_>>> {
        let order = match self.advance() {
            Ok(order) => order?,
            Err(errno) => return Some(Err(errno)),
        };
        let level = self.levels.last()?;
        let record = level.record(self.buf).unwrap_or(Record::VANISHED);
        let entry = DirEntry::new(level.dir.as_fd(), record);
        Some(Ok(Visit { entry, order, depth: self.depth }))
    }
}

impl fmt::Debug for Traverse<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traverse").field("depth", &self.depth).finish_non_exhaustive()
    }
}
