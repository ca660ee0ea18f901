//! `src/env/environ.rs` and `src/env/raw.rs`.

use std::ffi::CString;

use proptest::prelude::*;
use rawos::{Errno, env::Environ};

/// What libc's `getenv` would find: the first string that begins with `name=`.
fn first<'a>(strings: &'a [Vec<u8>], name: &[u8]) -> Option<&'a [u8]> {
    let start = [name, b"="].concat();
    strings.iter().find_map(|string| string.strip_prefix(&start[..]))
}

proptest! {
    #[test]
    fn the_first_string_with_the_name_counts(
        strings in prop::collection::vec("[AB=\u{e9}]{0,5}".prop_map(String::into_bytes), 0..9),
        name in "[AB]{0,2}",
    ) {
        // An array of pointers and a text are two forms of one environment.
        let owned: Vec<_> = strings.iter().map(|string| CString::new(&string[..]).unwrap()).collect();
        let mut block: Vec<_> = owned.iter().map(|string| string.as_ptr()).collect();
        block.push(std::ptr::null());
        // SAFETY: the array ends with a null; the strings outlive the test.
        let pointers = unsafe { Environ::from_ptr(block.as_ptr()) };
        let text = strings.iter().flat_map(|string| [string, &b"\0"[..]].concat()).collect::<Vec<_>>();
        let text = Environ::new(&text);
        let expected = first(&strings, name.as_bytes());
        prop_assert_eq!(pointers.get(&*name), expected);
        prop_assert_eq!(text.get(&*name), expected);
        let pairs: Vec<_> = strings
            .iter()
            .filter_map(|string| {
                let at = string.iter().position(|byte| *byte == b'=')?;
                Some((&string[..at], &string[at + 1..]))
            })
            .collect();
        prop_assert!(pointers.iter().eq(pairs.iter().copied()));
        prop_assert!(text.iter().eq(pairs));
    }
}

#[test]
fn names_that_no_variable_has() {
    let block = [c"A=B=C".as_ptr(), c"D".as_ptr(), std::ptr::null()];
    // SAFETY: the array ends with a null, and its strings never change.
    let block = unsafe { Environ::from_ptr(block.as_ptr()) };
    for environ in [Environ::new(b"A=B=C\0D\0"), block] {
        for name in [&b"A=B"[..], b"A\0", b"A=", b"D", b"D\0", b"", b"a", b"A\0B", b"AB"] {
            assert_eq!(environ.get(name), None, "{name:?}");
        }
        assert_eq!(environ.get(c"A"), Some(&b"B=C"[..]));
    }
}

#[test]
fn the_last_nul_may_be_missing() {
    assert_eq!(Environ::new(b"A=1\0B=2").get("B"), Some(&b"2"[..]));
    assert_eq!(Environ::new(b"\0\0A=1\0\0").iter().count(), 1);
    assert_eq!(Environ::new(b"").iter().count(), 0);
}

#[test]
fn the_environment_of_the_start_is_read_whole_or_not_at_all() {
    let mut buf = vec![0; 1 << 22];
    let all = std::fs::read("/proc/self/environ").unwrap();
    let len = all.len();
    let whole = Environ::read(&mut buf[..len]).unwrap();
    assert!(whole.iter().eq(Environ::new(&all).iter()));
    assert!(whole.iter().count() > 0);
    assert_eq!(Environ::read(&mut buf[..len - 1]).unwrap_err(), Errno::ERANGE);
    assert_eq!(Environ::read(&mut []).unwrap_err(), Errno::ERANGE);
}

#[test]
fn debug_shows_names_and_values() {
    let environ = Environ::new(b"A=1\0B=\xff\0");
    assert_eq!(format!("{environ:?}"), r#"{"A": "1", "B": "\xff"}"#);
}
