//! System calls about capabilities.

use linux_raw_sys::general as uapi;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{
    Errno, Result, arch,
    process::{CapSet, Capabilities},
};

/// Of each set the lower 32 bits, and then the upper ones: version 3, of
/// Linux 2.6.26.
type Data = [uapi::__user_cap_data_struct; uapi::_LINUX_CAPABILITY_U32S_3 as usize];

/// Version 3 of the sets of `pid`. The kernel writes here what version it would
/// have liked, if not this one.
#[inline]
fn header(pid: i32) -> uapi::__user_cap_header_struct {
    uapi::__user_cap_header_struct { version: uapi::_LINUX_CAPABILITY_VERSION_3, pid }
}

/// capget(2)
#[inline]
pub(crate) fn capget(pid: i32) -> Result<Capabilities> {
    const NONE: uapi::__user_cap_data_struct =
        uapi::__user_cap_data_struct { effective: 0, permitted: 0, inheritable: 0 };
    let (mut header, mut data): (_, Data) = (header(pid), [NONE; 2]);
    // SAFETY: capget(2) reads and may write the header, and writes two structs
    // at `data` for this version.
    let raw =
        unsafe { arch::syscall2(nr::capget, (&raw mut header).arg(), data.as_mut_ptr().arg()) };
    Errno::check(raw)?;
    let [low, high] = data;
    let set =
        |low: u32, high: u32| CapSet::from_bits_retain(u64::from(high) << 32 | u64::from(low));
    Ok(Capabilities {
        effective: set(low.effective, high.effective),
        permitted: set(low.permitted, high.permitted),
        inheritable: set(low.inheritable, high.inheritable),
    })
}

/// capset(2) of the calling thread
#[inline]
pub(crate) fn capset(sets: &Capabilities) -> Result<()> {
    let half = |shift: u32| uapi::__user_cap_data_struct {
        effective: (sets.effective.bits() >> shift) as u32,
        permitted: (sets.permitted.bits() >> shift) as u32,
        inheritable: (sets.inheritable.bits() >> shift) as u32,
    };
    let (mut header, data): (_, Data) = (header(0), [half(0), half(32)]);
    // SAFETY: capset(2) reads and may write the header, and reads two structs
    // at `data` for this version.
    let raw =
        unsafe { arch::syscall2(nr::capset, (&raw mut header).arg(), (&raw const data).arg()) };
    Errno::check(raw).map(drop)
}
