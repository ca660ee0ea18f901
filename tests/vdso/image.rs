//! `src/vdso/elf.rs` with the image that the kernel maps here, as it is,
//! without one of its tables, cut short, and with bytes changed.

use std::{collections::BTreeMap, fmt::Write as _};

use object::{
    Endianness,
    elf::{DT_GNU_HASH, DT_HASH, DynamicTag, FileHeader64},
    read::elf::{Dyn as _, FileHeader as _, Sym as _},
};
use proptest::prelude::*;

use crate::{
    ABI, NAMES,
    elf::{Image, size},
    util::not_run,
};

/// Where the vDSO is, and all of its mapping; `None`, and said so, without one.
pub fn mapping() -> Option<(usize, Vec<u8>)> {
    // SAFETY: reads the auxiliary vector.
    let base = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } as usize;
    if base == 0 {
        not_run(format_args!("there is no vDSO here"));
        return None;
    }
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut start = String::new();
    write!(start, "{base:x}-").unwrap();
    // An emulator shows neither its name nor all of its addresses.
    let end = maps.lines().find_map(|line| line.strip_prefix(&start)?.split(' ').next());
    let Some(end) = end.and_then(|end| usize::from_str_radix(end, 16).ok()) else {
        not_run(format_args!("the vDSO's mapping is not shown"));
        return None;
    };
    // SAFETY: the kernel mapped these bytes to be read, for ever.
    let bytes = unsafe { std::slice::from_raw_parts(base as *const u8, end - base) };
    Some((base, bytes.to_vec()))
}

/// What the crate object finds: each function's offset in the image.
fn functions(bytes: &[u8]) -> BTreeMap<Vec<u8>, usize> {
    let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
    let endian = header.endian().unwrap();
    let sections = header.sections(endian, bytes).unwrap();
    let table = sections.symbols(endian, bytes, object::elf::SHT_DYNSYM).unwrap();
    let named = table.iter().filter_map(|symbol| {
        let function = symbol.st_type() == object::elf::STT_FUNC && !symbol.is_undefined(endian);
        let name = table.symbol_name(endian, symbol).unwrap();
        function.then(|| (name.to_vec(), symbol.st_value(endian) as usize))
    });
    named.collect()
}

/// The bytes, with the dynamic entries of type `tag` made such of no meaning.
fn without(bytes: &[u8], tag: DynamicTag) -> Option<Vec<u8>> {
    let header = FileHeader64::<Endianness>::parse(bytes).unwrap();
    let endian = header.endian().unwrap();
    let sections = header.sections(endian, bytes).unwrap();
    let (entries, _) = sections.dynamic(endian, bytes).unwrap().unwrap();
    let entry = entries.iter().find(|entry| entry.d_tag(endian) == tag)?;
    let place = std::ptr::from_ref(entry).addr() - bytes.as_ptr().addr();
    let mut changed = bytes.to_vec();
    // DT_DEBUG, which the reader has no use for.
    changed[place..place + 8].copy_from_slice(&21u64.to_le_bytes());
    Some(changed)
}

fn find(bytes: &[u8], name: &[u8]) -> Option<usize> {
    Image::parse(bytes, ABI.0)?.find(name, ABI.1)
}

#[test]
fn every_function_is_where_the_crate_object_finds_it() {
    let Some((_, bytes)) = mapping() else { return };
    let functions = functions(&bytes);
    for name in NAMES {
        assert!(functions.contains_key(name.as_bytes()), "{name}");
    }
    for (name, offset) in &functions {
        assert_eq!(find(&bytes, name), Some(*offset), "{name:?}");
        let image = Image::parse(&bytes, ABI.0).unwrap();
        assert_eq!(image.find(name, b"LINUX_1.0"), None, "{name:?} of another version");
        assert_eq!(find(&bytes, &[&name[..], b"_"].concat()), None);
        assert_eq!(find(&bytes, &name[..name.len() - 1]), None);
    }
    // The version is a symbol too, but no function.
    for name in [b"".as_slice(), b"_", b"__vdso_", ABI.1] {
        assert_eq!(find(&bytes, name), None);
    }
}

#[test]
fn each_table_is_enough_alone() {
    let Some((_, bytes)) = mapping() else { return };
    let (no_gnu, no_old) = (without(&bytes, DT_GNU_HASH), without(&bytes, DT_HASH));
    // Kernels give one or both.
    let tables = [&no_gnu, &no_old].iter().filter(|table| table.is_some()).count();
    assert!(tables > 0);
    for (name, offset) in functions(&bytes) {
        for bytes in [&no_gnu, &no_old].into_iter().flatten() {
            let expected = (tables == 2).then_some(offset);
            assert_eq!(find(bytes, &name), expected, "{name:?}");
        }
    }
    if let Some(none) = no_gnu.and_then(|bytes| without(&bytes, DT_HASH)) {
        assert_eq!(find(&none, NAMES[0].as_bytes()), None);
    }
}

#[test]
fn the_size_is_within_the_mapping_and_the_first_page_tells_it() {
    let Some((_, bytes)) = mapping() else { return };
    let whole = size(&bytes, ABI.0).unwrap();
    assert!((64..=bytes.len()).contains(&whole), "{whole} of {}", bytes.len());
    assert!(bytes.len() - whole < 65536, "{whole} of {}", bytes.len());
    assert_eq!(size(&bytes[..4096], ABI.0), Some(whole));
}

/// glibc's loader has the vDSO among its libraries.
#[cfg(all(target_env = "gnu", not(target_feature = "crt-static")))]
#[test]
fn every_function_is_where_dlvsym_finds_it() {
    use std::ffi::CString;

    let Some((base, bytes)) = mapping() else { return };
    // SAFETY: the library is there already and has nothing to run.
    let library =
        unsafe { libc::dlopen(c"linux-vdso.so.1".as_ptr(), libc::RTLD_NOLOAD | libc::RTLD_NOW) };
    assert!(!library.is_null());
    let version = CString::new(ABI.1).unwrap();
    for name in functions(&bytes).into_keys() {
        let symbol = CString::new(name.clone()).unwrap();
        // SAFETY: only reads the two strings.
        let address = unsafe { dlvsym(library, symbol.as_ptr(), version.as_ptr()) };
        let expected = (!address.is_null()).then(|| address as usize - base);
        assert_eq!(find(&bytes, &name), expected, "{name:?}");
        assert!(expected.is_some());
    }
}

#[cfg(all(target_env = "gnu", not(target_feature = "crt-static")))]
unsafe extern "C" {
    fn dlvsym(
        library: *mut libc::c_void,
        symbol: *const libc::c_char,
        version: *const libc::c_char,
    ) -> *mut libc::c_void;
}

#[test]
fn an_image_of_another_kind_is_none() {
    let Some((_, bytes)) = mapping() else { return };
    let with = |place: usize, byte: u8| {
        let mut changed = bytes.clone();
        assert_ne!(changed[place], byte);
        changed[place] = byte;
        changed
    };
    // Magic number, 32 bits, big-endian, no version, an executable, i386.
    for (place, byte) in [(0, 0), (4, 1), (5, 2), (6, 0), (16, 2), (18, 3), (20, 0), (54, 32)] {
        let changed = with(place, byte);
        assert!(Image::parse(&changed, ABI.0).is_none(), "byte {place}");
        assert_eq!(size(&changed, ABI.0), None);
    }
    for machine in [3, 62, 183, 243] {
        assert_eq!(Image::parse(&bytes, machine).is_some(), machine == ABI.0);
    }
}

#[test]
fn cut_anywhere_it_is_none_or_the_same() {
    let Some((_, bytes)) = mapping() else { return };
    let whole = size(&bytes, ABI.0).unwrap();
    for len in 0..bytes.len() {
        let image = Image::parse(&bytes[..len], ABI.0);
        assert_eq!(image.is_some(), len >= whole, "{len} bytes");
        let told = size(&bytes[..len], ABI.0);
        assert!(told.is_none() || told == Some(whole), "{len} bytes");
    }
}

/// How a byte, or a few, change: near what numbers are compared with.
fn change(len: usize) -> impl Strategy<Value = (usize, Vec<u8>)> {
    let values = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        any::<u16>().prop_map(|value| value.to_le_bytes().to_vec()),
        any::<u32>().prop_map(|value| value.to_le_bytes().to_vec()),
        any::<u64>().prop_map(|value| value.to_le_bytes().to_vec()),
        prop_oneof![Just(0), Just(1), Just(u64::MAX), Just(i64::MAX as u64), 0..2 * len as u64]
            .prop_map(|value| value.to_le_bytes().to_vec()),
        (0..2 * len as u32).prop_map(|value| value.to_le_bytes().to_vec()),
    ];
    // Most of them where the tables are, which are first.
    let place = prop_oneof![0..64usize, 64..1600usize, 64..len];
    (place, values)
}

#[test]
fn whatever_changes_it_does_not_panic() {
    let Some((_, bytes)) = mapping() else { return };
    let both = [Some(bytes.clone()), without(&bytes, DT_GNU_HASH), without(&bytes, DT_HASH)];
    let images: Vec<_> = both.into_iter().flatten().collect();
    let names: Vec<_> = functions(&bytes).into_keys().collect();
    let config = crate::synthetic::cases(5000);
    let changes = prop::collection::vec(change(bytes.len()), 1..6);
    proptest!(config, |(which in 0..images.len(), changes in changes)| {
        let mut image = images[which].clone();
        for (place, value) in changes {
            for (old, new) in image[place..].iter_mut().zip(value) {
                *old = new;
            }
        }
        let whole = size(&image, ABI.0);
        for name in &names {
            let found = find(&image, name);
            prop_assert!(found.is_none_or(|offset| offset < whole.unwrap_or(0)));
        }
    });
}
