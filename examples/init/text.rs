//! The text of configuration files: lines, words with systemd's quotes, and
//! the memory in which what counts of them is kept.

use core::{ffi::CStr, mem};

/// What is wrong with a line.
pub type Fault = &'static str;

/// Hears of faults: the line's number, what is wrong, and the text that is.
pub type Report<'r> = &'r mut dyn FnMut(u32, Fault, &[u8]);

/// The longest line, with those that continue it.
pub const LINE: usize = 2048;

/// A line with those that continue it.
pub type Line = heapless::Vec<u8, LINE>;

/// Memory that is given out once: from its beginning, and for good.
pub struct Arena<'a> {
    free: &'a mut [u8],
    /// How much of `free` is written, but not given out yet.
    len: usize,
}

impl<'a> Arena<'a> {
    pub const fn new(memory: &'a mut [u8]) -> Self {
        Self { free: memory, len: 0 }
    }

    pub fn push(&mut self, byte: u8) -> Result<(), Fault> {
        let place = self.free.get_mut(self.len).ok_or("the configuration is too long")?;
        *place = byte;
        self.len += 1;
        Ok(())
    }

    pub fn extend(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        bytes.iter().try_for_each(|byte| self.push(*byte))
    }

    /// How much is written.
    pub const fn mark(&self) -> usize {
        self.len
    }

    /// Forgets what was written after the mark.
    pub fn forget(&mut self, mark: usize) {
        self.len = self.len.min(mark);
    }

    /// What was written since the last call.
    pub fn keep(&mut self) -> &'a [u8] {
        let (kept, free) = mem::take(&mut self.free).split_at_mut(mem::take(&mut self.len));
        self.free = free;
        kept
    }

    /// A copy of `bytes`, up to its first NUL.
    pub fn string(&mut self, bytes: &[u8]) -> Result<&'a CStr, Fault> {
        let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        self.word(bytes)?;
        Ok(c_str(self.keep()).unwrap_or_default())
    }

    /// Writes `bytes` and a NUL, or nothing.
    pub fn word(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mark = self.mark();
        let written = bytes.iter().chain(&[0]).try_for_each(|byte| self.push(*byte));
        if written.is_err() {
            self.forget(mark);
        }
        written
    }
}

/// The string up to the first NUL, if there is one. (What core has for it looks
/// at words at a time, and is four times as large.)
#[inline(never)]
pub fn c_str(bytes: &[u8]) -> Option<&CStr> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let string = bytes.get(..=end)?;
    // SAFETY: it ends with the first NUL that it has.
    Some(unsafe { CStr::from_bytes_with_nul_unchecked(string) })
}

/// Whether there is such a byte; as small as that, too.
#[allow(clippy::manual_contains, reason = "see there")]
#[inline(never)]
pub fn has(bytes: &[u8], wanted: u8) -> bool {
    bytes.iter().any(|byte| *byte == wanted)
}

/// Strings one after the other, each with its NUL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Words<'a>(pub &'a [u8]);

impl<'a> Words<'a> {
    pub fn iter(self) -> impl Iterator<Item = &'a CStr> + Clone {
        self.0.split_inclusive(|byte| *byte == 0).filter_map(c_str)
    }

    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// The lines of a file, with their numbers, where a backslash at the end of
/// one joins the next to it, without comments and empty ones.
pub struct Lines<'t> {
    rest: &'t [u8],
    number: u32,
}

impl<'t> Lines<'t> {
    pub const fn new(text: &'t [u8]) -> Self {
        Self { rest: text, number: 0 }
    }

    /// A line of the file as it is.
    pub fn plain(&mut self) -> Option<(u32, &'t [u8])> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        self.number = self.number.saturating_add(1);
        Some((self.number, line.trim_ascii()))
    }

    /// The next line into `line`; its number, and whether it fits.
    pub fn next(&mut self, line: &mut Line) -> Option<(u32, bool)> {
        line.clear();
        let mut first = None;
        let mut fits = true;
        loop {
            let Some((number, part)) = self.plain() else {
                return first.map(|number| (number, fits));
            };
            if part.is_empty() && first.is_none()
                || part.starts_with(b"#")
                || part.starts_with(b";")
            {
                continue;
            }
            let number = *first.get_or_insert(number);
            let (part, more) = match part.strip_suffix(b"\\") {
                Some(part) => (part, true),
                None => (part, false),
            };
            fits &= line.extend_from_slice(part).is_ok();
            if !more {
                return Some((number, fits));
            }
            // A backslash and a newline are a space.
            fits &= line.push(b' ').is_ok();
        }
    }
}

/// Writes the words of `value` to the arena, each with a NUL.
///
/// As systemd does: words are separated by blanks; `'…'` and `"…"` keep blanks,
/// also within a word; `\` begins an escape of C (but `\u`) or `\s`, a space. Of
/// what systemd puts in for `%`, only `%%` is known. With `dollar`, `$$` stands for
/// `$`, and variables, which would be put in, are refused.
pub fn split(value: &[u8], dollar: bool, arena: &mut Arena<'_>) -> Result<(), Fault> {
    let mut bytes = Bytes(value);
    loop {
        bytes.0 = bytes.0.trim_ascii_start();
        if bytes.0.is_empty() {
            return Ok(());
        }
        word(&mut bytes, dollar, arena)?;
        arena.push(0)?;
    }
}

struct Bytes<'v>(&'v [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }
}

fn word(bytes: &mut Bytes<'_>, dollar: bool, arena: &mut Arena<'_>) -> Result<(), Fault> {
    let mut quote = None;
    while let Some(byte) = bytes.next() {
        match byte {
            0 => return Err("a NUL"),
            _ if quote == Some(byte) => quote = None,
            b'\'' | b'"' if quote.is_none() => quote = Some(byte),
            b'\\' => escape(bytes, arena)?,
            b'%' => match bytes.next() {
                Some(b'%') => arena.push(b'%')?,
                _ => return Err("a specifier (% is written %%)"),
            },
            b'$' if dollar => match bytes.peek() {
                Some(b'$') => {
                    bytes.next();
                    arena.push(b'$')?;
                }
                Some(b'{' | b'_' | b'a'..=b'z' | b'A'..=b'Z') => {
                    return Err("a variable ($ is written $$)");
                }
                _ => arena.push(b'$')?,
            },
            _ if quote.is_none() && byte.is_ascii_whitespace() => return Ok(()),
            _ => arena.push(byte)?,
        }
    }
    match quote {
        Some(_) => Err("a quote is not closed"),
        None => Ok(()),
    }
}

/// What each letter after a backslash stands for.
const ESCAPES: &[u8] = b"a\x07b\x08f\x0cn\nr\rt\tv\x0bs \\\\\"\"''";

/// What follows a backslash.
fn escape(bytes: &mut Bytes<'_>, arena: &mut Arena<'_>) -> Result<(), Fault> {
    const UNKNOWN: Fault = "an unknown escape";
    let kind = bytes.next().ok_or(UNKNOWN)?;
    if let Some([_, byte]) = ESCAPES.chunks_exact(2).find(|pair| pair.first() == Some(&kind)) {
        return arena.push(*byte);
    }
    // Two digits follow: of hexadecimal, or two more of octal.
    let (mut value, radix) = match kind {
        b'x' => (0, 16),
        b'0'..=b'7' => (u32::from(kind - b'0'), 8),
        _ => return Err(UNKNOWN),
    };
    for _ in 0..2 {
        let digit = bytes.next().and_then(|digit| char::from(digit).to_digit(radix));
        value = value * radix + digit.ok_or(UNKNOWN)?;
    }
    match u8::try_from(value) {
        Ok(0) => Err("a NUL"),
        Ok(byte) => arena.push(byte),
        Err(_) => Err(UNKNOWN),
    }
}

/// Which word of the list, separated by single spaces, `word` is.
#[inline(never)]
pub fn index(list: &[u8], word: &[u8]) -> Option<usize> {
    list.split(|byte| *byte == b' ').position(|listed| listed == word)
}

/// A number in decimal, without a sign.
#[inline(never)]
pub fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0u64, |value, byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(*byte - b'0')),
        _ => None,
    })
}

/// A number in decimal that is not large.
pub fn small(text: &[u8]) -> Option<u32> {
    number(text).and_then(|value| value.try_into().ok())
}

/// The units of time; one is empty.
const UNITS: &[u8] =
    b"us usec ms msec  s sec second seconds m min minute minutes h hr hour hours d day days";

/// A unit's length in microseconds.
fn micros(unit: &[u8]) -> Option<u64> {
    Some(match index(UNITS, unit)? {
        0..2 => 1,
        2..4 => 1000,
        4..9 => 1_000_000,
        9..13 => 60_000_000,
        13..17 => 3_600_000_000,
        _ => 86_400_000_000,
    })
}

/// A length of time in milliseconds: `5`, `100ms`, `1min 20s`, `1.5h`. A number
/// without a unit is of seconds.
pub fn span(text: &[u8]) -> Option<u64> {
    let mut rest = text.trim_ascii();
    let mut sum = None;
    while !rest.is_empty() {
        let (whole, after) = run(rest, u8::is_ascii_digit);
        let (part, after) = match after.strip_prefix(b".") {
            Some(after) => run(after, u8::is_ascii_digit),
            None => (&b""[..], after),
        };
        let (unit, after) = run(after.trim_ascii_start(), u8::is_ascii_alphabetic);
        let unit = micros(unit)?;
        let mut micros = number(whole)?.checked_mul(unit)?;
        if !part.is_empty() {
            let scale = 10u64.checked_pow(u32::try_from(part.len()).ok()?)?;
            micros = micros.checked_add(number(part)?.checked_mul(unit)? / scale)?;
        }
        sum = Some(sum.unwrap_or(0u64).checked_add(micros)?);
        rest = after.trim_ascii_start();
    }
    sum.map(|micros| micros.div_ceil(1000))
}

/// What `text` begins with of such bytes, and the rest.
fn run(text: &[u8], of: fn(&u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !of(byte)).unwrap_or(text.len()))
}
