//! What `main` may return, and how the program ends with it.
#![forbid(unsafe_code)]

use super::block;
use crate::{
    Errno,
    errno::retry,
    fd, process,
    sys::{self, rt::IoSlice},
};

/// What `main` may return.
///
/// | type | exit status |
/// |---|---|
/// | `()` | 0 |
/// | `i32`, `u8` | the number; the parent sees its low 8 bits |
/// | `Result<T, Errno>` | `Ok`: that of `T`; `Err`: 1, and a line on standard error |
/// | `!` | `main` ends the program itself |
///
/// The line is `program: text (NAME)`, where the program is `argv[0]` as
/// given: `./hello: No space left on device (ENOSPC)`.
///
/// # Python
/// `sys.exit(status)`.
///
/// # Examples
/// ```
/// use rawos::{Errno, rt::Termination};
///
/// assert_eq!(().report(), 0);
/// assert_eq!(Ok::<i32, Errno>(3).report(), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`main` cannot return `{Self}`",
    note = "it may return `()`, `i32`, `u8`, `!`, or a `Result` of one of them and `rawos::Errno`"
)]
pub trait Termination {
    /// Reports what there is to report and returns the exit status.
    fn report(self) -> i32;
}

impl Termination for () {
    #[inline(always)]
    fn report(self) -> i32 {
        0
    }
}

impl Termination for i32 {
    #[inline(always)]
    fn report(self) -> i32 {
        self
    }
}

impl Termination for u8 {
    #[inline(always)]
    fn report(self) -> i32 {
        self.into()
    }
}

impl<T: Termination> Termination for Result<T, Errno> {
    #[inline(always)]
    fn report(self) -> i32 {
        match self {
            Ok(value) => value.report(),
            Err(errno) => {
                complain(errno);
                1
            }
        }
    }
}

/// Stable Rust cannot name `!` here, but it can name what a function type
/// returns.
#[doc(hidden)]
pub trait Function {
    /// What the function returns.
    type Output;
}

impl<T> Function for fn() -> T {
    type Output = T;
}

impl Termination for <fn() -> ! as Function>::Output {
    fn report(self) -> i32 {
        self
    }
}

/// The name that the program was called by, as given; `?` if it was given none
/// or an empty one, which Linux 5.18 and later make of none.
pub(super) fn program() -> &'static [u8] {
    match block::args().next().map(|name| name.to_bytes()) {
        None | Some(b"") => b"?",
        Some(name) => name,
    }
}

/// Prints `program: text (NAME)`, in one system call and without formatting.
#[cold]
#[inline(never)]
fn complain(errno: Errno) {
    let mut digits = *b"0000";
    let mut number = errno.raw();
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    let skip = digits.iter().take_while(|digit| **digit == b'0').count();
    let (text, name) = match (errno.strerror(), errno.name()) {
        (Some(text), Some(name)) => (text.as_bytes(), name.as_bytes()),
        _ => (&b"Unknown error"[..], digits.get(skip..).unwrap_or_default()),
    };
    let line = [program(), b": ", text, b" (", name, b")\n"].map(IoSlice::new);
    // Where standard error does not work, there is nowhere to say so.
    let _ = retry(|| sys::rt::writev(fd::stderr(), &line));
}

/// Ends the whole process at once with `status`, of which the parent sees the
/// low 8 bits.
///
/// No destructor runs, and there is nothing to flush: this is
/// [`process::_exit`].
///
/// # Python
/// `sys.exit(status)`, which is an exception there; `os._exit(status)`.
///
/// # See also
/// [_exit(2)](https://man7.org/linux/man-pages/man2/_exit.2.html)
///
/// # Examples
/// ```
/// rawos::rt::exit(0);
/// ```
#[inline]
pub fn exit(status: i32) -> ! {
    process::_exit(status)
}
