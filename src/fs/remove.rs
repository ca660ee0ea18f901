//! Removing a whole tree, in fixed memory and without being led out of it.
//!
//! Everything is removed relative to an open directory that was reached from
//! the top through directories alone: a directory swapped for a symlink
//! meanwhile is not entered, and the symlink is removed itself.
#![forbid(unsafe_code)]

use super::{AtFlags, DirBuf, Mode, OFlags, Order, ftraverse, open, openat, unlinkat};
use crate::{
    Errno, Result,
    fd::AsFd,
    path::{PathLike, split_bytes},
    sys,
};

/// How often a tree is gone through that others add to meanwhile.
const PASSES: usize = 4;

/// Removes the directory `path` and everything in it, through `buf`.
///
/// Goes on after an error, so that as much is removed as can be; the first one
/// is returned. What others remove meanwhile is no error. What others add may
/// be removed too, or be left with an error. Symlinks are removed, never
/// followed; if `path` is one, that is an error, with a slash at its end too.
///
/// At most 16 descriptors, no heap; how deep a tree may be depends on the
/// size of `buf`, see [`traverse`](super::traverse()).
///
/// # Errors
/// - [`ENOENT`](Errno::ENOENT): there is no `path`.
/// - [`EINVAL`](Errno::EINVAL): `path` is `/`, or its last name `.` or `..`, which
///   no directory can be removed by; or it holds a NUL byte. Nothing is removed.
/// - [`ENOTDIR`](Errno::ENOTDIR), [`ELOOP`](Errno::ELOOP): it is no directory.
/// - [`EACCES`](Errno::EACCES), [`EPERM`](Errno::EPERM): something may not be
///   read or removed.
/// - [`EBUSY`](Errno::EBUSY): something is mounted in it.
/// - [`ENOTEMPTY`](Errno::ENOTEMPTY): others kept adding to it.
/// - The rest: those of [`Traverse::next`](super::Traverse::next) and [`unlinkat`].
///
/// # Python
/// `shutil.rmtree(path)`, which stops at the first error. It empties `/`, `.` and
/// `..`, and the directory that `link/` leads to, before it fails.
///
/// # See also
/// [unlinkat(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, DirBuf}};
///
/// assert_eq!(fs::remove_tree("/dev/null", &mut DirBuf::new()), Err(Errno::ENOTDIR));
/// ```
#[doc(alias = "rmtree")]
#[inline]
pub fn remove_tree<P: PathLike, const N: usize>(path: P, buf: &mut DirBuf<N>) -> Result<()> {
    path.with_c_str(|path| remove_named(path.to_bytes(), buf))
}

#[inline]
fn remove_named<const N: usize>(path: &[u8], buf: &mut DirBuf<N>) -> Result<()> {
    let end = path.iter().rposition(|byte| *byte != b'/').map_or(0, |last| last + 1);
    let (head, tail) = split_bytes(path.get(..end).unwrap_or_default());
    match tail {
        b"" if path.is_empty() => return Err(Errno::ENOENT),
        b"" | b"." | b".." => return Err(Errno::EINVAL),
        _ => {}
    }
    // Held open: the path may lead through what is removed (`top/a/../../top`).
    let mut place = sys::PathBuf::new();
    let head = if head.is_empty() { c"." } else { place.copy(head)? };
    let parent = open(head, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
    let name = place.copy(tail)?;
    let dir = openat(&parent, name, OFlags::DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
    let content = remove_content(&dir, false, buf);
    drop(dir);
    match (content, unlinkat(&parent, name, AtFlags::REMOVEDIR)) {
        (Err(errno), _) => Err(errno),
        (Ok(()), Err(Errno::ENOENT)) => Ok(()),
        (Ok(()), top) => top,
    }
}

/// Removes everything in the open directory `dir`, which stays, through `buf`.
///
/// With `one_file_system`, what is mounted in it is left, without an error,
/// and so are the directories that lead there; what counts as mounted, see
/// [`Traverse::one_file_system`](super::Traverse::one_file_system). As
/// [`remove_tree`] otherwise.
///
/// # Errors
/// Those of [`remove_tree`], and [`EBADF`](Errno::EBADF): `dir` is not open.
///
/// # Python
/// None; what a switch of root does to the old one.
///
/// # See also
/// [unlinkat(2)](https://man7.org/linux/man-pages/man2/unlink.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, DirBuf}};
///
/// let file = fs::open("/dev/null", fs::OFlags::RDONLY, fs::Mode::empty())?;
/// let content = fs::remove_content(&file, true, &mut DirBuf::new());
/// assert_eq!(content, Err(Errno::ENOTDIR));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn remove_content<Fd: AsFd, const N: usize>(
    dir: Fd,
    one_file_system: bool,
    buf: &mut DirBuf<N>,
) -> Result<()> {
    remove_content_but(dir, one_file_system, buf).map(drop)
}

/// As [`remove_content`], and whether something mounted was left.
#[inline]
pub(crate) fn remove_content_but<Fd: AsFd, const N: usize>(
    dir: Fd,
    one_file_system: bool,
    buf: &mut DirBuf<N>,
) -> Result<bool> {
    let dir = dir.as_fd();
    let mut result = Ok(false);
    for _ in 0..PASSES {
        let mut removed = 0;
        result = Ok(false);
        let fail = |result: &mut Result<bool>, errno| {
            // What is gone is what was wanted.
            if errno != Errno::ENOENT && result.is_ok() {
                *result = Err(errno);
            }
        };
        let mut tree = ftraverse(dir, buf)?;
        if one_file_system {
            tree = tree.one_file_system()?;
        }
        // Down to this depth, the directories entered lead to a mount point.
        let mut leading = 0;
        while let Some(visit) = tree.next() {
            let visit = match visit {
                Ok(visit) => visit,
                Err(errno) => {
                    fail(&mut result, errno);
                    continue;
                }
            };
            let above = visit.depth().saturating_sub(1);
            let flags = match visit.order() {
                Order::Enter => {
                    leading = leading.min(above);
                    continue;
                }
                Order::Leave => AtFlags::REMOVEDIR,
                Order::Leaf => AtFlags::empty(),
            };
            match unlinkat(visit.entry().dir_fd(), visit.entry().name(), flags) {
                Ok(()) => removed += 1,
                Err(Errno::EBUSY) if one_file_system => {
                    leading = leading.max(above);
                    result = result.map(|_| true);
                }
                Err(Errno::ENOTEMPTY) if above < leading => {}
                Err(errno) => fail(&mut result, errno),
            }
        }
        match result {
            // Something was added, or came to light as others were removed.
            Err(Errno::ENOTEMPTY) if removed > 0 => {}
            _ => break,
        }
    }
    result
}
