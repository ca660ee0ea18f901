//! x
#![no_std]
#![no_main]
use rawos::fd;
rawos::entry!(main);
fn main() {
let _ = fd::write_all(fd::stdout(), b"Hello, world!\n");
}
