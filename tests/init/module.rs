//! `src/init/module.rs`. No module is loaded: a guest has none.

use std::{
    fs::{self, File},
    os::fd::AsRawFd as _,
};

use rawos::{
    Errno,
    fd::BorrowedFd,
    init::{DeleteModuleFlags, FinitModuleFlags, delete_module, finit_module, init_module},
};

use crate::{
    filter::{WRONG, answered},
    util::{as_nobody, libc_result, temp_dir},
};

/// Both forms of loading, by libc.
fn theirs(file: &File, image: &[u8], flags: i32) -> [Result<i64, Errno>; 2] {
    let (fd, none) = (file.as_raw_fd(), c"".as_ptr());
    [
        // SAFETY: reads the string.
        libc_result(unsafe { libc::syscall(libc::SYS_finit_module, fd, none, flags) }),
        libc_result(
            // SAFETY: reads the image, and the string.
            unsafe { libc::syscall(libc::SYS_init_module, image.as_ptr(), image.len(), none) },
        ),
    ]
}

fn ours(file: &File, image: &[u8], flags: i32) -> [Result<i64, Errno>; 2] {
    // SAFETY: the file is open as long as it is borrowed.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    let flags = FinitModuleFlags::from_bits_retain(flags as u32);
    [finit_module(fd, "", flags).map(|()| 0), init_module(image, "").map(|()| 0)]
}

#[test]
fn what_is_no_module_is_refused_as_by_libc() {
    let dir = temp_dir();
    let path = dir.path().join("file");
    for image in [&b""[..], b"no module", &[0; 4096], b"\x7fELF and no more, whatever it says"] {
        fs::write(&path, image).unwrap();
        let file = File::open(&path).unwrap();
        for flags in [0, 1, 2, 0x4000_0000] {
            assert_eq!(ours(&file, image, flags), theirs(&file, image, flags), "{image:?}");
            assert!(ours(&file, image, flags).iter().all(Result::is_err), "{image:?}");
        }
        as_nobody(|| assert_eq!(ours(&file, image, 0), theirs(&file, image, 0)));
    }
    let file = File::open(&path).unwrap();
    // SAFETY: the file is open as long as it is borrowed.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    assert_eq!(finit_module(fd, "a\0b", FinitModuleFlags::empty()), Err(Errno::EINVAL));
    assert_eq!(init_module(b"", "a\0b"), Err(Errno::EINVAL));
}

#[test]
fn a_module_that_is_not_there_is_not_unloaded() {
    let theirs = || {
        // SAFETY: reads the name.
        libc_result(unsafe {
            libc::syscall(libc::SYS_delete_module, c"no_such_module".as_ptr(), libc::O_NONBLOCK)
        })
    };
    let ours = || delete_module("no_such_module", DeleteModuleFlags::NONBLOCK).map(|()| 0);
    assert_eq!(ours(), theirs());
    assert!(ours().is_err());
    as_nobody(|| assert_eq!(ours(), theirs()));
    assert_eq!(delete_module("a\0b", DeleteModuleFlags::empty()), Err(Errno::EINVAL));
}

#[test]
fn unloading_has_the_flags_of_open() {
    let flags = [libc::O_NONBLOCK, libc::O_TRUNC].map(|flag| flag as u32);
    let answers = answered(libc::SYS_delete_module, &[], 1, &flags, || {
        [DeleteModuleFlags::NONBLOCK, DeleteModuleFlags::FORCE, DeleteModuleFlags::empty()]
            .map(|flags| delete_module("none", flags).unwrap_err().raw())
    });
    assert!(answers.is_none_or(|answers| answers == [100, 101, WRONG]), "{answers:?}");
}
