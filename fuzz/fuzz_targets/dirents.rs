//! A buffer of directory records, read one after the other.
#![no_main]
use std::mem::offset_of;

use libfuzzer_sys::fuzz_target;
use rawos::fuzzing;
use rawos_fuzz::array;

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    while let Some((ino, next, kind, name, len)) = fuzzing::dirent(rest) {
        let field = |offset| array::<8>(rest, offset).unwrap();
        assert_eq!(ino, u64::from_ne_bytes(field(offset_of!(libc::dirent64, d_ino))));
        assert_eq!(next, i64::from_ne_bytes(field(offset_of!(libc::dirent64, d_off))));
        let told = array(rest, offset_of!(libc::dirent64, d_reclen)).map(u16::from_ne_bytes);
        assert_eq!(told.map(usize::from), Some(len));
        let bits = u32::from(rest[offset_of!(libc::dirent64, d_type)]) << 12 & libc::S_IFMT;
        assert!(kind.is_none_or(|kind| kind.bits() == bits), "{kind:?} {bits:o}");
        let bytes = &rest[offset_of!(libc::dirent64, d_name)..len];
        assert_eq!(bytes.split(|byte| *byte == 0).next(), Some(name.to_bytes()));
        // A reader of the buffer moves on, and stays inside.
        assert!(len >= 20);
        rest = &rest[len..];
    }
    // What is refused has no room for its fields, or no NUL where its name is.
    let len = array(rest, offset_of!(libc::dirent64, d_reclen)).map(u16::from_ne_bytes);
    let name = len.and_then(|len| rest.get(offset_of!(libc::dirent64, d_name)..usize::from(len)));
    assert!(name.is_none_or(|name| !name.contains(&0)));
});
