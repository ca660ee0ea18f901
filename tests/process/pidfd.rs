//! `src/process/pidfd.rs`, against libc's syscall(2).

use std::os::fd::AsRawFd as _;

use rawos::{
    Errno,
    fd::AsFd as _,
    process::{
        self, Pid, PidfdFlags, PidfdSignalFlags, WaitIdType, WaitOptions, pidfd_getfd, pidfd_open,
        pidfd_send_signal,
    },
    signal::Signal,
};

use crate::util::{
    again::{alone, assert_no_child, child, open_descriptors, sleeper},
    is_cloexec, libc_result,
};

const NO_FLAGS: PidfdSignalFlags = PidfdSignalFlags::empty();

fn open(pid: i32) -> Result<rawos::fd::OwnedFd, Errno> {
    pidfd_open(Pid(pid), PidfdFlags::empty())
}

/// Opens by libc, and closes it again.
fn libc_open(pid: i32, flags: u32) -> Result<(), Errno> {
    // SAFETY: pidfd_open(2) takes two integers.
    let fd = libc_result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) })?;
    // SAFETY: the descriptor was just made.
    unsafe { libc::close(fd as i32) };
    Ok(())
}

/// Whether the descriptor is ready to read, now.
fn is_ready(fd: i32) -> bool {
    let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    // SAFETY: poll(2) writes one struct.
    let ready = unsafe { libc::poll(&mut poll, 1, 0) };
    assert!(ready >= 0);
    ready == 1
}

#[test]
fn the_flags_are_libcs() {
    assert_eq!(PidfdFlags::NONBLOCK.bits(), libc::PIDFD_NONBLOCK);
    assert_eq!(PidfdFlags::THREAD.bits(), libc::PIDFD_THREAD);
    let ours =
        [PidfdSignalFlags::THREAD, PidfdSignalFlags::THREAD_GROUP, PidfdSignalFlags::PROCESS_GROUP];
    let theirs = [
        libc::PIDFD_SIGNAL_THREAD,
        libc::PIDFD_SIGNAL_THREAD_GROUP,
        libc::PIDFD_SIGNAL_PROCESS_GROUP,
    ];
    assert_eq!(ours.map(|flag| flag.bits()), theirs);
}

#[test]
fn a_child_by_descriptor_from_start_to_end() {
    alone("pidfd::a_child_by_descriptor_from_start_to_end", || {
        let before = open_descriptors();
        let pid = sleeper();
        let pidfd = open(pid).unwrap();
        assert!(is_cloexec(pidfd.as_raw_fd()));
        assert!(!is_ready(pidfd.as_raw_fd()));
        assert_eq!(pidfd_send_signal(&pidfd, Signal(0), NO_FLAGS), Ok(()));
        assert_eq!(pidfd_send_signal(&pidfd, Signal(65), NO_FLAGS), Err(Errno::EINVAL));
        assert_eq!(pidfd_send_signal(&pidfd, Signal::TERM, NO_FLAGS), Ok(()));
        let which = WaitIdType::Pidfd(pidfd.as_fd());
        let kept = process::waitid(which, WaitOptions::EXITED | WaitOptions::NOWAIT);
        assert_eq!(kept.unwrap().unwrap().si_status, Signal::TERM.0);
        assert!(is_ready(pidfd.as_raw_fd()));
        let ended = process::waitid(which, WaitOptions::EXITED).unwrap().unwrap();
        assert_eq!((ended.si_pid, ended.si_status), (Pid(pid), Signal::TERM.0));
        // The number may be another's by now; the descriptor is not.
        assert_eq!(pidfd_send_signal(&pidfd, Signal::TERM, NO_FLAGS), Err(Errno::ESRCH));
        drop(pidfd);
        assert_eq!(open_descriptors(), before);
        assert_no_child();
    });
}

#[test]
fn what_cannot_be_opened() {
    for pid in [0, -1, i32::MIN, i32::MAX] {
        assert_eq!(open(pid).map(drop), libc_open(pid, 0), "{pid}");
    }
    let own = process::getpid().0;
    for bits in [0, 1, libc::PIDFD_NONBLOCK, 1 << 31] {
        let ours = pidfd_open(Pid(own), PidfdFlags::from_bits_retain(bits)).map(drop);
        assert_eq!(ours, libc_open(own, bits), "{bits:#x}");
    }
    let file = std::fs::File::open("/proc/self/stat").unwrap();
    // SAFETY: the file stays open meanwhile.
    let fd = unsafe { rawos::fd::BorrowedFd::borrow_raw(file.as_raw_fd()) };
    assert_eq!(pidfd_send_signal(fd, Signal(0), NO_FLAGS), Err(Errno::EBADF));
    assert_eq!(pidfd_getfd(fd, 0).err(), Some(Errno::EBADF));
    let me = open(own).unwrap();
    let unknown = PidfdSignalFlags::from_bits_retain(1 << 20);
    assert_eq!(pidfd_send_signal(&me, Signal(0), unknown), Err(Errno::EINVAL));
    assert_eq!(pidfd_getfd(&me, -1).err(), Some(Errno::EBADF));
    assert_eq!(pidfd_getfd(&me, 1 << 20).err(), Some(Errno::EBADF));
}

#[test]
fn a_descriptor_of_a_child_arrives_here() {
    alone("pidfd::a_descriptor_of_a_child_arrives_here", || {
        let (reader, writer) = rawos::fd::pipe().unwrap();
        let pid = child(|| {
            // A descriptor that the parent has not, and a line in it.
            let Ok((theirs, end)) = rawos::fd::pipe() else { return 1 };
            let _ = rawos::fd::write_all(&end, b"from the child");
            let number = theirs.as_raw_fd() as u8;
            let _ = rawos::fd::write_all(&writer, &[number]);
            // SAFETY: takes nothing.
            unsafe { libc::pause() };
            0
        });
        let mut number = [0];
        assert_eq!(rawos::fd::read(&reader, &mut number), Ok(1));
        let pidfd = open(pid).unwrap();
        let copy = pidfd_getfd(&pidfd, number[0].into()).unwrap();
        assert!(is_cloexec(copy.as_raw_fd()));
        let mut line = [0; 32];
        assert_eq!(rawos::fd::read(&copy, &mut line), Ok(14));
        assert_eq!(&line[..14], b"from the child");
        pidfd_send_signal(&pidfd, Signal::KILL, NO_FLAGS).unwrap();
        process::waitpid(Pid(pid), WaitOptions::empty()).unwrap();
        assert_eq!(pidfd_getfd(&pidfd, 0).err(), Some(Errno::ESRCH));
        assert_no_child();
    });
}
