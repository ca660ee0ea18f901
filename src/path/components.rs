//! The names in a path, by the rules of Python's `os.path`.
//!
//! On bytes alone: no file is looked at, so `..` stays, and `a/..` may be
//! anywhere if `a` is a symlink.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::vec::Vec;
use core::iter::FusedIterator;

use super::{FsStr, PathLike};
use crate::{Errno, Result};

/// How many slashes `path` begins with.
#[inline]
fn slashes(path: &[u8]) -> usize {
    path.iter().take_while(|byte| **byte == b'/').count()
}

/// `path` without the slashes at its end.
#[inline]
fn trim_end(path: &[u8]) -> &[u8] {
    let trailing = path.iter().rev().take_while(|byte| **byte == b'/').count();
    &path[..path.len() - trailing]
}

/// Where the last name of `path` begins.
#[inline]
fn last(path: &[u8]) -> usize {
    path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1)
}

/// [`split`] on bytes. The head is a prefix of `path`, the tail its end.
#[inline]
pub(crate) fn split_bytes(path: &[u8]) -> (&[u8], &[u8]) {
    let (head, tail) = path.split_at(last(path));
    let trimmed = trim_end(head);
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// Splits `path` after its last slash: what is before, and the last name.
///
/// The name is empty if `path` ends with a slash. Slashes at the end of what
/// is before are cut off, unless there is nothing else.
///
/// # Python
/// `os.path.split(path)`.
///
/// # Examples
/// ```
/// use rawos::path::split;
///
/// let (head, tail) = split("/usr//lib");
/// assert_eq!(head, "/usr");
/// assert_eq!(tail, "lib");
/// assert_eq!(split("lib/").1, "");
/// assert_eq!(split("//lib").0, "//");
/// ```
#[must_use]
#[inline]
pub fn split<P: PathLike + ?Sized>(path: &P) -> (FsStr<'_>, FsStr<'_>) {
    let (head, tail) = split_bytes(path.fspath());
    (FsStr(head), FsStr(tail))
}

/// The last name of `path`, empty if it ends with a slash.
///
/// # Python
/// `os.path.basename(path)`.
///
/// # See also
/// [basename(1)](https://man7.org/linux/man-pages/man1/basename.1.html), which
/// ignores slashes at the end.
///
/// # Examples
/// ```
/// use rawos::path::basename;
///
/// assert_eq!(basename("/usr/lib"), "lib");
/// assert_eq!(basename("/usr/lib/"), "");
/// ```
#[must_use]
#[inline]
pub fn basename<P: PathLike + ?Sized>(path: &P) -> FsStr<'_> {
    split(path).1
}

/// What is before the last name of `path`; empty for a name alone.
///
/// # Python
/// `os.path.dirname(path)`.
///
/// # Examples
/// ```
/// use rawos::path::dirname;
///
/// assert_eq!(dirname("/usr/lib"), "/usr");
/// assert_eq!(dirname("lib"), "");
/// ```
#[must_use]
#[inline]
pub fn dirname<P: PathLike + ?Sized>(path: &P) -> FsStr<'_> {
    split(path).0
}

/// What [`join`] puts one after the other.
#[inline]
fn joined<'a>(a: &'a [u8], b: &'a [u8]) -> [&'a [u8]; 3] {
    match (a.last(), b.first()) {
        (_, Some(b'/')) => [b"", b"", b],
        (None | Some(b'/'), _) => [a, b"", b],
        _ => [a, b"/", b],
    }
}

/// Writes `a`, a slash if one is needed, and `b` into `buf`, and returns them.
///
/// If `b` begins with a slash, it is the result alone. An empty `b` leaves the
/// slash after `a`. 4095 bytes hold every path that the kernel takes.
///
/// # Errors
/// [`ENAMETOOLONG`](Errno::ENAMETOOLONG): `buf` is too small; how much of it
/// was written is not said.
///
/// # Python
/// `os.path.join(a, b)`.
///
/// # Examples
/// ```
/// use rawos::{Errno, path::join};
///
/// let mut buf = [0; 64];
/// assert_eq!(join(&mut buf, "/usr", "lib")?, "/usr/lib");
/// assert_eq!(join(&mut buf, "/usr/", "lib")?, "/usr/lib");
/// assert_eq!(join(&mut buf, "/usr", "/lib")?, "/lib");
/// assert_eq!(join(&mut [0; 7], "/usr", "lib"), Err(Errno::ENAMETOOLONG));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn join<P: PathLike, Q: PathLike>(buf: &mut [u8], a: P, b: Q) -> Result<FsStr<'_>> {
    let mut len = 0;
    for part in joined(a.fspath(), b.fspath()) {
        let room = buf[len..].get_mut(..part.len()).ok_or(Errno::ENAMETOOLONG)?;
        room.copy_from_slice(part);
        len += part.len();
    }
    Ok(FsStr(&buf[..len]))
}

/// `a`, a slash if one is needed, and `b`: [`join`] on the heap.
///
/// # Python
/// `os.path.join(a, b)`.
///
/// # Examples
/// ```
/// use rawos::path::join_vec;
///
/// assert_eq!(join_vec("/usr", "lib"), b"/usr/lib");
/// assert_eq!(join_vec("/usr", ""), b"/usr/");
/// ```
#[cfg(feature = "alloc")]
#[must_use]
#[inline]
pub fn join_vec<P: PathLike, Q: PathLike>(a: P, b: Q) -> Vec<u8> {
    joined(a.fspath(), b.fspath()).concat()
}

/// The names in `path`, from the first to the last.
///
/// The slashes that an absolute path begins with come first, as one item. `.`
/// and `..` are names; slashes between names and at the end are not.
///
/// # Python
/// None; what repeated `os.path.split` finds from the end, without the empty
/// strings.
///
/// # Examples
/// ```
/// use rawos::path::components;
///
/// assert!(components("/usr//lib/.././x/").eq(["/", "usr", "lib", "..", ".", "x"]));
/// assert!(components("x").rev().eq(["x"]));
/// assert!(components("").next().is_none());
/// ```
#[must_use]
#[inline]
pub fn components<P: PathLike + ?Sized>(path: &P) -> Components<'_> {
    let path = path.fspath();
    let (root, names) = path.split_at(slashes(path));
    Components { root, names }
}

/// The iterator of [`components`].
///
/// # Examples
/// ```
/// use rawos::path::components;
///
/// let mut parts = components("/usr/share/doc");
/// assert_eq!(parts.next().map(|part| part.as_bytes()), Some(&b"/"[..]));
/// assert_eq!(parts.next_back().map(|part| part.as_bytes()), Some(&b"doc"[..]));
/// assert!(parts.eq(["usr", "share"]));
/// ```
#[derive(Clone, Debug)]
pub struct Components<'a> {
    /// The slashes of an absolute path, empty once they were given.
    root: &'a [u8],
    /// What neither end has given yet.
    names: &'a [u8],
}

impl<'a> Iterator for Components<'a> {
    type Item = FsStr<'a>;

    #[inline]
    fn next(&mut self) -> Option<FsStr<'a>> {
        if !self.root.is_empty() {
            return Some(FsStr(core::mem::take(&mut self.root)));
        }
        let names = &self.names[slashes(self.names)..];
        let end = names.iter().position(|byte| *byte == b'/').unwrap_or(names.len());
        let (name, rest) = names.split_at(end);
        self.names = rest;
        (!name.is_empty()).then_some(FsStr(name))
    }
}

impl DoubleEndedIterator for Components<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        let names = trim_end(self.names);
        let (rest, name) = names.split_at(last(names));
        self.names = rest;
        if name.is_empty() && !self.root.is_empty() {
            return Some(FsStr(core::mem::take(&mut self.root)));
        }
        (!name.is_empty()).then_some(FsStr(name))
    }
}

impl FusedIterator for Components<'_> {}
