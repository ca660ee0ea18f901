//! The text in files of `examples/init`: lines, words, spans of time.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos_fuzz::text;

#[path = "../../examples/init"]
#[allow(dead_code)]
mod init {
    pub mod text;
}

use init::text::{Arena, Line, Lines, Words, span, split};

/// In milliseconds, as many as it takes; whether there is a number that may be too
/// large to count with.
fn length(text: &[u8]) -> Option<(u128, bool)> {
    const UNITS: [(&str, u128); 6] = [
        ("us usec", 1),
        ("ms msec", 1_000),
        ("s sec second seconds", 1_000_000),
        ("m min minute minutes", 60_000_000),
        ("h hr hour hours", 3_600_000_000),
        ("d day days", 86_400_000_000),
    ];
    let mut rest = std::str::from_utf8(text.trim_ascii()).ok()?;
    let (mut sum, mut large) = (0_u128, rest.is_empty());
    let mut any = false;
    while !rest.is_empty() {
        let digits =
            |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (whole, after) = rest.split_at(digits(rest));
        let (part, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", after),
        };
        let after = after.trim_ascii_start();
        let (unit, after) = after.split_at(
            after.len() - after.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len(),
        );
        let known = UNITS.iter().find(|known| known.0.split(' ').any(|name| name == unit));
        let unit = if unit.is_empty() { 1_000_000 } else { known?.1 };
        if whole.is_empty() {
            return None;
        }
        large |= whole.len() > 8 || part.len() > 8;
        if !large {
            let part = part.parse::<u128>().unwrap_or(0) * unit / 10_u128.pow(part.len() as u32);
            sum += whole.parse::<u128>().unwrap() * unit + part;
        }
        (any, rest) = (true, after.trim_ascii_start());
    }
    any.then_some((sum.div_ceil(1000), large || sum > u64::MAX.into()))
}

fuzz_target!(|data: &[u8]| {
    let (mut lines, mut line, mut ours) = (Lines::new(data), Line::new(), Vec::new());
    while let Some((number, fits)) = lines.next(&mut line) {
        ours.push((number, fits.then(|| line.to_vec())));
    }
    assert_eq!(ours, text::lines(data));
    for dollar in [false, true] {
        let mut memory = vec![0; data.len() + 1];
        let mut arena = Arena::new(&mut memory);
        let ours = split(data, dollar, &mut arena)
            .map(|()| Words(arena.keep()).iter().map(|word| word.to_bytes().to_vec()).collect());
        assert_eq!(ours.ok(), text::words(data, dollar));
    }
    match length(data) {
        None => assert_eq!(span(data), None),
        Some((_, true)) => {}
        Some((millis, false)) => assert_eq!(span(data).map(u128::from), Some(millis)),
    }
});
