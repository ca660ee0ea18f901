//! Ends with the exit status that the first argument says.
#![no_std]
#![no_main]

use rawos::{Errno, rt};

rawos::entry!(main);

fn main() -> Result<i32, Errno> {
    let code = rt::args().nth(1).and_then(|arg| arg.to_str().ok()?.parse().ok());
    code.ok_or(Errno::EINVAL)
}
