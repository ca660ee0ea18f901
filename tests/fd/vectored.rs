//! `src/fd/vectored.rs`: readv, writev, preadv, pwritev and their flags.

use std::{thread, time::Duration};

use rawos::{
    Errno, Result,
    fd::{self, IoSlice, IoSliceMut, RwFlags},
};

use crate::{
    common::{Row, borrow, emulated, memfd, number},
    util::{interrupted, libc_result},
};

/// The result of a call that user-mode emulators lack, unless this one does.
fn unless_emulated<T>(result: Result<T>) -> Option<Result<T>> {
    match result {
        Err(Errno::ENOSYS) if emulated() => None,
        result => Some(result),
    }
}

#[test]
fn buffers_are_the_kernels_struct() {
    assert_eq!(size_of::<IoSlice<'_>>(), size_of::<libc::iovec>());
    assert_eq!(size_of::<IoSliceMut<'_>>(), size_of::<libc::iovec>());
    let bytes = *b"abc";
    let slice = IoSlice::new(&bytes);
    // SAFETY: both are the same repr(C) struct.
    let iovec: libc::iovec = unsafe { std::mem::transmute(slice) };
    assert_eq!((iovec.iov_base.cast_const().cast(), iovec.iov_len), (bytes.as_ptr(), 3));
    assert_eq!(format!("{:?}", IoSlice::new(b"a")), "[97]");
}

#[test]
fn bytes_go_through_many_buffers_in_order() {
    let (reader, writer) = fd::pipe().unwrap();
    let out = [&b"ab"[..], b"", b"cdef", b"g"].map(IoSlice::new);
    assert_eq!(fd::writev(&writer, &out), Ok(7));
    let (mut a, mut b, mut c) = ([0; 3], [0; 0], [b'#'; 6]);
    let mut room = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b), IoSliceMut::new(&mut c)];
    assert_eq!(fd::readv(&reader, &mut room), Ok(7));
    assert_eq!(&*room[2], b"defg##");
    assert_eq!(&a, b"abc");
    assert_eq!(fd::writev(&writer, &[]), Ok(0));
    assert_eq!(fd::readv(&reader, &mut []), Ok(0));
}

#[test]
fn more_than_iov_max_is_einval_and_moves_nothing() {
    let file = memfd();
    let out = vec![IoSlice::new(b"x"); 1025];
    assert_eq!(fd::writev(borrow(&file), &out), Err(Errno::EINVAL));
    assert_eq!(fd::pwritev(borrow(&file), &out, 0, RwFlags::empty()), Err(Errno::EINVAL));
    assert_eq!(file.metadata().unwrap().len(), 0);
    assert_eq!(fd::writev(borrow(&file), &out[..1024]), Ok(1024));
    let mut bytes = [[0u8; 1]; 1025];
    let mut room: Vec<_> = bytes.iter_mut().map(|byte| IoSliceMut::new(byte)).collect();
    assert_eq!(fd::readv(borrow(&file), &mut room), Err(Errno::EINVAL));
    assert_eq!(fd::preadv(borrow(&file), &mut room, 0, RwFlags::empty()), Err(Errno::EINVAL));
    assert_eq!(fd::preadv(borrow(&file), &mut room[..1024], 0, RwFlags::empty()), Ok(1024));
    assert!(bytes[..1024].iter().all(|byte| byte == b"x") && bytes[1024] == [0]);
    for flags in [RwFlags::SYNC, RwFlags::HIPRI] {
        if let Some(result) = unless_emulated(fd::pwritev(borrow(&file), &out, 0, flags)) {
            assert_eq!(result, Err(Errno::EINVAL), "{flags:?}");
        }
    }
}

#[test]
fn errors_are_those_of_libc() {
    let row = Row::new();
    let mut bytes = [0u8; 4];
    let iovec = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: 4 };
    for &(name, raw) in &row.fds {
        let fd = number(raw);
        let rewind = || {
            // SAFETY: lseek(2) touches no memory.
            unsafe { libc::lseek(raw, 0, libc::SEEK_SET) };
        };
        for count in [1, 0] {
            rewind();
            // SAFETY: the calls use one buffer of 4 bytes.
            let theirs = libc_result(unsafe { libc::readv(raw, &iovec, count) } as i64);
            rewind();
            let mut mine = [0; 4];
            let mut room = [IoSliceMut::new(&mut mine)];
            let ours = fd::readv(fd, &mut room[..count as usize]);
            assert_eq!(ours.map(|n| n as i64), theirs, "readv {name} {count}");
            for offset in [0, 5, 100, i64::MAX, -1, -4096, i64::MIN] {
                // SAFETY: as above.
                let read = unsafe { libc::preadv(raw, &iovec, count, offset) };
                let theirs = libc_result(read as i64);
                let room = &mut room[..count as usize];
                let ours = fd::preadv(fd, room, offset as u64, RwFlags::empty());
                assert_eq!(ours.map(|n| n as i64), theirs, "preadv {name} {count} {offset}");
            }
        }
        for count in [1, 0] {
            rewind();
            // SAFETY: as above.
            let theirs = libc_result(unsafe { libc::writev(raw, &iovec, count) } as i64);
            rewind();
            let out = [IoSlice::new(b"0123")];
            let ours = fd::writev(fd, &out[..count as usize]);
            assert_eq!(ours.map(|n| n as i64), theirs, "writev {name} {count}");
            for offset in [0, 5, -1, i64::MIN] {
                // SAFETY: as above.
                let written = unsafe { libc::pwritev(raw, &iovec, count, offset) };
                let theirs = libc_result(written as i64);
                let out = &out[..count as usize];
                let ours = fd::pwritev(fd, out, offset as u64, RwFlags::empty());
                assert_eq!(ours.map(|n| n as i64), theirs, "pwritev {name} {count} {offset}");
            }
        }
    }
}

#[test]
fn offsets_beyond_four_gigabytes_keep_both_halves() {
    let file = memfd();
    let fd = borrow(&file);
    // Were the halves added, swapped or cut, these would be other places.
    for offset in [0x1_8000_0003u64, 0x2_0000_0000, 0xffff_fff0, 0x7_1234_5678] {
        let text = offset.to_le_bytes();
        let out = [IoSlice::new(&text[..3]), IoSlice::new(&text[3..])];
        assert_eq!(fd::pwritev(fd, &out, offset, RwFlags::empty()), Ok(8));
        assert!(file.metadata().unwrap().len() >= offset + 8);
    }
    for offset in [0x1_8000_0003u64, 0x2_0000_0000, 0xffff_fff0, 0x7_1234_5678] {
        let mut witness = [0; 8];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut witness, offset).unwrap();
        assert_eq!(u64::from_le_bytes(witness), offset);
        for flags in [RwFlags::empty(), RwFlags::HIPRI] {
            let (mut low, mut high) = ([0; 4], [0; 4]);
            let mut room = [IoSliceMut::new(&mut low), IoSliceMut::new(&mut high)];
            if let Some(result) = unless_emulated(fd::preadv(fd, &mut room, offset, flags)) {
                assert_eq!(result, Ok(8), "{offset:#x} {flags:?}");
                assert_eq!([low, high].concat(), offset.to_le_bytes());
            }
        }
    }
    assert_eq!(fd::lseek(fd, fd::SeekFrom::Current(0)), Ok(0));
}

#[test]
fn an_offset_of_minus_one_is_no_position() {
    let file = memfd();
    let out = [IoSlice::new(b"x")];
    let mut byte = [0; 1];
    let mut room = [IoSliceMut::new(&mut byte)];
    for flags in [RwFlags::empty(), RwFlags::HIPRI, RwFlags::SYNC] {
        for offset in [u64::MAX, 1 << 63] {
            assert_eq!(fd::pwritev(borrow(&file), &out, offset, flags), Err(Errno::EINVAL));
            assert_eq!(fd::preadv(borrow(&file), &mut room, offset, flags), Err(Errno::EINVAL));
        }
    }
    assert_eq!(file.metadata().unwrap().len(), 0);
}

#[test]
fn flags_do_what_they_say() {
    let file = memfd();
    let fd = borrow(&file);
    fd::write(fd, b"0123456789").unwrap();
    let out = [IoSlice::new(b"ab")];
    for flags in [RwFlags::SYNC, RwFlags::DSYNC, RwFlags::SYNC | RwFlags::HIPRI] {
        if let Some(result) = unless_emulated(fd::pwritev(fd, &out, 4, flags)) {
            assert_eq!(result, Ok(2), "{flags:?}");
        }
    }
    if let Some(result) = unless_emulated(fd::pwritev(fd, &out, 0, RwFlags::APPEND)) {
        assert_eq!(result, Ok(2));
        assert_eq!(file.metadata().unwrap().len(), 12);
    }
    // Nobody has such a flag yet; it must reach the kernel, and be refused.
    let unknown = RwFlags::from_bits_retain(1 << 30);
    if let Some(result) = unless_emulated(fd::pwritev(fd, &out, 0, unknown)) {
        assert_eq!(result, Err(Errno::EOPNOTSUPP));
    }
    let (reader, _writer) = fd::pipe().unwrap();
    let mut byte = [0; 1];
    let mut room = [IoSliceMut::new(&mut byte)];
    if let Some(result) = unless_emulated(fd::preadv(&reader, &mut room, 0, RwFlags::NOWAIT)) {
        assert_eq!(result, Err(Errno::ESPIPE));
    }
    let bits = [libc::RWF_HIPRI, libc::RWF_DSYNC, libc::RWF_SYNC, libc::RWF_NOWAIT];
    let ours = [RwFlags::HIPRI, RwFlags::DSYNC, RwFlags::SYNC, RwFlags::NOWAIT];
    assert_eq!(ours.map(|flag| flag.bits() as i32), bits);
    assert_eq!(RwFlags::APPEND.bits() as i32, libc::RWF_APPEND);
}

#[test]
fn a_signal_does_not_end_readv_or_writev() {
    let (reader, writer) = fd::pipe().unwrap();
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        fd::write(&writer, b"late").unwrap();
        writer
    });
    let (mut a, mut b) = ([0; 2], [0; 8]);
    let mut room = [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)];
    assert_eq!(interrupted(30, || fd::readv(&reader, &mut room)), Ok(4));
    assert_eq!((&a, &b[..2]), (b"la", &b"te"[..]));

    let writer = late.join().unwrap();
    fd::set_blocking(&writer, false).unwrap();
    while fd::write(&writer, &[0; 4096]).is_ok() {}
    fd::set_blocking(&writer, true).unwrap();
    let drain = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        fd::read(&reader, &mut [0; 65536]).unwrap();
        reader
    });
    assert_eq!(interrupted(30, || fd::writev(&writer, &[IoSlice::new(b"x")])), Ok(1));
    drop(drain.join().unwrap());
}
