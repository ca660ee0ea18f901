//! An environment of bare pointers: the one place of the room with unsafe code.

use core::ffi::c_char;

use super::Environ;
use crate::sys;

impl<'a> Environ<'a> {
    /// The environment at `envp`, an array of pointers to strings with a null
    /// at its end: what `main` of a C program is given, and execve(2) takes.
    ///
    /// # Safety
    /// `envp` must point to an array of pointers that ends with a null; each
    /// other must point to a string that ends with a NUL. All of it must stay
    /// unchanged for `'a`. (A libc's `environ` does not, where anything calls
    /// its `setenv`.)
    ///
    /// # Python
    /// None.
    ///
    /// # See also
    /// [environ(7)](https://man7.org/linux/man-pages/man7/environ.7.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::env::Environ;
    ///
    /// let block = [c"A=1".as_ptr(), core::ptr::null()];
    /// // SAFETY: the array ends with a null, and its string never changes.
    /// let environ = unsafe { Environ::from_ptr(block.as_ptr()) };
    /// assert_eq!(environ.get("A"), Some(&b"1"[..]));
    /// ```
    #[must_use]
    #[inline]
    pub const unsafe fn from_ptr(envp: *const *const c_char) -> Self {
        // SAFETY: the caller's promise is passed on unchanged.
        Self::block(unsafe { sys::env::Block::new(envp) })
    }
}
