//! Whole chains of directories: made, removed, renamed.
//!
//! Python's functions call themselves for the parent; these walk the same
//! steps over the prefixes of one copy of the path, on the stack.
#![forbid(unsafe_code)]

use super::{AtFlags, Mode, stat};
use crate::{
    Errno, Result,
    fd::CWD,
    path::{PathLike, split_bytes},
    sys::{self, Prefixes},
};

/// 0o777, which Python gives to parents.
const PARENTS: Mode = Mode::IRWXU.union(Mode::IRWXG).union(Mode::IRWXO);

/// Creates the directory `path`, and those of its parents that are missing.
///
/// `mode` is for the last directory; parents get 0o777, and the kernel clears
/// the bits of the umask from both. With `exist_ok`, a directory that exists
/// already is no error, whatever its mode. A parent that somebody else makes
/// meanwhile never is. After an error, the parents made so far stay.
///
/// A `.` at the end is `path` without it if the directory was missing. As in
/// Python, `..` is left to the kernel: `a/../b` makes `a` as well.
///
/// # Errors
/// - [`EEXIST`](Errno::EEXIST): something has that name; with `exist_ok`, and
///   it is no directory.
/// - [`ENOTDIR`](Errno::ENOTDIR): a parent is no directory.
/// - [`ENOENT`](Errno::ENOENT): `path` is empty, or a parent is a dangling symlink.
/// - [`ENAMETOOLONG`](Errno::ENAMETOOLONG): `path` has 4096 bytes or more;
///   nothing is made.
/// - [`EINVAL`](Errno::EINVAL): `path` holds a NUL byte; nothing is made.
/// - The rest: mkdir(2).
///
/// # Python
/// `os.makedirs(path, mode=0o777, exist_ok=False)`. Python makes the parents
/// before it raises for a name that is too long or holds a NUL byte.
///
/// # See also
/// [mkdir(2)](https://man7.org/linux/man-pages/man2/mkdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// let name = format!("{}/rawos-doc-{}", std::env::temp_dir().display(), std::process::id());
/// let path = format!("{name}/a/b");
/// assert_eq!(fs::makedirs(path.as_str(), Mode::IRWXU, false), Ok(()));
/// assert_eq!(fs::makedirs(path.as_str(), Mode::IRWXU, false), Err(Errno::EEXIST));
/// assert_eq!(fs::makedirs(path.as_str(), Mode::IRWXU, true), Ok(()));
/// # std::fs::remove_dir_all(name).unwrap();
/// ```
#[inline]
pub fn makedirs<P: PathLike>(path: P, mode: Mode, exist_ok: bool) -> Result<()> {
    let mut buf = sys::PathBuf::new();
    let mut path = buf.prefixes(path.fspath())?;
    let len = path.bytes().len();
    make(&mut path, len, mode, exist_ok)
}

/// Removes the empty directory `path`, then its parents, from the last one up,
/// until one cannot be removed.
///
/// # Errors
/// Those of [`rmdir`](super::rmdir), about `path` itself; and
/// [`ENAMETOOLONG`](Errno::ENAMETOOLONG): it has 4096 bytes or more.
///
/// # Python
/// `os.removedirs(path)`.
///
/// # See also
/// [rmdir(2)](https://man7.org/linux/man-pages/man2/rmdir.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// let name = format!("{}/rawos-doc-rm-{}", std::env::temp_dir().display(), std::process::id());
/// let path = format!("{name}/a/b");
/// fs::makedirs(path.as_str(), Mode::IRWXU, false)?;
/// fs::mkdir(format!("{name}/keep").as_str(), Mode::IRWXU)?;
/// assert_eq!(fs::removedirs(path.as_str()), Ok(()));
/// assert_eq!(fs::stat(format!("{name}/a").as_str()).err(), Some(Errno::ENOENT));
/// assert_eq!(fs::removedirs(path.as_str()), Err(Errno::ENOENT));
/// # std::fs::remove_dir_all(name).unwrap();
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn removedirs<P: PathLike>(path: P) -> Result<()> {
    let mut buf = sys::PathBuf::new();
    let mut path = buf.prefixes(path.fspath())?;
    let len = path.bytes().len();
    remove(&mut path, len)
}

/// Renames `old` to `new`: makes the parents of `new` that are missing, and
/// afterwards removes those of `old` that are empty.
///
/// As [`rename`](super::rename) otherwise. After an error, the parents made so
/// far stay. What goes wrong with the parents of `old` is no error.
///
/// # Errors
/// Those of [`makedirs`] (without `exist_ok`) about the parents of `new`, and
/// those of [`rename`](super::rename);
/// [`ENAMETOOLONG`](Errno::ENAMETOOLONG): a path has 4096 bytes or more.
///
/// # Python
/// `os.renames(old, new)`.
///
/// # See also
/// [rename(2)](https://man7.org/linux/man-pages/man2/rename.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fs::{self, Mode}};
///
/// let name = format!("{}/rawos-doc-mv-{}", std::env::temp_dir().display(), std::process::id());
/// let (old, new) = (format!("{name}/a/b/file"), format!("{name}/c/d/file"));
/// fs::makedirs(format!("{name}/a/b").as_str(), Mode::IRWXU, false)?;
/// std::fs::write(old.as_str(), "x").unwrap();
/// assert_eq!(fs::renames(old.as_str(), new.as_str()), Ok(()));
/// assert!(fs::stat(new.as_str()).is_ok());
/// assert_eq!(fs::stat(format!("{name}/a").as_str()).err(), Some(Errno::ENOENT));
/// # std::fs::remove_dir_all(name).unwrap();
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn renames<P: PathLike, Q: PathLike>(old: P, new: Q) -> Result<()> {
    let (mut old_buf, mut new_buf) = (sys::PathBuf::new(), sys::PathBuf::new());
    let mut old = old_buf.prefixes(old.fspath())?;
    let mut new = new_buf.prefixes(new.fspath())?;
    rename(&mut old, &mut new)
}

#[inline]
fn rename(old: &mut Prefixes<'_>, new: &mut Prefixes<'_>) -> Result<()> {
    // Unlike in the other two, a slash at the end is not looked behind.
    if let Some(head) = head(new.bytes())
        && !exists(new, head)
    {
        make(new, head, PARENTS, false)?;
    }
    let (old_len, new_len) = (old.bytes().len(), new.bytes().len());
    old.with(old_len, |old| new.with(new_len, |new| sys::fs::renameat2(CWD, old, CWD, new, 0)))?;
    if let Some(head) = head(old.bytes()) {
        let _ = remove(old, head);
    }
    Ok(())
}

/// Makes the first `len` bytes of `path`.
#[inline]
fn make(path: &mut Prefixes<'_>, len: usize, mode: Mode, exist_ok: bool) -> Result<()> {
    // Down: to the shortest prefix whose parent exists.
    let mut end = len;
    while let Some(head) = parent(&path.bytes()[..end])
        && !exists(path, head)
    {
        end = head;
    }
    // Up again. What Python's inner calls return is handled on the way.
    loop {
        let leaf = end == len;
        match make_one(path, end, if leaf { mode } else { PARENTS }, exist_ok) {
            result if leaf => return result,
            // `EEXIST`: somebody else was faster.
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(errno) => return Err(errno),
        }
        // A `.` whose directory was just made is made as well.
        let mut dot = true;
        while dot {
            if end == len {
                return Ok(());
            }
            (end, dot) = child(&path.bytes()[..len], end);
        }
    }
}

#[inline]
fn make_one(path: &mut Prefixes<'_>, len: usize, mode: Mode, exist_ok: bool) -> Result<()> {
    path.with(len, |path| {
        sys::fs::mkdirat(CWD, path, mode).or_else(|errno| {
            // Not only after `EEXIST`: the kernel may say `EROFS` first.
            let is_dir = exist_ok && stat(path).is_ok_and(|stat| stat.file_type().is_dir());
            if is_dir { Ok(()) } else { Err(errno) }
        })
    })
}

/// Removes the first `len` bytes of `path`, then their parents.
#[inline]
fn remove(path: &mut Prefixes<'_>, len: usize) -> Result<()> {
    remove_one(path, len)?;
    let mut next = parent(&path.bytes()[..len]);
    while let Some(len) = next
        && remove_one(path, len).is_ok()
    {
        next = head(&path.bytes()[..len]);
    }
    Ok(())
}

#[inline]
fn remove_one(path: &mut Prefixes<'_>, len: usize) -> Result<()> {
    path.with(len, |path| sys::fs::unlinkat(CWD, path, AtFlags::REMOVEDIR))
}

/// `os.path.exists` on the first `len` bytes: any error is a no.
#[inline]
fn exists(path: &mut Prefixes<'_>, len: usize) -> bool {
    path.with(len, |path| stat(path).is_ok())
}

/// The length of what is before the last name, if both are there.
#[inline]
fn head(path: &[u8]) -> Option<usize> {
    let (head, tail) = split_bytes(path);
    (!head.is_empty() && !tail.is_empty()).then_some(head.len())
}

/// As [`head`], without the slashes at the end.
#[inline]
fn parent(path: &[u8]) -> Option<usize> {
    let (head_of_all, tail) = split_bytes(path);
    head(if tail.is_empty() { head_of_all } else { path })
}

/// The reverse of [`parent`]: the length of the prefix of `path` whose parent
/// has `len` bytes, and whether its name is `.`.
#[inline]
fn child(path: &[u8], len: usize) -> (usize, bool) {
    let is_slash = |byte: &u8| *byte == b'/';
    let rest = &path[len..];
    let start = rest.iter().position(|byte| !is_slash(byte)).unwrap_or(rest.len());
    let name = rest[start..].split(is_slash).next().unwrap_or_default();
    let end = start + name.len();
    let is_last = rest[end..].iter().all(is_slash);
    (if is_last { path.len() } else { len + end }, name == b".")
}
