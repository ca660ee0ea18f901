//! `src/path.rs`: what a path may be.

use rawos::{
    Errno,
    fs::{self},
    path::PathLike,
};

fn bytes(path: impl PathLike) -> rawos::Result<Vec<u8>> {
    path.with_c_str(|path| Ok(path.to_bytes().to_vec()))
}

#[test]
fn every_form_says_the_same() {
    let expected = Ok(b"/tmp/x".to_vec());
    assert_eq!(bytes("/tmp/x"), expected);
    assert_eq!(bytes(b"/tmp/x"), expected);
    assert_eq!(bytes(&b"/tmp/x"[..]), expected);
    assert_eq!(bytes(c"/tmp/x"), expected);
    assert_eq!(bytes(*b"/tmp/x"), expected);
    #[cfg(feature = "alloc")]
    {
        use std::{borrow::Cow, ffi::CString};
        assert_eq!(bytes(String::from("/tmp/x")), expected);
        let string = String::from("/tmp/x");
        assert_eq!(bytes(&string), expected);
        assert_eq!(bytes(Vec::from(b"/tmp/x")), expected);
        assert_eq!(bytes(CString::from(c"/tmp/x")), expected);
        assert_eq!(bytes(Cow::Borrowed("/tmp/x")), expected);
        assert_eq!(bytes(Cow::Borrowed(&b"/tmp/x"[..])), expected);
        assert_eq!(bytes(Cow::Borrowed(c"/tmp/x")), expected);
    }
    #[cfg(feature = "std")]
    {
        use std::{
            ffi::{OsStr, OsString},
            path::{Path, PathBuf},
        };
        assert_eq!(bytes(Path::new("/tmp/x")), expected);
        assert_eq!(bytes(PathBuf::from("/tmp/x")), expected);
        let path = PathBuf::from("/tmp/x");
        assert_eq!(bytes(&path), expected);
        assert_eq!(bytes(OsStr::new("/tmp/x")), expected);
        assert_eq!(bytes(OsString::from("/tmp/x")), expected);
    }
}

#[test]
fn a_c_string_is_not_copied() {
    let path = c"/tmp";
    assert_eq!(path.with_c_str(|same| Ok(same.as_ptr() == path.as_ptr())), Ok(true));
}

#[test]
fn a_nul_inside_is_einval_wherever_it_is() {
    for path in [&b"\0"[..], b"a\0", b"\0a", b"/etc/passwd\0junk"] {
        assert_eq!(bytes(path), Err(Errno::EINVAL), "{path:?}");
        assert_eq!(fs::stat(path).unwrap_err(), Errno::EINVAL);
    }
    let mut long = vec![b'a'; 10_000];
    long[9_999] = 0;
    assert_eq!(bytes(&long[..]), Err(Errno::EINVAL));
}

#[test]
fn a_nul_is_found_in_any_word_and_nothing_else_is() {
    for len in 0..=70 {
        for fill in [0x01, b'/', 0x7f, 0x80, 0x81, 0xff] {
            let path = vec![fill; len];
            assert_eq!(bytes(&path[..]), Ok(path.clone()), "{len} times {fill}");
            for place in 0..len {
                let mut path = path.clone();
                path[place] = 0;
                assert_eq!(bytes(&path[..]), Err(Errno::EINVAL), "{path:?}");
            }
        }
    }
}

#[test]
fn bytes_stay_in_their_places() {
    for len in (0..=300).chain(4000..4096) {
        let path: Vec<u8> = (0..len).map(|place: usize| (place % 255) as u8 + 1).collect();
        assert_eq!(bytes(&path[..]), Ok(path));
    }
}

#[test]
fn four_thousand_and_ninety_six_bytes_are_too_many() {
    // The kernel's limit is checked before any component is looked up.
    let path = |len: usize| [b"/".repeat(len - 1), b"x".to_vec()].concat();
    assert_eq!(fs::stat(&path(4095)[..]).unwrap_err(), Errno::ENOENT);
    assert_eq!(fs::stat(&path(4096)[..]).unwrap_err(), Errno::ENAMETOOLONG);
    assert_eq!(bytes(&path(4095)[..]).unwrap().len(), 4095);
    assert_eq!(bytes(&path(1 << 20)[..]), Err(Errno::ENAMETOOLONG));
}

#[test]
fn any_other_byte_passes() {
    let all: Vec<u8> = (1..=255).collect();
    assert_eq!(bytes(&all[..]), Ok(all.clone()));
    assert_eq!(bytes(""), Ok(vec![]));
    assert_eq!(fs::stat("").unwrap_err(), Errno::ENOENT);
}
