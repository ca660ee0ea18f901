//! Removes files, and with `-r` whole trees: `rm [-f] [-r] PATH…`.
//!
//! A tree is removed by descriptors: whoever swaps one of its directories for a
//! symlink meanwhile leads nobody out of it. Of what cannot be removed in it,
//! only the first is told, by its error. With `-f` what is not there is no
//! error. `/`, `.` and `..` are refused.
#![no_std]
#![no_main]

mod common;

use core::ffi::CStr;

use common::{complain, say};
use rawos::{
    Errno, Result,
    fs::{self, DirBuf},
    rt,
};

rawos::entry!(main);

/// Room for the records of a traversal: some 100,000 levels.
type Buf = DirBuf<{ 4 << 20 }>;

fn main() -> i32 {
    static mut BUF: Buf = DirBuf::sized();
    let buf = &raw mut BUF;
    // SAFETY: main runs once, in the only thread, so this is the only borrow.
    let buf = unsafe { &mut *buf };

    let (mut force, mut recursive, mut failed) = (false, false, false);
    let mut paths = rt::args().skip(1).peekable();
    while let Some(option) = paths.next_if(|arg| arg.to_bytes().starts_with(b"-")) {
        match option.to_bytes() {
            b"-f" => force = true,
            b"-r" => recursive = true,
            b"-rf" | b"-fr" => (force, recursive) = (true, true),
            b"--" => break,
            other => {
                say(&[b"unknown option ", other]);
                return 2;
            }
        }
    }
    if paths.peek().is_none() && !force {
        say(&[b"usage: rm [-f] [-r] PATH..."]);
        return 2;
    }
    for path in paths {
        match remove(path, recursive, buf) {
            Err(Errno::ENOENT) if force => {}
            Err(errno) => {
                complain(path.to_bytes(), errno);
                failed = true;
            }
            Ok(()) => {}
        }
    }
    i32::from(failed)
}

fn remove(path: &CStr, recursive: bool, buf: &mut Buf) -> Result<()> {
    match fs::unlink(path) {
        Err(Errno::EISDIR) if recursive => fs::remove_tree(path, buf),
        result => result,
    }
}
