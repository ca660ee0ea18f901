//! `src/fs/mode_string.rs`.

use rawos::{Errno, fs::OFlags};

/// The ten, with libc's numbers.
const TABLE: [(&str, libc::c_int); 10] = [
    ("r", libc::O_RDONLY),
    ("r+", libc::O_RDWR),
    ("w", libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY),
    ("wx", libc::O_TRUNC | libc::O_CREAT | libc::O_WRONLY | libc::O_EXCL),
    ("w+", libc::O_TRUNC | libc::O_CREAT | libc::O_RDWR),
    ("wx+", libc::O_TRUNC | libc::O_CREAT | libc::O_RDWR | libc::O_EXCL),
    ("a", libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY),
    ("ax", libc::O_APPEND | libc::O_CREAT | libc::O_WRONLY | libc::O_EXCL),
    ("a+", libc::O_APPEND | libc::O_CREAT | libc::O_RDWR),
    ("ax+", libc::O_APPEND | libc::O_CREAT | libc::O_RDWR | libc::O_EXCL),
];

#[test]
fn the_ten_strings_have_their_flags() {
    for (string, flags) in TABLE {
        let ours = OFlags::from_mode_string(string).map(|flags| flags.bits().cast_signed());
        assert_eq!(ours, Ok(flags), "{string}");
        assert!(OFlags::from_mode_string(string.as_bytes()).is_ok());
    }
}

#[test]
fn nothing_else_is_a_mode_string() {
    // All strings of up to two bytes, and of up to five of the bytes that matter.
    let mut strings = vec![vec![]];
    strings.extend((0..=255).map(|byte| vec![byte]));
    strings.extend((0..=u16::MAX).map(|pair| pair.to_be_bytes().to_vec()));
    let mut longer = vec![vec![]];
    for _ in 0..5 {
        longer = longer
            .iter()
            .flat_map(|start: &Vec<u8>| {
                b"rwax+bRt\0 ".iter().map(move |byte| [&start[..], &[*byte]].concat())
            })
            .collect();
        strings.extend(longer.iter().filter(|string| string.len() > 2).cloned());
    }
    let mut found = 0;
    for string in strings {
        let known = TABLE.iter().any(|(name, _)| name.as_bytes() == string);
        match OFlags::from_mode_string(&string) {
            Ok(_) => assert!(known, "{string:?}"),
            Err(errno) => assert_eq!((errno, known), (Errno::EINVAL, false), "{string:?}"),
        }
        found += usize::from(known);
    }
    assert_eq!(found, TABLE.len());
}
