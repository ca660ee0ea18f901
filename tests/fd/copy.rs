//! `src/fd/copy.rs`: sendfile, splice, copy_file_range.

use std::{
    io::{Read as _, Seek as _, Write as _},
    os::fd::AsRawFd,
    ptr,
};

use rawos::{
    Errno,
    fd::{self, SeekFrom, SpliceFlags},
};

use crate::{
    common::{Row, borrow, emulated, memfd, number, sealed},
    util::{libc_result, not_run},
};

/// Drains a pipe that does not block.
fn drain(raw: i32) {
    let mut buf = [0u8; 4096];
    // SAFETY: read(2) writes within `buf`.
    while unsafe { libc::read(raw, buf.as_mut_ptr().cast(), buf.len()) } > 0 {}
}

#[test]
fn sendfile_takes_an_offset_or_moves_the_position() {
    let file = sealed(b"0123456789");
    let mut target = memfd();
    let (from, to) = (borrow(&file), number(target.as_raw_fd()));
    fd::lseek(from, SeekFrom::Start(2)).unwrap();
    assert_eq!(fd::sendfile(to, from, None, 3), Ok(3));
    assert_eq!(fd::lseek(from, SeekFrom::Current(0)), Ok(5));
    assert_eq!(fd::sendfile(to, from, Some(8), 100), Ok(2));
    assert_eq!(fd::sendfile(to, from, Some(10), 100), Ok(0));
    assert_eq!(fd::lseek(from, SeekFrom::Current(0)), Ok(5));
    assert_eq!(fd::sendfile(to, from, Some(u64::MAX), 1), Err(Errno::EINVAL));
    let mut text = String::new();
    target.rewind().unwrap();
    target.read_to_string(&mut text).unwrap();
    assert_eq!(text, "23489");
}

#[test]
fn splice_moves_between_a_pipe_and_files() {
    let (reader, writer) = fd::pipe2(rawos::fs::OFlags::NONBLOCK).unwrap();
    let file = sealed(b"0123456789");
    let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
    assert_eq!(fd::splice(borrow(&file), &writer, 4, Some(3), None, flags), Ok(4));
    fd::lseek(borrow(&file), SeekFrom::Start(8)).unwrap();
    assert_eq!(fd::splice(borrow(&file), &writer, 4, None, None, flags), Ok(2));
    assert_eq!(fd::lseek(borrow(&file), SeekFrom::Current(0)), Ok(10));
    let target = memfd();
    assert_eq!(fd::splice(&reader, borrow(&target), 5, None, Some(5), flags), Ok(5));
    assert_eq!(fd::splice(&reader, borrow(&target), 5, None, None, flags), Ok(1));
    assert_eq!(fd::lseek(borrow(&target), SeekFrom::Current(0)), Ok(1));
    let mut text = [0; 10];
    std::os::unix::fs::FileExt::read_exact_at(&target, &mut text, 0).unwrap();
    assert_eq!(&text, b"9\0\0\0\x0034568");
    assert_eq!(fd::splice(&reader, borrow(&target), 9, Some(0), None, flags), Err(Errno::ESPIPE));
    assert_eq!(fd::splice(&reader, borrow(&target), 9, None, None, flags), Err(Errno::EAGAIN));
}

#[test]
fn copy_file_range_copies_inside_one_file_system() {
    let mut source = tempfile::tempfile().unwrap();
    let target = tempfile::tempfile().unwrap();
    source.write_all(b"0123456789").unwrap();
    let (from, to) = (borrow(&source), borrow(&target));
    let copied = fd::copy_file_range(from, to, 4, Some(3), Some(1));
    if copied == Err(Errno::ENOSYS) && emulated() {
        return not_run(format_args!("the emulator has no copy_file_range"));
    }
    assert_eq!(copied, Ok(4));
    assert_eq!(fd::copy_file_range(from, to, 4, Some(10), None), Ok(0));
    fd::lseek(from, SeekFrom::Start(8)).unwrap();
    fd::lseek(to, SeekFrom::Start(5)).unwrap();
    assert_eq!(fd::copy_file_range(from, to, 100, None, None), Ok(2));
    assert_eq!(fd::lseek(to, SeekFrom::Current(0)), Ok(7));
    let mut text = [0; 7];
    std::os::unix::fs::FileExt::read_exact_at(&target, &mut text, 0).unwrap();
    assert_eq!(&text, b"\x00345689");
    assert_eq!(fd::copy_file_range(from, from, 4, Some(0), Some(2)), Err(Errno::EINVAL));
}

#[test]
fn errors_are_those_of_libc() {
    let row = Row::new();
    let offsets = [None, Some(2), Some(i64::MAX), Some(-1)];
    for &(from_name, from) in &row.fds {
        for &(to_name, to) in &row.fds {
            let reset = || {
                for &(name, raw) in &row.fds {
                    // SAFETY: lseek(2) touches no memory.
                    unsafe { libc::lseek(raw, 0, libc::SEEK_SET) };
                    if name == "reader" {
                        drain(raw);
                    }
                }
            };
            for offset in offsets {
                let place = offset;
                let at = |place: &mut Option<i64>| {
                    place.as_mut().map_or(ptr::null_mut(), |place| &raw mut *place)
                };
                let unsigned = offset.map(i64::cast_unsigned);
                let what = format!("{from_name} to {to_name} at {offset:?}");
                reset();
                // SAFETY: these calls read and write one offset at most.
                let sent = unsafe { libc::sendfile(to, from, at(&mut place.clone()), 3) };
                let theirs = libc_result(sent as i64);
                reset();
                let ours = fd::sendfile(number(to), number(from), unsigned, 3);
                assert_eq!(ours.map(|n| n as i64), theirs, "sendfile {what}");

                let flags = libc::SPLICE_F_NONBLOCK;
                reset();
                // SAFETY: as above.
                let moved = unsafe {
                    libc::splice(from, at(&mut place.clone()), to, ptr::null_mut(), 3, flags)
                };
                let theirs = libc_result(moved as i64);
                reset();
                let flags = SpliceFlags::NONBLOCK;
                let ours = fd::splice(number(from), number(to), 3, unsigned, None, flags);
                assert_eq!(ours.map(|n| n as i64), theirs, "splice {what}");

                reset();
                // SAFETY: as above.
                let copied = unsafe {
                    libc::copy_file_range(from, ptr::null_mut(), to, at(&mut place.clone()), 3, 0)
                };
                let theirs = libc_result(copied as i64);
                reset();
                let ours = fd::copy_file_range(number(from), number(to), 3, None, unsigned);
                assert_eq!(ours.map(|n| n as i64), theirs, "copy_file_range {what}");
            }
        }
    }
    assert_eq!(SpliceFlags::MOVE.bits(), libc::SPLICE_F_MOVE);
    assert_eq!(SpliceFlags::NONBLOCK.bits(), libc::SPLICE_F_NONBLOCK);
    assert_eq!(SpliceFlags::MORE.bits(), libc::SPLICE_F_MORE);
}
