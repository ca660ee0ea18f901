//! An environment to change, on the heap.
#![forbid(unsafe_code)]

use alloc::{ffi::CString, vec::Vec};
use core::fmt;

use super::{Environ, Iter, environ::split};
use crate::{
    Errno, Result,
    path::PathLike,
    sys::env::{Block, Owned},
};

/// An environment on the heap, to be changed and given to a program.
///
/// It always has the form that a program is started with, so
/// [`as_environ`](Self::as_environ) costs nothing.
///
/// # Python
/// `os.environb.copy()`, a `dict` for `env=`.
///
/// # Examples
/// ```
/// use rawos::env::EnvironBuf;
///
/// let mut environ = EnvironBuf::new();
/// environ.set("LANG", "C")?;
/// environ.set("HOME", "/")?;
/// environ.remove("LANG")?;
/// assert!(environ.iter().eq([(&b"HOME"[..], &b"/"[..])]));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Default)]
pub struct EnvironBuf(Owned);

impl EnvironBuf {
    /// An environment without variables.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::env::EnvironBuf::new().iter().count(), 0);
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(Owned::new())
    }

    /// A copy of `environ`, of a name that comes twice too; strings that are no
    /// variables are left out.
    ///
    /// # Errors
    /// [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
    ///
    /// # Python
    /// `os.environb.copy()`.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::{Environ, EnvironBuf};
    ///
    /// let mut copy = EnvironBuf::copy(&Environ::new(b"A=1\0"))?;
    /// copy.set("A", "2")?;
    /// assert_eq!(copy.get("A"), Some(&b"2"[..]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn copy(environ: &Environ<'_>) -> Result<Self> {
        let mut copy = Self::new();
        for (name, value) in environ {
            copy.append(name, value)?;
        }
        Ok(copy)
    }

    /// Appends a variable, whatever its name.
    #[inline]
    pub(super) fn append(&mut self, name: &[u8], value: &[u8]) -> Result<()> {
        self.0.push(join(name, value)?)
    }

    /// The value of the variable `name`, the first if there are several;
    /// `None` if there is none.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::env::EnvironBuf::new().get("HOME"), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn get<N: PathLike>(&self, name: N) -> Option<&[u8]> {
        self.position(name.fspath()).map(|index| self.value_at(index))
    }

    /// Makes `value` the value of the variable `name`, which keeps its place
    /// if it has one and comes last if not. Of several, the first keeps it and
    /// the others are removed: whoever reads may take any of them.
    ///
    /// # Errors
    /// - [`EINVAL`](Errno::EINVAL): `name` is empty, or holds `=` or NUL, or
    ///   `value` holds NUL.
    /// - [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
    ///
    /// # Python
    /// `environ[name] = value`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, env::EnvironBuf};
    ///
    /// let mut environ = EnvironBuf::new();
    /// assert_eq!(environ.set("A=B", "C"), Err(Errno::EINVAL));
    /// assert_eq!(environ.set("A", "B=C"), Ok(()));
    /// assert_eq!(environ.get("A"), Some(&b"B=C"[..]));
    /// ```
    #[inline]
    pub fn set<N: PathLike, V: PathLike>(&mut self, name: N, value: V) -> Result<()> {
        let name = valid(name.fspath())?;
        let string = join(name, value.fspath())?;
        match self.position(name) {
            Some(index) => {
                self.0.replace(index, string);
                while let Some(again) = self.position_from(index + 1, name) {
                    self.0.remove(again);
                }
                Ok(())
            }
            None => self.0.push(string),
        }
    }

    /// Removes the variable `name`, as often as it is there; none is no error.
    ///
    /// # Errors
    /// [`EINVAL`](Errno::EINVAL): `name` is empty, or holds `=` or NUL.
    ///
    /// # Python
    /// `environ.pop(name, None)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::{Environ, EnvironBuf};
    ///
    /// let mut environ = EnvironBuf::copy(&Environ::new(b"A=1\0B=2\0A=3\0"))?;
    /// environ.remove("A")?;
    /// assert!(environ.iter().eq([(&b"B"[..], &b"2"[..])]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn remove<N: PathLike>(&mut self, name: N) -> Result<()> {
        let name = valid(name.fspath())?;
        while let Some(index) = self.position(name) {
            self.0.remove(index);
        }
        Ok(())
    }

    /// The variables, as name and value, in their order.
    ///
    /// # Examples
    /// ```
    /// let mut environ = rawos::env::EnvironBuf::new();
    /// environ.set("A", "1")?;
    /// assert!(environ.iter().eq([(&b"A"[..], &b"1"[..])]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        Iter::of(self.block())
    }

    /// The environment to read, and to start a program with.
    ///
    /// # Examples
    /// ```
    /// let mut environ = rawos::env::EnvironBuf::new();
    /// environ.set("A", "1")?;
    /// assert_eq!(environ.as_environ().get("A"), Some(&b"1"[..]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_environ(&self) -> Environ<'_> {
        Environ::block(self.block())
    }

    #[inline]
    pub(super) fn block(&self) -> Block<'_> {
        self.0.block()
    }

    /// The string at `index`, which is a variable.
    #[inline]
    pub(super) fn value_at(&self, index: usize) -> &[u8] {
        let string = self.0.strings().get(index).map(|string| string.as_bytes());
        string.and_then(split).unwrap_or_default().1
    }

    /// Where the first variable `name` is.
    #[inline]
    pub(super) fn position(&self, name: &[u8]) -> Option<usize> {
        self.position_from(0, name)
    }

    /// Where the first variable `name` is, at `start` or after.
    #[inline]
    fn position_from(&self, start: usize, name: &[u8]) -> Option<usize> {
        if name.contains(&b'=') {
            return None;
        }
        let is = |string: &CString| {
            string.as_bytes().strip_prefix(name).is_some_and(|rest| rest.starts_with(b"="))
        };
        let rest = self.0.strings().get(start..)?;
        rest.iter().position(is).map(|index| start + index)
    }
}

impl fmt::Debug for EnvironBuf {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_environ().fmt(f)
    }
}

impl<'a> IntoIterator for &'a EnvironBuf {
    type Item = (&'a [u8], &'a [u8]);
    type IntoIter = Iter<'a>;

    #[inline]
    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// `name`, if a variable may be called that.
#[inline]
fn valid(name: &[u8]) -> Result<&[u8]> {
    match name.is_empty() || name.contains(&b'=') || name.contains(&0) {
        true => Err(Errno::EINVAL),
        false => Ok(name),
    }
}

/// The string of the variable.
#[inline]
fn join(name: &[u8], value: &[u8]) -> Result<CString> {
    let mut string = Vec::new();
    let len = [name.len(), value.len(), 2].iter().try_fold(0, |sum: usize, n| sum.checked_add(*n));
    string.try_reserve_exact(len.ok_or(Errno::ENOMEM)?).map_err(|_| Errno::ENOMEM)?;
    string.extend_from_slice(name);
    string.push(b'=');
    string.extend_from_slice(value);
    string.push(0);
    CString::from_vec_with_nul(string).map_err(|_| Errno::EINVAL)
}
