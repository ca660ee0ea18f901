//! The strings that a new program is given: arguments and environment, as
//! arrays of pointers that are made before anything is forked or replaced.
#![forbid(unsafe_code)]

use core::{ffi::CStr, fmt};

#[cfg(feature = "alloc")]
use crate::env::EnvironBuf;
use crate::{
    Errno, Result,
    env::Environ,
    sys::{env::Block, strings::Pointers},
};

/// How many strings an [`Environ`] that is one text may have here.
const TEXT_STRINGS: usize = 1024;

/// The arguments or the environment of a program to start, in any of the forms
/// that one has them in.
///
/// | feature | types, and references to them |
/// |---|---|
/// | none | `[&CStr; N]`, [`Argv`], [`Environ`] |
/// | `alloc` | `ArgvBuf`, `EnvironBuf` |
///
/// None of them is copied but for an array, whose pointers are, to the stack.
/// An [`Environ`] that is one text has its pointers made on the stack too:
/// [`E2BIG`](Errno::E2BIG) for more than 1024 strings,
/// [`EINVAL`](Errno::EINVAL) for a last one without NUL.
///
/// The trait is sealed: only this crate implements it.
///
/// # Python
/// The sequence `args`, and the mapping `env`.
///
/// # Examples
/// ```
/// use rawos::process::{WaitOptions, SpawnOptions, posix_spawn, waitpid};
///
/// let (argv, env) = ([c"sh", c"-c", c"exit $N"], [c"N=7"]);
/// let pid = posix_spawn("/bin/sh", argv, env, &SpawnOptions::new())?;
/// let (_, status) = waitpid(pid, WaitOptions::empty())?.unwrap();
/// assert_eq!(status.exit_status(), Some(7));
/// # Ok::<(), rawos::Errno>(())
/// ```
pub trait ExecStrings: private::Sealed {
    /// Calls `then` with the strings as the kernel takes them.
    #[doc(hidden)]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T>;
}

mod private {
    pub trait Sealed {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
    impl<const N: usize> Sealed for [&core::ffi::CStr; N] {}
    impl<const N: usize> Sealed for super::Argv<'_, N> {}
    impl Sealed for super::Environ<'_> {}
    #[cfg(feature = "alloc")]
    impl Sealed for super::ArgvBuf {}
    #[cfg(feature = "alloc")]
    impl Sealed for super::EnvironBuf {}
}

impl<S: ExecStrings + ?Sized> ExecStrings for &S {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        (**self).with_block(then)
    }
}

impl<const N: usize> ExecStrings for [&CStr; N] {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        let mut pointers = Pointers::<N>::new();
        for string in self {
            // There are N, so it fits.
            pointers.push(string);
        }
        then(pointers.block())
    }
}

impl<const N: usize> ExecStrings for Argv<'_, N> {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        then(self.0.block())
    }
}

impl ExecStrings for Environ<'_> {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        let mut text = match self.as_block() {
            Ok(block) => return then(block),
            Err(text) => text,
        };
        let mut pointers = Pointers::<TEXT_STRINGS>::new();
        while !text.is_empty() {
            let string = CStr::from_bytes_until_nul(text).map_err(|_| Errno::EINVAL)?;
            if !pointers.push(string) {
                return Err(Errno::E2BIG);
            }
            text = text.get(string.count_bytes() + 1..).unwrap_or_default();
        }
        then(pointers.block())
    }
}

#[cfg(feature = "alloc")]
impl ExecStrings for EnvironBuf {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        self.as_environ().with_block(then)
    }
}

#[cfg(feature = "alloc")]
impl ExecStrings for ArgvBuf {
    #[inline]
    fn with_block<T>(&self, then: impl FnOnce(Block<'_>) -> Result<T>) -> Result<T> {
        then(self.0.block())
    }
}

/// A list of up to `N` strings for a new program, without heap: arguments, or
/// an environment of `NAME=value`.
///
/// It holds pointers, `N + 2` words, and borrows the strings.
///
/// # Python
/// The sequence `args` of `os.execv` and its kin.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::Argv};
///
/// let mut argv = Argv::<2>::new();
/// argv.push(c"ls")?;
/// argv.push(c"-l")?;
/// assert_eq!(argv.push(c"/"), Err(Errno::E2BIG));
/// assert_eq!(argv.len(), 2);
/// # Ok::<(), Errno>(())
/// ```
#[derive(Clone, Copy)]
pub struct Argv<'a, const N: usize>(Pointers<'a, N>);

impl<'a, const N: usize> Argv<'a, N> {
    /// No strings.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::Argv::<8>::new().is_empty());
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        Self(Pointers::new())
    }

    /// The list of `strings`.
    ///
    /// # Errors
    /// [`E2BIG`](Errno::E2BIG): there are more than `N`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::Argv;
    ///
    /// let words = [c"a", c"b", c"c"];
    /// assert_eq!(Argv::<8>::from_slice(&words[1..])?.len(), 2);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn from_slice(strings: &[&'a CStr]) -> Result<Self> {
        let mut list = Self::new();
        strings.iter().try_for_each(|string| list.push(string))?;
        Ok(list)
    }

    /// Appends `string`.
    ///
    /// # Errors
    /// [`E2BIG`](Errno::E2BIG): there are `N` strings already.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, process::Argv};
    ///
    /// assert_eq!(Argv::<1>::new().push(c"x"), Ok(()));
    /// assert_eq!(Argv::<0>::new().push(c"x"), Err(Errno::E2BIG));
    /// ```
    #[inline]
    pub const fn push(&mut self, string: &'a CStr) -> Result<()> {
        if self.0.push(string) { Ok(()) } else { Err(Errno::E2BIG) }
    }

    /// How many strings there are.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::process::Argv::<8>::new().len(), 0);
    /// ```
    #[inline]
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no string.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::Argv::<8>::new().is_empty());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The strings, in their order.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::Argv;
    ///
    /// let argv = Argv::<4>::from_slice(&[c"a", c"b"])?;
    /// assert!(argv.iter().eq([c"a", c"b"]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = &CStr> {
        self.0.block().iter()
    }
}

impl<const N: usize> Default for Argv<'_, N> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Debug for Argv<'_, N> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A list of strings for a new program, on the heap: arguments, or an
/// environment of `NAME=value`.
///
/// # Python
/// The list `args` of `os.execv` and its kin.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::ArgvBuf};
///
/// let mut argv = ArgvBuf::new();
/// argv.push("ls")?;
/// argv.push(b"-l")?;
/// assert_eq!(argv.push("a\0b"), Err(Errno::EINVAL));
/// assert_eq!(argv.len(), 2);
/// # Ok::<(), Errno>(())
/// ```
#[cfg(feature = "alloc")]
#[derive(Default)]
pub struct ArgvBuf(crate::sys::env::Owned);

#[cfg(feature = "alloc")]
impl ArgvBuf {
    /// No strings.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::ArgvBuf::new().is_empty());
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(crate::sys::env::Owned::new())
    }

    /// The list of `strings`, copied.
    ///
    /// # Errors
    /// Those of [`push`](Self::push).
    ///
    /// # Examples
    /// ```
    /// use rawos::process::ArgvBuf;
    ///
    /// assert_eq!(ArgvBuf::copy(["a", "b"])?.len(), 2);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn copy<S: AsRef<[u8]>>(strings: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut list = Self::new();
        strings.into_iter().try_for_each(|string| list.push(string))?;
        Ok(list)
    }

    /// Appends a copy of `string`, any bytes without NUL.
    ///
    /// # Errors
    /// - [`EINVAL`](Errno::EINVAL): there is a NUL in it.
    /// - [`ENOMEM`](Errno::ENOMEM): there is no memory for it.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::ArgvBuf;
    ///
    /// let mut argv = ArgvBuf::new();
    /// assert_eq!(argv.push(b"caf\xe9"), Ok(()));
    /// ```
    #[inline]
    pub fn push<S: AsRef<[u8]>>(&mut self, string: S) -> Result<()> {
        let string = string.as_ref();
        if string.contains(&0) {
            return Err(Errno::EINVAL);
        }
        let mut copy = alloc::vec::Vec::new();
        copy.try_reserve_exact(string.len() + 1).map_err(|_| Errno::ENOMEM)?;
        copy.extend_from_slice(string);
        self.0.push(alloc::ffi::CString::new(copy).map_err(|_| Errno::EINVAL)?)
    }

    /// How many strings there are.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::process::ArgvBuf::new().len(), 0);
    /// ```
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.0.strings().len()
    }

    /// Whether there is no string.
    ///
    /// # Examples
    /// ```
    /// assert!(rawos::process::ArgvBuf::new().is_empty());
    /// ```
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.strings().is_empty()
    }

    /// The strings, in their order.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::ArgvBuf;
    ///
    /// assert!(ArgvBuf::copy(["a", "b"])?.iter().eq([c"a", c"b"]));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = &CStr> {
        self.0.strings().iter().map(alloc::ffi::CString::as_c_str)
    }
}

#[cfg(feature = "alloc")]
impl fmt::Debug for ArgvBuf {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// That there is a first argument, and that there is something in it where
/// Python wants that.
#[inline]
pub(super) fn check(argv: Block<'_>, first_may_be_empty: bool) -> Result<()> {
    match argv.iter().next() {
        Some(first) if first_may_be_empty || !first.is_empty() => Ok(()),
        _ => Err(Errno::EINVAL),
    }
}
