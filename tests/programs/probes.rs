//! Wrappers as a caller compiles them. `tests/codegen` reads the assembly.
#![no_std]

use core::ffi::CStr;

use rawos::{
    Result,
    fd::{self, BorrowedFd, SeekFrom},
    fs::{self, AtFlags, Mode},
    process::{self, Pid},
};

/// One instruction sequence each, under a name that the assembly shows. The
/// result is given back as the kernel gave it, where that loses nothing.
macro_rules! probes {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $Type:ty),*) -> $Out:ty $body:block)*) => {$(
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub fn $name($($arg: $Type),*) -> $Out $body
    )*};
}

/// The register that [`Result`] was made of.
#[inline(always)]
fn register(result: Result<usize>) -> isize {
    match result {
        Ok(value) => value.cast_signed(),
        Err(errno) => -(errno.raw() as isize),
    }
}

probes! {
    /// getpid
    fn probe_getpid() -> Pid { process::getpid() }
    /// read
    fn probe_read(fd: BorrowedFd<'_>, buf: &mut [u8]) -> isize { register(fd::read(fd, buf)) }
    /// write
    fn probe_write(fd: BorrowedFd<'_>, buf: &[u8]) -> isize { register(fd::write(fd, buf)) }
    /// pread
    fn probe_pread(fd: BorrowedFd<'_>, buf: &mut [u8], offset: u64) -> isize {
        register(fd::pread(fd, buf, offset))
    }
    /// lseek
    fn probe_lseek(fd: BorrowedFd<'_>, offset: i64) -> Result<()> {
        fd::lseek(fd, SeekFrom::Current(offset)).map(drop)
    }
    /// mkdirat
    fn probe_mkdirat(dir: BorrowedFd<'_>, path: &CStr, mode: Mode) -> Result<()> {
        fs::mkdirat(dir, path, mode)
    }
    /// unlinkat
    fn probe_unlinkat(dir: BorrowedFd<'_>, path: &CStr) -> Result<()> {
        fs::unlinkat(dir, path, AtFlags::empty())
    }
}
