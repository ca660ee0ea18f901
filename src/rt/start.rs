//! From `_start` to `main`, and [`entry!`](crate::entry), which joins them.

use linux_raw_sys::auxvec::AT_SECURE;

use super::{Termination, block, exit};
use crate::{
    Errno, arch, fd,
    fs::{Mode, OFlags},
    sys,
};

/// Makes a program of the function `$main`: its start; with the feature
/// `panic-handler` its end by a panic; with the feature `allocator` its heap.
///
/// Once per program, which is `#![no_std]` and `#![no_main]` and linked
/// without libc and start files. `main` takes nothing and returns a
/// [`Termination`](crate::rt::Termination); the program exits with the status
/// that is.
///
/// The macro defines two starts. `_start` is for a program at a fixed address
/// and does not link into any other; `_start_pie`, which a static-PIE names as
/// its entry, relocates the program first. Constructors (`.init_array`) do not
/// run.
///
/// In a set-user-ID program, descriptors 0 to 2 are opened on `/dev/null`
/// before `main` where they are closed, so that no file of the program's
/// becomes its standard error. Should that fail, the program traps.
///
/// # Python
/// None.
///
/// # Examples
/// ```no_run
/// // `no_run`: a test has a start already, std's.
/// # #[cfg(false)] mod program {
/// #![no_std]
/// #![no_main]
///
/// use rawos::{Errno, fd};
///
/// rawos::entry!(main);
///
/// fn main() -> Result<(), Errno> {
///     fd::write_all(fd::stdout(), b"Hello, world!\n")
/// }
/// # }
/// ```
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[cfg(panic = "unwind")]
        ::core::compile_error!(
            "rawos::entry!: a program without libc cannot unwind. In the Cargo.toml of the workspace, \
             set `panic = \"abort\"` under [profile.dev] and [profile.release]; under [[bin]], set \
             `test = false` and `bench = false`, because cargo builds tests to unwind all the same"
        );
        const _: () = {
            /// # Safety
            /// Only `_start` may call this, once, with the kernel's block.
            // Its name is what a linker shows that is to make a PIE of it.
            #[unsafe(export_name = "rawos_needs_no_pie_or_the_static_pie_arguments_in_its_README")]
            unsafe extern "C" fn __rawos_enter(block: *const usize) -> ! {
                // SAFETY: the caller's promise is passed on unchanged.
                unsafe { $crate::rt::start(block, $main) }
            }
            $crate::__rawos_start!(__rawos_enter);
        };
        $crate::__rawos_builtins!();
        $crate::__rawos_allocator!();
        #[cfg(not(test))] // or the one of std, which tests have, would be said to be there twice
        $crate::__rawos_panic!();
    };
}

/// The section of `_start`: what a linker shows when there is another one. Not that
/// of `_start_pie` too: of a section, a program has all or nothing.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_hint {
    () => {
        ".text._start_of_rawos_needs_the_link_arguments_of_the_build_rs_in_its_README"
    };
}

/// # Safety
/// Only `_start` may call this, once, with the block that the kernel left on
/// the stack; the program must be relocated.
#[doc(hidden)]
#[inline(always)]
pub unsafe fn start<T: Termination>(block: *const usize, main: impl FnOnce() -> T) -> ! {
    // SAFETY: the caller's promise; safe code has no way to the block.
    unsafe { block::set(block) };
    // SAFETY: as above.
    let mut vector = unsafe { block::vector(block) };
    while let Some((kind, value)) = vector.next_entry() {
        if kind == AT_SECURE as usize {
            if !value.is_null() {
                open_missing();
            }
            break;
        }
    }
    exit(main().report())
}

/// Opens `/dev/null` on those of descriptors 0 to 2 that are closed.
#[cold]
#[inline(never)]
fn open_missing() {
    for fd in [fd::stdin(), fd::stdout(), fd::stderr()] {
        if sys::fd::fcntl_getfd(fd) != Err(Errno::EBADF) {
            continue;
        }
        // The lowest free number is the one found closed: those below it are
        // open by now.
        match sys::fs::openat(fd::CWD, c"/dev/null", OFlags::RDWR, Mode::empty()) {
            Ok(null) => core::mem::forget(null),
            Err(_) => arch::trap(),
        }
    }
}
