//! The end of a program by a panic: a line on standard error, then abort.
#![forbid(unsafe_code)]

use core::{
    fmt::{self, Write},
    panic::PanicInfo,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use super::termination::program;
use crate::{fd, process::abort};

/// How many panics are being reported.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Prints `program: panicked at FILE:LINE:COLUMN: message` on standard error
/// and aborts.
///
/// Should the message panic in turn, the line says where that was instead.
#[doc(hidden)]
#[cold]
pub fn panic(info: &PanicInfo<'_>) -> ! {
    let panics = PANICS.load(Relaxed);
    // No read-modify-write: on aarch64 that would be a function of the
    // compiler's library, and two threads at once may both print.
    PANICS.store(panics + 1, Relaxed);
    if panics < 2 {
        let mut line = Line { bytes: [0; 256], len: 0 };
        line.push(program());
        line.push(if panics == 0 { b": panicked" } else { b": panicked while panicking" });
        if let Some(place) = info.location() {
            let _ = write!(line, " at {place}");
        }
        if panics == 0 {
            let _ = write!(line, ": {}", info.message());
        }
        line.push(b"\n");
        line.flush();
    }
    abort()
}

/// Collects text, so that a short line is one write.
struct Line {
    bytes: [u8; 256],
    len: usize,
}

impl Line {
    fn push(&mut self, text: &[u8]) {
        for &byte in text {
            if self.len == self.bytes.len() {
                self.flush();
            }
            if let Some(free) = self.bytes.get_mut(self.len) {
                *free = byte;
                self.len += 1;
            }
        }
    }

    fn flush(&mut self) {
        let full = self.bytes.get(..self.len).unwrap_or_default();
        // Where standard error does not work, there is nowhere to say so.
        let _ = fd::write_all(fd::stderr(), full);
        self.len = 0;
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes());
        Ok(())
    }
}

/// Defines the program's panic handler, unless it brings its own.
#[cfg(all(feature = "panic-handler", not(feature = "std")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_panic {
    () => {
        const _: () = {
            #[panic_handler]
            fn __rawos_panic(info: &::core::panic::PanicInfo<'_>) -> ! {
                $crate::rt::panic(info)
            }
        };
        $crate::__rawos_unwind!();
    };
}

/// Says that std, which has a panic handler and much that needs libc, is there.
#[cfg(feature = "std")]
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_panic {
    () => {
        ::core::compile_error!(
            "rawos::entry! is for programs without std, and rawos has its feature `std` on. Leave \
             that out (`cargo tree -e features -i rawos` shows who asks for it), or write an \
             ordinary program, without `entry!`, `#![no_std]` and `#![no_main]`"
        );
    };
}

/// Defines nothing: the program brings its own panic handler.
#[cfg(not(any(feature = "panic-handler", feature = "std")))]
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_panic {
    () => {
        $crate::__rawos_unwind!();
    };
}

/// Defines what the precompiled `core`, built for unwinding, asks for in
/// builds that keep all of it; a program that aborts never gets there. Weak,
/// so that whoever has the real ones wins.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_unwind {
    () => {
        ::core::arch::global_asm!(
            ".pushsection .text.__rawos_unwind, \"ax\", %progbits",
            ".weak rust_eh_personality",
            ".hidden rust_eh_personality",
            "rust_eh_personality:",
            ".weak _Unwind_Resume",
            ".hidden _Unwind_Resume",
            "_Unwind_Resume:",
            ".byte 0, 0, 0, 0", // nothing calls these: any trap will do
            ".popsection",
        );
    };
}
