//! How the types of the room look in `{:?}`, and their traits that only pass on.

use std::os::fd::AsRawFd as _;

use rawos::fd::{self as ours, AsFd as _, FdReader, FdWriter, IoSliceMut};

use crate::common::own;

fn memfd(contents: &[u8]) -> std::fs::File {
    use std::io::{Seek as _, Write as _};
    let mut file = crate::common::memfd();
    file.write_all(contents).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn descriptors_are_shown_by_number() {
    let file = memfd(b"abc");
    let number = file.as_raw_fd();
    let owned = own(file);
    assert_eq!(format!("{owned:?}"), format!("OwnedFd({number})"));
    assert_eq!(format!("{:?}", owned.as_fd()), format!("BorrowedFd({number})"));
    let reader = FdReader::<_, 8>::sized(&owned);
    assert_eq!(reader.as_fd().as_raw_fd(), number);
    let expected = format!("FdReader {{ fd: {number}, buffered: 0, .. }}");
    assert_eq!(format!("{reader:?}"), expected);
    let mut writer = FdWriter::<_, 8>::sized(&owned);
    writer.write_all(b"de").unwrap();
    assert_eq!(writer.as_fd().as_raw_fd(), number);
    let expected = format!("FdWriter {{ fd: {number}, buffered: 2, .. }}");
    assert_eq!(format!("{writer:?}"), expected);
}

#[test]
fn a_slice_to_read_into_is_its_bytes() {
    let mut bytes = *b"ab";
    let mut slice = IoSliceMut::new(&mut bytes);
    slice[1] = b'c';
    assert_eq!(format!("{slice:?}"), "[97, 99]");
    assert_eq!(&bytes, b"ac");
}

#[test]
fn readinto_is_read() {
    let file = own(memfd(b"abc"));
    let mut bytes = [0; 8];
    assert_eq!(ours::readinto(&file, &mut bytes[..]), Ok(3));
    assert_eq!(&bytes[..4], b"abc\0");
}

/// std's traits tell the same number, and hand it over open.
#[cfg(feature = "std")]
#[test]
fn stds_traits_are_there() {
    use std::os::fd::{self as std_fd, AsFd, AsRawFd, IntoRawFd};

    use rawos::fd::OwnedFd;
    fn numbers<T: AsFd + AsRawFd>(fd: &T) -> [i32; 2] {
        [AsFd::as_fd(fd).as_raw_fd(), AsRawFd::as_raw_fd(fd)]
    }
    let file = memfd(b"abc");
    let number = file.as_raw_fd();
    let owned = own(file);
    assert_eq!(numbers(&owned), [number; 2]);
    assert_eq!(numbers(&rawos::fd::AsFd::as_fd(&owned)), [number; 2]);
    assert_eq!(IntoRawFd::into_raw_fd(owned), number);
    // SAFETY: it was just given up.
    let owned: OwnedFd = unsafe { std_fd::FromRawFd::from_raw_fd(number) };
    let file = std::fs::File::from(std_fd::OwnedFd::from(owned));
    assert_eq!(file.metadata().unwrap().len(), 3);
}

/// A writer is std's too: what waits goes out by `flush`.
#[cfg(feature = "std")]
#[test]
fn stds_flush_writes_what_waits() {
    use std::io::{Read, Seek, SeekFrom, Write};
    let file = memfd(b"");
    let owned = own(file.try_clone().unwrap());
    let mut writer = FdWriter::<_, 8>::sized(&owned);
    Write::write_all(&mut writer, b"de").unwrap();
    assert_eq!(file.metadata().unwrap().len(), 0);
    Write::flush(&mut writer).unwrap();
    assert_eq!(file.metadata().unwrap().len(), 2);
    let mut reader = FdReader::<_, 8>::sized(&owned);
    assert_eq!(Seek::seek(&mut reader, SeekFrom::Start(1)).unwrap(), 1);
    let mut last = [0; 4];
    assert_eq!(Read::read(&mut reader, &mut last).unwrap(), 1);
    assert_eq!(last[0], b'e');
}
