//! `src/init/host.rs`.

use std::ffi::CStr;

use rawos::{Errno, init};

use crate::{
    apart::{case, emulated},
    util::{as_nobody, libc_result, not_run},
};

/// The names that glibc finds.
fn names() -> (String, String) {
    // SAFETY: zeroes are a value of it.
    let mut name: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::uname(&mut name) }, 0);
    let text = |field: &[libc::c_char]| {
        // SAFETY: the kernel ends it with a NUL.
        unsafe { CStr::from_ptr(field.as_ptr()) }.to_str().unwrap().to_owned()
    };
    (text(&name.nodename), text(&name.domainname))
}

#[test]
fn a_host_gets_its_names() {
    case("host::named");
}

pub fn named() {
    // SAFETY: takes an integer.
    if unsafe { libc::unshare(libc::CLONE_NEWUTS) } != 0 {
        return not_run("namespaces need privilege");
    }
    let longest = "n".repeat(64);
    // QEMU looks for no bytes at the address of an empty name, and finds none.
    let shortest = if emulated() { "x" } else { "" };
    for name in ["a.example", shortest, &longest, "caf\u{e9}"] {
        assert_eq!(init::sethostname(name), Ok(()), "{name}");
        assert_eq!(init::setdomainname("before"), Ok(()));
        assert_eq!(names(), (name.to_owned(), "before".to_owned()));
        assert_eq!(init::setdomainname(name.as_bytes()), Ok(()), "{name}");
        assert_eq!(names(), (name.to_owned(), name.to_owned()));
    }
    assert_eq!(init::sethostname(c"whole"), Ok(()));
    let before = names();
    let too_long = "n".repeat(65);
    // SAFETY: reads as many bytes as it is told.
    let theirs = libc_result(unsafe { libc::sethostname(too_long.as_ptr().cast(), 65) });
    assert_eq!(theirs, Err(Errno::EINVAL));
    assert_eq!(init::sethostname(&*too_long), Err(Errno::EINVAL));
    assert_eq!(init::setdomainname(&*too_long), Err(Errno::EINVAL));
    // The kernel would take a length of 4 GiB for 0.
    assert_eq!(init::sethostname("a\0b"), Err(Errno::EINVAL));
    assert_eq!(init::setdomainname("a\0b"), Err(Errno::EINVAL));
    assert_eq!(names(), before);
}

#[test]
fn without_privilege_the_names_stay() {
    let before = names();
    as_nobody(|| {
        // SAFETY: reads as many bytes as it is told.
        let theirs = libc_result(unsafe { libc::sethostname(c"other".as_ptr(), 5) });
        assert_eq!(theirs, Err(Errno::EPERM));
        assert_eq!(init::sethostname("other"), Err(Errno::EPERM));
        assert_eq!(init::setdomainname("other"), Err(Errno::EPERM));
    });
    assert_eq!(names(), before);
}
