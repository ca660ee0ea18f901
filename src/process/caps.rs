//! Capabilities: the privileges of root, one by one.
//!
//! A thread has five sets of them. The kernel asks the effective one; the
//! others say what that may become, now (permitted) and after exec
//! (inheritable, ambient, bounding). The kernel keeps them for each thread, as
//! it does ids, and `alone.rs` says why calls that change them want a process
//! with one. The names are in `cap_set.rs`. Kernel floor: as the crate's; the ambient set is of 4.3.
#![forbid(unsafe_code)]

use linux_raw_sys::{general, prctl};

use super::{CapSet, Pid, alone::alone};
use crate::{
    Errno, Result,
    sys::{self, prctl::Op},
};

/// Three of the sets of a thread; see [`capget`].
///
/// # Examples
/// ```
/// use rawos::process::{CapSet, Capabilities};
///
/// let clock = CapSet::SYS_TIME;
/// let sets = Capabilities { effective: clock, permitted: clock, ..Capabilities::default() };
/// assert!(sets.inheritable.is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "cap_user_data_t")]
#[doc(alias = "cap_t")]
pub struct Capabilities {
    /// What the kernel asks for.
    pub effective: CapSet,
    /// What the thread may add to the effective set.
    pub permitted: CapSet,
    /// What a program run with exec may keep, if its file lets it.
    pub inheritable: CapSet,
}

/// The capabilities of the thread `pid`; `Pid(0)` is the calling one.
///
/// # Errors
/// - [`ESRCH`](Errno::ESRCH): there is no such process.
/// - [`EINVAL`](Errno::EINVAL): `pid` is negative.
///
/// # Python
/// None.
///
/// # See also
/// [capget(2)](https://man7.org/linux/man-pages/man2/capget.2.html),
/// [capabilities(7)](https://man7.org/linux/man-pages/man7/capabilities.7.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, capget};
///
/// let mine = capget(Pid(0))?;
/// assert!(mine.permitted.contains(mine.effective));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn capget(pid: Pid) -> Result<Capabilities> {
    sys::caps::capget(pid.0)
}

/// Sets the capabilities of the process.
///
/// The kernel leaves out what it does not know, so that `CapSet::all()` is all
/// it has. What leaves the permitted set does not come back before exec, and
/// what is not inheritable as well leaves the ambient set.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): `permitted` has what the process had not there;
///   `effective` has what `permitted` lacks; or `inheritable` has something
///   new that is not in the bounding set or, without `CAP_SETPCAP`, that the
///   process had not permitted.
///
/// # Python
/// None.
///
/// # See also
/// [capset(2)](https://man7.org/linux/man-pages/man2/capget.2.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{Pid, capget, capset}};
///
/// // A test may have threads.
/// let result = capset(capget(Pid(0))?);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// # Ok::<(), Errno>(())
/// ```
#[inline]
pub fn capset(sets: Capabilities) -> Result<()> {
    alone()?;
    sys::caps::capset(&sets)
}

/// Sets the capabilities of the calling thread, and of no other.
///
/// Threads of one process with several sets are a risk: they share memory and
/// descriptors, and so what each of them may do.
///
/// # Errors
/// Those of [`capset`] but `ENOTSUP`.
///
/// # Python
/// None.
///
/// # See also
/// [capset(2)](https://man7.org/linux/man-pages/man2/capget.2.html)
///
/// # Examples
/// ```
/// use rawos::process::{CapSet, Pid, capget, capset_thread};
///
/// let mut mine = capget(Pid(0))?;
/// mine.effective.remove(CapSet::SYS_BOOT);
/// capset_thread(mine)?;
/// assert_eq!(capget(Pid(0)), Ok(mine));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn capset_thread(sets: Capabilities) -> Result<()> {
    sys::caps::capset(&sets)
}

/// The bounding set of the calling thread: what exec may give a program.
///
/// # Errors
/// What a sandbox returns that refuses prctl(2).
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAPBSET_READ(2const)](https://man7.org/linux/man-pages/man2/PR_CAPBSET_READ.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{CapSet, capbset_read};
///
/// assert_ne!(capbset_read()?, CapSet::all());
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_CAPBSET_READ")]
#[doc(alias = "cap_get_bound")]
#[inline]
pub fn capbset_read() -> Result<CapSet> {
    read(|number| sys::prctl::prctl(Op::ReadBounding, number, 0))
}

/// Takes `caps` out of the bounding set of the process, and of its children,
/// for good; `!keep` is all but `keep`.
///
/// The other sets stay as they are.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): something of `caps` is in the set, and the
///   process lacks `CAP_SETPCAP`.
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAPBSET_DROP(2const)](https://man7.org/linux/man-pages/man2/PR_CAPBSET_DROP.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{CapSet, capbset_drop, capbset_read}};
///
/// // A test may have threads.
/// let result = capbset_drop(!capbset_read()?);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "PR_CAPBSET_DROP")]
#[doc(alias = "cap_drop_bound")]
#[inline]
pub fn capbset_drop(caps: CapSet) -> Result<()> {
    alone()?;
    // The kernel asks for the privilege each time: only the first can fail.
    numbers(caps & capbset_read()?)
        .try_for_each(|number| sys::prctl::prctl(Op::DropBounding, number, 0).map(drop))
}

/// The ambient set of the calling thread: what every program run with exec
/// keeps, if it is no set-id one. Linux 4.3.
///
/// # Errors
/// [`EINVAL`](Errno::EINVAL): the kernel is older.
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAP_AMBIENT(2const)](https://man7.org/linux/man-pages/man2/PR_CAP_AMBIENT.2const.html)
///
/// # Examples
/// ```
/// use rawos::process::{Pid, cap_ambient_read, capget};
///
/// assert!(capget(Pid(0))?.permitted.contains(cap_ambient_read()?));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "PR_CAP_AMBIENT_IS_SET")]
#[doc(alias = "cap_get_ambient")]
#[inline]
pub fn cap_ambient_read() -> Result<CapSet> {
    read(|number| sys::prctl::prctl(Op::Ambient, prctl::PR_CAP_AMBIENT_IS_SET.into(), number))
}

/// Adds `caps` to the ambient set of the process. Linux 4.3.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EPERM`](Errno::EPERM): one of `caps` is not both permitted and
///   inheritable, or [`Securebits::NO_CAP_AMBIENT_RAISE`](super::Securebits) is set.
/// - [`EINVAL`](Errno::EINVAL): the kernel is older.
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAP_AMBIENT(2const)](https://man7.org/linux/man-pages/man2/PR_CAP_AMBIENT.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{CapSet, cap_ambient_raise}};
///
/// // A test may have threads; and no kernel has all.
/// let result = cap_ambient_raise(CapSet::all());
/// assert!(matches!(result, Err(Errno::EPERM | Errno::ENOTSUP)));
/// ```
#[doc(alias = "PR_CAP_AMBIENT_RAISE")]
#[doc(alias = "cap_set_ambient")]
#[inline]
pub fn cap_ambient_raise(caps: CapSet) -> Result<()> {
    alone()?;
    let own = capget(Pid(0))?;
    // First, so that a failure changes nothing.
    if !(own.permitted & own.inheritable).contains(caps) {
        return Err(Errno::EPERM);
    }
    ambient(prctl::PR_CAP_AMBIENT_RAISE, caps)
}

/// Takes `caps` out of the ambient set of the process; `!keep` is all but
/// `keep`. Linux 4.3.
///
/// # Errors
/// - [`ENOTSUP`](Errno::ENOTSUP): the process has other threads, which the
///   kernel would not change.
/// - [`EINVAL`](Errno::EINVAL): the kernel is older.
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAP_AMBIENT(2const)](https://man7.org/linux/man-pages/man2/PR_CAP_AMBIENT.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::{CapSet, cap_ambient_lower}};
///
/// // A test may have threads.
/// let result = cap_ambient_lower(CapSet::KILL);
/// assert!(matches!(result, Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[doc(alias = "PR_CAP_AMBIENT_LOWER")]
#[inline]
pub fn cap_ambient_lower(caps: CapSet) -> Result<()> {
    alone()?;
    ambient(prctl::PR_CAP_AMBIENT_LOWER, caps & cap_ambient_read()?)
}

/// Empties the ambient set of the process. Linux 4.3.
///
/// # Errors
/// Those of [`cap_ambient_lower`].
///
/// # Python
/// None.
///
/// # See also
/// [PR_CAP_AMBIENT(2const)](https://man7.org/linux/man-pages/man2/PR_CAP_AMBIENT.2const.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, process::cap_ambient_clear};
///
/// // A test may have threads.
/// assert!(matches!(cap_ambient_clear(), Ok(()) | Err(Errno::ENOTSUP)));
/// ```
#[doc(alias = "PR_CAP_AMBIENT_CLEAR_ALL")]
#[doc(alias = "cap_reset_ambient")]
#[inline]
pub fn cap_ambient_clear() -> Result<()> {
    alone()?;
    sys::prctl::prctl(Op::Ambient, prctl::PR_CAP_AMBIENT_CLEAR_ALL.into(), 0).map(drop)
}

/// Raises or lowers each of `caps`.
#[inline]
fn ambient(how: u32, caps: CapSet) -> Result<()> {
    numbers(caps)
        .try_for_each(|number| sys::prctl::prctl(Op::Ambient, how.into(), number).map(drop))
}

/// The numbers in a set.
#[inline]
fn numbers(caps: CapSet) -> impl Iterator<Item = u64> {
    (0..64).filter(move |number| caps.bits() >> number & 1 == 1)
}

/// The last capability that every kernel knows: of Linux 3.5.
const LAST_OF_ALL: u64 = general::CAP_BLOCK_SUSPEND as u64;

/// The set of those numbers for which `ask` returns 1, up to the first that the
/// kernel does not know. One that it must know and refuses is an error: the set
/// would look smaller than it is.
#[inline]
fn read(ask: impl Fn(u64) -> Result<usize>) -> Result<CapSet> {
    let mut set = CapSet::empty();
    for number in 0..64 {
        match ask(number) {
            Ok(is_set) => set |= CapSet::from_bits_retain((is_set as u64 & 1) << number),
            Err(Errno::EINVAL) if number > LAST_OF_ALL => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(set)
}
