//! What runs in the child: one call of rawos, between two marks.

use std::{fs::File, os::fd::RawFd, path::PathBuf};

use rawos::Errno;

use crate::supervisor::{BEGIN, END, RETURNED, filter};

/// What becomes of a call: 0, or the number of its errno.
pub trait Outcome {
    fn errno(&self) -> i32;
}

impl<T> Outcome for Result<T, Errno> {
    fn errno(&self) -> i32 {
        self.as_ref().err().map_or(0, |errno| errno.raw())
    }
}

impl<T> Outcome for Option<T> {
    fn errno(&self) -> i32 {
        0
    }
}

macro_rules! infallible {
    ($($type:ty),*) => { $(impl Outcome for $type {
        fn errno(&self) -> i32 {
            0
        }
    })* };
}

infallible!((), bool, i32, u32, i64, u64, usize, String, Vec<u8>);

/// A scene to act in, and the way to the supervisor.
pub struct Trial {
    /// Where the scene is: also the working directory. See `scene.rs`.
    pub dir: PathBuf,
    pub(crate) control: RawFd,
    pub(crate) called: bool,
}

impl Trial {
    /// A path in the scene.
    pub fn path(&self, name: &str) -> String {
        self.dir.join(name).to_str().expect("a path of text").to_owned()
    }

    /// Makes the call that is on trial: once, or not at all where what it needs is not here.
    /// Whatever is before is not watched. What it returns is dropped within the trial, but for what
    /// `keep` makes of it: there each child is waited for, too.
    pub fn call_and<T: Outcome, U>(
        &mut self,
        call: impl FnOnce() -> T,
        keep: impl FnOnce(T) -> U,
    ) -> U {
        self.begin();
        let outcome = call();
        let errno = outcome.errno();
        let kept = keep(outcome);
        mark(END, errno);
        kept
    }

    /// Opens a file of the scene, for good: to close it would be a call.
    pub fn open(&self, name: &str) -> &'static File {
        Box::leak(Box::new(File::open(name).expect("a file of the scene")))
    }

    /// As [`call_and`](Self::call_and), but what `after` does is not of the call any more: it may
    /// wait for children, and look by libc at what there is.
    pub fn call_then<T: Outcome>(&mut self, call: impl FnOnce() -> T, after: impl FnOnce(T)) {
        self.begin();
        let outcome = call();
        let errno = outcome.errno();
        mark(RETURNED, errno);
        after(outcome);
        mark(END, errno);
    }

    /// As [`call`](Self::call); what is returned must be what `witness` says then.
    pub fn call_same<T: PartialEq + std::fmt::Debug>(
        &mut self,
        call: impl FnOnce() -> Result<T, Errno>,
        witness: impl FnOnce() -> T,
    ) {
        self.call_then(call, |result| {
            if let Ok(value) = result {
                assert_eq!(value, witness());
            }
        });
    }

    fn begin(&mut self) {
        assert!(!self.called, "one call a trial");
        self.called = true;
        filter(self.control);
        mark(BEGIN, 0);
    }

    /// As [`call_and`](Self::call_and), and drops what is returned.
    pub fn call<T: Outcome>(&mut self, call: impl FnOnce() -> T) {
        self.call_and(call, drop);
    }
}

/// A system call that no kernel knows: the supervisor answers it.
fn mark(number: libc::c_long, errno: i32) {
    // SAFETY: no kernel has that number.
    unsafe { libc::syscall(number, errno) };
}
