//! `src/signal/number.rs`, against libc.

use std::ffi::CStr;

use rawos::signal::Signal;

#[test]
#[rustfmt::skip]
fn the_constants_are_libcs() {
    use Signal as S;
    let ours = [
        S::HUP, S::INT, S::QUIT, S::ILL, S::TRAP, S::ABRT, S::BUS, S::FPE, S::KILL, S::USR1, S::SEGV,
        S::USR2, S::PIPE, S::ALRM, S::TERM, S::STKFLT, S::CHLD, S::CONT, S::STOP, S::TSTP, S::TTIN,
        S::TTOU, S::URG, S::XCPU, S::XFSZ, S::VTALRM, S::PROF, S::WINCH, S::IO, S::PWR, S::SYS,
    ];
    let theirs = [
        ("HUP", libc::SIGHUP), ("INT", libc::SIGINT), ("QUIT", libc::SIGQUIT), ("ILL", libc::SIGILL),
        ("TRAP", libc::SIGTRAP), ("ABRT", libc::SIGABRT), ("BUS", libc::SIGBUS),
        ("FPE", libc::SIGFPE), ("KILL", libc::SIGKILL), ("USR1", libc::SIGUSR1),
        ("SEGV", libc::SIGSEGV), ("USR2", libc::SIGUSR2), ("PIPE", libc::SIGPIPE),
        ("ALRM", libc::SIGALRM), ("TERM", libc::SIGTERM), ("STKFLT", libc::SIGSTKFLT),
        ("CHLD", libc::SIGCHLD), ("CONT", libc::SIGCONT), ("STOP", libc::SIGSTOP),
        ("TSTP", libc::SIGTSTP), ("TTIN", libc::SIGTTIN), ("TTOU", libc::SIGTTOU),
        ("URG", libc::SIGURG), ("XCPU", libc::SIGXCPU), ("XFSZ", libc::SIGXFSZ),
        ("VTALRM", libc::SIGVTALRM), ("PROF", libc::SIGPROF), ("WINCH", libc::SIGWINCH),
        ("IO", libc::SIGIO), ("PWR", libc::SIGPWR), ("SYS", libc::SIGSYS),
    ];
    assert_eq!(ours.len(), theirs.len());
    for (ours, (name, number)) in ours.into_iter().zip(theirs) {
        assert_eq!(ours.0, number, "{name}");
        assert_eq!(ours.name(), Some(&*format!("SIG{name}")));
    }
    assert_eq!((S::RTMIN.0, S::RTMAX.0), (libc::SIGRTMIN(), libc::SIGRTMAX()));
}

#[test]
fn the_texts_are_glibcs() {
    for number in 1..=31 {
        // SAFETY: takes an integer.
        let text = unsafe { libc::strsignal(number) };
        // SAFETY: a string, which stays for these.
        let text = unsafe { CStr::from_ptr(text) }.to_str().unwrap();
        assert_eq!(Signal(number).strsignal(), Some(text), "{number}");
        assert!(Signal(number).name().is_some());
    }
    for number in (-2..1).chain(32..70).chain([i32::MIN, i32::MAX]) {
        assert_eq!(Signal(number).strsignal(), None, "{number}");
    }
}

#[test]
fn real_time_signals_count_from_the_first_for_programs() {
    for n in 0..=30 {
        let signal = Signal::rt(n).unwrap();
        assert_eq!(signal.0, libc::SIGRTMIN() + n as i32);
        let expected = match n {
            0 => "SIGRTMIN".to_owned(),
            30 => "SIGRTMAX".to_owned(),
            n => format!("SIGRTMIN+{n}"),
        };
        assert_eq!(signal.to_string(), expected);
    }
    for n in [31, 64, u32::MAX] {
        assert_eq!(Signal::rt(n), None);
    }
    let others = [(0, "signal 0"), (33, "signal 33"), (65, "signal 65"), (-5, "signal -5")];
    for (number, text) in others {
        assert_eq!(Signal(number).to_string(), text);
        assert_eq!(format!("{:?}", Signal(number)), text);
    }
    assert_eq!(format!("{:>8}|", Signal::INT), "  SIGINT|");
}
