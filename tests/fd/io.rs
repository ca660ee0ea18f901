//! `src/fd/io.rs`: read, write, pread, pwrite, lseek.

use std::{
    fs::File,
    io::Write as _,
    mem::MaybeUninit,
    os::fd::{AsRawFd, FromRawFd},
    thread,
    time::Duration,
};

use rawos::{
    Errno,
    fd::{self, BorrowedFd, SeekFrom},
    fs::{self, Mode, OFlags},
};

use crate::util::{assert_soon, interrupted, libc_result, temp_dir};

/// A number that nobody has open: above any limit that tests run with.
fn closed() -> BorrowedFd<'static> {
    // SAFETY: no descriptor has this number, so nothing can be borrowed of it.
    unsafe { BorrowedFd::borrow_raw(1 << 24) }
}

#[test]
fn read_returns_what_there_is_and_zero_at_the_end() {
    let (reader, writer) = fd::pipe().unwrap();
    assert_eq!(fd::write(&writer, b"hello"), Ok(5));
    let mut buf = [0; 3];
    assert_eq!(fd::read(&reader, &mut buf), Ok(3));
    assert_eq!(&buf, b"hel");
    assert_eq!(fd::read(&reader, &mut buf), Ok(2));
    assert_eq!(&buf, b"lol");
    drop(writer);
    assert_eq!(fd::read(&reader, &mut buf), Ok(0));
    assert_eq!(fd::read(&reader, &mut [0; 0]), Ok(0));
}

#[test]
fn read_fills_initialised_and_uninitialised_memory_alike() {
    let (reader, writer) = fd::pipe().unwrap();
    fd::write(&writer, b"abcdefgh").unwrap();
    let mut uninit = [MaybeUninit::new(b'#'); 5];
    let (read, rest) = fd::read(&reader, &mut uninit).unwrap();
    assert_eq!((&*read, rest.len()), (&b"abcde"[..], 0));
    let (read, rest) = fd::read(&reader, uninit.as_mut_slice()).unwrap();
    assert_eq!((&*read, rest.len()), (&b"fgh"[..], 2));
    // SAFETY: it was initialised above.
    assert_eq!(unsafe { rest[0].assume_init() }, b'd');
}

#[cfg(feature = "alloc")]
#[test]
fn read_appends_to_a_vec_within_its_capacity() {
    let (reader, writer) = fd::pipe().unwrap();
    fd::write(&writer, b"abcdefgh").unwrap();
    let mut vec = Vec::with_capacity(6);
    vec.push(b'>');
    let room = vec.capacity() - 1;
    assert_eq!(fd::read(&reader, fd::spare_capacity(&mut vec)), Ok(room.min(8)));
    assert_eq!(vec, b">abcdefgh"[..=room.min(8)]);
}

#[test]
fn errors_are_those_of_libc() {
    let dir = temp_dir();
    let (reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
    let directory = fs::open(dir.path().to_str().unwrap(), OFlags::RDONLY, Mode::empty()).unwrap();
    let mut buf = [0u8; 8];
    for fd in [reader.as_raw_fd(), writer.as_raw_fd(), directory.as_raw_fd(), 1 << 24, -1, -100] {
        // SAFETY: all are open or nobody's.
        let ours = unsafe { BorrowedFd::borrow_raw(fd) };
        // SAFETY: read(2) writes into `buf`, within its length.
        let theirs = libc_result(unsafe { libc::read(fd, buf.as_mut_ptr().cast(), 8) } as i64);
        assert_eq!(fd::read(ours, &mut [0; 8]).map(|n| n as i64), theirs, "read {fd}");
        // SAFETY: write(2) reads nothing of an empty buffer.
        let theirs = libc_result(unsafe { libc::write(fd, buf.as_ptr().cast(), 0) } as i64);
        assert_eq!(fd::write(ours, b"").map(|n| n as i64), theirs, "write {fd}");
        for offset in [0, 5, i64::MAX, -1, i64::MIN] {
            // SAFETY: as above.
            let read = unsafe { libc::pread(fd, buf.as_mut_ptr().cast(), 8, offset) };
            let theirs = libc_result(read as i64);
            let ours = fd::pread(ours, &mut [0; 8], offset as u64);
            assert_eq!(ours.map(|n| n as i64), theirs, "pread {fd} {offset}");
        }
        for offset in [0, 5, -1] {
            // SAFETY: as above.
            let written = unsafe { libc::pwrite(fd, buf.as_ptr().cast(), 0, offset) };
            let theirs = libc_result(written as i64);
            let ours = fd::pwrite(ours, b"", offset as u64);
            assert_eq!(ours.map(|n| n as i64), theirs, "pwrite {fd} {offset}");
        }
        // SAFETY: lseek(2) touches no memory.
        let theirs = libc_result(unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) });
        let ours = fd::lseek(ours, SeekFrom::Current(0)).map(|n| n as i64);
        assert_eq!(ours, theirs, "lseek {fd}");
    }
    assert_eq!(fd::read(&reader, &mut buf), Err(Errno::EAGAIN));
    assert_eq!(fd::read(&directory, &mut buf), Err(Errno::EISDIR));
    assert_eq!(fd::read(closed(), &mut buf), Err(Errno::EBADF));
    assert_eq!(fd::write(closed(), b"x"), Err(Errno::EBADF));
}

#[test]
fn a_full_pipe_takes_part_then_nothing() {
    let (_reader, writer) = fd::pipe2(OFlags::NONBLOCK).unwrap();
    let block = vec![b'x'; 1 << 20];
    let taken = fd::write(&writer, &block).unwrap();
    assert!(taken < block.len());
    assert_eq!(fd::write(&writer, &block), Err(Errno::EAGAIN));
    assert_eq!(fd::write_all(&writer, &block), Err(Errno::EAGAIN));
}

#[test]
fn a_pipe_nobody_reads_is_epipe() {
    let (reader, writer) = fd::pipe().unwrap();
    drop(reader);
    // The Rust runtime ignores SIGPIPE in tests.
    assert_soon(Err(Errno::EPIPE), || fd::write(&writer, b"x"));
    assert_eq!(fd::write_all(&writer, b"x"), Err(Errno::EPIPE));
}

#[test]
fn write_all_goes_on_after_short_writes() {
    let (reader, writer) = fd::pipe().unwrap();
    let data: Vec<u8> = (0..1_000_000u32).map(|i| (i % 251) as u8).collect();
    let received = thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut received = Vec::new();
            let mut buf = [0; 1000];
            loop {
                match fd::read(&reader, &mut buf).unwrap() {
                    0 => break received,
                    count => received.extend_from_slice(&buf[..count]),
                }
            }
        });
        assert_eq!(fd::write_all(&writer, &data), Ok(()));
        drop(writer);
        reading.join().unwrap()
    });
    assert!(received == data);
}

#[test]
fn a_signal_does_not_end_a_read_or_a_write() {
    let (reader, writer) = fd::pipe().unwrap();
    let late = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        fd::write(&writer, b"late").unwrap();
        writer
    });
    let mut buf = [0; 8];
    assert_eq!(interrupted(30, || fd::read(&reader, &mut buf)), Ok(4));
    assert_eq!(&buf[..4], b"late");

    let writer = late.join().unwrap();
    let block = vec![0; 1 << 20];
    let drain = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        let mut buf = vec![0; 1 << 16];
        let mut total = 0;
        while let Ok(count) = fd::read(&reader, &mut *buf) {
            if count == 0 {
                break;
            }
            total += count;
        }
        total
    });
    assert_eq!(interrupted(30, || fd::write_all(&writer, &block)), Ok(()));
    drop(writer);
    assert_eq!(drain.join().unwrap(), block.len());
}

#[test]
fn raw_shows_the_signal() {
    let (reader, _writer) = fd::pipe().unwrap();
    let mut buf = [0u8; 8];
    let args = [reader.as_raw_fd() as usize, buf.as_mut_ptr().expose_provenance(), buf.len()];
    // SAFETY: read(2) writes into `buf`, within its length.
    let read = || unsafe { rawos::raw::syscall(rawos::raw::Sysno::read, args) };
    assert_eq!(interrupted(1000, read), Err(Errno::EINTR));
}

#[test]
fn pread_and_pwrite_leave_the_position_alone() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"0123456789").unwrap();
    // SAFETY: `file` outlives the borrow.
    let fd = unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) };
    assert_eq!(fd::pwrite(fd, b"ab", 4), Ok(2));
    let mut buf = [0; 4];
    assert_eq!(fd::pread(fd, &mut buf, 3), Ok(4));
    assert_eq!(&buf, b"3ab6");
    assert_eq!(fd::lseek(fd, SeekFrom::Current(0)), Ok(10));
    assert_eq!(fd::pread(fd, &mut buf, 10), Ok(0));
    assert_eq!(fd::pread(fd, &mut buf, u64::MAX), Err(Errno::EINVAL));
    assert_eq!(fd::pwrite(fd, b"x", u64::MAX), Err(Errno::EINVAL));
    assert_eq!(fd::pread(fd, &mut buf, 1 << 40), Ok(0));
}

#[test]
fn lseek_goes_where_libc_goes() {
    // SAFETY: memfd_create(2) only reads the name.
    let raw = unsafe { libc::memfd_create(c"lseek".as_ptr(), libc::MFD_CLOEXEC) };
    assert_ne!(raw, -1);
    // SAFETY: the descriptor was just made, for us.
    let file = unsafe { File::from_raw_fd(raw) };
    file.set_len(1 << 20).unwrap();
    // SAFETY: `file` outlives the borrow.
    let fd = unsafe { BorrowedFd::borrow_raw(raw) };
    fd::pwrite(fd, b"data", 512 << 10).unwrap();
    let seek = |offset: i64, whence| {
        // SAFETY: lseek(2) touches no memory.
        libc_result(unsafe { libc::lseek(raw, offset, whence) })
    };
    for offset in [0, 1, 4096, 1 << 19, (1 << 20) - 1, 1 << 20, 1 << 30, i64::MAX] {
        let ours = |to| fd::lseek(fd, to).map(|position| position as i64);
        let unsigned = offset as u64;
        assert_eq!(ours(SeekFrom::Start(unsigned)), seek(offset, libc::SEEK_SET));
        assert_eq!(ours(SeekFrom::Data(unsigned)), seek(offset, libc::SEEK_DATA), "{offset}");
        assert_eq!(ours(SeekFrom::Hole(unsigned)), seek(offset, libc::SEEK_HOLE), "{offset}");
        assert_eq!(ours(SeekFrom::End(-offset)), seek(-offset, libc::SEEK_END), "{offset}");
    }
    fd::lseek(fd, SeekFrom::Start(10)).unwrap();
    assert_eq!(fd::lseek(fd, SeekFrom::Current(-4)), Ok(6));
    assert_eq!(fd::lseek(fd, SeekFrom::Current(-7)), Err(Errno::EINVAL));
    for past in [SeekFrom::Start(1 << 63), SeekFrom::Data(1 << 63), SeekFrom::Hole(u64::MAX)] {
        assert_eq!(fd::lseek(fd, past), Err(Errno::EINVAL), "{past:?}");
    }
}
