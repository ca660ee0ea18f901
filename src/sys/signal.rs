//! System calls about signals.

use core::mem::MaybeUninit;

use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    signal::{SigHow, SigSet},
};

/// The kernel's signal set is one word, unlike that of a libc.
const SIGSET_SIZE: usize = size_of::<SigSet>();

/// rt_sigprocmask(2); returns the old set.
#[inline(always)]
pub(crate) fn rt_sigprocmask(how: SigHow, set: &SigSet) -> Result<SigSet> {
    let mut old = MaybeUninit::<SigSet>::uninit();
    // SAFETY: rt_sigprocmask(2) reads a set at `set` and writes one at `old`,
    // each of the size it is told.
    let raw = unsafe {
        arch::syscall4(
            nr::rt_sigprocmask,
            how.arg(),
            (&raw const *set).arg(),
            old.as_mut_ptr().arg(),
            SIGSET_SIZE.arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: the call succeeded, so the kernel wrote the old set.
    Ok(unsafe { old.assume_init() })
}
