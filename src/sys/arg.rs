//! How a value travels in a register.

use core::{ffi::CStr, ptr};

use crate::fd::BorrowedFd;

/// A value that fits one argument register of a system call.
///
/// Registers are `*mut ()`, so that a pointer keeps its provenance on the way
/// into the kernel. `arg` forgets a borrow: call it only inside the
/// `arch::syscallN(..)` expression, on the parameters of the function around.
pub(crate) trait Arg {
    /// The register's content.
    fn arg(self) -> *mut ();
}

macro_rules! integers {
    ($($Int:ty),*) => {$(
        impl Arg for $Int {
            // `as usize` extends the sign of a signed type and fills an
            // unsigned one with zeros, as the kernel's ABI wants either.
            #[inline(always)]
            fn arg(self) -> *mut () {
                ptr::without_provenance_mut(self as usize)
            }
        }
    )*};
}
integers!(u16, i32, u32, i64, u64, usize);

impl<T> Arg for *mut T {
    #[inline(always)]
    fn arg(self) -> *mut () {
        self.cast()
    }
}

impl<T> Arg for *const T {
    #[inline(always)]
    fn arg(self) -> *mut () {
        self.cast_mut().cast()
    }
}

impl Arg for &CStr {
    #[inline(always)]
    fn arg(self) -> *mut () {
        self.as_ptr().arg()
    }
}

impl Arg for BorrowedFd<'_> {
    #[inline(always)]
    fn arg(self) -> *mut () {
        self.as_raw_fd().arg()
    }
}
