//! The functions in an ELF image, found by name and version.
//!
//! Pure: bytes in, offsets out, and nothing of the rest of the crate, so that
//! tests and fuzzers can take this file as it is. Whatever the bytes are, the
//! worst result is `None`. Every number of the image is taken for foreign:
//! nothing is indexed, sums are checked, and each loop moves on or counts.
//!
//! Read is what the kernel's images have and what linkers have written since
//! 2025 or so: `DT_GNU_HASH` alone, `DT_HASH` alone, or both. Sources: elf(5),
//! the gABI, and for the GNU tables the "Linux Standard Base Core".
#![forbid(unsafe_code)]

const ELF_HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const DYNAMIC_ENTRY: usize = 16;
const SYMBOL: usize = 24;

const ET_DYN: u16 = 3;
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
/// `PF_R | PF_X`
const READ_EXECUTE: u32 = 5;

const DT_NULL: u64 = 0;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_STRSZ: u64 = 10;
const DT_SYMENT: u64 = 11;
const DT_GNU_HASH: u64 = 0x6fff_fef5;
const DT_VERSYM: u64 = 0x6fff_fff0;
const DT_VERDEF: u64 = 0x6fff_fffc;

/// `VER_FLG_BASE`: the definition names the file, not a version.
const BASE_VERSION: u16 = 1;

/// The `N` bytes at `offset`.
fn array<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

fn half(bytes: &[u8], offset: usize) -> Option<u16> {
    array(bytes, offset).map(u16::from_le_bytes)
}

fn word(bytes: &[u8], offset: usize) -> Option<u32> {
    array(bytes, offset).map(u32::from_le_bytes)
}

fn long(bytes: &[u8], offset: usize) -> Option<u64> {
    array(bytes, offset).map(u64::from_le_bytes)
}

/// The offset of entry `index` in a table of entries of `size` bytes.
fn entry(table: usize, index: u32, size: usize) -> Option<usize> {
    usize::try_from(index).ok()?.checked_mul(size)?.checked_add(table)
}

/// What the program headers say.
struct Segments {
    /// The address that the start of the image was linked for.
    address: u64,
    /// How many bytes of the image are in memory, from its start.
    len: usize,
    /// Address and length of the dynamic section.
    dynamic: (u64, u64),
}

impl Segments {
    /// Reads the ELF header and the program headers, all of which must be in
    /// `start`, which is the start of the image.
    fn parse(start: &[u8], machine: u16) -> Option<Self> {
        // Magic number; 64 bits, little-endian, version 1.
        if !start.starts_with(b"\x7fELF\x02\x01\x01")
            || half(start, 16)? != ET_DYN
            || half(start, 18)? != machine
            || word(start, 20)? != 1
            || usize::from(half(start, 54)?) != PROGRAM_HEADER
        {
            return None;
        }
        let table = usize::try_from(long(start, 32)?).ok()?;
        let (mut load, mut dynamic) = (None, None);
        let count = half(start, 56)?;
        for index in 0..count {
            let header = entry(table, index.into(), PROGRAM_HEADER)?;
            let header: [u8; PROGRAM_HEADER] = array(start, header)?;
            let (offset, address) = (long(&header, 8)?, long(&header, 16)?);
            match word(&header, 0)? {
                PT_LOAD if load.is_none() => {
                    // The image is seen from its start, or not at all.
                    let readable = word(&header, 4)? & READ_EXECUTE == READ_EXECUTE;
                    if !readable || offset != 0 {
                        return None;
                    }
                    let (in_file, in_memory) = (long(&header, 32)?, long(&header, 40)?);
                    load = Some((address, usize::try_from(in_file.min(in_memory)).ok()?));
                }
                PT_DYNAMIC if dynamic.is_none() => dynamic = Some((address, long(&header, 32)?)),
                _ => {}
            }
        }
        let ((address, len), dynamic) = (load?, dynamic?);
        // The headers are a part of it.
        let headers = entry(table, count.into(), PROGRAM_HEADER)?;
        (len >= ELF_HEADER.max(headers)).then_some(Self { address, len, dynamic })
    }

    /// Where in the image `address` is.
    ///
    /// Addresses are as they were linked, or moved by a loader all together,
    /// program headers included (qemu-user): the difference is right either way.
    fn offset(&self, address: u64) -> Option<usize> {
        let offset = usize::try_from(address.checked_sub(self.address)?).ok()?;
        (offset < self.len).then_some(offset)
    }
}

/// How many bytes the image has in memory that begins with the bytes `start`;
/// `None` if it is not an image of the kind that [`Image::parse`] reads.
pub(crate) fn size(start: &[u8], machine: u16) -> Option<usize> {
    Segments::parse(start, machine).map(|segments| segments.len)
}

/// An image and the offsets of its tables.
pub(crate) struct Image<'a> {
    bytes: &'a [u8],
    segments: Segments,
    symbols: usize,
    strings: &'a [u8],
    gnu_hash: Option<usize>,
    hash: Option<usize>,
    /// The version index of each symbol, and what the indices mean.
    versions: Option<(usize, usize)>,
}

impl<'a> Image<'a> {
    /// Finds the tables in `bytes`, an image for `machine` (`e_machine`) as it
    /// lies in memory. What is behind the end of the image is not looked at.
    pub(crate) fn parse(bytes: &'a [u8], machine: u16) -> Option<Self> {
        let segments = Segments::parse(bytes, machine)?;
        let bytes = bytes.get(..segments.len)?;
        let (address, len) = segments.dynamic;
        let dynamic = bytes.get(segments.offset(address)?..)?;
        let dynamic = dynamic.get(..usize::try_from(len).ok()?)?;

        let (mut symbols, mut strings, mut strings_len) = (None, None, None);
        let (mut gnu_hash, mut hash, mut version_of, mut definitions) = (None, None, None, None);
        for pair in dynamic.chunks_exact(DYNAMIC_ENTRY) {
            let value = long(pair, 8)?;
            match long(pair, 0)? {
                DT_NULL => break,
                DT_SYMTAB => symbols = Some(segments.offset(value)?),
                DT_STRTAB => strings = Some(segments.offset(value)?),
                DT_STRSZ => strings_len = Some(usize::try_from(value).ok()?),
                DT_SYMENT if value != SYMBOL as u64 => return None,
                DT_GNU_HASH => gnu_hash = segments.offset(value),
                DT_HASH => hash = segments.offset(value),
                DT_VERSYM => version_of = Some(segments.offset(value)?),
                DT_VERDEF => definitions = Some(segments.offset(value)?),
                _ => {}
            }
        }
        Some(Self {
            bytes,
            symbols: symbols?,
            strings: bytes.get(strings?..)?.get(..strings_len?)?,
            gnu_hash,
            hash,
            versions: version_of.zip(definitions),
            segments,
        })
    }

    /// The offset of the function `name` in the image; of that `version`, if
    /// the image has versions.
    pub(crate) fn find(&self, name: &[u8], version: &[u8]) -> Option<usize> {
        let wanted = Wanted { name, version };
        self.find_gnu(wanted).or_else(|| self.find_old(wanted))
    }

    /// By `DT_GNU_HASH`: header, Bloom filter (not needed for one look-up),
    /// buckets, and for each symbol its hash, bit 0 set in the last of a bucket.
    fn find_gnu(&self, wanted: Wanted<'_>) -> Option<usize> {
        let table = self.bytes.get(self.gnu_hash?..)?;
        let (buckets, first, bloom) = (word(table, 0)?, word(table, 4)?, word(table, 8)?);
        let bucket_table = entry(16, bloom, 8)?;
        let chain_table = entry(bucket_table, buckets, 4)?;
        let hash = gnu_hash(wanted.name);
        let bucket = hash.checked_rem(buckets)?;
        let mut index = word(table, entry(bucket_table, bucket, 4)?)?;
        loop {
            // An empty bucket holds 0, which is before the first symbol.
            let chain = entry(chain_table, index.checked_sub(first)?, 4)?;
            let found = word(table, chain)?;
            if found | 1 == hash | 1
                && let Some(offset) = self.symbol(index, wanted)
            {
                return Some(offset);
            }
            if found & 1 == 1 {
                return None;
            }
            index = index.checked_add(1)?;
        }
    }

    /// By `DT_HASH`: the numbers of buckets and of symbols, the buckets, and
    /// for each symbol the next one of its bucket; 0 ends it.
    fn find_old(&self, wanted: Wanted<'_>) -> Option<usize> {
        let table = self.bytes.get(self.hash?..)?;
        let (buckets, symbols) = (word(table, 0)?, word(table, 4)?);
        let chain_table = entry(8, buckets, 4)?;
        let bucket = old_hash(wanted.name).checked_rem(buckets)?;
        let mut index = word(table, entry(8, bucket, 4)?)?;
        // A bucket that has more entries than there are symbols is a circle;
        // one that has more than the image has words has none either.
        let most = self.bytes.len() / 4;
        for _ in 0..usize::try_from(symbols).ok()?.min(most) {
            if index == 0 {
                return None;
            }
            if let Some(offset) = self.symbol(index, wanted) {
                return Some(offset);
            }
            index = word(table, entry(chain_table, index, 4)?)?;
        }
        None
    }

    /// The offset of symbol `index`, if it is a function of the image that is
    /// seen from outside, and the one that is wanted.
    fn symbol(&self, index: u32, wanted: Wanted<'_>) -> Option<usize> {
        let symbol: [u8; SYMBOL] = array(self.bytes, entry(self.symbols, index, SYMBOL)?)?;
        let [_, _, _, _, info, ..] = symbol;
        // STB_GLOBAL or STB_WEAK; STT_NOTYPE or STT_FUNC.
        let is_function = matches!(info >> 4, 1 | 2) && matches!(info & 15, 0 | 2);
        // Neither undefined nor of a reserved kind (absolute, say).
        let is_defined = matches!(half(&symbol, 6)?, 1..0xff00);
        if !is_function
            || !is_defined
            || !self.is_named(word(&symbol, 0)?, wanted.name)
            || !self.is_version(index, wanted.version)?
        {
            return None;
        }
        self.segments.offset(long(&symbol, 8)?)
    }

    /// Whether the string at `offset` in the table of strings is `name`.
    fn is_named(&self, offset: u32, name: &[u8]) -> bool {
        let string = usize::try_from(offset).ok().and_then(|offset| self.strings.get(offset..));
        let rest = string.and_then(|string| string.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with(&[0]))
    }

    /// Whether symbol `index` is of `version`.
    fn is_version(&self, index: u32, version: &[u8]) -> Option<bool> {
        let Some((version_of, mut definition)) = self.versions else { return Some(true) };
        // Bit 15 hides a symbol from those who ask for no version.
        let wanted = half(self.bytes, entry(version_of, index, 2)?)? & 0x7fff;
        loop {
            let record: [u8; 20] = array(self.bytes, definition)?;
            let (flags, number) = (half(&record, 2)?, half(&record, 4)? & 0x7fff);
            if number == wanted && flags & BASE_VERSION == 0 {
                let name = definition.checked_add(usize::try_from(word(&record, 12)?).ok()?)?;
                return Some(self.is_named(word(self.bytes, name)?, version));
            }
            match usize::try_from(word(&record, 16)?).ok()? {
                0 => return Some(false),
                next => definition = definition.checked_add(next)?,
            }
        }
    }
}

/// A symbol that is looked for.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    name: &'a [u8],
    version: &'a [u8],
}

fn gnu_hash(name: &[u8]) -> u32 {
    name.iter().fold(5381, |hash: u32, &byte| hash.wrapping_mul(33).wrapping_add(byte.into()))
}

fn old_hash(name: &[u8]) -> u32 {
    name.iter().fold(0, |hash: u32, &byte| {
        let sum = (hash << 4).wrapping_add(byte.into());
        let high = sum & 0xf000_0000;
        (sum ^ (high >> 24)) & !high
    })
}
