//! `src/fd/owned.rs` and `src/fd/std_types.rs`: who closes what.

use std::mem::size_of;

use rawos::{
    Errno,
    fd::{self, AsFd, BorrowedFd, CWD, OwnedFd},
};

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
