//! `src/process/abort.rs`: it ends by SIGABRT, whatever was made of that.

use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use rawos::{
    process::{self, Pid, WaitOptions},
    signal::{self, SigHandler, SigHow, SigSet, Signal},
};

use crate::util::again::{alone, child, no_core};

static PIPE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn returns(_: Signal) {
    // SAFETY: write(2) reads one byte.
    unsafe { libc::write(PIPE.load(Relaxed), b"x".as_ptr().cast(), 1) };
}

#[test]
fn nothing_that_is_made_of_the_signal_helps() {
    alone("abort::nothing_that_is_made_of_the_signal_helps", || {
        no_core();
        let (reader, writer) = rawos::fd::pipe().unwrap();
        PIPE.store(writer.as_raw_fd(), Relaxed);
        for (blocked, action) in [
            (false, SigHandler::Default),
            (true, SigHandler::Default),
            (false, SigHandler::Ignore),
            (true, SigHandler::Ignore),
            (false, SigHandler::Handler(returns)),
            (true, SigHandler::Handler(returns)),
        ] {
            let pid = child(|| {
                if blocked {
                    let _ = signal::sigprocmask(SigHow::Block, SigSet::all());
                }
                // SAFETY: the handler writes one byte.
                let _ = unsafe { signal::sigaction(Signal::ABRT, &action.into()) };
                process::abort()
            });
            let (_, status) = process::waitpid(Pid(pid), WaitOptions::empty()).unwrap().unwrap();
            assert_eq!(status.term_signal(), Some(Signal::ABRT), "{blocked} {action:?}");
        }
        drop(writer);
        // The handler ran each time.
        assert_eq!(rawos::fd::read(&reader, &mut [0; 8]), Ok(2));
    });
}
