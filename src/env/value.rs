//! The value of a variable of the process.
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
use alloc::sync::Arc;
use core::{fmt, marker::PhantomData, ops::Deref};

#[cfg(feature = "alloc")]
use super::own::Own;
use crate::path::{PathLike, fsdecode};

/// The value of a variable, `str` or `[u8]`, as it was when it was asked for.
///
/// It is not copied: it keeps the environment it is of in memory.
///
/// # Examples
/// ```
/// use rawos::env;
///
/// if let Some(home) = env::getenv("HOME")? {
///     assert_eq!(home.len(), home.as_bytes().len());
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
pub struct Value<T: ?Sized + 'static = [u8]> {
    held: Held,
    form: PhantomData<&'static T>,
}

/// Where a value is.
#[derive(Clone)]
pub(super) enum Held {
    /// It is in the environment that the process started with.
    Start(&'static [u8]),
    /// It is of the variable with this number.
    #[cfg(feature = "alloc")]
    Own(Arc<Own>, usize),
}

impl Value {
    #[inline]
    pub(super) const fn new(held: Held) -> Self {
        Self { held, form: PhantomData }
    }

    /// The value as text, which it must be.
    #[inline]
    pub(super) fn into_text(self) -> Value<str> {
        Value { held: self.held, form: PhantomData }
    }
}

impl<T: ?Sized> Value<T> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        match &self.held {
            Held::Start(value) => value,
            #[cfg(feature = "alloc")]
            Held::Own(own, index) => own.vars.value_at(*index),
        }
    }
}

impl<T: ?Sized> Clone for Value<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { held: self.held.clone(), form: PhantomData }
    }
}

impl Deref for Value {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.bytes()
    }
}

impl Deref for Value<str> {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        // It was looked at when the value was made, and does not change.
        str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

impl<T: ?Sized> PartialEq for Value<T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl<T: ?Sized> Eq for Value<T> {}

impl<T: ?Sized> fmt::Debug for Value<T> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fsdecode(self.bytes()).fmt(f)
    }
}

impl<T: ?Sized> PathLike for Value<T> {
    #[inline]
    fn fspath(&self) -> &[u8] {
        self.bytes()
    }
}
