//! `src/fs/xattr/`, against libc. Whatever the file system can do: the two
//! must agree, on the errno where it can do nothing.

use std::ffi::CStr;

use rawos::{
    Errno,
    fs::{self, Mode, OFlags, XATTR_SIZE_MAX, XattrFlags, XattrNames},
};

use crate::{
    scene::{compare, scene},
    util::libc_result,
};

const NAMES: [&CStr; 7] =
    [c"user.a", c"user.b", c"trusted.a", c"security.a", c"nonsense", c"user.", c""];

#[test]
fn setting_and_removing_on_every_path() {
    assert_eq!(XattrFlags::CREATE.bits() as i32, libc::XATTR_CREATE);
    assert_eq!(XattrFlags::REPLACE.bits() as i32, libc::XATTR_REPLACE);
    for name in NAMES {
        let every = if name == c"user.a" { 5 } else { 1 };
        for bits in 0..every {
            let (flags, bits) = (XattrFlags::from_bits_retain(bits), bits as i32);
            compare(
                &format!("setxattr {name:?} {flags:?}"),
                |path| fs::setxattr(path, name, b"value", flags),
                |path| {
                    let (path, name, value) = (path.as_ptr(), name.as_ptr(), c"value".as_ptr());
                    // SAFETY: reads the strings and 5 bytes of value.
                    unsafe { libc::setxattr(path, name, value.cast(), 5, bits) }
                },
            );
        }
        compare(
            "lsetxattr",
            |path| fs::lsetxattr(path, name, b"value", XattrFlags::empty()),
            |path| {
                let (path, name, value) = (path.as_ptr(), name.as_ptr(), c"value".as_ptr());
                // SAFETY: reads the strings and 5 bytes of value.
                unsafe { libc::lsetxattr(path, name, value.cast(), 5, 0) }
            },
        );
        compare(
            "removexattr",
            |path| fs::removexattr(path, name),
            // SAFETY: only reads the strings.
            |path| unsafe { libc::removexattr(path.as_ptr(), name.as_ptr()) },
        );
        compare(
            "lremovexattr",
            |path| fs::lremovexattr(path, name),
            // SAFETY: only reads the strings.
            |path| unsafe { libc::lremovexattr(path.as_ptr(), name.as_ptr()) },
        );
        compare(
            "getxattr",
            |path| fs::getxattr(path, name, &mut [0; 64]).map(drop),
            |path| {
                let (path, name) = (path.as_ptr(), name.as_ptr());
                // SAFETY: only reads the strings.
                let len = unsafe { libc::getxattr(path, name, std::ptr::null_mut(), 0) };
                len.min(0) as i32
            },
        );
        compare(
            "lgetxattr",
            |path| fs::lgetxattr(path, name, &mut [0; 64]).map(drop),
            |path| {
                let (path, name) = (path.as_ptr(), name.as_ptr());
                // SAFETY: only reads the strings.
                let len = unsafe { libc::lgetxattr(path, name, std::ptr::null_mut(), 0) };
                len.min(0) as i32
            },
        );
    }
    compare(
        "listxattr",
        |path| fs::listxattr(path, &mut [0; 4096]).map(drop),
        // SAFETY: only reads the path.
        |path| (unsafe { libc::listxattr(path.as_ptr(), std::ptr::null_mut(), 0) } as i32).min(0),
    );
    compare(
        "llistxattr",
        |path| fs::llistxattr(path, &mut [0; 4096]).map(drop),
        // SAFETY: only reads the path.
        |path| (unsafe { libc::llistxattr(path.as_ptr(), std::ptr::null_mut(), 0) } as i32).min(0),
    );
}

#[test]
fn names_of_every_length() {
    let (tmp, _) = scene();
    let path = tmp.path().join("file");
    let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    for len in [250, 251, 300, 4000] {
        let name = std::ffi::CString::new(format!("user.{}", "n".repeat(len))).unwrap();
        let ours = fs::setxattr(&*path, &*name, b"", XattrFlags::empty());
        // SAFETY: only reads the strings.
        let theirs =
            unsafe { libc::setxattr(path.as_ptr(), name.as_ptr(), path.as_ptr().cast(), 0, 0) };
        assert_eq!(ours, libc_result(theirs).map(drop), "{len}");
        assert_eq!(len > 250, ours == Err(Errno::ERANGE));
    }
    assert_eq!(fs::getxattr(&*path, "user.\0", &mut [0; 1]), Err(Errno::EINVAL));
}

/// A file with room for attributes, where the machine has such a place.
fn file_with_attributes() -> Option<(tempfile::TempDir, String)> {
    let (tmp, _) = scene();
    let path = tmp.path().join("file").to_str().unwrap().to_owned();
    match fs::setxattr(&*path, "user.first", b"1", XattrFlags::CREATE) {
        Ok(()) => Some((tmp, path)),
        Err(errno) => {
            // tmpfs before Linux 6.6; compared with libc's above.
            assert_eq!(errno, Errno::EOPNOTSUPP);
            None
        }
    }
}

#[test]
fn values_come_back_whole_or_not_at_all() {
    let Some((_tmp, path)) = file_with_attributes() else { return };
    let path = &*path;
    let none = XattrFlags::empty();
    for len in [0, 1, 255, 256, 257, 1000, 3000] {
        let value = vec![0xa5; len];
        assert_eq!(fs::setxattr(path, "user.value", &value, none), Ok(()), "{len}");
        let mut buf = vec![0; len];
        assert_eq!(fs::getxattr(path, "user.value", &mut buf[..]), Ok(len));
        assert_eq!(buf, value);
        if len > 0 {
            for small in [0, len - 1] {
                let result = fs::getxattr(path, "user.value", &mut vec![0; small][..]);
                assert_eq!(result, Err(Errno::ERANGE), "{len} in {small}");
            }
        }
        let file = fs::open(path, OFlags::RDONLY, Mode::empty()).unwrap();
        assert_eq!(fs::fgetxattr(&file, "user.value", &mut vec![0; 4096][..]), Ok(len));
        #[cfg(feature = "alloc")]
        {
            assert_eq!(fs::getxattr_alloc(path, "user.value").as_ref(), Ok(&value));
            assert_eq!(fs::lgetxattr_alloc(path, "user.value").as_ref(), Ok(&value));
            assert_eq!(fs::fgetxattr_alloc(&file, "user.value").as_ref(), Ok(&value));
        }
    }
    let large = vec![1; XATTR_SIZE_MAX + 1];
    assert_eq!(fs::setxattr(path, "user.value", &large, none), Err(Errno::E2BIG));
    assert_eq!(fs::setxattr(path, "user.value", b"", XattrFlags::CREATE), Err(Errno::EEXIST));
    assert_eq!(fs::setxattr(path, "user.new", b"", XattrFlags::REPLACE), Err(Errno::ENODATA));
    assert_eq!(fs::removexattr(path, "user.value"), Ok(()));
    assert_eq!(fs::removexattr(path, "user.value"), Err(Errno::ENODATA));
    assert_eq!(fs::getxattr(path, "user.value", &mut [0; 1]), Err(Errno::ENODATA));
}

#[test]
fn every_name_is_listed() {
    let Some((_tmp, path)) = file_with_attributes() else { return };
    let path = &*path;
    let file = fs::open(path, OFlags::RDWR, Mode::empty()).unwrap();
    let mut expected = vec!["user.first".to_owned()];
    for number in 0..20 {
        let name = format!("user.{}{number}", "long".repeat(6));
        assert_eq!(fs::fsetxattr(&file, &*name, b"", XattrFlags::CREATE), Ok(()));
        expected.push(name);
    }
    assert_eq!(fs::fremovexattr(&file, "user.first"), Ok(()));
    expected.remove(0);
    expected.sort();
    let sorted = |list: &[u8]| {
        let mut names: Vec<_> =
            XattrNames::new(list).map(|name| name.to_str().unwrap().to_owned()).collect();
        names.retain(|name| name.starts_with("user."));
        names.sort();
        names
    };
    let mut buf = [0; 4096];
    let len = fs::listxattr(path, &mut buf).unwrap();
    assert_eq!(sorted(&buf[..len]), expected);
    assert_eq!(fs::llistxattr(path, &mut buf), Ok(len));
    assert_eq!(fs::flistxattr(&file, &mut buf), Ok(len));
    assert_eq!(sorted(&buf[..len]), expected);
    for small in [0, 1, len - 1] {
        assert_eq!(fs::listxattr(path, &mut buf[..small]), Err(Errno::ERANGE));
    }
    #[cfg(feature = "alloc")]
    for names in
        [fs::listxattr_alloc(path), fs::llistxattr_alloc(path), fs::flistxattr_alloc(&file)]
    {
        let names = names.unwrap();
        assert!(expected.iter().all(|name| names.iter().any(|n| n.to_str() == Ok(name))));
    }
}

#[cfg(feature = "alloc")]
#[test]
fn a_value_that_grows_meanwhile_is_read_whole() {
    let Some((_tmp, path)) = file_with_attributes() else { return };
    let path = &*path;
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                for len in [10, 300, 2000] {
                    fs::setxattr(path, "user.first", &vec![7; len], XattrFlags::empty()).unwrap();
                }
            }
        });
        for _ in 0..2000 {
            let value = fs::getxattr_alloc(path, "user.first").unwrap();
            assert!([1, 10, 300, 2000].contains(&value.len()));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn any_bytes_are_names_or_none() {
    let names = |list: &'static [u8]| XattrNames::new(list).collect::<Vec<_>>();
    assert!(names(b"").is_empty());
    assert!(names(b"unfinished").is_empty());
    assert_eq!(names(b"a\0unfinished"), [c"a"]);
    assert_eq!(names(b"\0a\0\0"), [c"", c"a", c""]);
    assert_eq!(names(b"\xff\xfe\0b\0"), [c"\xff\xfe", c"b"]);
}
