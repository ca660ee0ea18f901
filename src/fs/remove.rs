//! Removing a whole tree, in fixed memory and without being led out of it.
//!
//! Everything is removed relative to an open directory that was reached from
//! the top through directories alone: a directory swapped for a symlink
//! meanwhile is not entered, and the symlink is removed itself.
#![forbid(unsafe_code)]

use super::{AtFlags, DirBuf, Mode, OFlags, Order, ftraverse, open, rmdir, unlinkat};
use crate::{
    Errno, Result,
    fd::AsFd,
    path::{self, PathLike},
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
/// - [`ENOTDIR`](Errno::ENOTDIR), [`ELOOP`](Errno::ELOOP): it is no directory.
/// - [`EINVAL`](Errno::EINVAL): it ends with `.` or `..`; or a NUL byte in it.
/// - [`EACCES`](Errno::EACCES), [`EPERM`](Errno::EPERM): something may not be
///   read or removed.
/// - [`EBUSY`](Errno::EBUSY): something is mounted in it.
/// - [`ENOTEMPTY`](Errno::ENOTEMPTY): others kept adding to it.
/// - The rest: those of [`Traverse::next`](super::Traverse::next) and [`unlinkat`].
///
/// # Python
/// `shutil.rmtree(path)`, which stops at the first error.
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
    // A slash at the end, or a dot after it, would follow a symlink before.
    let bytes = path.fspath();
    let end = bytes.iter().rposition(|byte| *byte != b'/').map_or(1, |last| last + 1);
    let name = bytes.get(..end).unwrap_or(bytes);
    if matches!(path::split_bytes(name).1, b"." | b"..") {
        return Err(Errno::EINVAL);
    }
    name.with_c_str(|path| {
        let dir = open(path, OFlags::DIRECTORY | OFlags::NOFOLLOW, Mode::empty())?;
        let content = remove_content(&dir, false, buf);
        drop(dir);
        match (content, rmdir(path)) {
            (Err(errno), _) => Err(errno),
            (Ok(()), Err(Errno::ENOENT)) => Ok(()),
            (Ok(()), top) => top,
        }
    })
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
