//! Speeds of a line: what the kernel has codes for, and the rest.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

/// Every code, with the bits per second it stands for.
const SPEEDS: [(u32, u32); 31] = [
    (uapi::B0, 0),
    (uapi::B50, 50),
    (uapi::B75, 75),
    (uapi::B110, 110),
    (uapi::B134, 134),
    (uapi::B150, 150),
    (uapi::B200, 200),
    (uapi::B300, 300),
    (uapi::B600, 600),
    (uapi::B1200, 1200),
    (uapi::B1800, 1800),
    (uapi::B2400, 2400),
    (uapi::B4800, 4800),
    (uapi::B9600, 9600),
    (uapi::B19200, 19_200),
    (uapi::B38400, 38_400),
    (uapi::B57600, 57_600),
    (uapi::B115200, 115_200),
    (uapi::B230400, 230_400),
    (uapi::B460800, 460_800),
    (uapi::B500000, 500_000),
    (uapi::B576000, 576_000),
    (uapi::B921600, 921_600),
    (uapi::B1000000, 1_000_000),
    (uapi::B1152000, 1_152_000),
    (uapi::B1500000, 1_500_000),
    (uapi::B2000000, 2_000_000),
    (uapi::B2500000, 2_500_000),
    (uapi::B3000000, 3_000_000),
    (uapi::B3500000, 3_500_000),
    (uapi::B4000000, 4_000_000),
];

/// The speed that `code`, bits of `CBAUD`, stands for; `other` for `BOTHER`.
#[inline]
pub(super) fn decode(code: u32, other: u32) -> u32 {
    SPEEDS.iter().find(|(known, _)| *known == code).map_or(other, |(_, speed)| *speed)
}

/// The code for `speed`, or `BOTHER`.
#[inline]
pub(super) fn encode(speed: u32) -> u32 {
    SPEEDS.iter().find(|(_, known)| *known == speed).map_or(uapi::BOTHER, |(code, _)| *code)
}
