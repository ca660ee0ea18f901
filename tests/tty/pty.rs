use std::{ffi::CStr, fs};

use rawos::{
    Errno,
    fd::{self, AsFd},
    fs::{Mode, OFlags},
    tty,
};

use crate::{
    arrived,
    util::{alone, is_cloexec, not_run},
};

fn libc_ptsname(pty: i32) -> Vec<u8> {
    let mut name = [0; 64];
    // SAFETY: it writes a C string of at most 64 bytes.
    assert_eq!(unsafe { libc::ptsname_r(pty, name.as_mut_ptr(), name.len()) }, 0);
    // SAFETY: as above.
    unsafe { CStr::from_ptr(name.as_ptr()) }.to_bytes().to_vec()
}

/// Whether what is written at one end comes out of the other.
fn is_pair<A: AsFd, B: AsFd>(pty: A, terminal: B) {
    let mut buf = [0; 16];
    assert_eq!(fd::write(&terminal, b"out\n"), Ok(4));
    arrived(&pty, 5);
    assert_eq!(fd::read(&pty, &mut buf), Ok(5));
    assert_eq!(&buf[..5], b"out\r\n");
    assert_eq!(fd::write(&pty, b"in\n"), Ok(3));
    assert_eq!(fd::read(&terminal, &mut buf), Ok(3));
    assert_eq!(&buf[..3], b"in\n");
    // What was typed is shown.
    arrived(&pty, 4);
    assert_eq!(fd::read(&pty, &mut buf), Ok(4));
    assert_eq!(&buf[..4], b"in\r\n");
}

#[test]
fn both_ends_are_of_one_pair_and_close_on_exec() {
    let (pty, terminal) = tty::openpty().unwrap();
    is_pair(&pty, &terminal);
    assert!(is_cloexec(pty.as_raw_fd()) && is_cloexec(terminal.as_raw_fd()));
    assert_eq!(tty::ptsname(&pty).unwrap().to_bytes(), libc_ptsname(pty.as_raw_fd()));
    // Open for both at both ends.
    for end in [&pty, &terminal] {
        // SAFETY: F_GETFL touches no memory.
        let flags = unsafe { libc::fcntl(end.as_raw_fd(), libc::F_GETFL) };
        assert_eq!(flags & libc::O_ACCMODE, libc::O_RDWR);
    }
}

#[test]
fn a_pair_by_name() {
    for flags in [OFlags::RDWR, OFlags::RDWR | OFlags::NOCTTY] {
        let pty = tty::posix_openpt(flags).unwrap();
        assert!(is_cloexec(pty.as_raw_fd()));
        let name = tty::ptsname(&pty).unwrap();
        let open = || rawos::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
        assert_eq!(open().unwrap_err(), Errno::EIO);
        assert_eq!(tty::grantpt(&pty), Ok(()));
        assert_eq!(tty::unlockpt(&pty), Ok(()));
        is_pair(&pty, open().unwrap());
        assert_eq!(format!("{name:?}"), format!("{:?}", &*name));
    }
}

#[test]
fn more_than_a_byte_can_count() {
    let mut pairs = Vec::new();
    for _ in 0..260 {
        pairs.push(tty::openpty().unwrap());
    }
    // Not always the last: another test may have given a lower number back.
    let name = |pair: &(fd::OwnedFd, fd::OwnedFd)| tty::ptsname(&pair.0).unwrap();
    let last = pairs.iter().max_by_key(|pair| name(pair).to_bytes().len()).unwrap();
    let name = name(last);
    assert!(name.to_bytes().len() >= b"/dev/pts/259".len(), "{name:?}");
    is_pair(&last.0, &last.1);
    let mut buf = [0; 64];
    let len = tty::ttyname(&last.1, &mut buf).unwrap();
    assert_eq!(&buf[..len], name.to_bytes());
}

#[test]
fn the_end_of_one_is_seen_at_the_other() {
    let (pty, terminal) = tty::openpty().unwrap();
    fd::write(&terminal, b"last").unwrap();
    drop(terminal);
    let mut buf = [0; 16];
    assert_eq!(fd::read(&pty, &mut buf), Ok(4));
    assert_eq!(fd::read(&pty, &mut buf), Err(Errno::EIO));
    let (pty, terminal) = tty::openpty().unwrap();
    drop(pty);
    assert_eq!(fd::read(&terminal, &mut buf), Ok(0));
    assert_eq!(fd::write(&terminal, b"x"), Err(Errno::EIO));
}

const TIOCGPTPEER: u32 = 0x5441;

/// Has the kernel answer `errno` to TIOCGPTPEER from now on.
fn refuse_peer(errno: Errno) -> bool {
    // The low half of the second argument, 16 bytes in and 8 for the first.
    refuse(24, TIOCGPTPEER, errno)
}

/// Has the kernel answer `errno` to calls with `value` at `place` of their
/// `struct seccomp_data`, from now on.
fn refuse(place: u32, value: u32, errno: Errno) -> bool {
    let code = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    let equal = |k: u32| libc::sock_filter {
        jf: 1,
        ..code(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, k)
    };
    let mut filter = [
        code(load, place),
        equal(value),
        code(libc::BPF_RET, libc::SECCOMP_RET_ERRNO | errno.raw() as u32),
        code(libc::BPF_RET, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_mut_ptr() };
    // SAFETY: it takes five integers.
    let first = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: it reads the program and its four instructions.
    let second =
        unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    (first, second) == (0, 0)
}

#[test]
fn a_kernel_that_does_not_open_the_terminal_leaves_it_to_us() {
    alone("pty::a_kernel_that_does_not_open_the_terminal_leaves_it_to_us", || {
        let own = [Errno::ENOTTY, Errno::EINVAL, Errno::ENOSYS, Errno::EPERM, Errno::EACCES];
        for errno in own {
            if !refuse_peer(errno) {
                not_run(format_args!("an emulator has no system call filters"));
                return;
            }
            let (pty, terminal) = tty::openpty().unwrap();
            // SAFETY: it takes a descriptor and flags.
            let peer = unsafe { libc::ioctl(pty.as_raw_fd(), TIOCGPTPEER.into(), libc::O_RDWR) };
            assert_eq!(crate::util::libc_result(peer), Err(errno));
            is_pair(&pty, &terminal);
            assert!(is_cloexec(terminal.as_raw_fd()));
        }
        // Any other answer is the caller's to know.
        assert!(refuse_peer(Errno::EMFILE));
        assert_eq!(tty::openpty().unwrap_err(), Errno::EMFILE);
    });
}

#[test]
fn a_failure_leaves_no_descriptor_behind() {
    alone("pty::a_failure_leaves_no_descriptor_behind", || {
        let open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
        // SAFETY: it reads the limit.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
        // Nothing of a listing is left, so that the counts agree.
        let before = open();
        let mut fill = Vec::new();
        while let Ok(file) = fs::File::open("/dev/null") {
            fill.push(file);
        }
        for free in 0..2 {
            assert_eq!(tty::openpty().unwrap_err(), Errno::EMFILE, "{free}");
            fill.pop();
        }
        let (pty, terminal) = tty::openpty().unwrap();
        drop((pty, terminal, fill));
        assert_eq!(open(), before);
    });
}

#[test]
fn a_fork_that_fails_leaves_nothing_behind() {
    alone("pty::a_fork_that_fails_leaves_nothing_behind", || {
        // The number of the call comes first.
        if !refuse(0, libc::SYS_clone as u32, Errno::EAGAIN) {
            not_run(format_args!("an emulator has no system call filters"));
            return;
        }
        let open = || fs::read_dir("/proc/self/fd").unwrap().count();
        let before = open();
        // SAFETY: no child is made.
        assert_eq!(unsafe { tty::forkpty() }.unwrap_err(), Errno::EAGAIN);
        assert_eq!(open(), before);
    });
}
