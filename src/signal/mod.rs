//! Signals: their numbers, sets of them, what is blocked, what is done about
//! them, and waiting for them.
//!
//! Python has most of this in its module `signal`; here is what processes
//! need of it. Next door: [`process::kill`](crate::process::kill) and its kin
//! send signals to other processes. Kernel floor: 2.6.27 (signalfd4).

/// A getter for each number in a block of bytes that the kernel wrote: where it
/// stands is the same on all architectures.
macro_rules! numbers {
    ($($(#[$doc:meta])* $vis:vis $name:ident: $Int:ident at $offset:literal;)*) => {$(
        $(#[$doc])*
        #[inline]
        #[must_use]
        $vis const fn $name(&self) -> $Int {
            const { assert!($offset + size_of::<$Int>() <= 128) };
            let (_, rest) = self.0.split_at($offset);
            match rest.first_chunk() {
                Some(bytes) => $Int::from_ne_bytes(*bytes),
                None => 0, // not so, by the assertion
            }
        }
    )*};
}

mod action;
mod info;
mod mask;
mod number;
mod set;
mod signalfd;
mod wait;

pub use self::action::{SaFlags, SigAction, SigHandler, default, getsignal, ignore, sigaction};
pub use self::info::Siginfo;
pub use self::mask::{SigHow, raise, sigpending, sigprocmask, sigsuspend};
pub use self::number::Signal;
pub use self::set::{SigSet, SigSetIter};
pub use self::signalfd::{SignalfdFlags, SignalfdSiginfo, signalfd, signalfd_read};
pub use self::wait::{sigtimedwait, sigwaitinfo};
