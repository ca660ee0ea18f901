//! Prints what the program was given: arguments, environment, page size; and
//! whether the stack is aligned.
#![no_std]
#![no_main]

use core::{ffi::CStr, fmt::Write, hint::black_box};

use rawos::{Errno, auxv, fd, rt};

mod out;

rawos::entry!(main);

#[repr(align(16))]
struct Aligned([u8; 16]);

const AT_PAGESZ: u64 = 6;

fn main() -> Result<(), Errno> {
    let local = Aligned([0; 16]);
    let address = black_box(&raw const local.0).addr();
    let args = rt::args();
    print(format_args!("argc {}\n", args.len()))?;
    for arg in args.clone() {
        line("arg ", arg)?;
    }
    for arg in args.rev() {
        line("gra ", arg)?;
    }
    for variable in rt::env() {
        line("env ", variable)?;
    }
    print(format_args!("page {:?}\n", rt::getauxval(AT_PAGESZ)))?;
    print(format_args!("auxv {}\n", rt::auxv().count() > 5))?;
    print(format_args!("none {:?}\n", rt::getauxval(0xffff_ffff)))?;
    let same = (0..64).all(|kind| auxv::getauxval(kind) == rt::getauxval(kind));
    print(format_args!("same {same} {}\n", auxv::page_size()))?;
    print(format_args!("misaligned {}\n", black_box(address) % 16))
}

fn line(name: &str, value: &CStr) -> Result<(), Errno> {
    fd::write_all(fd::stdout(), name.as_bytes())?;
    fd::write_all(fd::stdout(), value.to_bytes())?;
    fd::write_all(fd::stdout(), b"\n")
}

fn print(text: core::fmt::Arguments<'_>) -> Result<(), Errno> {
    out::Out.write_fmt(text).map_err(|_| Errno::EIO)
}
