//! What a new process is to be like before its program runs.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use crate::{
    fd::RawFd,
    fs::{Mode, OFlags},
    process::Pid,
    sched::{Policy, SchedParam},
    signal::SigSet,
};

/// One change to the descriptors or the directory of a new process.
///
/// Numbers are those of the new process, which begins with a copy of this
/// one's descriptors. The first action that fails fails the whole spawn.
///
/// # Python
/// The tuples of `file_actions=`.
///
/// # Examples
/// ```
/// use rawos::{fd, process::{self, FileAction, SpawnOptions, WaitOptions}};
///
/// let (reader, writer) = fd::pipe()?;
/// let actions = [FileAction::Dup2(writer.as_raw_fd(), 1), FileAction::Chdir(c"/proc")];
/// let options = SpawnOptions::new().file_actions(&actions);
/// let pid = process::posix_spawn("/bin/sh", [c"sh", c"-c", c"pwd"], [], &options)?;
/// let mut buf = [0; 16];
/// let len = fd::read(&reader, &mut buf)?;
/// assert_eq!(&buf[..len], b"/proc\n");
/// process::waitpid(pid, WaitOptions::empty())?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileAction<'a> {
    /// Closes the descriptor, then opens the path as it, inheritable whatever
    /// the flags say: descriptor, path, flags, mode.
    #[doc(alias = "POSIX_SPAWN_OPEN")]
    #[doc(alias = "posix_spawn_file_actions_addopen")]
    Open(RawFd, &'a CStr, OFlags, Mode),
    /// Closes the descriptor; that it is not open is no error.
    #[doc(alias = "POSIX_SPAWN_CLOSE")]
    #[doc(alias = "posix_spawn_file_actions_addclose")]
    Close(RawFd),
    /// Makes the second descriptor an inheritable duplicate of the first;
    /// where both are the same, makes that inheritable.
    #[doc(alias = "POSIX_SPAWN_DUP2")]
    #[doc(alias = "posix_spawn_file_actions_adddup2")]
    Dup2(RawFd, RawFd),
    /// Closes this descriptor and all above it.
    #[doc(alias = "POSIX_SPAWN_CLOSEFROM")]
    #[doc(alias = "posix_spawn_file_actions_addclosefrom_np")]
    CloseFrom(RawFd),
    /// Makes the path the current directory. Beyond Python.
    #[doc(alias = "posix_spawn_file_actions_addchdir")]
    Chdir(&'a CStr),
    /// Makes the open directory the current one. Beyond Python.
    #[doc(alias = "posix_spawn_file_actions_addfchdir")]
    Fchdir(RawFd),
}

/// How [`posix_spawn`](super::posix_spawn) makes a process: Python's keyword
/// arguments.
///
/// In the new process things happen in this order: signals that had handlers
/// get the default action, as do those of [`setsigdef`](Self::setsigdef); then
/// scheduler, session, process group, ids, file actions, signal mask.
///
/// # Python
/// The keyword arguments of `os.posix_spawn`.
///
/// # Examples
/// ```
/// use rawos::process::{self, SpawnOptions, WaitOptions};
///
/// let options = SpawnOptions::new().setsid(true);
/// let pid = process::posix_spawn("/bin/true", [c"true"], [], &options)?;
/// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SpawnOptions<'a> {
    pub(super) file_actions: &'a [FileAction<'a>],
    pub(super) setpgroup: Option<Pid>,
    pub(super) resetids: bool,
    pub(super) setsid: bool,
    pub(super) setsigmask: Option<SigSet>,
    pub(super) setsigdef: SigSet,
    pub(super) search_env: bool,
    pub(super) scheduler: Option<(Option<Policy>, SchedParam)>,
}

impl<'a> SpawnOptions<'a> {
    /// Nothing but what every new process has.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, SpawnOptions, WaitOptions};
    ///
    /// let pid = process::posix_spawn("/bin/true", [c"true"], [], &SpawnOptions::new())?;
    /// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self {
            file_actions: &[],
            setpgroup: None,
            resetids: false,
            setsid: false,
            setsigmask: None,
            setsigdef: SigSet::empty(),
            search_env: false,
            scheduler: None,
        }
    }

    /// Changes to descriptors and directory, in their order.
    ///
    /// # Python
    /// `file_actions=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{FileAction, SpawnOptions};
    ///
    /// let quiet = SpawnOptions::new().file_actions(&[FileAction::Close(2)]);
    /// # assert!(format!("{quiet:?}").contains("Close(2)"));
    /// ```
    #[must_use]
    #[inline]
    pub const fn file_actions(mut self, actions: &'a [FileAction<'a>]) -> Self {
        self.file_actions = actions;
        self
    }

    /// Puts the process into the group `pgid`; `Pid(0)` is a group of its own.
    ///
    /// # Python
    /// `setpgroup=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, Pid, SpawnOptions, WaitOptions};
    ///
    /// let options = SpawnOptions::new().setpgroup(Pid(0));
    /// let pid = process::posix_spawn("/bin/true", [c"true"], [], &options)?;
    /// assert!(process::waitpid(Pid(-pid.0), WaitOptions::empty())?.is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "POSIX_SPAWN_SETPGROUP")]
    #[must_use]
    #[inline]
    pub const fn setpgroup(mut self, pgid: Pid) -> Self {
        self.setpgroup = Some(pgid);
        self
    }

    /// Whether the effective group and user become the real ones.
    ///
    /// # Python
    /// `resetids=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, SpawnOptions, WaitOptions};
    ///
    /// let options = SpawnOptions::new().resetids(true);
    /// let pid = process::posix_spawn("/bin/true", [c"true"], [], &options)?;
    /// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "POSIX_SPAWN_RESETIDS")]
    #[must_use]
    #[inline]
    pub const fn resetids(mut self, reset: bool) -> Self {
        self.resetids = reset;
        self
    }

    /// Whether the process leads a session of its own.
    ///
    /// # Python
    /// `setsid=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, SpawnOptions, WaitOptions};
    ///
    /// let options = SpawnOptions::new().setsid(true);
    /// let pid = process::posix_spawn("/bin/true", [c"true"], [], &options)?;
    /// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "POSIX_SPAWN_SETSID")]
    #[must_use]
    #[inline]
    pub const fn setsid(mut self, setsid: bool) -> Self {
        self.setsid = setsid;
        self
    }

    /// Which signals are blocked in the process: without this, those that are
    /// blocked in the calling thread.
    ///
    /// # Python
    /// `setsigmask=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::SpawnOptions, signal::{SigSet, Signal}};
    ///
    /// let options = SpawnOptions::new().setsigmask(SigSet::from(Signal::INT));
    /// # assert!(format!("{options:?}").contains("SIGINT"));
    /// ```
    #[doc(alias = "POSIX_SPAWN_SETSIGMASK")]
    #[must_use]
    #[inline]
    pub const fn setsigmask(mut self, mask: SigSet) -> Self {
        self.setsigmask = Some(mask);
        self
    }

    /// Which signals get the default action even if they are ignored.
    ///
    /// # Python
    /// `setsigdef=`.
    ///
    /// # Examples
    /// ```
    /// use rawos::{process::SpawnOptions, signal::{SigSet, Signal}};
    ///
    /// let options = SpawnOptions::new().setsigdef(SigSet::from(Signal::PIPE));
    /// # assert!(format!("{options:?}").contains("SIGPIPE"));
    /// ```
    #[doc(alias = "POSIX_SPAWN_SETSIGDEF")]
    #[must_use]
    #[inline]
    pub const fn setsigdef(mut self, signals: SigSet) -> Self {
        self.setsigdef = signals;
        self
    }

    /// The scheduling policy and its parameters; `None` keeps the policy.
    ///
    /// # Python
    /// `scheduler=(policy, sched_param(priority))`.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::{self, SpawnOptions, WaitOptions};
    /// use rawos::sched::{Policy, SchedParam};
    ///
    /// let options = SpawnOptions::new().scheduler(Some(Policy::BATCH), SchedParam::default());
    /// let pid = process::posix_spawn("/bin/true", [c"true"], [], &options)?;
    /// assert!(process::waitpid(pid, WaitOptions::empty())?.is_some());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[doc(alias = "POSIX_SPAWN_SETSCHEDULER")]
    #[doc(alias = "POSIX_SPAWN_SETSCHEDPARAM")]
    #[must_use]
    #[inline]
    pub const fn scheduler(mut self, policy: Option<Policy>, param: SchedParam) -> Self {
        self.scheduler = Some((policy, param));
        self
    }

    /// Whether [`posix_spawnp`](super::posix_spawnp) looks for the program in
    /// the `PATH` of the new environment, as [`execvpe`](super::super::execvpe)
    /// does, and not in that of this process.
    ///
    /// # Python
    /// None; what `subprocess.Popen(env=)` does.
    ///
    /// # Examples
    /// ```
    /// use rawos::{Errno, process::{self, SpawnOptions}};
    ///
    /// let options = SpawnOptions::new().search_env(true);
    /// let spawned = process::posix_spawnp("true", [c"true"], [c"PATH=/nowhere"], &options);
    /// assert_eq!(spawned, Err(Errno::ENOENT));
    /// ```
    #[must_use]
    #[inline]
    pub const fn search_env(mut self, search: bool) -> Self {
        self.search_env = search;
        self
    }
}
