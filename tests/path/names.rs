//! `src/path/names.rs`: no bytes are lost, and none are a panic.

use rawos::path::{self, FsStr, PathLike, fsdecode, fsencode, fspath};

/// Every byte alone, every pair of bytes, and longer mixtures.
fn all_kinds() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = vec![vec![]];
    all.extend((0..=255).map(|byte| vec![byte]));
    all.extend((0..=u16::MAX).map(|pair| pair.to_be_bytes().to_vec()));
    let pieces: [&[u8]; 8] = [
        b"a",
        "é".as_bytes(),
        "\u{10ffff}".as_bytes(),
        b"\xf0\x9f\x98",
        b"\xed\xa0\x80",
        b"\xff",
        b"\0",
        b"\xc3",
    ];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                all.push([a, b, c].concat());
            }
        }
    }
    all
}

#[test]
fn any_bytes_there_and_back() {
    for bytes in all_kinds() {
        let text: FsStr = fsdecode(&bytes[..]);
        assert_eq!(fsencode(&text), bytes);
        assert_eq!(fspath(&text), bytes);
        assert_eq!(text.as_bytes(), bytes);
        assert_eq!(AsRef::<[u8]>::as_ref(&text), bytes);
        assert_eq!(fsdecode(&text), text);
        assert_eq!(text.to_str(), std::str::from_utf8(&bytes).ok());
        assert_eq!(text.to_string(), String::from_utf8_lossy(&bytes));
        #[cfg(feature = "alloc")]
        assert_eq!(text.to_string_lossy(), String::from_utf8_lossy(&bytes));
        // Text that is no UTF-8 is exactly that with an escape in it.
        let escaped = text.code_points().any(|point| (0xdc80..=0xdcff).contains(&point));
        assert_eq!(escaped, text.to_str().is_none());
        let debug = format!("{text:?}");
        assert!(debug.starts_with('"') && debug.ends_with('"') && !debug.contains('\0'));
    }
}

#[test]
fn text_is_shown_as_a_str_is() {
    assert_eq!(format!("[{:>5}]", fsdecode("ab")), "[   ab]");
    for text in ["", "plain", "with \"quotes\" and \\", "é\n\u{301}"] {
        assert_eq!(format!("{:?}", fsdecode(text)), format!("{text:?}"));
    }
    assert_eq!(format!("{:?}", fsdecode(b"a\xff\xfe\"")), r#""a\xff\xfe\"""#);
}

#[test]
fn every_form_has_its_bytes() {
    assert_eq!(fspath("a/é"), "a/é".as_bytes());
    assert_eq!(fspath(b"a"), b"a");
    assert_eq!(fspath(&b"a"[..]), b"a");
    assert_eq!(fspath(c"a"), b"a");
    assert_eq!(fspath(&&"a"), b"a");
    #[cfg(feature = "alloc")]
    {
        assert_eq!(fspath(&String::from("a")), b"a");
        assert_eq!(fspath(&vec![b'a']), b"a");
        assert_eq!(fspath(&std::ffi::CString::from(c"a")), b"a");
        assert_eq!(fspath(&std::borrow::Cow::Borrowed("a")), b"a");
    }
    #[cfg(feature = "std")]
    {
        assert_eq!(fspath(std::path::Path::new("a")), b"a");
        assert_eq!(fsencode(std::ffi::OsStr::new("a")), b"a");
        use std::os::unix::ffi::OsStrExt as _;
        let path = std::path::Path::new(&fsdecode(b"a/\xff\n")).to_owned();
        assert_eq!(path.as_os_str().as_bytes(), b"a/\xff\n");
        assert_eq!(fspath(&path), b"a/\xff\n");
        let text = fsdecode(c"a/b");
        assert_eq!(AsRef::<std::path::Path>::as_ref(&text).file_name().unwrap(), "b");
    }
}

#[test]
fn a_type_of_ones_own_is_a_path() {
    struct Pid(String);
    impl PathLike for Pid {
        fn fspath(&self) -> &[u8] {
            self.0.as_bytes()
        }
    }
    assert!(rawos::fs::stat(Pid("/proc/self".to_owned())).is_ok());
    assert_eq!(path::basename(&Pid("/proc/self".to_owned())), "self");
}
