//! What is read from an inotify's and a signalfd's descriptor, here a file.
#![no_main]
use libfuzzer_sys::fuzz_target;
use rawos::{
    Errno,
    inotify::{InotifyBuf, inotify_read},
    signal::signalfd_read,
};
use rawos_fuzz::{array, file};

/// The events, if they are whole and fill the bytes.
fn events(mut bytes: &[u8]) -> Option<Vec<(i32, u32, u32, Option<&[u8]>)>> {
    let mut events = Vec::new();
    while !bytes.is_empty() {
        let word = |place: usize| array(bytes, 4 * place).map(u32::from_ne_bytes);
        let (watch, mask, cookie, len) = (word(0)?, word(1)?, word(2)?, word(3)? as usize);
        let name = bytes.get(16..16 + len)?;
        let nul = name.iter().position(|byte| *byte == 0);
        let name = if len == 0 { None } else { Some(&name[..nul?]) };
        events.push((watch.cast_signed(), mask, cookie, name));
        bytes = &bytes[16 + len..];
    }
    Some(events)
}

fuzz_target!(|data: &[u8]| {
    let expected = events(&data[..data.len().min(512)]).filter(|events| !events.is_empty());
    let mut buf = InotifyBuf::<512>::sized();
    let found = inotify_read(file(data), &mut buf).map(|events| {
        let event = |event: rawos::inotify::InotifyEvent<'_>| {
            let name = event.name.map(|name| name.to_bytes().to_vec());
            (event.watch.0, event.mask.bits(), event.cookie, name)
        };
        events.map(event).collect::<Vec<_>>()
    });
    let owned = |event: (i32, u32, u32, Option<&[u8]>)| {
        (event.0, event.1, event.2, event.3.map(<[u8]>::to_vec))
    };
    let expected = expected.map(|events| events.into_iter().map(owned).collect());
    assert_eq!(found, expected.ok_or(Errno::EBADMSG));

    let info = signalfd_read(file(data));
    let Some(bytes) = array::<128>(data, 0) else {
        assert_eq!(info.err(), Some(Errno::EBADMSG));
        return;
    };
    // SAFETY: a struct of integers, and of its size.
    let theirs: libc::signalfd_siginfo = unsafe { std::mem::transmute(bytes) };
    let info = info.unwrap();
    assert_eq!(info.ssi_signo().0, theirs.ssi_signo.cast_signed());
    assert_eq!(info.ssi_pid().0, theirs.ssi_pid.cast_signed());
    assert_eq!((info.ssi_errno(), info.ssi_code()), (theirs.ssi_errno, theirs.ssi_code));
    assert_eq!((info.ssi_uid(), info.ssi_fd()), (theirs.ssi_uid, theirs.ssi_fd));
    assert_eq!((info.ssi_tid(), info.ssi_band()), (theirs.ssi_tid, theirs.ssi_band));
    assert_eq!((info.ssi_overrun(), info.ssi_status()), (theirs.ssi_overrun, theirs.ssi_status));
    assert_eq!((info.ssi_int(), info.ssi_ptr()), (theirs.ssi_int, theirs.ssi_ptr));
    assert_eq!((info.ssi_addr(), info.ssi_syscall()), (theirs.ssi_addr, theirs.ssi_syscall));
    assert!(!format!("{info:?}").is_empty());
});
