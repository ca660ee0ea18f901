//! `src/vdso/elf.rs` with images made here: any names, either table or both,
//! with versions or without, moved or not, and bytes that are no image.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::{
    ABI,
    elf::{Image, size},
};

/// So many cases natively, fewer where an emulator runs them.
pub fn cases(native: u32) -> ProptestConfig {
    let emulated =
        ["RAWOS_RUNNER", "RAWOS_BOOTED"].iter().any(|name| std::env::var_os(name).is_some());
    let cases = if emulated { native / 50 } else { native };
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) }
}

/// What an image is made of.
#[derive(Clone, Debug)]
struct Plan {
    names: Vec<String>,
    gnu: bool,
    old: bool,
    versions: bool,
    buckets: u32,
    /// What a loader adds to each address, program headers included.
    moved: u64,
}

/// The place of the function `index`: past all tables.
fn function(index: usize) -> usize {
    0x8000 + 16 * index
}

const LEN: usize = 0x10000;

#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn half(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    fn word(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn long(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    /// The next place for a table.
    fn here(&mut self) -> u64 {
        while !self.0.len().is_multiple_of(8) {
            self.0.push(0xee);
        }
        self.0.len() as u64
    }
}

/// Makes the image; hashes are those of the crate object.
fn image(plan: &Plan) -> Vec<u8> {
    let mut names: Vec<_> = plan.names.iter().enumerate().collect();
    // Buckets of the GNU table are runs of symbols.
    names.sort_by_key(|(_, name)| object::elf::gnu_hash(name.as_bytes()) % plan.buckets);
    let mut strings = b"\0image\0".to_vec();
    let mut string = |text: &[u8]| {
        let place = strings.len() as u32;
        strings.extend(text);
        strings.push(0);
        place
    };
    let version = string(ABI.1);
    let placed: Vec<_> = names.iter().map(|(_, name)| string(name.as_bytes())).collect();

    let mut bytes = Bytes(vec![0; 64 + 2 * 56]);
    let symbols = bytes.here();
    bytes.0.extend([0; 24]);
    for ((index, _), name) in names.iter().zip(&placed) {
        bytes.word(*name);
        // STB_GLOBAL, STT_FUNC; section 1
        bytes.half(0x12);
        bytes.half(1);
        bytes.long(function(*index) as u64 + plan.moved);
        bytes.long(16);
    }
    let gnu = bytes.here();
    let hashes: Vec<_> =
        names.iter().map(|(_, name)| object::elf::gnu_hash(name.as_bytes())).collect();
    // One word of the Bloom filter; the first symbol is 1.
    [plan.buckets, 1, 1, 6].into_iter().for_each(|value| bytes.word(value));
    bytes.long(u64::MAX);
    for bucket in 0..plan.buckets {
        let first = hashes.iter().position(|hash| hash % plan.buckets == bucket);
        bytes.word(first.map_or(0, |first| first as u32 + 1));
    }
    for (index, hash) in hashes.iter().enumerate() {
        let next = hashes.get(index + 1).map(|hash| hash % plan.buckets);
        bytes.word(hash & !1 | u32::from(next != Some(hash % plan.buckets)));
    }
    let old = bytes.here();
    let mut heads = vec![0; plan.buckets as usize];
    let mut chains = vec![0; names.len() + 1];
    for (index, (_, name)) in names.iter().enumerate() {
        let head = &mut heads[(object::elf::hash(name.as_bytes()) % plan.buckets) as usize];
        chains[index + 1] = *head;
        *head = index as u32 + 1;
    }
    bytes.word(plan.buckets);
    bytes.word(chains.len() as u32);
    heads.iter().chain(&chains).for_each(|value| bytes.word(*value));
    let version_of = bytes.here();
    bytes.half(0);
    names.iter().for_each(|_| bytes.half(2));
    let definitions = bytes.here();
    for (flags, index, name, next) in [(1, 1, 1, 28), (0, 2, version, 0)] {
        [1, flags, index, 1].into_iter().for_each(|value| bytes.half(value));
        [0, 20, next, name, 0].into_iter().for_each(|value| bytes.word(value));
    }
    let text = bytes.here();
    bytes.0.extend(&strings);
    let dynamic = bytes.here();
    let mut entries = vec![(5, text), (6, symbols), (10, strings.len() as u64), (11, 24)];
    entries.extend(plan.gnu.then_some((0x6fff_fef5, gnu)));
    entries.extend(plan.old.then_some((4, old)));
    if plan.versions {
        entries.extend([(0x6fff_fff0, version_of), (0x6fff_fffc, definitions)]);
    }
    entries.push((0, 0));
    for &(tag, value) in &entries {
        bytes.long(tag);
        bytes.long(if matches!(tag, 0 | 10 | 11) { value } else { value + plan.moved });
    }
    assert!(bytes.0.len() < function(0));
    bytes.0.resize(LEN, 0xcc);

    let mut header = Bytes::default();
    header.0.extend(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    [3, ABI.0].into_iter().for_each(|value| header.half(value));
    header.word(1);
    [0, 64, 0].into_iter().for_each(|value| header.long(value));
    header.word(0);
    [64, 56, 2, 64, 0, 0].into_iter().for_each(|value| header.half(value));
    let size = 16 * entries.len() as u64;
    for (kind, place, size) in [(1, 0, LEN as u64), (2, dynamic, size)] {
        header.word(kind);
        header.word(5);
        [place, place + plan.moved, 0, size, size, 8]
            .into_iter()
            .for_each(|value| header.long(value));
    }
    bytes.0[..header.0.len()].copy_from_slice(&header.0);
    bytes.0
}

fn plans() -> impl Strategy<Value = Plan> {
    let names = prop::collection::btree_set("[a-z_]{1,12}", 1..60);
    let moved = prop_oneof![Just(0), Just(0x7fff_f7fc_1000), Just(u64::MAX - 0xfffff)];
    let tables = prop_oneof![Just((true, false)), Just((false, true)), Just((true, true))];
    (names, tables, any::<bool>(), 1..40u32, moved).prop_map(
        |(names, (gnu, old), versions, buckets, moved): (BTreeSet<_>, _, _, _, _)| Plan {
            names: names.into_iter().collect(),
            gnu,
            old,
            versions,
            buckets,
            moved,
        },
    )
}

#[test]
fn every_name_is_found_and_no_other() {
    proptest!(cases(500), |(plan in plans(), other in "[a-z_]{1,12}")| {
        let bytes = image(&plan);
        prop_assert_eq!(size(&bytes, ABI.0), Some(LEN));
        let image = Image::parse(&bytes, ABI.0).unwrap();
        for (index, name) in plan.names.iter().enumerate() {
            prop_assert_eq!(image.find(name.as_bytes(), ABI.1), Some(function(index)));
            let another = image.find(name.as_bytes(), b"LINUX_9");
            prop_assert_eq!(another.is_some(), !plan.versions);
        }
        if !plan.names.contains(&other) {
            prop_assert_eq!(image.find(other.as_bytes(), ABI.1), None);
        }
    });
}

#[test]
fn the_names_of_files_and_versions_are_no_functions() {
    let plan = Plan {
        names: vec!["a".into(), "image".into()],
        gnu: true,
        old: true,
        versions: true,
        buckets: 1,
        moved: 0,
    };
    let bytes = image(&plan);
    let image = Image::parse(&bytes, ABI.0).unwrap();
    assert_eq!(image.find(b"image", ABI.1), Some(function(1)));
    assert_eq!(image.find(b"image", b"image"), None, "the base version is no version");
    assert_eq!(image.find(b"", ABI.1), None);
}

#[test]
fn symbols_that_are_no_functions_are_not_found() {
    let plan = Plan {
        names: vec!["f".into()],
        gnu: true,
        old: true,
        versions: true,
        buckets: 1,
        moved: 0,
    };
    let bytes = image(&plan);
    let symbol = 64 + 2 * 56 + 24;
    let find = |bytes: &[u8]| Image::parse(bytes, ABI.0).unwrap().find(b"f", ABI.1);
    assert_eq!(find(&bytes), Some(function(0)));
    // (place, byte, found): the kind; the section; the value.
    for (place, byte, found) in [
        (4, 0x22, true),
        (4, 0x10, true),
        (4, 0x11, false),
        (4, 0x02, false),
        (6, 0, false),
        (8 + 5, 1, false),
    ] {
        let mut changed = bytes.clone();
        changed[symbol + place] = byte;
        assert_eq!(find(&changed).is_some(), found, "{byte:#x} at {place}");
    }
    // SHN_ABS
    let mut changed = bytes.clone();
    changed[symbol + 6..symbol + 8].copy_from_slice(&0xfff1u16.to_le_bytes());
    assert_eq!(find(&changed), None);
}

#[test]
fn an_image_has_its_program_headers_inside() {
    let plan = Plan {
        names: vec!["f".into()],
        gnu: true,
        old: true,
        versions: true,
        buckets: 1,
        moved: 0,
    };
    let mut bytes = image(&plan);
    // So many that they end with the image, or behind it.
    let most = ((LEN - 64) / 56) as u16;
    for (count, size_of_image) in [(most, Some(LEN)), (most + 1, None)] {
        bytes.resize(LEN + 56, 0xcc);
        bytes[56..58].copy_from_slice(&count.to_le_bytes());
        assert_eq!(size(&bytes, ABI.0), size_of_image, "{count}");
        assert_eq!(Image::parse(&bytes, ABI.0).is_some(), size_of_image.is_some());
        // The bytes behind it change nothing.
        bytes.truncate(LEN);
        assert_eq!(size(&bytes, ABI.0), size_of_image, "{count}");
    }
}

#[test]
fn circles_end() {
    let plan = Plan {
        names: vec!["f".into()],
        gnu: false,
        old: true,
        versions: true,
        buckets: 1,
        moved: 0,
    };
    let mut bytes = image(&plan);
    // The chain of symbol 1, the last word of `DT_HASH`, made 1.
    let old = 64 + 2 * 56 + 2 * 24 + 16 + 8 + 4 + 4;
    assert_eq!(bytes[old..old + 16], [1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    bytes[old + 16] = 1;
    let image = Image::parse(&bytes, ABI.0).unwrap();
    assert_eq!(image.find(b"g", ABI.1), None);
    assert_eq!(image.find(b"f", ABI.1), Some(function(0)));
    bytes[old + 4..old + 8].fill(0xff);
    let image = Image::parse(&bytes, ABI.0).unwrap();
    assert_eq!(image.find(b"g", ABI.1), None);
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    let config = cases(500);
    proptest!(config, |(plan in plans(), start in prop::collection::vec(any::<u8>(), 0..2048))| {
        // From the header on, and behind a header that is right.
        let mut bytes = image(&plan);
        prop_assert!(Image::parse(&start, ABI.0).is_none_or(|image| image.find(b"a", b"b").is_none()));
        let end = (64 + 2 * 56 + start.len()).min(bytes.len());
        bytes[64 + 2 * 56..end].copy_from_slice(&start[..end - 64 - 2 * 56]);
        if let Some(image) = Image::parse(&bytes, ABI.0) {
            for name in &plan.names {
                prop_assert!(image.find(name.as_bytes(), ABI.1).is_none_or(|offset| offset < LEN));
            }
        }
    });
}
