//! Ends with the exit status that the first argument says; with a second one,
//! a signal's number, raises that first, and says if it goes on.
#![no_std]
#![no_main]

use rawos::{
    Errno, fd, rt,
    signal::{self, Signal},
};

rawos::entry!(main);

fn main() -> Result<i32, Errno> {
    let mut numbers = rt::args().skip(1).map(|arg| arg.to_str().ok()?.parse::<i32>().ok());
    let code = numbers.next().flatten().ok_or(Errno::EINVAL)?;
    if let Some(number) = numbers.next() {
        signal::raise(number.map(Signal).ok_or(Errno::EINVAL)?)?;
        fd::write_all(fd::stdout(), b"went on\n")?;
    }
    Ok(code)
}
