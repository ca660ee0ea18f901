//! `src/fd/owned.rs` and `src/fd/std_types.rs`: who closes what.

use std::mem::size_of;

use rawos::{
    Errno,
    fd::{self, AsFd, BorrowedFd, CWD, OwnedFd},
};

#[cfg(any(feature = "std", feature = "embedded-io"))]
use crate::common::{memfd, own};

fn is_open(fd: i32) -> bool {
    // SAFETY: F_GETFD touches no memory.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

#[test]
fn sizes_have_no_fat() {
    assert_eq!(size_of::<OwnedFd>(), 4);
    assert_eq!(size_of::<Option<OwnedFd>>(), 4);
    assert_eq!(size_of::<BorrowedFd<'_>>(), 4);
}

#[test]
fn a_drop_closes_and_a_close_reports() {
    // High numbers, so that no other thread opens them meanwhile.
    let (reader, _writer) = fd::pipe().unwrap();
    let high = |number| {
        // SAFETY: nothing in this program opens these by number.
        unsafe { fd::dup2_raw(&reader, number, false).unwrap() };
        // SAFETY: just opened, and nobody's yet.
        unsafe { OwnedFd::from_raw_fd(number) }
    };
    let dropped = high(800);
    assert!(is_open(800));
    drop(dropped);
    assert!(!is_open(800));
    assert_eq!(fd::close(high(801)), Ok(()));
    assert!(!is_open(801));
    assert_eq!(high(802).into_raw_fd(), 802);
    assert!(is_open(802));
    // SAFETY: given up the line before.
    assert_eq!(unsafe { fd::close_raw(802) }, Ok(()));
    // SAFETY: it is closed.
    assert_eq!(unsafe { fd::close_raw(802) }, Err(Errno::EBADF));
}

#[test]
fn well_known_descriptors_have_their_numbers() {
    assert_eq!(fd::stdin().as_raw_fd(), libc::STDIN_FILENO);
    assert_eq!(fd::stdout().as_raw_fd(), libc::STDOUT_FILENO);
    assert_eq!(fd::stderr().as_raw_fd(), libc::STDERR_FILENO);
    assert_eq!(CWD.as_raw_fd(), libc::AT_FDCWD);
    assert_eq!((&&CWD).as_fd().as_raw_fd(), libc::AT_FDCWD);
}

#[cfg(feature = "std")]
#[test]
fn std_types_lend_and_convert_both_ways() {
    use std::{
        fs::File,
        io::{Read as _, Write as _},
        os::fd::{AsRawFd as _, OwnedFd as StdOwnedFd},
    };

    let (reader, writer) = fd::pipe().unwrap();
    let number = writer.as_raw_fd();
    let mut file = File::from(writer);
    assert_eq!(file.as_raw_fd(), number);
    file.write_all(b"abc").unwrap();
    fd::write(&file, b"def").unwrap();
    let writer = OwnedFd::from(file);
    assert_eq!(writer.as_raw_fd(), number);
    let writer = StdOwnedFd::from(writer);
    fd::write(&writer, b"ghi").unwrap();
    drop(OwnedFd::from(writer));
    let mut text = String::new();
    std::io::PipeReader::from(reader).read_to_string(&mut text).unwrap();
    assert_eq!(text, "abcdefghi");

    let borrowed: std::os::fd::BorrowedFd<'_> = fd::stdout().into();
    assert_eq!(borrowed.as_raw_fd(), 1);
    assert_eq!(AsFd::as_fd(&borrowed).as_raw_fd(), 1);
    assert_eq!(AsFd::as_fd(&std::io::stderr()).as_raw_fd(), 2);
}

#[cfg(feature = "std")]
#[test]
fn std_reads_writes_and_seeks() {
    use std::io::{ErrorKind, Read as _, Seek as _, Write as _};

    let mut file = own(memfd());
    write!(file, "one-{}", 2).unwrap();
    file.flush().unwrap();
    file.rewind().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "one-2");
    let mut lent = file.as_fd();
    assert_eq!(lent.seek(std::io::SeekFrom::End(-1)).unwrap(), 4);
    lent.write_all(b"three").unwrap();
    lent.seek(std::io::SeekFrom::Start(3)).unwrap();
    assert_eq!(std::io::read_to_string(lent).unwrap(), "-three");
    let (mut reader, mut writer) = fd::pipe().unwrap();
    assert_eq!(writer.read(&mut [0; 1]).unwrap_err().raw_os_error(), Some(libc::EBADF));
    assert_eq!(reader.write(b"x").unwrap_err().raw_os_error(), Some(libc::EBADF));
    assert_eq!(reader.rewind().unwrap_err().kind(), ErrorKind::NotSeekable);
}

#[cfg(feature = "embedded-io")]
#[test]
fn embedded_io_reads_writes_and_seeks() {
    use embedded_io::{Read, Seek, SeekFrom, Write};

    let mut file = own(memfd());
    file.write_fmt(format_args!("{}-{}", "one", 2)).unwrap();
    file.flush().unwrap();
    let mut lent = file.as_fd();
    assert_eq!(lent.seek(SeekFrom::End(-1)), Ok(4));
    lent.write_all(b"three").unwrap();
    lent.rewind().unwrap();
    let mut text = [0; 9];
    file.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"one-three");
    assert_eq!(file.read(&mut text), Ok(0));
    assert_eq!(file.write(b""), Ok(0));
    let (mut reader, mut writer) = fd::pipe().unwrap();
    assert_eq!(Read::read(&mut writer, &mut text), Err(Errno::EBADF));
    assert_eq!(Write::write(&mut reader, b"x"), Err(Errno::EBADF));
    assert_eq!(Seek::rewind(&mut reader), Err(Errno::ESPIPE));
}
