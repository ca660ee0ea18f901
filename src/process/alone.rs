//! Whether the process has one thread.
//!
//! The kernel keeps ids and groups for each thread, and its calls change those
//! of the calling one. The calls of this room change a process; so they are
//! made where there is one thread, and refused where there are more.
#![forbid(unsafe_code)]

use super::CloneFlags;
use crate::{
    Errno, Result,
    fs::{self, DirBuf},
    sys,
};

/// `ENOTSUP` if the process has other threads, or if there is no way to know.
///
/// A thread that was joined may exist a moment longer: it gets that moment.
/// The workers that io_uring starts for a process may count as threads of it.
pub(super) fn alone() -> Result<()> {
    for _ in 0..3 {
        if check()? {
            return Ok(());
        }
        sys::time::pause(1_000_000);
    }
    match check()? {
        true => Ok(()),
        false => Err(Errno::ENOTSUP),
    }
}

/// A process with one thread shares `CLONE_THREAD` with nobody, so for it to
/// unshare that is nothing to do; otherwise the kernel cannot do it. Where the
/// call itself is forbidden, the list of threads is counted.
fn check() -> Result<bool> {
    match sys::creds::unshare(CloneFlags::THREAD) {
        Ok(()) => Ok(true),
        Err(Errno::EINVAL) => Ok(false),
        Err(_) => count().map(|count| count == 1).map_err(|_| Errno::ENOTSUP),
    }
}

/// The number of threads, as `/proc` shows it: none is missing, because only
/// this one could start another meanwhile.
fn count() -> Result<usize> {
    let mut buf = DirBuf::<1024>::sized();
    let mut tasks = fs::scandir("/proc/self/task", &mut buf)?;
    let mut count = 0;
    while let Some(task) = tasks.next() {
        task?;
        count += 1;
    }
    Ok(count)
}
