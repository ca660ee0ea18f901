//! A program that tells what it was started with: this one, started again.
//!
//! Before `main`, and so before std opens anything in place of a standard
//! descriptor that is closed.

use std::ffi::{CStr, c_char, c_int};
use std::fmt::Write as _;

/// The first argument that makes a program a probe; the second is the file
/// that it writes into.
pub const PROBE: &CStr = c"rawos-fuzz-probe";

/// Descriptors from here on are not looked at.
const END: c_int = 64;

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn(c_int, *const *const c_char) = start;

extern "C" fn start(argc: c_int, argv: *const *const c_char) {
    if argc != 2 {
        return;
    }
    // SAFETY: there are two strings.
    let [name, path] = [0, 1].map(|place| unsafe { CStr::from_ptr(*argv.add(place)) });
    if name != PROBE {
        return;
    }
    let text = descriptors();
    // SAFETY: a string, and the bytes of another, for files of this process.
    let written = unsafe {
        let file = libc::open(path.as_ptr(), libc::O_WRONLY | libc::O_TRUNC);
        libc::write(file, text.as_ptr().cast(), text.len())
    };
    // SAFETY: nothing has begun that would have to end.
    unsafe { libc::_exit(c_int::from(written != text.len() as isize)) };
}

/// The open descriptors: name, flags, position; and the current directory.
fn descriptors() -> String {
    let mut text = String::new();
    for fd in 0..END {
        // SAFETY: numbers in, numbers out.
        let (close, flags, at) = unsafe {
            (
                libc::fcntl(fd, libc::F_GETFD),
                libc::fcntl(fd, libc::F_GETFL),
                libc::lseek(fd, 0, libc::SEEK_CUR),
            )
        };
        if close != -1 {
            let name = read_link(&format!("/proc/self/fd/{fd}\0"));
            writeln!(text, "{fd} {close} {flags:#o} {at} {name}").unwrap();
        }
    }
    text + &read_link("/proc/self/cwd\0")
}

/// Without std, which may not have begun.
fn read_link(path: &str) -> String {
    let mut buf = [0_u8; 4096];
    // SAFETY: a string, and a buffer of this length.
    let len = unsafe { libc::readlink(path.as_ptr().cast(), buf.as_mut_ptr().cast(), buf.len()) };
    String::from_utf8_lossy(&buf[..len.max(0) as usize]).into_owned()
}
