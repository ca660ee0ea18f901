//! The text of `examples/init`'s files, read in another way.

use std::str::from_utf8;

/// The longest line that counts.
const LINE: usize = 2048;

/// The lines, each with the number of its first; where a backslash ends one, the
/// next comes after it and a space. `None` for one that is too long.
pub fn lines(text: &[u8]) -> Vec<(u32, Option<Vec<u8>>)> {
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    let numbered = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).zip(1..);
    let mut parts = numbered.filter(|(part, _)| !matches!(part, [b'#' | b';', ..]));
    let mut lines = Vec::new();
    while let Some((mut part, number)) = parts.find(|(part, _)| !part.is_empty()) {
        let mut line = Vec::new();
        while let Some(before) = part.strip_suffix(b"\\") {
            line.extend([before, b" "].concat());
            match parts.next() {
                Some((next, _)) => part = next,
                None => part = b"",
            }
        }
        line.extend(part);
        lines.push((number, Some(line).filter(|line| line.len() <= LINE)));
    }
    lines
}

/// The byte that an escape stands for, and what follows it.
fn escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let (kind, rest) = text.split_first()?;
    let (digits, radix, rest) = match kind {
        b'x' => (rest.get(..2)?, 16, &rest[2..]),
        b'0'..=b'7' => (text.get(..3)?, 8, &text[3..]),
        _ => {
            let at = b"abfnrtvs\\\"'".iter().position(|known| known == kind)?;
            return Some((b"\x07\x08\x0c\n\r\t\x0b \\\"'"[at], rest));
        }
    };
    let digits = from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    let byte = u8::from_str_radix(digits, radix).ok()?;
    (byte != 0).then_some((byte, rest))
}

/// The words, as systemd splits them; `None` for what is refused.
pub fn words(mut text: &[u8], dollar: bool) -> Option<Vec<Vec<u8>>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<Vec<u8>>, None);
    while let Some((&byte, rest)) = text.split_first() {
        text = rest;
        let put = match byte {
            0 => return None,
            b'\'' | b'"' if quote.is_none_or(|open| open == byte) => {
                quote = if quote.is_none() { Some(byte) } else { None };
                word.get_or_insert_default();
                continue;
            }
            _ if quote.is_none() && byte.is_ascii_whitespace() => {
                words.extend(word.take());
                continue;
            }
            b'\\' => {
                let (byte, rest) = escape(text)?;
                text = rest;
                byte
            }
            b'%' => {
                text = text.strip_prefix(b"%")?;
                byte
            }
            b'$' if dollar => {
                match text.first() {
                    Some(b'$') => text = &text[1..],
                    Some(b'{' | b'_' | b'a'..=b'z' | b'A'..=b'Z') => return None,
                    _ => {}
                }
                byte
            }
            _ => byte,
        };
        word.get_or_insert_default().push(put);
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A number in decimal.
pub fn number(text: &[u8]) -> Option<u64> {
    let text = from_utf8(text).ok()?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}
