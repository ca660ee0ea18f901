//! Bytes as text: what `os.fsencode` and `os.fsdecode` are for.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, string::String};
use core::fmt::{self, Write as _};

use super::PathLike;

/// A path or a name, shown as text and kept as bytes.
///
/// It is what [`fsdecode`] returns. `Display` writes U+FFFD for what is not
/// UTF-8, `Debug` writes `\xNN`, and neither changes the bytes: whatever they
/// are, [`fsencode`] gives them back.
///
/// # Python
/// The `str` that `os.fsdecode` returns. Python hides a byte that is not UTF-8
/// in a lone surrogate (`surrogateescape`), which a Rust `str` cannot hold;
/// [`code_points`](Self::code_points) shows Python's form.
///
/// # Examples
/// ```
/// use rawos::path;
///
/// let name = path::fsdecode(b"caf\xe9.txt");
/// assert_eq!(name.to_str(), None);
/// assert_eq!(format!("{name}"), "caf\u{fffd}.txt");
/// assert_eq!(format!("{name:?}"), r#""caf\xe9.txt""#);
/// assert_eq!(path::fsencode(&name), b"caf\xe9.txt");
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct FsStr<'a>(pub(super) &'a [u8]);

impl<'a> FsStr<'a> {
    /// The bytes, as the kernel has them.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::path::fsdecode("a").as_bytes(), b"a");
    /// ```
    #[inline]
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// The text, if all of it is UTF-8.
    ///
    /// # Examples
    /// ```
    /// use rawos::path::fsdecode;
    ///
    /// assert_eq!(fsdecode("é".as_bytes()).to_str(), Some("é"));
    /// assert_eq!(fsdecode(b"\xe9").to_str(), None);
    /// ```
    #[must_use]
    #[inline]
    pub fn to_str(&self) -> Option<&'a str> {
        str::from_utf8(self.0).ok()
    }

    /// The text, with U+FFFD for what is not UTF-8.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(rawos::path::fsdecode(b"a\xff").to_string_lossy(), "a\u{fffd}");
    /// ```
    #[cfg(feature = "alloc")]
    #[must_use]
    #[inline]
    pub fn to_string_lossy(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.0)
    }

    /// The code points of the `str` that Python makes of the bytes: a byte `b`
    /// that is not UTF-8 is the lone surrogate 0xDC00 + `b`.
    ///
    /// # Examples
    /// ```
    /// use rawos::path::fsdecode;
    ///
    /// assert!(fsdecode(b"a\xff").code_points().eq([0x61, 0xdcff]));
    /// ```
    #[doc(alias = "surrogateescape")]
    #[inline]
    pub fn code_points(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.0.utf8_chunks().flat_map(|chunk| {
            let escaped = chunk.invalid().iter().map(|byte| 0xDC00 + u32::from(*byte));
            chunk.valid().chars().map(u32::from).chain(escaped)
        })
    }
}

impl fmt::Display for FsStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.to_str() {
            return f.pad(text);
        }
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for FsStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = self.to_str() {
            return fmt::Debug::fmt(text, f);
        }
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            write!(f, "{}{}", chunk.valid().escape_debug(), chunk.invalid().escape_ascii())?;
        }
        f.write_char('"')
    }
}

/// So that `Path::new` takes it.
///
/// # Examples
/// ```
/// use rawos::path::fsdecode;
/// use std::path::Path;
///
/// assert_eq!(Path::new(&fsdecode(c"/etc/fstab")).file_name().unwrap(), "fstab");
/// ```
#[cfg(feature = "std")]
impl AsRef<std::ffi::OsStr> for FsStr<'_> {
    #[inline]
    fn as_ref(&self) -> &std::ffi::OsStr {
        std::os::unix::ffi::OsStrExt::from_bytes(self.0)
    }
}

#[cfg(feature = "std")]
impl AsRef<std::path::Path> for FsStr<'_> {
    #[inline]
    fn as_ref(&self) -> &std::path::Path {
        std::path::Path::new(std::ffi::OsStr::new(self))
    }
}

impl AsRef<[u8]> for FsStr<'_> {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

/// Equal to whatever has the same bytes.
macro_rules! equal {
    ($([$($generics:tt)*] $Other:ty;)*) => {$(
        impl<$($generics)*> PartialEq<$Other> for FsStr<'_> {
            #[inline]
            fn eq(&self, other: &$Other) -> bool {
                self.0 == other.fspath()
            }
        }
    )*};
}
equal! {
    [] str;
    [] &str;
    [] [u8];
    [] &[u8];
    [const N: usize] [u8; N];
    [const N: usize] &[u8; N];
}

/// The bytes of `path`, as they are.
///
/// # Python
/// `os.fspath(path)`, which returns a `str` or `bytes` as it got it.
///
/// # Examples
/// ```
/// use rawos::path::fspath;
///
/// assert_eq!(fspath("/tmp"), b"/tmp");
/// assert_eq!(fspath(c"/tmp"), b"/tmp");
/// ```
#[inline]
pub fn fspath<P: PathLike + ?Sized>(path: &P) -> &[u8] {
    path.fspath()
}

/// The bytes that stand for `path` in the file system.
///
/// The reverse of [`fsdecode`]: for all bytes, `fsencode(&fsdecode(bytes))` is
/// `bytes` again.
///
/// # Python
/// `os.fsencode(filename)`, with UTF-8 as the encoding. It cannot fail: where
/// Python has a `str` with lone surrogates, this crate has an [`FsStr`].
///
/// # Examples
/// ```
/// use rawos::path::{fsdecode, fsencode};
///
/// assert_eq!(fsencode("é"), b"\xc3\xa9");
/// assert_eq!(fsencode(&fsdecode(b"\xff/\xc3")), b"\xff/\xc3");
/// ```
#[inline]
pub fn fsencode<P: PathLike + ?Sized>(path: &P) -> &[u8] {
    path.fspath()
}

/// `path` as text: to show it, or to look at it as a `str` if it is one.
///
/// # Python
/// `os.fsdecode(filename)`, with UTF-8 as the encoding and an [`FsStr`] in
/// place of the `str` with lone surrogates.
///
/// # Examples
/// ```
/// use rawos::path::fsdecode;
///
/// assert_eq!(fsdecode(b"/tmp").to_str(), Some("/tmp"));
/// assert_eq!(fsdecode(b"\xff").to_str(), None);
/// assert_eq!(fsdecode(b"\xff").as_bytes(), b"\xff");
/// ```
#[inline]
pub fn fsdecode<P: PathLike + ?Sized>(path: &P) -> FsStr<'_> {
    FsStr(path.fspath())
}
