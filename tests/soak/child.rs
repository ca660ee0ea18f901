//! The programs that are started: this one, which then does one small thing
//! before std and libtest begin.

use std::ffi::{CStr, c_char, c_int};

/// The first argument of such a program.
pub const NAME: &CStr = c"rawos-soak-child";

/// A status for "it had a descriptor of ours".
const INHERITED: c_int = 99;

#[used]
#[unsafe(link_section = ".init_array")]
static START: extern "C" fn(c_int, *const *const c_char) = start;

extern "C" fn start(argc: c_int, argv: *const *const c_char) {
    if argc != 3 {
        return;
    }
    let [name, what, with] = [0, 1, 2].map(|place| {
        // SAFETY: there are three pointers.
        let string = unsafe { *argv.wrapping_add(place) };
        // SAFETY: each is to a string.
        unsafe { CStr::from_ptr(string) }
    });
    if name != NAME {
        return;
    }
    // SAFETY: F_GETFD touches no memory.
    let open = (3..256).any(|fd| unsafe { libc::fcntl(fd, libc::F_GETFD) } != -1);
    let status = match what.to_bytes() {
        _ if open => INHERITED,
        b"exit" => with.to_str().unwrap().parse().unwrap(),
        b"say" => say(with.to_bytes()),
        // SAFETY: takes nothing; a signal ends it.
        _ => unsafe { libc::pause() },
    };
    // SAFETY: nothing has begun that would have to end.
    unsafe { libc::_exit(status) };
}

/// Writes to standard output, then to standard error; an error's number.
fn say(text: &[u8]) -> c_int {
    for fd in [1, 2] {
        // SAFETY: reads the text.
        if unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) } != text.len() as isize {
            return std::io::Error::last_os_error().raw_os_error().unwrap();
        }
    }
    0
}
