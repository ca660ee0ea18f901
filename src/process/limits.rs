//! What a process may use: resource limits.
//!
//! The kernel keeps one set for the process, whatever its threads; children
//! inherit it, and it lasts over exec. Kernel floor: 2.6.36 (prlimit).
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

use super::Pid;
use crate::{Result, sys};

/// No limit.
///
/// A number rather than an `Option`: it is larger than every other limit, so
/// that comparing limits does what it should, and the kernel says it so.
///
/// # Python
/// `resource.RLIM_INFINITY`, which is -1 there up to Python 3.14.
///
/// # Examples
/// ```
/// use rawos::process::{RLIM_INFINITY, Resource, getrlimit};
///
/// let files = getrlimit(Resource::NOFILE)?;
/// assert!(files.soft <= files.hard && files.hard < RLIM_INFINITY);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "RLIM64_INFINITY")]
pub const RLIM_INFINITY: u64 = u64::MAX;

/// What a limit is for.
///
/// # Python
/// The `resource.RLIMIT_*` constants.
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{Resource, getrlimit}};
///
/// assert_eq!(Resource::NOFILE, Resource(7));
/// assert_eq!(getrlimit(Resource(99)), Err(Errno::EINVAL));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Resource(pub u32);

impl Resource {
    /// `RLIMIT_CPU`: seconds of processor time; at the soft limit comes
    /// `SIGXCPU`, at the hard one `SIGKILL`.
    #[doc(alias = "RLIMIT_CPU")]
    pub const CPU: Self = Self(uapi::RLIMIT_CPU);
    /// `RLIMIT_FSIZE`: bytes of the largest file that may be written; beyond
    /// comes `SIGXFSZ`.
    #[doc(alias = "RLIMIT_FSIZE")]
    pub const FSIZE: Self = Self(uapi::RLIMIT_FSIZE);
    /// `RLIMIT_DATA`: bytes of data: what is written to and not shared, but for
    /// the stack.
    #[doc(alias = "RLIMIT_DATA")]
    pub const DATA: Self = Self(uapi::RLIMIT_DATA);
    /// `RLIMIT_STACK`: bytes of the first thread's stack; a quarter of it
    /// bounds arguments and environment.
    #[doc(alias = "RLIMIT_STACK")]
    pub const STACK: Self = Self(uapi::RLIMIT_STACK);
    /// `RLIMIT_CORE`: bytes of a core dump; 0 is none.
    #[doc(alias = "RLIMIT_CORE")]
    pub const CORE: Self = Self(uapi::RLIMIT_CORE);
    /// `RLIMIT_RSS`: bytes of resident memory; Linux ignores it.
    #[doc(alias = "RLIMIT_RSS")]
    pub const RSS: Self = Self(uapi::RLIMIT_RSS);
    /// `RLIMIT_NPROC`: processes and threads of the real user; does not bind
    /// root, nor with `CAP_SYS_RESOURCE` or `CAP_SYS_ADMIN`.
    #[doc(alias = "RLIMIT_NPROC")]
    pub const NPROC: Self = Self(uapi::RLIMIT_NPROC);
    /// `RLIMIT_NOFILE`: descriptors: each is below this.
    #[doc(alias = "RLIMIT_NOFILE")]
    #[doc(alias = "RLIMIT_OFILE")]
    pub const NOFILE: Self = Self(uapi::RLIMIT_NOFILE);
    /// `RLIMIT_MEMLOCK`: bytes that may be locked into memory.
    #[doc(alias = "RLIMIT_MEMLOCK")]
    pub const MEMLOCK: Self = Self(uapi::RLIMIT_MEMLOCK);
    /// `RLIMIT_AS`: bytes of address space.
    #[doc(alias = "RLIMIT_AS")]
    pub const AS: Self = Self(uapi::RLIMIT_AS);
    /// `RLIMIT_LOCKS`: file locks; Linux ignores it.
    #[doc(alias = "RLIMIT_LOCKS")]
    pub const LOCKS: Self = Self(uapi::RLIMIT_LOCKS);
    /// `RLIMIT_SIGPENDING`: signals queued for the real user.
    #[doc(alias = "RLIMIT_SIGPENDING")]
    pub const SIGPENDING: Self = Self(uapi::RLIMIT_SIGPENDING);
    /// `RLIMIT_MSGQUEUE`: bytes in POSIX message queues of the real user.
    #[doc(alias = "RLIMIT_MSGQUEUE")]
    pub const MSGQUEUE: Self = Self(uapi::RLIMIT_MSGQUEUE);
    /// `RLIMIT_NICE`: 20 minus the lowest nice value that may be set: 1 to 40.
    #[doc(alias = "RLIMIT_NICE")]
    pub const NICE: Self = Self(uapi::RLIMIT_NICE);
    /// `RLIMIT_RTPRIO`: the highest real-time priority that may be set: 0 to
    /// 99.
    #[doc(alias = "RLIMIT_RTPRIO")]
    pub const RTPRIO: Self = Self(uapi::RLIMIT_RTPRIO);
    /// `RLIMIT_RTTIME`: microseconds of processor time that a real-time thread
    /// may take without waiting.
    #[doc(alias = "RLIMIT_RTTIME")]
    pub const RTTIME: Self = Self(uapi::RLIMIT_RTTIME);
}

/// A limit: the one in force, and how far that one may be raised.
///
/// # Python
/// The pair `(soft, hard)`.
///
/// # Examples
/// ```
/// use rawos::process::{Limit, Resource, getrlimit, setrlimit};
///
/// let Limit { soft, hard } = getrlimit(Resource::CORE)?;
/// assert_eq!(setrlimit(Resource::CORE, Limit { soft, hard }), Ok(()));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(C)]
#[doc(alias = "rlimit")]
pub struct Limit {
    /// The limit in force, in the unit of its [`Resource`]; the process may
    /// set it to anything up to `hard`.
    #[doc(alias = "rlim_cur")]
    pub soft: u64,
    /// The bound of `soft`; to raise it takes `CAP_SYS_RESOURCE`.
    #[doc(alias = "rlim_max")]
    pub hard: u64,
}

impl Limit {
    /// No limit at all.
    pub const INFINITY: Self = Self { soft: RLIM_INFINITY, hard: RLIM_INFINITY };
}

/// The limit of this process for `resource`.
///
/// # Errors
/// [`EINVAL`](crate::Errno::EINVAL): no such resource.
///
/// # Python
/// `resource.getrlimit(resource)`, which raises `ValueError` for `EINVAL`.
///
/// # See also
/// [getrlimit(2)](https://man7.org/linux/man-pages/man2/getrlimit.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Resource, getrlimit};
///
/// assert!(getrlimit(Resource::NOFILE)?.soft > 2);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn getrlimit(resource: Resource) -> Result<Limit> {
    sys::system::prlimit64(0, resource.0, None)
}

/// Sets the limit of this process for `resource`.
///
/// What the process has beyond a new limit, such as descriptors, it keeps. Once
/// lowered, a hard limit stays low without `CAP_SYS_RESOURCE`.
///
/// # Errors
/// - [`EINVAL`](crate::Errno::EINVAL): `soft` is more than `hard`, or no such
///   resource.
/// - [`EPERM`](crate::Errno::EPERM): `hard` is more than it was, without
///   `CAP_SYS_RESOURCE`; or that of `NOFILE` is more than
///   `/proc/sys/fs/nr_open`.
///
/// # Python
/// `resource.setrlimit(resource, (soft, hard))`, which raises `ValueError` for
/// both errors, and takes -1 for [`RLIM_INFINITY`].
///
/// # See also
/// [setrlimit(2)](https://man7.org/linux/man-pages/man2/getrlimit.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{Limit, Resource, getrlimit, setrlimit}};
///
/// let hard = getrlimit(Resource::CORE)?.hard;
/// setrlimit(Resource::CORE, Limit { soft: 0, hard })?;
/// assert_eq!(getrlimit(Resource::CORE)?.soft, 0);
/// let wrong = Limit { soft: 2, hard: 1 };
/// assert_eq!(setrlimit(Resource::CORE, wrong), Err(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn setrlimit(resource: Resource, limit: Limit) -> Result<()> {
    prlimit(Pid(0), resource, Some(limit)).map(drop)
}

/// Sets the limit of the process `pid` for `resource`, unless `limit` is
/// `None`, and returns the one it had; `Pid(0)` is this process.
///
/// # Errors
/// - [`ESRCH`](crate::Errno::ESRCH): there is no such process.
/// - [`EPERM`](crate::Errno::EPERM): it is another user's, without
///   `CAP_SYS_RESOURCE`; or as with [`setrlimit`].
/// - [`EINVAL`](crate::Errno::EINVAL): `soft` is more than `hard`, or no such
///   resource.
///
/// # Python
/// `resource.prlimit(pid, resource[, limits])`, which raises `ValueError` for
/// `EINVAL`.
///
/// # See also
/// [prlimit(2)](https://man7.org/linux/man-pages/man2/getrlimit.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{Resource, getpid, getrlimit, prlimit};
///
/// let stack = prlimit(getpid(), Resource::STACK, None)?;
/// assert_eq!(prlimit(getpid(), Resource::STACK, Some(stack))?, stack);
/// assert_eq!(getrlimit(Resource::STACK)?, stack);
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "prlimit64")]
#[inline]
pub fn prlimit(pid: Pid, resource: Resource, limit: Option<Limit>) -> Result<Limit> {
    sys::system::prlimit64(pid.0, resource.0, limit.as_ref())
}
