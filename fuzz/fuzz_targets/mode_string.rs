//! `r`, `w`, `a` and what may follow.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{Errno, fs::OFlags};

fuzz_target!(|data: &[u8]| {
    let (update, rest) = match data {
        [rest @ .., b'+'] => (true, rest),
        rest => (false, rest),
    };
    let access = if update { libc::O_RDWR } else { libc::O_WRONLY };
    let flags = match rest {
        b"r" if !update => Some(libc::O_RDONLY),
        b"r" => Some(libc::O_RDWR),
        b"w" => Some(access | libc::O_CREAT | libc::O_TRUNC),
        b"wx" => Some(access | libc::O_CREAT | libc::O_TRUNC | libc::O_EXCL),
        b"a" => Some(access | libc::O_CREAT | libc::O_APPEND),
        b"ax" => Some(access | libc::O_CREAT | libc::O_APPEND | libc::O_EXCL),
        _ => None,
    };
    let flags = flags.map(|flags| OFlags::from_bits_retain(flags as u32)).ok_or(Errno::EINVAL);
    assert_eq!(OFlags::from_mode_string(data), flags);
});
