//! Prints the values of the variables that the arguments name, before and
//! after it changes the environment; and where it may search for programs.
#![no_std]
#![no_main]

use core::fmt::Write;

use rawos::{
    Errno, env, fd,
    path::{PathLike, fsdecode},
    process, rt,
};

mod out;

rawos::entry!(main);

fn main() -> Result<(), Errno> {
    values()?;
    env::putenv("ADDED", "1")?;
    env::putenv("A", "changed")?;
    env::unsetenv("B")?;
    env::reload_environ()?;
    values()?;
    for dir in env::get_exec_path(&env::environ()?) {
        print(format_args!("path {}\n", fsdecode(dir)))?;
    }
    // Nobody started a thread: what sets ids may run.
    let uid = process::setuid(process::getuid());
    print(format_args!("setuid {uid:?}\n"))
}

fn values() -> Result<(), Errno> {
    for name in rt::args().skip(1) {
        match env::getenvb(name) {
            Ok(Some(value)) => {
                fd::write_all(fd::stdout(), name.fspath())?;
                fd::write_all(fd::stdout(), b"=")?;
                fd::write_all(fd::stdout(), &value)?;
                fd::write_all(fd::stdout(), b"\n")?;
            }
            other => print(format_args!("{} {other:?}\n", fsdecode(name)))?,
        }
    }
    Ok(())
}

fn print(text: core::fmt::Arguments<'_>) -> Result<(), Errno> {
    out::Out.write_fmt(text).map_err(|_| Errno::EIO)
}
