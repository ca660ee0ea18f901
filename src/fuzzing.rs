//! Parsers that have no public face, for the targets in `fuzz/` and nobody
//! else: the module is there with `--cfg fuzzing` alone, which cargo-fuzz and
//! `cargo xtask fuzz` set.
#![forbid(unsafe_code)]
#![allow(missing_docs, clippy::missing_errors_doc, reason = "nobody reads them")]

use core::ffi::CStr;

use crate::{
    Result,
    fd::{AsFd, FdReader},
    fs::{
        FileType,
        dirent::{Head, Record},
    },
    init,
    path::PathLike,
    socket::UnixAddr,
    sys::socket::RawAddr,
    system, user,
    vdso::elf,
};

/// The record that `bytes` begin with: inode, next, type, name, length.
#[must_use]
pub fn dirent(bytes: &[u8]) -> Option<(u64, i64, Option<FileType>, &CStr, usize)> {
    let Record { ino, file_type, name, len } = Record::parse(bytes)?;
    Some((ino, Head::parse(bytes)?.next, file_type, name, len))
}

/// How many processors a list names, `N` bytes read at a time.
#[must_use]
pub fn cpu_list<Fd: AsFd, const N: usize>(list: FdReader<Fd, N>) -> Option<usize> {
    system::cpu::count_listed(list)
}

/// How many processors have a line in `/proc/stat`.
pub fn cpu_lines<Fd: AsFd, const N: usize>(stat: FdReader<Fd, N>) -> Result<usize> {
    system::cpu::count_lines(stat)
}

/// The number that a file of `/proc` begins with, and what follows.
#[must_use]
pub fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    system::read::number(text)
}

/// The size of a cache as `/sys` has it.
#[must_use]
pub fn cache_size(text: &[u8]) -> Option<i64> {
    system::sysconf::size(text)
}

/// An id as `/etc/passwd` and `/proc/self/loginuid` have it.
#[must_use]
pub fn id(text: &[u8]) -> Option<u32> {
    user::number::id(text)
}

/// A value of an auxiliary vector.
#[must_use]
pub fn auxv(vector: &[u8], kind: u64) -> Option<usize> {
    crate::auxv::find(vector, kind)
}

/// The size of an ELF image, and where its function `name` is.
#[must_use]
pub fn vdso(
    image: &[u8],
    machine: u16,
    name: &[u8],
    version: &[u8],
) -> (Option<usize>, Option<usize>) {
    let found = elf::Image::parse(image, machine).and_then(|image| image.find(name, version));
    (elf::size(image, machine), found)
}

/// An address of which the kernel says that it has `len` bytes.
#[must_use]
pub fn unix_addr(family: u16, path: [u8; 108], len: u32) -> UnixAddr {
    UnixAddr::from_kernel(RawAddr { family, path }, len)
}

/// What `NOTIFY_SOCKET` says.
pub fn notify_address<P: PathLike>(address: P) -> Result<UnixAddr> {
    init::notify::parse(address.fspath())
}
