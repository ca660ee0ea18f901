//! `src/signal/signalfd.rs`.

use rawos::{
    Errno,
    process::{self, Pid, WaitOptions},
    signal::{
        SigHow, SigSet, Signal, SignalfdFlags, SignalfdSiginfo, raise, signalfd, signalfd_read,
        sigprocmask,
    },
};

use crate::util::{
    again::{alone, assert_no_child, child, open_descriptors},
    is_cloexec,
};

const WAIT: SignalfdFlags = SignalfdFlags::empty();

#[test]
fn what_is_read_is_shown() {
    alone("signalfd::what_is_read_is_shown", || {
        let set = SigSet::from([Signal::USR1]);
        sigprocmask(SigHow::Block, set).unwrap();
        let me = std::process::id();
        // SAFETY: takes nothing.
        let uid = unsafe { libc::getuid() };
        let fd = signalfd(set, WAIT).unwrap();
        raise(Signal::USR1).unwrap();
        let shown = format!("{:?}", signalfd_read(&fd).unwrap());
        let expected = format!("ssi_pid: {me}, ssi_uid: {uid}, ssi_status: 0, .. }}");
        assert!(shown.starts_with("SignalfdSiginfo { ssi_signo: SIGUSR1"), "{shown}");
        assert!(shown.contains(&expected) || shown.contains(&format!("Pid({me})")), "{shown}");
        raise(Signal::USR1).unwrap();
        let shown = format!("{:?}", rawos::signal::sigwaitinfo(set).unwrap());
        assert!(shown.starts_with("Siginfo { si_signo: SIGUSR1"), "{shown}");
        assert!(shown.contains(&me.to_string()) && shown.ends_with(", .. }"), "{shown}");
    });
}

#[test]
fn the_struct_is_libcs() {
    use std::mem::offset_of;
    assert_eq!(size_of::<SignalfdSiginfo>(), size_of::<libc::signalfd_siginfo>());
    // The places that the getters read at.
    let places = [
        offset_of!(libc::signalfd_siginfo, ssi_signo),
        offset_of!(libc::signalfd_siginfo, ssi_errno),
        offset_of!(libc::signalfd_siginfo, ssi_code),
        offset_of!(libc::signalfd_siginfo, ssi_pid),
        offset_of!(libc::signalfd_siginfo, ssi_uid),
        offset_of!(libc::signalfd_siginfo, ssi_fd),
        offset_of!(libc::signalfd_siginfo, ssi_tid),
        offset_of!(libc::signalfd_siginfo, ssi_band),
        offset_of!(libc::signalfd_siginfo, ssi_overrun),
        offset_of!(libc::signalfd_siginfo, ssi_status),
        offset_of!(libc::signalfd_siginfo, ssi_int),
        offset_of!(libc::signalfd_siginfo, ssi_ptr),
        offset_of!(libc::signalfd_siginfo, ssi_addr),
        offset_of!(libc::signalfd_siginfo, ssi_syscall),
    ];
    assert_eq!(places, [0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 44, 48, 72, 84]);
    assert_eq!(SignalfdFlags::NONBLOCK.bits() as i32, libc::SFD_NONBLOCK);
    assert_eq!(SignalfdFlags::CLOEXEC.bits() as i32, libc::SFD_CLOEXEC);
}

#[test]
fn signals_are_read_in_order_and_then_there_are_none() {
    let rt = Signal::rt(7).unwrap();
    let set = SigSet::from([Signal::URG, rt]);
    let old = sigprocmask(SigHow::Block, set).unwrap();
    let waits = signalfd(set, WAIT).unwrap();
    let fd = signalfd(set, SignalfdFlags::NONBLOCK).unwrap();
    assert!(is_cloexec(fd.as_raw_fd()) && is_cloexec(waits.as_raw_fd()));
    assert_eq!(signalfd_read(&fd).err(), Some(Errno::EAGAIN));
    for signal in [rt, Signal::URG, rt] {
        raise(signal).unwrap();
    }
    for (expected, fd) in [(Signal::URG, &fd), (rt, &waits), (rt, &fd)] {
        let info = signalfd_read(fd).unwrap();
        // SAFETY: takes nothing.
        let (pid, uid) = (std::process::id() as i32, unsafe { libc::getuid() });
        assert_eq!((info.ssi_signo(), info.ssi_pid(), info.ssi_uid()), (expected, Pid(pid), uid));
        assert_eq!((info.ssi_code(), info.ssi_errno()), (libc::SI_TKILL, 0));
    }
    assert_eq!(signalfd_read(&fd).err(), Some(Errno::EAGAIN));
    sigprocmask(SigHow::SetMask, old).unwrap();
}

#[test]
fn what_is_no_signalfd_is_an_error() {
    let (reader, writer) = rawos::fd::pipe().unwrap();
    rawos::fd::write_all(&writer, b"something else").unwrap();
    assert_eq!(signalfd_read(&reader).err(), Some(Errno::EBADMSG));
    assert_eq!(signalfd_read(&writer).err(), Some(Errno::EBADF));
    let unknown = SignalfdFlags::from_bits_retain(1);
    assert_eq!(signalfd(SigSet::empty(), unknown).err(), Some(Errno::EINVAL));
}

#[test]
fn a_child_and_a_number_are_told() {
    alone("signalfd::a_child_and_a_number_are_told", || {
        let before = open_descriptors();
        let rt = Signal::rt(8).unwrap();
        let set = SigSet::from([Signal::CHLD, rt]);
        sigprocmask(SigHow::Block, set).unwrap();
        let fd = signalfd(set, WAIT).unwrap();
        let pid = child(|| 77);
        let info = signalfd_read(&fd).unwrap();
        assert_eq!((info.ssi_signo(), info.ssi_pid()), (Signal::CHLD, Pid(pid)));
        assert_eq!((info.ssi_code(), info.ssi_status()), (libc::CLD_EXITED, 77));
        let me = std::process::id() as i32;
        let value = libc::sigval { sival_ptr: 0x1_2345_6789usize as *mut libc::c_void };
        // SAFETY: takes integers.
        assert_eq!(unsafe { libc::sigqueue(me, rt.0, value) }, 0);
        let info = signalfd_read(&fd).unwrap();
        assert_eq!((info.ssi_signo(), info.ssi_code()), (rt, libc::SI_QUEUE));
        assert_eq!((info.ssi_ptr(), info.ssi_int()), (0x1_2345_6789, 0x2345_6789));
        process::waitpid(Pid(pid), WaitOptions::empty()).unwrap();
        drop(fd);
        assert_eq!(open_descriptors(), before);
        assert_no_child();
    });
}
