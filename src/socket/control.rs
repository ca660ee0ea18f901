//! Control messages: what comes beside the bytes of a message.
//!
//! Here: their form in memory, both ways, as a matter of bytes alone. Whose the
//! descriptors are that they name is the matter of `sys::socket`.
#![forbid(unsafe_code)]

use core::{iter::FusedIterator, mem};

use linux_raw_sys::net as uapi;

use super::{Ucred, send::SCM_MAX_FD};
use crate::{Errno, Result, process::Pid};

/// Bytes of a `struct cmsghdr`.
const HEADER: usize = size_of::<uapi::cmsghdr>();

/// What each message begins at a multiple of.
const ALIGN: usize = align_of::<uapi::cmsghdr>();

// The headers are read and written as these bytes.
const _: () = assert!(mem::offset_of!(uapi::cmsghdr, cmsg_len) == 0 && size_of::<usize>() == 8);
const _: () = assert!(mem::offset_of!(uapi::cmsghdr, cmsg_level) == 8);
const _: () = assert!(mem::offset_of!(uapi::cmsghdr, cmsg_type) == 12);
const _: () = assert!(HEADER == 16 && ALIGN == 8);

/// The control messages in a buffer, as recvmsg(2) leaves them there.
///
/// For who calls that by [`raw`](crate::raw) or has other messages than
/// [`recvmsg`](super::recvmsg) knows. Any bytes will do: a message that ends
/// past the buffer is cut and the last, one shorter than its own header is no
/// more, and nothing is read beyond.
///
/// # Python
/// The list of `ancdata` that `socket.socket.recvmsg` returns.
///
/// # See also
/// [cmsg(3)](https://man7.org/linux/man-pages/man3/cmsg.3.html)
///
/// # Examples
/// ```
/// use rawos::socket::ControlMessages;
///
/// let mut buf = [0; 24];
/// buf[0] = 20; // the header's length and four bytes, in little endian
/// buf[8] = 1; // SOL_SOCKET
/// buf[12] = 1; // SCM_RIGHTS
/// buf[16] = 7;
/// let message = ControlMessages::new(&buf).next().unwrap();
/// assert_eq!((message.level, message.kind, message.data), (1, 1, &[7, 0, 0, 0][..]));
/// ```
#[derive(Clone, Debug)]
#[doc(alias = "CMSG_FIRSTHDR")]
#[doc(alias = "CMSG_NXTHDR")]
pub struct ControlMessages<'a>(&'a [u8]);

/// One of [`ControlMessages`].
///
/// # Python
/// The tuple `(cmsg_level, cmsg_type, cmsg_data)`.
///
/// # Examples
/// ```
/// use rawos::socket::ControlMessages;
///
/// assert!(ControlMessages::new(&[0xff; 5]).next().is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "cmsghdr")]
#[doc(alias = "CMSG_DATA")]
pub struct ControlMessage<'a> {
    /// `cmsg_level`: whose message it is, such as `SOL_SOCKET`.
    pub level: i32,
    /// `cmsg_type`: what it says, such as `SCM_RIGHTS`.
    pub kind: i32,
    /// What follows the header.
    pub data: &'a [u8],
}

impl<'a> ControlMessages<'a> {
    /// The messages in `bytes`.
    ///
    /// # Examples
    /// ```
    /// use rawos::socket::ControlMessages;
    ///
    /// assert_eq!(ControlMessages::new(&[]).count(), 0);
    /// ```
    #[inline]
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The first message of `self.0`, and how far the next one is.
    #[inline]
    fn first(&self) -> Option<(ControlMessage<'a>, usize)> {
        let (len, rest) = self.0.split_first_chunk()?;
        let (level, rest) = rest.split_first_chunk()?;
        let (kind, rest) = rest.split_first_chunk()?;
        let len = usize::from_ne_bytes(*len);
        let data = rest.get(..len.checked_sub(HEADER)?).unwrap_or(rest);
        let (level, kind) = (i32::from_ne_bytes(*level), i32::from_ne_bytes(*kind));
        let next = len.checked_next_multiple_of(ALIGN).unwrap_or(len);
        Some((ControlMessage { level, kind, data }, next))
    }
}

impl<'a> Iterator for ControlMessages<'a> {
    type Item = ControlMessage<'a>;

    #[inline]
    fn next(&mut self) -> Option<ControlMessage<'a>> {
        let first = self.first();
        let next = first.as_ref().and_then(|(_, next)| self.0.get(*next..));
        self.0 = next.unwrap_or_default();
        first.map(|(message, _)| message)
    }
}

impl FusedIterator for ControlMessages<'_> {}

impl<'a> ControlMessage<'a> {
    /// The data as integers; bytes that are none are left out.
    #[inline]
    pub(crate) fn integers(self) -> impl Iterator<Item = i32> + 'a {
        let (words, _) = self.data.as_chunks();
        words.iter().map(|word| i32::from_ne_bytes(*word))
    }

    /// The data as credentials; `None` if it is too short.
    #[inline]
    pub(crate) fn credentials(self) -> Option<Ucred> {
        let mut words = self.integers();
        let (pid, uid, gid) = (words.next()?, words.next()?, words.next()?);
        Some(Ucred { pid: Pid(pid), uid: uid.cast_unsigned(), gid: gid.cast_unsigned() })
    }
}

/// Control messages to send.
#[repr(C, align(8))]
pub(super) struct ControlBuf {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl ControlBuf {
    /// Room for one message of each kind, as large as may be.
    const ROOM: usize = 2 * HEADER + 16 + (4 * SCM_MAX_FD).next_multiple_of(ALIGN);

    #[inline]
    pub(super) const fn new() -> Self {
        Self { bytes: [0; Self::ROOM], len: 0 }
    }

    /// Appends a message of the level `SOL_SOCKET`, of integers; `EINVAL` where
    /// it does not fit.
    #[inline]
    pub(super) fn push(
        &mut self,
        kind: u32,
        data: impl ExactSizeIterator<Item = i32>,
    ) -> Result<()> {
        let room = self.bytes.get_mut(self.len..).unwrap_or_default();
        let len = HEADER + 4 * data.len();
        let whole = len.next_multiple_of(ALIGN);
        let (words, _) = room.get_mut(..whole).ok_or(Errno::EINVAL)?.as_chunks_mut();
        // The length's upper half is zero: every architecture of ours puts the
        // lower one first.
        let header = [len as i32, 0, uapi::SOL_SOCKET as i32, kind as i32];
        for (word, value) in words.iter_mut().zip(header.into_iter().chain(data)) {
            *word = value.to_ne_bytes();
        }
        self.len += whole;
        Ok(())
    }

    #[inline]
    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::{vec, vec::Vec};

    use proptest::prelude::*;

    use super::*;

    fn message(len: u64, level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let mut bytes = len.to_ne_bytes().to_vec();
        bytes.extend(level.to_ne_bytes());
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let mut control = ControlBuf::new();
        control.push(2, [1, -1, 3].into_iter()).unwrap();
        control.push(1, vec![9; SCM_MAX_FD].into_iter()).unwrap();
        assert_eq!(control.as_slice().len() % 8, 0);
        assert_eq!(control.push(1, [].into_iter()), Err(Errno::EINVAL));
        let found: Vec<_> = ControlMessages::new(control.as_slice()).collect();
        let [first, second] = found[..] else { panic!("{found:?}") };
        assert_eq!((first.level, first.kind, first.data.len()), (1, 2, 12));
        assert_eq!(first.credentials(), Some(Ucred { pid: Pid(1), uid: u32::MAX, gid: 3 }));
        assert_eq!((second.level, second.kind), (1, 1));
        assert!(second.integers().eq([9; SCM_MAX_FD]));
    }

    #[test]
    fn a_length_that_lies_is_cut() {
        // Shorter than a header: the end, not a loop.
        for len in 0..16 {
            assert_eq!(ControlMessages::new(&message(len, 1, 1, &[0; 64])).count(), 0);
        }
        for len in [25, 26, 1 << 40, u64::MAX - 7, u64::MAX] {
            let bytes = message(len, 1, 1, &[7; 8]);
            let mut messages = ControlMessages::new(&bytes);
            assert_eq!(messages.next().map(|message| message.data), Some(&[7; 8][..]));
            assert_eq!(messages.next(), None);
        }
        let short = message(16 + 11, 1, 2, &[1; 11]);
        assert_eq!(ControlMessages::new(&short).next().unwrap().credentials(), None);
    }

    #[test]
    fn the_next_message_is_aligned() {
        let mut bytes = message(17, 1, 1, &[5; 8]);
        bytes.extend(message(16, 2, 3, &[]));
        let found: Vec<_> = ControlMessages::new(&bytes).collect();
        let first = ControlMessage { level: 1, kind: 1, data: &[5] };
        assert_eq!(found, [first, ControlMessage { level: 2, kind: 3, data: &[] }]);
        // Without padding after the last.
        assert_eq!(ControlMessages::new(&bytes[..17]).count(), 1);
        assert_eq!(ControlMessages::new(&bytes[..24 + 15]).count(), 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_within_and_to_an_end(bytes: Vec<u8>) {
            let most = bytes.len() / HEADER;
            let inside = bytes.as_ptr_range();
            let mut count = 0;
            for message in ControlMessages::new(&bytes) {
                count += 1;
                let data = message.data.as_ptr_range();
                prop_assert!(inside.start <= data.start && data.end <= inside.end);
                prop_assert!(message.integers().count() <= message.data.len() / 4);
            }
            prop_assert!(count <= most);
        }

        #[test]
        fn plausible_messages_are_read_within(
            parts: Vec<(u8, u8, Vec<u8>)>,
            cut: prop::sample::Index,
        ) {
            let mut bytes = Vec::new();
            for (len, kind, data) in &parts {
                bytes.extend(message(u64::from(*len), 1, (*kind % 5).into(), data));
            }
            bytes.truncate(cut.index(bytes.len() + 1));
            prop_assert!(ControlMessages::new(&bytes).count() <= bytes.len() / HEADER);
        }
    }
}
