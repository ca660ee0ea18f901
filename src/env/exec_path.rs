//! Where programs are looked for.
#![forbid(unsafe_code)]

use core::iter::FusedIterator;

use super::Environ;
use crate::path::DEFPATH;

/// The directories in which a program is looked for by its name: those of
/// `PATH` in `environ`, or of [`DEFPATH`] if there is no `PATH`.
///
/// An empty one is the current directory. An empty `PATH` is one empty
/// directory.
///
/// # Python
/// `os.get_exec_path(env)`; without argument,
/// `get_exec_path(&environ()?)`.
///
/// # Examples
/// ```
/// use rawos::env::{self, Environ};
///
/// let environ = Environ::new(b"PATH=/sbin::/bin\0");
/// assert!(env::get_exec_path(&environ).eq([&b"/sbin"[..], b"", b"/bin"]));
/// assert!(env::get_exec_path(&Environ::new(b"")).eq([b"/bin", &b"/usr/bin"[..]]));
/// ```
#[must_use]
#[inline]
pub fn get_exec_path<'a>(environ: &'a Environ<'_>) -> ExecPath<'a> {
    ExecPath(Some(environ.get("PATH").unwrap_or(DEFPATH.as_bytes())))
}

/// The iterator that [`get_exec_path`] returns.
///
/// # Examples
/// ```
/// use rawos::env::ExecPath;
///
/// let mut dirs = ExecPath::new(b"/usr/bin:/bin");
/// assert_eq!(dirs.next(), Some(&b"/usr/bin"[..]));
/// assert_eq!(dirs.next(), Some(&b"/bin"[..]));
/// assert_eq!(dirs.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct ExecPath<'a>(Option<&'a [u8]>);

impl<'a> ExecPath<'a> {
    /// The directories in `path`, which `:` divides.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::ExecPath;
    ///
    /// assert!(ExecPath::new(b"/a:/b").eq([b"/a", b"/b"]));
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(path: &'a [u8]) -> Self {
        Self(Some(path))
    }
}

impl<'a> Iterator for ExecPath<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let mut parts = self.0?.splitn(2, |byte| *byte == b':');
        let first = parts.next();
        self.0 = parts.next();
        first
    }
}

impl FusedIterator for ExecPath<'_> {}
