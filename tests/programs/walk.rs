//! Walks the directory in its argument on the heap and prints how many
//! directories and other names it found.
#![no_std]
#![no_main]

use core::fmt::Write;

use rawos::{Errno, Result, fs, rt};

mod out;

rawos::entry!(main);

fn main() -> Result<()> {
    let top = rt::args().nth(1).ok_or(Errno::EINVAL)?;
    let (mut directories, mut others) = (0, 0);
    let mut walk = fs::walk(top)?;
    while let Some(step) = walk.next() {
        let step = step.map_err(|error| error.errno())?;
        directories += step.dirnames.len();
        others += step.filenames.len();
    }
    writeln!(out::Out, "{directories} directories, {others} others").map_err(|_| Errno::EIO)
}
