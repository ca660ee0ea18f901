//! The table of mounts, `/proc/self/mountinfo`.
#![forbid(unsafe_code)]

use super::{file::Path, log::Text};

/// The place and the type of a mount in a line of mountinfo.
pub fn place(line: &[u8]) -> Option<(Path, &[u8])> {
    let mut fields = line.split(|byte| *byte == b' ');
    let escaped = fields.nth(4)?;
    let kind = fields.skip_while(|field| *field != b"-").nth(1)?;
    let mut path = Text::new();
    let mut rest = escaped;
    // Blanks and backslashes are in octal.
    while let Some((byte, after)) = rest.split_first() {
        match (byte, after) {
            (b'\\', [a, b, c, after @ ..]) => {
                let digit = |byte: &u8| byte.wrapping_sub(b'0') & 7;
                path.put(&[digit(a) << 6 | digit(b) << 3 | digit(c)]);
                rest = after;
            }
            _ => {
                path.put(&[*byte]);
                rest = after;
            }
        }
    }
    Some((Path::new(&[&path.0]), kind))
}
