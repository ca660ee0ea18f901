//! `src/system/confstr.rs`, against libc.

use rawos::{
    Errno,
    system::{ConfstrName, confstr},
};

/// What libc says; an empty text is none.
fn witness(name: i32) -> Result<Option<String>, Errno> {
    let mut buf = [0_u8; 256];
    // SAFETY: takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: errno is this thread's own.
    unsafe { *errno = 0 };
    // SAFETY: writes at most that many bytes.
    let len = unsafe { libc::confstr(name, buf.as_mut_ptr().cast(), buf.len()) };
    // SAFETY: as above.
    match (len, unsafe { *errno }) {
        (0, number) => Err(Errno::from_raw(number).unwrap()),
        (1, _) => Ok(None),
        _ => Ok(Some(String::from_utf8(buf[..len - 1].to_vec()).unwrap())),
    }
}

#[test]
fn every_answer_is_libcs_or_none() {
    let mut answered = Vec::new();
    for (text, name) in ConfstrName::all() {
        let (ours, theirs) = (confstr(name).unwrap(), witness(name.raw()).unwrap());
        if let Some(ours) = ours {
            assert_eq!(Some(ours), theirs.as_deref(), "{text}");
            answered.push(text);
        }
    }
    assert_eq!(answered, ["CS_PATH", "CS_V6_ENV", "CS_V7_ENV"]);
    assert_eq!(ConfstrName::all().count(), 67);
}

#[test]
fn names_that_are_none() {
    let known: Vec<i32> = ConfstrName::all().map(|(_, name)| name.raw()).collect();
    for number in (-3..1200).chain([i32::MIN, i32::MAX]).filter(|number| !known.contains(number)) {
        let name = ConfstrName::from_raw(number);
        assert_eq!((confstr(name), name.name()), (Err(Errno::EINVAL), None), "{number}");
        assert_eq!(witness(number), Err(Errno::EINVAL), "{number}");
    }
    for text in ["", "CS_", "PATH", "_CS_PATH", "CS_PATH "] {
        assert_eq!(text.parse::<ConfstrName>(), Err(Errno::EINVAL), "{text:?}");
    }
    assert_eq!("CS_V7_ENV".parse().map(ConfstrName::raw), Ok(libc::_CS_V7_ENV));
    assert_eq!(ConfstrName::GNU_LIBC_VERSION.raw(), libc::_CS_GNU_LIBC_VERSION);
}
