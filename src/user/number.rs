//! Ids in text.
#![forbid(unsafe_code)]

/// The bytes that C's `isspace` knows.
#[inline]
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The id that is all of `text`, as glibc reads it (`strtoul`): blanks and a
/// sign may come first. What is too large is none.
#[inline]
pub(crate) fn id(text: &[u8]) -> Option<u32> {
    let blanks = text.iter().take_while(|byte| is_space(**byte)).count();
    let (negative, digits) = match text.get(blanks..)? {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_u64;
    for digit in digits {
        let digit = char::from(*digit).to_digit(10)?;
        value = value.checked_mul(10)?.checked_add(digit.into())?;
    }
    u32::try_from(if negative { value.wrapping_neg() } else { value }).ok()
}

/// As [`id`]; in a line for NIS nothing stands for 0, if a colon follows it.
#[inline]
pub(super) fn id_or_nothing(text: &[u8], colon: bool, nis: bool) -> Option<u32> {
    match nis && colon && text.is_empty() {
        true => Some(0),
        false => id(text),
    }
}
