//! Small files of `/proc` and `/sys`.
#![forbid(unsafe_code)]

use crate::{
    Result,
    fd::{self, FdReader, OwnedFd},
    fs::{self, Mode, OFlags},
    path::PathLike,
};

/// What the file at `path` begins with, up to 64 bytes, without the white
/// space at its ends.
#[inline]
pub(super) fn with_text<T>(
    path: impl PathLike,
    then: impl FnOnce(&[u8]) -> Option<T>,
) -> Option<T> {
    let file = fs::open(path, OFlags::RDONLY, Mode::empty()).ok()?;
    then(fd::read_up_to(&file, &mut [0; 64]).ok()?.trim_ascii())
}

/// The number that begins `text`, and what follows it.
#[inline]
pub(crate) fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let len = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(len);
    let value = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((value, rest))
}

/// A reader of the file at `path`.
#[inline]
pub(super) fn reader(path: impl PathLike) -> Result<FdReader<OwnedFd, 512>> {
    fs::open(path, OFlags::RDONLY, Mode::empty()).map(FdReader::sized)
}
