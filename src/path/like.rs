//! What a path argument may be.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::{borrow::Cow, ffi::CString, string::String, vec::Vec};
use core::ffi::CStr;

use super::FsStr;
use crate::{Result, sys};

/// A path, in any of the forms a program has it in.
///
/// A `&CStr` goes to the kernel as it is; everything else is copied to the
/// stack, without heap. [`EINVAL`](crate::Errno::EINVAL) for a NUL byte inside,
/// [`ENAMETOOLONG`](crate::Errno::ENAMETOOLONG) for 4096 bytes or more.
///
/// | feature | types, and references to them |
/// |---|---|
/// | none | `str`, `[u8]`, `[u8; N]`, `CStr`, [`FsStr`] |
/// | `alloc` | `String`, `Vec<u8>`, `CString`, `Cow` of `str`, `[u8]` and `CStr` |
/// | `std` | `Path`, `PathBuf`, `OsStr`, `OsString` |
///
/// A type of your own needs [`fspath`](Self::fspath) and nothing else.
///
/// # Python
/// `os.PathLike`, whose `__fspath__` is [`fspath`](Self::fspath).
///
/// # Examples
/// ```
/// use rawos::{Errno, path::PathLike};
///
/// assert_eq!("/etc".with_c_str(|path| Ok(path.count_bytes())), Ok(4));
/// assert_eq!(b"a\0b".with_c_str(|_| Ok(())), Err(Errno::EINVAL));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a path",
    note = "a path is a `str`, `[u8]` or `CStr`; with the feature `alloc` of rawos also a `String`, \
            `Vec<u8>` or `CString`; with `std` also a `Path` or `OsStr`; or a reference to one"
)]
pub trait PathLike {
    /// The path's bytes, as they are.
    #[doc(alias = "__fspath__")]
    fn fspath(&self) -> &[u8];

    /// Calls `then` with the path as the kernel takes it.
    ///
    /// # Errors
    /// Those of `then`, and the trait's two.
    #[inline]
    fn with_c_str<T>(&self, then: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
        let mut buf = sys::PathBuf::new();
        then(buf.copy(self.fspath())?)
    }
}

impl PathLike for CStr {
    #[inline]
    fn fspath(&self) -> &[u8] {
        self.to_bytes()
    }

    #[inline(always)]
    fn with_c_str<T>(&self, then: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
        then(self)
    }
}

impl PathLike for [u8] {
    #[inline(always)]
    fn fspath(&self) -> &[u8] {
        self
    }
}

impl<T: PathLike + ?Sized> PathLike for &T {
    #[inline(always)]
    fn fspath(&self) -> &[u8] {
        (**self).fspath()
    }

    #[inline(always)]
    fn with_c_str<R>(&self, then: impl FnOnce(&CStr) -> Result<R>) -> Result<R> {
        (**self).with_c_str(then)
    }
}

/// `PathLike` for types that have one of the two above inside.
macro_rules! path_like {
    ($([$($generics:tt)*] $Type:ty => $inner:expr;)*) => {$(
        impl<$($generics)*> PathLike for $Type {
            #[inline]
            fn fspath(&self) -> &[u8] {
                let inner: fn(&Self) -> &_ = $inner;
                inner(self).fspath()
            }

            #[inline]
            fn with_c_str<T>(&self, then: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
                let inner: fn(&Self) -> &_ = $inner;
                inner(self).with_c_str(then)
            }
        }
    )*};
}

path_like! {
    [] str => |path| path.as_bytes();
    [const N: usize] [u8; N] => |path| path.as_slice();
    [] FsStr<'_> => |path| path.0;
}

#[cfg(feature = "alloc")]
path_like! {
    [] String => |path| path.as_bytes();
    [] Vec<u8> => |path| path.as_slice();
    [] CString => |path| path.as_c_str();
    [] Cow<'_, str> => |path| path.as_bytes();
    [] Cow<'_, [u8]> => |path| &**path;
    [] Cow<'_, CStr> => |path| &**path;
}

#[cfg(feature = "std")]
path_like! {
    [] std::ffi::OsStr => |path| std::os::unix::ffi::OsStrExt::as_bytes(path);
    [] std::ffi::OsString => |path| path.as_os_str();
    [] std::path::Path => |path| path.as_os_str();
    [] std::path::PathBuf => |path| path.as_os_str();
}
