//! What the tests of this room share: files in memory, and a row of
//! descriptors of every kind for comparing errors.

use std::{
    fs::File,
    os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd},
};

use rawos::fd::BorrowedFd;

use crate::util::{TempDir, temp_dir};

/// A file in memory that can be sealed.
pub fn memfd() -> File {
    let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
    // SAFETY: memfd_create(2) only reads the name.
    let raw = unsafe { libc::memfd_create(c"rawos".as_ptr(), flags) };
    assert_ne!(raw, -1, "{}", std::io::Error::last_os_error());
    // SAFETY: the descriptor was just made, for us.
    unsafe { File::from_raw_fd(raw) }
}

/// A file in memory that takes no more writes and no other length.
pub fn sealed(contents: &[u8]) -> File {
    use std::io::Write as _;
    let mut file = memfd();
    file.write_all(contents).unwrap();
    let seals = libc::F_SEAL_WRITE | libc::F_SEAL_GROW | libc::F_SEAL_SHRINK;
    // SAFETY: F_ADD_SEALS touches no memory.
    assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) }, 0);
    file
}

/// Descriptors of every kind, and numbers that are none.
pub struct Row {
    pub fds: Vec<(&'static str, i32)>,
    _keep: (Vec<OwnedFd>, TempDir),
}

impl Row {
    pub fn new() -> Self {
        let dir = temp_dir();
        let path = dir.path().join("file");
        std::fs::write(&path, b"0123456789").unwrap();
        let open = |path: &std::path::Path, read, write, append| {
            let mut options = File::options();
            options.read(read).write(write).append(append).open(path).unwrap().into()
        };
        let (reader, writer) = std::io::pipe().unwrap();
        for end in [reader.as_raw_fd(), writer.as_raw_fd()] {
            // SAFETY: F_SETFL touches no memory.
            assert_eq!(unsafe { libc::fcntl(end, libc::F_SETFL, libc::O_NONBLOCK) }, 0);
        }
        let (socket, other) = std::os::unix::net::UnixDatagram::pair().unwrap();
        socket.set_nonblocking(true).unwrap();
        let keep: Vec<(&str, OwnedFd)> = vec![
            ("read only", open(&path, true, false, false)),
            ("write only", open(&path, false, true, false)),
            ("both", open(&path, true, true, false)),
            ("append", open(&path, true, false, true)),
            ("directory", open(dir.path(), true, false, false)),
            ("null", open("/dev/null".as_ref(), true, true, false)),
            ("full", open("/dev/full".as_ref(), true, true, false)),
            ("sealed", sealed(b"0123456789").into()),
            ("reader", reader.into()),
            ("writer", writer.into()),
            ("socket", socket.into()),
            ("peer", other.into()),
        ];
        let mut fds: Vec<_> = keep.iter().map(|(name, fd)| (*name, fd.as_raw_fd())).collect();
        fds.extend([("closed", 1 << 24), ("-1", -1), ("-100", -100)]);
        Self { fds, _keep: (keep.into_iter().map(|(_, fd)| fd).collect(), dir) }
    }
}

/// Borrows a number of the test's own choice.
pub fn borrow(fd: &impl AsRawFd) -> BorrowedFd<'_> {
    // SAFETY: `fd` keeps the descriptor open.
    unsafe { BorrowedFd::borrow_raw(fd.as_raw_fd()) }
}

/// Takes over a std file, also without the feature `std`.
pub fn own(file: File) -> rawos::fd::OwnedFd {
    // SAFETY: the file gives its descriptor up.
    unsafe { rawos::fd::OwnedFd::from_raw_fd(file.into_raw_fd()) }
}

/// Borrows a number of a [`Row`].
pub fn number(fd: i32) -> BorrowedFd<'static> {
    // SAFETY: the row outlives its test's use of it; the others are nobody's.
    unsafe { BorrowedFd::borrow_raw(fd) }
}

/// Whether a user-mode emulator runs the tests, as far as the environment
/// tells: what it lacks (preadv2, seccomp) is no fault of the kernel's.
pub fn emulated() -> bool {
    std::env::vars_os().any(|(name, value)| {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        name == "RAWOS_RUNNER" || name.ends_with("_RUNNER") && value.contains("qemu")
    })
}

/// Runs `then` in a forked child and returns its exit status. `then` may only
/// make system calls: other threads held locks when the child was made.
pub fn in_child(then: impl FnOnce() -> u8) -> Child {
    // SAFETY: the child makes system calls only, then ends.
    match unsafe { libc::fork() } {
        0 => {
            let status = then();
            // SAFETY: ends the child without its exit handlers.
            unsafe { libc::_exit(status.into()) }
        }
        pid => {
            assert!(pid > 0, "{}", std::io::Error::last_os_error());
            Child(pid)
        }
    }
}

pub struct Child(libc::pid_t);

impl Child {
    pub fn status(self) -> i32 {
        let mut status = 0;
        // SAFETY: waitpid(2) writes one integer.
        while unsafe { libc::waitpid(self.0, &mut status, 0) } == -1 {
            assert_eq!(std::io::Error::last_os_error().kind(), std::io::ErrorKind::Interrupted);
        }
        assert!(libc::WIFEXITED(status), "{status:#x}");
        libc::WEXITSTATUS(status)
    }
}
