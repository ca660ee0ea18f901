//! Two paths, on the two sides of the first newline.
#![no_main]
use std::{
    ffi::{CString, OsStr},
    os::unix::ffi::OsStrExt as _,
    path::Path,
};

use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    path::{self, PathLike as _},
};

fuzz_target!(|data: &[u8]| {
    let (a, b) = rawos_fuzz::halves(data);
    let kernel = match CString::new(a) {
        Err(_) => Err(Errno::EINVAL),
        Ok(_) if a.len() >= 4096 => Err(Errno::ENAMETOOLONG),
        Ok(string) => Ok(string),
    };
    assert_eq!(a.with_c_str(|path| Ok(path.to_owned())), kernel);

    let names: Vec<&[u8]> = a.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).collect();
    let root = a.iter().take_while(|byte| **byte == b'/').count();
    let all: Vec<&[u8]> = (root > 0).then_some(&a[..root]).into_iter().chain(names).collect();
    let found: Vec<_> = path::components(a).map(|name| name.as_bytes()).collect();
    assert_eq!(found, all);
    let mut back: Vec<_> = path::components(a).rev().map(|name| name.as_bytes()).collect();
    back.reverse();
    assert_eq!(back, all);

    let end = a.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (head, tail) = path::split(a);
    let slashes = a[..end].iter().rev().take_while(|byte| **byte == b'/').count();
    assert_eq!(tail, &a[end..]);
    assert_eq!(head, if slashes == end { &a[..end] } else { &a[..end - slashes] });
    assert_eq!((path::dirname(a), path::basename(a)), (head, tail));

    let joined = Path::new(OsStr::from_bytes(a)).join(OsStr::from_bytes(b));
    let joined = joined.as_os_str().as_bytes();
    assert_eq!(path::join_vec(a, b), joined);
    let mut buf = vec![0; joined.len()];
    assert_eq!(path::join(&mut buf, a, b).unwrap(), joined);
    if let Some((_, less)) = buf.split_first_mut() {
        assert_eq!(path::join(less, a, b), Err(Errno::ENAMETOOLONG));
    }

    let text = path::fsdecode(a);
    assert_eq!(path::fsencode(&text), a);
    assert_eq!(text.to_string(), String::from_utf8_lossy(a));
    assert_eq!(text.to_str(), std::str::from_utf8(a).ok());
    let lone = text.code_points().filter(|point| (0xdc80..0xdd00).contains(point)).count();
    let valid: usize = text.code_points().filter_map(char::from_u32).map(char::len_utf8).sum();
    assert_eq!(lone + valid, a.len());
    let _ = format!("{text:?}");
});
