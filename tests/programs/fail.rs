//! Fails, with the error number that the first argument says.
#![no_std]
#![no_main]

use rawos::{Errno, rt};

rawos::entry!(main);

fn main() -> Result<(), Errno> {
    let number = rt::args().nth(1).and_then(|arg| arg.to_str().ok()?.parse().ok());
    Err(number.and_then(Errno::from_raw).unwrap_or(Errno::ENOENT))
}
