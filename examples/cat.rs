//! Copies files, or standard input, to standard output: `cat [FILE | -]…`.
#![no_std]
#![no_main]

mod common;

use common::{complain, say};
use rawos::{
    Result,
    fd::{self, AsFd, BorrowedFd, SeekFrom},
    fs::{self, Mode, OFlags},
    rt,
};

rawos::entry!(main);

fn main() -> i32 {
    let mut status = 0;
    let mut files = rt::args().skip(1).peekable();
    if files.peek().is_none() {
        return copy(b"-", fd::stdin());
    }
    for name in files {
        let failed = match name.to_bytes() {
            b"-" => copy(b"-", fd::stdin()),
            bytes => match fs::open(name, OFlags::RDONLY, Mode::empty()) {
                Ok(file) => copy(bytes, file.as_fd()),
                Err(errno) => {
                    complain(bytes, errno);
                    1
                }
            },
        };
        status |= failed;
    }
    status
}

fn copy(name: &[u8], file: BorrowedFd<'_>) -> i32 {
    if endless(file).unwrap_or(false) {
        say(&[name, b": input file is output file"]);
        return 1;
    }
    let mut buf = [const { core::mem::MaybeUninit::uninit() }; 65536];
    loop {
        let data = match fd::read(file, &mut buf) {
            Ok((data, _)) => data,
            Err(errno) => {
                complain(name, errno);
                return 1;
            }
        };
        if data.is_empty() {
            return 0;
        }
        if let Err(errno) = write(data) {
            complain(b"standard output", errno);
            rt::exit(1);
        }
    }
}

/// Whether what is written would be read again, until the disk is full:
/// `cat file >> file`.
fn endless(file: BorrowedFd<'_>) -> Result<bool> {
    let (from, to) = (fs::fstat(file)?, fs::fstat(fd::stdout())?);
    Ok(from.file_type().is_file()
        && (from.st_dev(), from.st_ino()) == (to.st_dev(), to.st_ino())
        && fd::lseek(file, SeekFrom::Current(0))? < from.st_size().unsigned_abs())
}

fn write(data: &[u8]) -> Result<()> {
    fd::write_all(fd::stdout(), data)
}
