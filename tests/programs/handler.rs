//! Handles a signal many times over and says how often: a handler returns
//! without a libc. With an argument it aborts, with a handler for that too.
#![no_std]
#![no_main]

use core::{
    ffi::c_void,
    fmt::Write as _,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

use rawos::{
    Errno,
    process::{self, Pid},
    rt,
    signal::{SigHandler, Siginfo, Signal, raise, sigaction},
};

mod out;

rawos::entry!(main);

static CALLS: AtomicU32 = AtomicU32::new(0);

extern "C" fn count(_: Signal) {
    // No read-modify-write: on aarch64 that is a function of the compiler's library.
    CALLS.store(CALLS.load(Relaxed) + 1, Relaxed);
}

extern "C" fn count_own(signal: Signal, info: &Siginfo, context: *mut c_void) {
    let own = info.si_signo() == signal && info.si_pid() == process::getpid();
    if own && !context.is_null() {
        count(signal);
    }
}

fn main() -> Result<i32, Errno> {
    // SAFETY: the handler stores an atomic.
    unsafe { sigaction(Signal::USR1, &SigHandler::Handler(count).into()) }?;
    let queued = Signal::rt(1).ok_or(Errno::EINVAL)?;
    // SAFETY: as above, and it asks for the process's id.
    unsafe { sigaction(queued, &SigHandler::Info(count_own).into()) }?;
    for _ in 0..1000 {
        raise(Signal::USR1)?;
        raise(queued)?;
        process::kill(Pid(process::getpid().0), Signal::USR1)?;
    }
    writeln!(out::Out, "{} calls", CALLS.load(Relaxed)).map_err(|_| Errno::EIO)?;
    if rt::args().len() > 1 {
        // SAFETY: as above.
        unsafe { sigaction(Signal::ABRT, &SigHandler::Handler(count).into()) }?;
        process::abort();
    }
    Ok(0)
}
