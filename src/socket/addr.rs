//! Addresses of local sockets.
#![forbid(unsafe_code)]

use core::{fmt, hash};

use linux_raw_sys::net as uapi;

use crate::{
    Errno, Result,
    path::{PathLike, fsdecode},
    sys::socket::RawAddr,
};

/// The address of a local socket: a path, an abstract name, or none.
///
/// A path is a file, which [`bind`](super::bind) makes and nobody removes. An
/// abstract name is any bytes, in a table of the network namespace, and goes
/// with its socket.
///
/// # Python
/// The address of an `AF_UNIX` socket: a `str`; `bytes` that begin with a NUL for
/// an abstract name.
///
/// # See also
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html)
///
/// # Examples
/// ```
/// use rawos::socket::UnixAddr;
///
/// let address = UnixAddr::path("/run/control")?;
/// assert_eq!(address.as_path(), Some(&b"/run/control"[..]));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy)]
#[doc(alias = "sockaddr_un")]
pub struct UnixAddr {
    /// Zeroes from `len` on.
    raw: RawAddr,
    /// Bytes, from the start of the family, that count: no more than there are.
    len: u8,
}

/// Bytes of an address with room for any path.
const MOST: usize = size_of::<RawAddr>();

impl UnixAddr {
    /// No name. A socket that [`bind`](super::bind) gives this one gets an
    /// abstract name that nobody has.
    pub const UNNAMED: Self = Self {
        raw: RawAddr { family: uapi::AF_UNIX as u16, path: [0; RawAddr::PATH] },
        len: RawAddr::START as u8,
    };

    /// The socket that is the file `path`: 1 to 107 bytes.
    ///
    /// The kernel takes a path of 108 bytes too, without the NUL at its end;
    /// neither Python nor std do, and many programs misread such a name.
    ///
    /// # Errors
    /// - [`ENAMETOOLONG`](Errno::ENAMETOOLONG): more than 107 bytes. (`bind` and
    ///   `connect` of a path relative to a directory is a way around.)
    /// - [`EINVAL`](Errno::EINVAL): `path` holds a NUL byte; see [`abstract_name`](Self::abstract_name).
    /// - [`ENOENT`](Errno::ENOENT): `path` is empty.
    ///
    /// # Python
    /// A `str`. Python raises an `OSError` without number, `AF_UNIX path too
    /// long`, and takes an empty one for [`UNNAMED`](Self::UNNAMED).
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, socket::UnixAddr};
    ///
    /// assert!(UnixAddr::path([b'x'; 107]).is_ok());
    /// assert_eq!(UnixAddr::path([b'x'; 108]), Err(Errno::ENAMETOOLONG));
    /// ```
    #[inline]
    pub fn path<P: PathLike>(path: P) -> Result<Self> {
        let path = path.fspath();
        match path.len() {
            0 => return Err(Errno::ENOENT),
            1..RawAddr::PATH if path.contains(&0) => return Err(Errno::EINVAL),
            _ => {}
        }
        // With the NUL, which counts.
        Self::new(0, path, 1)
    }

    /// The socket with the abstract name `name`: up to 107 bytes, any ones.
    ///
    /// # Errors
    /// - [`ENAMETOOLONG`](Errno::ENAMETOOLONG): more than 107 bytes.
    ///
    /// # Python
    /// `bytes` that begin with a NUL; here `name` is what comes after it.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, socket::UnixAddr};
    ///
    /// assert_eq!(UnixAddr::abstract_name(b"a\0b")?.as_abstract(), Some(&b"a\0b"[..]));
    /// assert_eq!(UnixAddr::abstract_name(&[0; 108]), Err(Errno::ENAMETOOLONG));
    /// # Ok::<(), Errno>(())
    /// ```
    #[inline]
    pub fn abstract_name(name: &[u8]) -> Result<Self> {
        Self::new(1, name, 0)
    }

    /// An address with `name`, NULs `before` and `after` it counted in.
    #[inline]
    fn new(before: usize, name: &[u8], after: usize) -> Result<Self> {
        let mut address = Self::UNNAMED;
        let len = before + name.len() + after;
        let counted = address.raw.path.get_mut(..len).ok_or(Errno::ENAMETOOLONG)?;
        counted.get_mut(before..len - after).unwrap_or_default().copy_from_slice(name);
        // At most 110.
        address.len = (RawAddr::START + len) as u8;
        Ok(address)
    }

    /// What the kernel wrote: `len` bytes it has, of which it may have written
    /// fewer, for want of room.
    #[inline]
    pub(crate) fn from_kernel(mut raw: RawAddr, len: u32) -> Self {
        let len = usize::try_from(len).map_or(MOST, |len| len.min(MOST));
        let Some(counted) = len.checked_sub(RawAddr::START) else {
            // A peer without name, or none.
            return Self::UNNAMED;
        };
        raw.path.get_mut(counted..).unwrap_or_default().fill(0);
        Self { raw, len: len as u8 }
    }

    /// The address as the kernel takes it; its length is no more than it has.
    #[inline]
    pub(crate) fn raw(&self) -> (&RawAddr, u32) {
        (&self.raw, u32::from(self.len))
    }

    /// The bytes after the family that count.
    #[inline]
    fn name(&self) -> &[u8] {
        let len = usize::from(self.len).saturating_sub(RawAddr::START);
        self.raw.path.get(..len).unwrap_or_default()
    }

    /// The address family: `AF_UNIX`, which is 1, unless the kernel told
    /// something else of a socket that is none of these.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::socket::UnixAddr::UNNAMED.family(), 1);
    /// ```
    #[inline]
    #[must_use]
    pub const fn family(&self) -> u16 {
        self.raw.family
    }

    /// The name of a local socket, with the NUL of an abstract one.
    #[inline]
    fn local(&self) -> Option<&[u8]> {
        (u32::from(self.family()) == uapi::AF_UNIX).then_some(self.name())
    }

    /// The path, if it is one: up to 108 bytes, without NUL.
    ///
    /// # Examples
    /// ```
    /// use rawos::socket::UnixAddr;
    ///
    /// assert_eq!(UnixAddr::path("log")?.as_path(), Some(&b"log"[..]));
    /// assert_eq!(UnixAddr::abstract_name(b"log")?.as_path(), None);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_path(&self) -> Option<&[u8]> {
        // The kernel counts one NUL, or more if the caller of bind(2) did.
        let path = self.local()?.split(|byte| *byte == 0).next()?;
        (!path.is_empty()).then_some(path)
    }

    /// The abstract name, if it is one: up to 107 bytes, without the NUL
    /// before it.
    ///
    /// # Examples
    /// ```
    /// use rawos::socket::UnixAddr;
    ///
    /// assert_eq!(UnixAddr::abstract_name(b"")?.as_abstract(), Some(&b""[..]));
    /// assert_eq!(UnixAddr::UNNAMED.as_abstract(), None);
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn as_abstract(&self) -> Option<&[u8]> {
        self.local()?.strip_prefix(&[0])
    }

    /// Whether there is no name.
    ///
    /// # Examples
    /// ```
    /// use rawos::socket::UnixAddr;
    ///
    /// assert!(UnixAddr::UNNAMED.is_unnamed());
    /// assert!(!UnixAddr::abstract_name(b"")?.is_unnamed());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn is_unnamed(&self) -> bool {
        self.local().is_some_and(<[u8]>::is_empty)
    }

    /// What makes two addresses the same: a path's NULs do not count.
    #[inline]
    fn identity(&self) -> (u16, &[u8]) {
        (self.family(), self.as_path().unwrap_or(self.name()))
    }
}

impl PartialEq for UnixAddr {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for UnixAddr {}

impl hash::Hash for UnixAddr {
    #[inline]
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for UnixAddr {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("UnixAddr");
        if let Some(name) = self.as_abstract() {
            tuple.field(&"abstract").field(&fsdecode(name));
        } else if let Some(path) = self.as_path() {
            tuple.field(&fsdecode(path));
        } else if !self.is_unnamed() {
            tuple.field(&self.family()).field(&self.name());
        }
        tuple.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(path: &[u8], len: u32) -> UnixAddr {
        // What is not counted is not zero.
        let mut raw = RawAddr { family: 1, path: [b'#'; 108] };
        raw.path[..path.len()].copy_from_slice(path);
        UnixAddr::from_kernel(raw, len)
    }

    #[test]
    fn the_kernels_length_counts() {
        assert!(kernel(b"", 0).is_unnamed());
        assert!(kernel(b"", 1).is_unnamed());
        assert!(kernel(b"", 2).is_unnamed());
        assert_eq!(kernel(b"a\0", 4).as_path(), Some(&b"a"[..]));
        assert_eq!(kernel(b"a", 3).as_path(), Some(&b"a"[..]));
        assert_eq!(kernel(b"a\0b", 5).as_path(), Some(&b"a"[..]));
        assert_eq!(kernel(b"\0a\0", 5).as_abstract(), Some(&b"a\0"[..]));
        assert_eq!(kernel(b"\0", 3).as_abstract(), Some(&b""[..]));
        // A path of 108 bytes is told with the NUL that has no room.
        for len in [110, 111, 128, u32::MAX] {
            assert_eq!(kernel(b"", len).as_path(), Some(&[b'#'; 108][..]));
        }
    }

    #[test]
    fn a_path_is_the_same_however_long_it_was_said_to_be() {
        let path = UnixAddr::path("a").unwrap();
        assert_eq!(kernel(b"a\0", 4), path);
        assert_eq!(kernel(b"a", 3), path);
        assert_ne!(kernel(b"\0a", 4), path);
        assert_ne!(kernel(b"\0a", 4), kernel(b"\0a\0", 5));
    }

    #[test]
    fn another_family_has_no_name() {
        let raw = RawAddr { family: 2, path: [0; 108] };
        for len in [2, 16, 110] {
            let address = UnixAddr::from_kernel(raw, len);
            assert_eq!((address.as_path(), address.as_abstract()), (None, None));
            assert!(!address.is_unnamed());
            assert_eq!(address.family(), 2);
        }
    }
}
