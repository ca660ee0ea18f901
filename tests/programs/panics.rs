//! Panics, in the way that the first argument says.
#![no_std]
#![no_main]

use core::fmt;

use rawos::{
    raw::{self, Sysno},
    rt,
};

rawos::entry!(main);

const SIGABRT: u32 = 6;

fn main() -> ! {
    match rt::args().nth(1).map(|arg| arg.to_bytes()) {
        Some(b"nested") => panic!("outer {}", PanicsToo),
        Some(b"long") => panic!("{:>1000}", "end"),
        Some(b"ignored") => {
            let action = [1usize, 0, 0, 0]; // SIG_IGN, the other fields zero
            let set: u64 = 1 << (SIGABRT - 1);
            let (action, set) = (&raw const action, &raw const set);
            // SAFETY: the kernel reads an action and writes no old one.
            let ignored = unsafe {
                raw::syscall(
                    Sysno::rt_sigaction,
                    [SIGABRT as usize, action.expose_provenance(), 0, 8],
                )
            };
            // SAFETY: the kernel reads a signal set and writes no old one.
            let blocked =
                unsafe { raw::syscall(Sysno::rt_sigprocmask, [0, set.expose_provenance(), 0, 8]) };
            panic!("ignored {ignored:?} blocked {blocked:?}")
        }
        other => panic!("first {:?}, {}", other, 6 * 7),
    }
}

struct PanicsToo;

impl fmt::Display for PanicsToo {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("inner")
    }
}
