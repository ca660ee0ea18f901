//! Prints a line, and says so if that fails.
#![no_std]
#![no_main]

use rawos::fd;

rawos::entry!(main);

fn main() -> i32 {
    match fd::write_all(fd::stdout(), b"Hello, world!\n") {
        Ok(()) => 0,
        Err(_) => {
            let _ = fd::write_all(fd::stderr(), b"hello: cannot write to standard output\n");
            1
        }
    }
}
