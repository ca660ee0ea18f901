//! What is read in `/proc` and `/sys`: lists of processors, lines of
//! processors, numbers, sizes, ids.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{fd::FdReader, fuzzing};
use rawos_fuzz::file;

fn parsed(text: &[u8]) -> Option<i128> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(text).unwrap().parse().unwrap_or(i128::MAX))
}

/// A number, or two with a dash, between commas.
fn cpus(text: &[u8]) -> Option<usize> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'\n').collect();
    let mut count = 0_usize;
    for part in text.split(|byte| *byte == b',') {
        let mut ends =
            part.split(|byte| *byte == b'-').map(|end| usize::try_from(parsed(end)?).ok());
        let first = ends.next()??;
        let last = ends.next().unwrap_or(Some(first))?;
        let more = last.checked_sub(first)?.checked_add(1)?;
        count = count.checked_add(more).filter(|_| ends.next().is_none())?;
    }
    Some(count)
}

/// The lines of `cpuN` among those at the start that begin with `cpu`.
fn lines(text: &[u8]) -> usize {
    let names = text.split(|byte| *byte == b'\n').map_while(|line| line.strip_prefix(b"cpu"));
    names.filter(|number| number.first().is_some_and(u8::is_ascii_digit)).count()
}

fuzz_target!(|data: &[u8]| {
    assert_eq!(fuzzing::cpu_list(FdReader::<_, 3>::sized(file(data))), cpus(data));
    if data.split(|byte| *byte == b'\n').all(|line| line.len() < 512) {
        assert_eq!(fuzzing::cpu_lines(FdReader::<_, 16>::sized(file(data))), Ok(lines(data)));
    }
    let len = data.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = parsed(&data[..len]).and_then(|number| i64::try_from(number).ok());
    assert_eq!(fuzzing::number(data), number.map(|number| (number, &data[len..])));
    let unit = [(&b""[..], 1), (b"K", 1 << 10), (b"M", 1 << 20)]
        .into_iter()
        .find(|unit| unit.0 == &data[len..]);
    let size = number.zip(unit).and_then(|(number, unit)| number.checked_mul(unit.1));
    assert_eq!(fuzzing::cache_size(data), size);

    // strtoull(3), and what comes of it must be an id.
    let blanks = data.iter().take_while(|byte| b" \t\n\x0b\x0c\r".contains(byte)).count();
    let (sign, digits) = match &data[blanks..] {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] | digits => (1, digits),
    };
    let id = parsed(digits).filter(|&value| value <= u64::MAX.into());
    let id =
        id.map(|value| (sign * value).rem_euclid(1 << 64)).and_then(|id| u32::try_from(id).ok());
    assert_eq!(fuzzing::id(data), id);
});
