//! Errno against glibc's table.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

use std::{collections::HashSet, ffi::CStr, mem::size_of};

use rawos::{Errno, errno::strerror};

fn libc_strerror(number: i32) -> String {
    let mut text = [0; 256];
    // SAFETY: the XSI strerror_r writes a NUL-terminated text within the length.
    let failed = unsafe { libc::strerror_r(number, text.as_mut_ptr(), text.len()) };
    assert!(failed == 0 || failed == libc::EINVAL);
    // SAFETY: see above.
    unsafe { CStr::from_ptr(text.as_ptr()) }.to_str().unwrap().to_owned()
}

#[cfg(target_env = "gnu")]
#[test]
fn every_text_is_glibcs_and_none_is_missing() {
    let mut known = 0;
    for number in 1..=4095 {
        let theirs = libc_strerror(number);
        match strerror(number) {
            Some(ours) => {
                assert_eq!(ours, theirs, "{number}");
                known += 1;
            }
            None => assert!(theirs.starts_with("Unknown error"), "{number}: {theirs}"),
        }
    }
    assert_eq!(known, 131);
    assert_eq!(strerror(0), None);
    assert_eq!(strerror(-1), None);
    assert_eq!(strerror(4096), None);
}

#[test]
fn names_and_values_are_those_of_c() {
    macro_rules! check {
        ($($NAME:ident)*) => {$(
            assert_eq!(Errno::$NAME.raw(), libc::$NAME);
            assert_eq!(Errno::$NAME.name(), Some(stringify!($NAME)));
        )*};
    }
    check! {
        EPERM ENOENT EINTR EIO EBADF EAGAIN ENOMEM EACCES EFAULT EBUSY EEXIST EXDEV ENOTDIR EISDIR
        EINVAL ENFILE EMFILE ENOSPC ESPIPE EROFS EPIPE ERANGE EDEADLK ENAMETOOLONG ENOSYS ENOTEMPTY
        ELOOP EOVERFLOW EOPNOTSUPP ESTALE EDQUOT ECANCELED EOWNERDEAD ENOTRECOVERABLE ERFKILL
        EHWPOISON
    }
    assert_eq!(Errno::EWOULDBLOCK.raw(), libc::EWOULDBLOCK);
    assert_eq!(Errno::EDEADLOCK.raw(), libc::EDEADLOCK);
    assert_eq!(Errno::ENOTSUP.raw(), libc::ENOTSUP);
    let names: HashSet<_> = (1..200).filter_map(Errno::from_raw).filter_map(Errno::name).collect();
    assert_eq!(names.len(), 131);
}

#[test]
fn it_shows_text_and_name_and_survives_unknown_numbers() {
    assert_eq!(Errno::EACCES.to_string(), "Permission denied (EACCES)");
    assert_eq!(format!("{:?}", Errno::EACCES), "EACCES");
    let unknown = Errno::from_raw(4000).unwrap();
    assert_eq!(unknown.to_string(), "Unknown error 4000");
    assert_eq!(format!("{unknown:?}"), "Errno(4000)");
    assert_eq!((unknown.name(), unknown.strerror()), (None, None));
    assert_eq!(Errno::from_raw(4096), None);
    assert_eq!(Errno::from_raw(-2), None);
    let error: Box<dyn std::error::Error> = Box::new(Errno::EIO);
    assert_eq!(error.to_string(), "Input/output error (EIO)");
}

#[test]
fn it_has_a_niche() {
    assert_eq!(size_of::<Errno>(), 2);
    assert_eq!(size_of::<Option<Errno>>(), 2);
    assert_eq!(size_of::<rawos::Result<()>>(), 2);
}

#[cfg(feature = "std")]
#[test]
fn it_converts_to_stds_error() {
    let error = std::io::Error::from(Errno::EPIPE);
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    assert_eq!(error.raw_os_error(), Some(libc::EPIPE));
}

#[cfg(feature = "std")]
#[test]
fn stds_error_converts_to_it_if_it_has_a_number() {
    let of = |number| Errno::try_from(std::io::Error::from_raw_os_error(number));
    assert_eq!(of(libc::EPIPE).unwrap(), Errno::EPIPE);
    assert_eq!(of(4095).unwrap().raw(), 4095);
    for number in [0, -1, 4096, i32::MIN, i32::MAX] {
        assert_eq!(of(number).unwrap_err().raw_os_error(), Some(number));
    }
    let error = std::io::Error::other("mine");
    assert_eq!(Errno::try_from(error).unwrap_err().to_string(), "mine");
}
