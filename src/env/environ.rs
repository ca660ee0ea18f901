//! An environment to read, wherever it lies.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::sync::Arc;
use core::{
    ffi::{CStr, c_char},
    fmt,
    iter::FusedIterator,
};

#[cfg(feature = "alloc")]
use super::own::Own;
use crate::{
    Errno, Result,
    fd::{self, AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    path::{PathLike, fsdecode},
    sys::env::{Block, Strings},
};

/// An environment: strings `NAME=value`, in some order.
///
/// Reading needs no heap. A name may come more than once: the first counts. A
/// string without `=` is no variable; programs inherit it all the same, unless
/// the environment is a copy (an `EnvironBuf`, that of the process after
/// `putenv` or `unsetenv`, or with the feature `std`), which leaves it out.
///
/// [`environ`](super::environ()) gives the process's own, as it is at that
/// moment: it does not change while one looks at it.
///
/// # Python
/// `os.environb`; `os.environ` decodes it. As a mapping that changes the
/// process, use `putenv` and [`getenv`](super::getenv).
///
/// # Examples
/// ```
/// use rawos::env::Environ;
///
/// let environ = Environ::new(b"A=1\0B=2=3\0A=4\0");
/// assert_eq!(environ.get("A"), Some(&b"1"[..]));
/// assert_eq!(environ.get("B"), Some(&b"2=3"[..]));
/// assert_eq!(environ.iter().count(), 3);
/// ```
#[derive(Clone)]
#[doc(alias = "environb")]
pub struct Environ<'a>(pub(super) Kind<'a>);

/// Where the strings are.
#[derive(Clone)]
pub(super) enum Kind<'a> {
    /// An array of pointers to them.
    Block(Block<'a>),
    /// One after the other, a NUL after each.
    Text(&'a [u8]),
    /// The process's own, which was changed.
    #[cfg(feature = "alloc")]
    Own(Arc<Own>),
}

impl<'a> Environ<'a> {
    /// The environment that is one text, a NUL after each string: the form of
    /// `/proc/PID/environ`.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::Environ;
    ///
    /// assert_eq!(Environ::new(b"HOME=/\0").get("HOME"), Some(&b"/"[..]));
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(text: &'a [u8]) -> Self {
        Self(Kind::Text(text))
    }

    #[inline]
    pub(super) const fn block(block: Block<'a>) -> Self {
        Self(Kind::Block(block))
    }

    /// Reads the environment that the process was started with into `buf`, from
    /// `/proc/self/environ`.
    ///
    /// # Errors
    /// - [`ERANGE`](Errno::ERANGE): it does not fit.
    /// - [`ENOENT`](Errno::ENOENT): `/proc` is not mounted.
    /// - The rest: those of [`open`](crate::fs::open()) and
    ///   [`read`](crate::fd::read()).
    ///
    /// # See also
    /// [proc_pid_environ(5)](https://man7.org/linux/man-pages/man5/proc_pid_environ.5.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, env::Environ};
    ///
    /// let mut buf = [0; 65536];
    /// let at_start = Environ::read(&mut buf)?;
    /// assert!(at_start.iter().all(|(name, _)| !name.contains(&b'=')));
    /// # Ok::<(), Errno>(())
    /// ```
    #[inline]
    pub fn read(buf: &'a mut [u8]) -> Result<Self> {
        let len = read_whole(&open_proc()?, buf)?.ok_or(Errno::ERANGE)?;
        Ok(Self::new(buf.get(..len).unwrap_or_default()))
    }

    /// The value of the variable `name`, the first if there are several;
    /// `None` if there is none.
    ///
    /// # Python
    /// `os.environb.get(name)`.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::Environ;
    ///
    /// let environ = Environ::new(b"EMPTY=\0no variable\0");
    /// assert_eq!(environ.get("EMPTY"), Some(&b""[..]));
    /// assert_eq!(environ.get("no variable"), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn get<N: PathLike>(&self, name: N) -> Option<&[u8]> {
        let name = name.fspath();
        match &self.0 {
            Kind::Block(block) => block.value(name).map(CStr::to_bytes),
            Kind::Text(text) => find(text, name),
            #[cfg(feature = "alloc")]
            Kind::Own(own) => own.vars.get(name),
        }
    }

    /// The variables, as name and value, in their order.
    ///
    /// # Python
    /// `os.environb.items()`, where a name comes once.
    ///
    /// # Examples
    /// ```
    /// use rawos::env::Environ;
    ///
    /// let environ = Environ::new(b"A=1\0?\0B=\0");
    /// assert!(environ.iter().eq([(&b"A"[..], &b"1"[..]), (b"B", b"")]));
    /// ```
    #[must_use]
    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        match &self.0 {
            Kind::Block(block) => Iter::of(*block),
            Kind::Text(text) => Iter::of_text(text),
            #[cfg(feature = "alloc")]
            Kind::Own(own) => own.vars.iter(),
        }
    }

    /// The array of pointers to the strings, with a null at its end, which
    /// lives and stays as it is for as long as `self`; `None` if there is no
    /// such array, because `self` is of [`new`](Self::new) or
    /// [`read`](Self::read).
    ///
    /// # See also
    /// [environ(7)](https://man7.org/linux/man-pages/man7/environ.7.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::env;
    ///
    /// assert!(env::environ()?.as_ptr().is_some());
    /// assert!(env::Environ::new(b"A=1\0").as_ptr().is_none());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_ptr(&self) -> Option<*const *const c_char> {
        self.as_block().ok().map(Block::as_ptr)
    }

    /// The strings as execve(2) takes them, or the one text that they are.
    #[inline]
    pub(crate) fn as_block(&self) -> Result<Block<'_>, &[u8]> {
        match &self.0 {
            Kind::Block(block) => Ok(*block),
            Kind::Text(text) => Err(text),
            #[cfg(feature = "alloc")]
            Kind::Own(own) => Ok(own.vars.block()),
        }
    }
}

impl fmt::Debug for Environ<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(n, v)| (fsdecode(n), fsdecode(v)))).finish()
    }
}

impl<'env> IntoIterator for &'env Environ<'_> {
    type Item = (&'env [u8], &'env [u8]);
    type IntoIter = Iter<'env>;

    #[inline]
    fn into_iter(self) -> Iter<'env> {
        self.iter()
    }
}

/// The variables of an environment; see [`Environ::iter`].
///
/// # Examples
/// ```
/// use rawos::env::Environ;
///
/// let environ = Environ::new(b"A=1\0B=2\0");
/// let mut variables = environ.iter();
/// assert_eq!(variables.next(), Some((&b"A"[..], &b"1"[..])));
/// assert_eq!(variables.next(), Some((&b"B"[..], &b"2"[..])));
/// assert_eq!(variables.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Iter<'a>(Raw<'a>);

#[derive(Clone, Debug)]
enum Raw<'a> {
    Block(Strings<'a>),
    Text(&'a [u8]),
}

impl<'a> Iter<'a> {
    #[inline]
    pub(super) const fn of(block: Block<'a>) -> Self {
        Self(Raw::Block(block.iter()))
    }

    #[inline]
    pub(super) const fn of_text(text: &'a [u8]) -> Self {
        Self(Raw::Text(text))
    }
}

impl<'a> Iterator for Raw<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        match self {
            Self::Block(strings) => strings.next().map(CStr::to_bytes),
            Self::Text(b"") => None,
            Self::Text(rest) => {
                let mut parts = rest.splitn(2, |byte| *byte == 0);
                let string = parts.next();
                *rest = parts.next().unwrap_or_default();
                string
            }
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.find_map(split)
    }
}

impl FusedIterator for Iter<'_> {}

/// Name and value of the variable that is `string`.
#[inline]
pub(super) fn split(string: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = string.iter().position(|byte| *byte == b'=')?;
    let (name, value) = string.split_at_checked(at)?;
    Some((name, value.get(1..)?))
}

/// The value of the first variable called `name` in a text of them.
#[inline]
pub(super) fn find<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    Iter::of_text(text).find_map(|(found, value)| (found == name).then_some(value))
}

#[inline]
pub(super) fn open_proc() -> Result<OwnedFd> {
    fs::open(c"/proc/self/environ", OFlags::RDONLY, Mode::empty())
}

/// Reads the file from its start and returns its length; `None` if `buf` is
/// too small for it.
#[inline]
pub(super) fn read_whole<Fd: AsFd>(file: Fd, buf: &mut [u8]) -> Result<Option<usize>> {
    let mut len = 0;
    loop {
        let room = buf.get_mut(len..).unwrap_or_default();
        // A full buffer may hold all of it: one byte more would tell.
        let mut more = [0];
        let full = room.is_empty();
        let room = if full { &mut more[..] } else { room };
        match fd::pread(&file, room, len as u64)? {
            0 => return Ok(Some(len)),
            _ if full => return Ok(None),
            count => len += count,
        }
    }
}
