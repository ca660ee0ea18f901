//! `src/signal/action.rs` and the way back from a handler, against libc.

use std::{
    ffi::c_void,
    sync::atomic::{AtomicI32, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use rawos::{
    Errno,
    signal::{
        self, SaFlags, SigAction, SigHandler, SigSet, Siginfo, Signal, getsignal, raise, sigaction,
    },
};

use crate::util::again::{alone, child, libc_wait};

static COUNT: AtomicUsize = AtomicUsize::new(0);
static LAST: AtomicI32 = AtomicI32::new(0);
static CODE: AtomicI32 = AtomicI32::new(0);
static SENDER: AtomicI32 = AtomicI32::new(0);
static VALUE: AtomicUsize = AtomicUsize::new(0);
static BLOCKED: AtomicU64 = AtomicU64::new(0);
static DEPTH: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count(signal: Signal) {
    COUNT.fetch_add(1, Relaxed);
    LAST.store(signal.0, Relaxed);
    let mask = signal::sigprocmask(signal::SigHow::Block, SigSet::empty());
    BLOCKED.store(mask.map_or(0, SigSet::bits), Relaxed);
}

extern "C" fn tell(signal: Signal, info: &Siginfo, context: *mut c_void) {
    COUNT.fetch_add(1, Relaxed);
    LAST.store(info.si_signo().0, Relaxed);
    CODE.store(info.si_code(), Relaxed);
    SENDER.store(info.si_pid().0, Relaxed);
    VALUE.store(info.si_value(), Relaxed);
    assert!(info.si_signo() == signal && !context.is_null());
}

/// Raises itself until it is nested 20 deep, using the vector registers and
/// some stack on the way.
extern "C" fn nest(signal: Signal) {
    let depth = DEPTH.fetch_add(1, Relaxed);
    let noise = std::hint::black_box([depth as f64; 64]);
    if depth < 20 {
        let _ = raise(signal);
    }
    let sum: f64 = noise.iter().map(|x| x * 0.5).sum();
    VALUE.fetch_add(sum as usize, Relaxed);
}

/// # Safety
/// That of `sigaction`.
unsafe fn install(signal: Signal, handler: SigHandler, mask: SigSet, flags: SaFlags) -> SigAction {
    // SAFETY: the caller's promise.
    unsafe { sigaction(signal, &SigAction { handler, mask, flags }) }.unwrap()
}

/// What libc says is installed: handler, flags, and the kernel's part of the mask.
fn by_libc(signal: i32) -> (usize, u32, u64) {
    // SAFETY: zeroes are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: writes the struct.
    assert_eq!(unsafe { libc::sigaction(signal, std::ptr::null(), &mut action) }, 0);
    // SAFETY: a set is an array of words.
    let mask = unsafe { (&raw const action.sa_mask).cast::<u64>().read() };
    // x86_64's flag for how to return is libc's and ours alike.
    (action.sa_sigaction, action.sa_flags as u32 & !0x0400_0000, mask)
}

#[test]
fn a_handler_returns_to_what_it_interrupted() {
    alone("action::a_handler_returns_to_what_it_interrupted", || {
        for signal in [Signal::USR1, Signal::CHLD, Signal::rt(3).unwrap()] {
            COUNT.store(0, Relaxed);
            // SAFETY: the handler stores atomics and asks for its mask.
            unsafe {
                install(signal, SigHandler::Handler(count), SigSet::empty(), SaFlags::empty())
            };
            let (mut sum, mut float) = (0u64, 1.0f64);
            for round in 1..=3000u64 {
                raise(signal).unwrap();
                sum += round;
                float *= 1.0 + 1.0 / round as f64;
            }
            assert_eq!((COUNT.load(Relaxed), LAST.load(Relaxed)), (3000, signal.0));
            // What the registers held, they hold.
            assert_eq!(sum, 3000 * 3001 / 2);
            assert!((float - 3001.0).abs() < 1e-6, "{float}");
            let mask = BLOCKED.load(Relaxed);
            assert_eq!(mask, SigSet::from(signal).bits(), "blocked while it runs");
        }
    });
}

#[test]
fn a_handler_that_wants_to_know_is_told() {
    alone("action::a_handler_that_wants_to_know_is_told", || {
        let (usr2, rt) = (Signal::USR2, Signal::rt(4).unwrap());
        // SAFETY: takes nothing.
        let me = unsafe { libc::getpid() };
        for signal in [usr2, rt] {
            // SAFETY: the handler stores atomics; its assertion holds.
            unsafe { install(signal, SigHandler::Info(tell), SigSet::empty(), SaFlags::empty()) };
            raise(signal).unwrap();
            assert_eq!((LAST.load(Relaxed), CODE.load(Relaxed)), (signal.0, libc::SI_TKILL));
            assert_eq!(SENDER.load(Relaxed), me);
            rawos::process::kill(rawos::process::Pid(me), signal).unwrap();
            assert_eq!((CODE.load(Relaxed), SENDER.load(Relaxed)), (libc::SI_USER, me));
        }
        for value in [1usize, 0x1234_5678_9abc_def0, usize::MAX] {
            let value = libc::sigval { sival_ptr: value as *mut libc::c_void };
            // SAFETY: takes integers.
            assert_eq!(unsafe { libc::sigqueue(me, rt.0, value) }, 0);
            assert_eq!(CODE.load(Relaxed), libc::SI_QUEUE);
            assert_eq!(VALUE.load(Relaxed), value.sival_ptr as usize);
        }
        assert_eq!(COUNT.load(Relaxed), 7);
    });
}

#[test]
fn what_is_installed_is_what_libc_reads_and_the_other_way_round() {
    alone("action::what_is_installed_is_what_libc_reads_and_the_other_way_round", || {
        let mask = SigSet::from([Signal::TERM, Signal::rt(5).unwrap()]);
        let every = SaFlags::NOCLDSTOP
            | SaFlags::NOCLDWAIT
            | SaFlags::ONSTACK
            | SaFlags::RESTART
            | SaFlags::NODEFER
            | SaFlags::RESETHAND;
        let all = libc::SA_NOCLDSTOP
            | libc::SA_NOCLDWAIT
            | libc::SA_ONSTACK
            | libc::SA_RESTART
            | libc::SA_NODEFER
            | libc::SA_RESETHAND;
        assert_eq!(every.bits(), u64::from(all as u32));
        for flags in every.iter().chain([SaFlags::empty(), every]) {
            let bits = flags.bits() as u32;
            for (handler, address, extra) in [
                (SigHandler::Handler(count), count as *const () as usize, 0),
                (SigHandler::Info(tell), tell as *const () as usize, libc::SA_SIGINFO as u32),
                (SigHandler::Ignore, libc::SIG_IGN, 0),
                (SigHandler::Default, libc::SIG_DFL, 0),
            ] {
                // SAFETY: the handlers do as said, and nothing is raised.
                unsafe { install(Signal::USR1, handler, mask, flags) };
                let theirs = by_libc(libc::SIGUSR1);
                assert_eq!(theirs, (address, bits | extra, mask.bits()), "{handler:?} {flags:?}");
                let read = getsignal(Signal::USR1).unwrap();
                assert_eq!((read.mask, read.flags), (mask, flags));
                // Compared as addresses, and by kind.
                assert_eq!(format!("{:?}", read.handler), format!("{handler:?}"));
            }
        }
        // A handler that libc installed is given back, and works when put in again.
        extern "C" fn by_c(signal: libc::c_int) {
            LAST.store(-signal, Relaxed);
        }
        // SAFETY: the handler stores an atomic.
        unsafe { libc::signal(libc::SIGUSR1, by_c as *const () as usize) };
        let theirs = signal::ignore(Signal::USR1).unwrap();
        raise(Signal::USR1).unwrap();
        assert_eq!(LAST.load(Relaxed), 0);
        // SAFETY: libc had it installed.
        let old = unsafe { sigaction(Signal::USR1, &theirs) }.unwrap();
        assert!(matches!(old.handler, SigHandler::Ignore));
        for _ in 0..100 {
            raise(Signal::USR1).unwrap();
        }
        assert_eq!(LAST.load(Relaxed), -libc::SIGUSR1);
    });
}

#[test]
fn the_details_do_what_they_say() {
    alone("action::the_details_do_what_they_say", || {
        // What else is blocked meanwhile.
        let more = SigSet::from([Signal::HUP, Signal::WINCH]);
        // SAFETY: the handler stores atomics and asks for its mask.
        unsafe { install(Signal::USR1, SigHandler::Handler(count), more, SaFlags::NODEFER) };
        raise(Signal::USR1).unwrap();
        assert_eq!(BLOCKED.load(Relaxed), more.bits());
        // Only once.
        // SAFETY: as above.
        unsafe { install(Signal::URG, SigHandler::Handler(count), more, SaFlags::RESETHAND) };
        COUNT.store(0, Relaxed);
        raise(Signal::URG).unwrap();
        raise(Signal::URG).unwrap();
        assert_eq!(COUNT.load(Relaxed), 1);
        assert!(matches!(getsignal(Signal::URG).unwrap().handler, SigHandler::Default));
        // Within itself.
        // SAFETY: the handler does sums and raises.
        unsafe {
            install(Signal::USR2, SigHandler::Handler(nest), SigSet::empty(), SaFlags::NODEFER)
        };
        raise(Signal::USR2).unwrap();
        assert_eq!((DEPTH.load(Relaxed), VALUE.load(Relaxed)), (21, 32 * 210));
    });
}

#[test]
fn ignoring_and_the_default_return_what_was() {
    alone("action::ignoring_and_the_default_return_what_was", || {
        assert!(matches!(signal::ignore(Signal::TERM).unwrap().handler, SigHandler::Default));
        assert_eq!(by_libc(libc::SIGTERM).0, libc::SIG_IGN);
        raise(Signal::TERM).unwrap();
        assert!(matches!(signal::default(Signal::TERM).unwrap().handler, SigHandler::Ignore));
        let status = libc_wait(
            child(|| {
                let _ = raise(Signal::TERM);
                0
            }),
            0,
        );
        assert_eq!(status, libc::SIGTERM);
    });
}

#[test]
fn what_has_no_action_is_an_error() {
    for signal in [Signal::KILL, Signal::STOP, Signal(0), Signal(65), Signal(-1), Signal(i32::MAX)]
    {
        assert_eq!(signal::ignore(signal).err(), Some(Errno::EINVAL), "{signal}");
        assert_eq!(signal::default(signal).err(), Some(Errno::EINVAL), "{signal}");
    }
    assert!(getsignal(Signal::KILL).is_ok());
    assert_eq!(getsignal(Signal(65)).err(), Some(Errno::EINVAL));
}
