//! Control messages, against C's macros where these may be used: on messages
//! that are whole.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::socket::ControlMessages;
use rawos_fuzz::array;

/// Level, type and data of each; whether none was cut.
fn messages(bytes: &[u8]) -> (Vec<(i32, i32, &[u8])>, bool) {
    let (mut found, mut at, mut whole) = (Vec::new(), 0, true);
    while let Some(len) = array(bytes, at).map(usize::from_ne_bytes) {
        let words = array(bytes, at + 8).zip(array(bytes, at + 12));
        let Some((level, kind)) = words.filter(|_| len >= 16) else { break };
        let end = at.saturating_add(len).min(bytes.len());
        whole &= end == at.saturating_add(len);
        found.push((i32::from_ne_bytes(level), i32::from_ne_bytes(kind), &bytes[at + 16..end]));
        let Some(next) = len.checked_next_multiple_of(8).and_then(|len| at.checked_add(len)) else {
            break;
        };
        at = next;
    }
    (found, whole)
}

fuzz_target!(|data: &[u8]| {
    let (expected, whole) = messages(data);
    let ours: Vec<_> =
        ControlMessages::new(data).map(|one| (one.level, one.kind, one.data)).collect();
    assert_eq!(ours, expected);
    if !whole {
        return;
    }
    let mut aligned = vec![0_u64; data.len().div_ceil(8) + 1];
    // SAFETY: as many bytes as there are.
    let bytes =
        unsafe { std::slice::from_raw_parts_mut(aligned.as_mut_ptr().cast::<u8>(), data.len()) };
    bytes.copy_from_slice(data);
    // SAFETY: zeroes are a valid struct.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    (header.msg_control, header.msg_controllen) = (aligned.as_mut_ptr().cast(), data.len());
    let mut theirs = Vec::new();
    // SAFETY: the header describes the buffer.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(&header) };
    while !next.is_null() {
        // SAFETY: a message that begins within the buffer, with its header.
        let (one, data) = unsafe { (*next, libc::CMSG_DATA(next)) };
        if one.cmsg_len < 16 {
            break;
        }
        // SAFETY: the message is whole.
        let data = unsafe { std::slice::from_raw_parts(data, one.cmsg_len - 16) };
        theirs.push((one.cmsg_level, one.cmsg_type, data));
        // SAFETY: as above.
        next = unsafe { libc::CMSG_NXTHDR(&header, next) };
    }
    assert_eq!(ours, theirs);
});
