//! `src/signal/mask.rs`, against libc; each test in a thread, whose mask it is.

use std::sync::atomic::{AtomicI32, AtomicU64, Ordering::Relaxed};

use rawos::{
    Errno,
    signal::{
        SigHandler, SigHow, SigSet, Signal, raise, sigaction, sigpending, sigprocmask, sigsuspend,
        sigwaitinfo,
    },
};

use crate::util::{again::alone, libc_result, runner};

/// The mask that libc reads; the first word is the kernel's set.
fn by_libc() -> u64 {
    // SAFETY: zeroes are an empty set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes the set.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &mut set) };
    // SAFETY: a set is an array of words.
    unsafe { (&raw const set).cast::<u64>().read() }
}

/// What can be blocked.
const BLOCKABLE: u64 = !(1 << 8 | 1 << 18);

#[test]
fn each_way_to_change_the_mask_is_what_libc_sees() {
    // qemu-user has no room for the last two signals.
    let possible = if runner().is_some() { !0 >> 2 } else { !0 };
    let start = by_libc();
    let set = |how, bits| sigprocmask(how, SigSet::from_bits(bits)).map(SigSet::bits);
    assert_eq!(set(SigHow::Block, 0), Ok(start));
    let mut state = 1u64;
    let (mut mask, all) = (start, BLOCKABLE & possible);
    for round in 0..200 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state &= possible;
        let (how, after) = match round % 3 {
            0 => (SigHow::Block, mask | state & all),
            1 => (SigHow::Unblock, mask & !state),
            _ => (SigHow::SetMask, state & all),
        };
        assert_eq!(set(how, state), Ok(mask), "{round}");
        mask = after;
        assert_eq!(by_libc(), mask, "{how:?} {state:#x}");
    }
    assert_eq!(set(SigHow::SetMask, !0), Ok(mask));
    assert_eq!(by_libc(), all);
    assert_eq!(set(SigHow::SetMask, start), Ok(all));
}

#[test]
fn what_was_raised_and_is_blocked_waits() {
    let set = SigSet::from([Signal::USR1, Signal::URG, Signal::rt(2).unwrap()]);
    let old = sigprocmask(SigHow::Block, set).unwrap();
    let mut waiting = SigSet::empty();
    for signal in set {
        assert!(!sigpending().unwrap().contains(signal));
        assert_eq!(raise(signal), Ok(()));
        waiting.add(signal).unwrap();
        let ours = sigpending().unwrap();
        assert_eq!(ours.bits() & set.bits(), waiting.bits());
        // SAFETY: zeroes are an empty set.
        let mut theirs: libc::sigset_t = unsafe { std::mem::zeroed() };
        // SAFETY: writes the set.
        unsafe { libc::sigpending(&mut theirs) };
        // SAFETY: a set is an array of words.
        assert_eq!(ours.bits(), unsafe { (&raw const theirs).cast::<u64>().read() });
    }
    for _ in set {
        let taken = sigwaitinfo(set).unwrap().si_signo();
        waiting.remove(taken);
        assert_eq!(sigpending().unwrap().bits() & set.bits(), waiting.bits());
    }
    sigprocmask(SigHow::SetMask, old).unwrap();
}

#[test]
fn raising_what_is_no_signal_is_an_error_as_in_libc() {
    for number in [0, 65, -1, i32::MAX, i32::MIN] {
        // SAFETY: raise(3) takes an integer.
        let theirs = libc_result(unsafe { libc::raise(number) }).map(drop);
        assert_eq!(raise(Signal(number)), theirs, "{number}");
    }
    assert_eq!(raise(Signal(65)), Err(Errno::EINVAL));
}

static SEEN: AtomicI32 = AtomicI32::new(0);
static MASK: AtomicU64 = AtomicU64::new(0);

extern "C" fn see(signal: Signal) {
    SEEN.store(signal.0, Relaxed);
    MASK.store(by_libc(), Relaxed);
}

#[test]
fn suspending_lets_signals_in_and_shuts_the_door_again() {
    alone("mask::suspending_lets_signals_in_and_shuts_the_door_again", || {
        let both = SigSet::from([Signal::USR1, Signal::USR2]);
        // SAFETY: the handler stores atomics and asks for its mask.
        unsafe { sigaction(Signal::USR1, &SigHandler::Handler(see).into()) }.unwrap();
        let before = sigprocmask(SigHow::SetMask, both).unwrap();
        for round in 1..=100 {
            SEEN.store(0, Relaxed);
            raise(Signal::USR1).unwrap();
            assert_eq!(SEEN.load(Relaxed), 0);
            // USR2 stays out: its default action would end this.
            raise(Signal::USR2).unwrap();
            assert_eq!(sigsuspend(SigSet::from(Signal::USR2)), Ok(()), "{round}");
            assert_eq!(SEEN.load(Relaxed), Signal::USR1.0);
            assert_eq!(MASK.load(Relaxed), both.bits(), "in the handler");
            assert_eq!(by_libc(), both.bits(), "after it");
            assert_eq!(sigwaitinfo(both).unwrap().si_signo(), Signal::USR2);
        }
        sigprocmask(SigHow::SetMask, before).unwrap();
    });
}
