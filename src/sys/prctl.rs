//! prctl(2), by what its operations take.
//!
//! Most of it is about the calling thread; the rooms above see to the rest.

use core::ffi::CStr;

use linux_raw_sys::prctl;
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch};

/// An operation that takes numbers, and touches no memory of the program.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum Op {
    SetParentDeathSignal = prctl::PR_SET_PDEATHSIG,
    GetDumpable = prctl::PR_GET_DUMPABLE,
    SetDumpable = prctl::PR_SET_DUMPABLE,
    GetKeepCaps = prctl::PR_GET_KEEPCAPS,
    SetKeepCaps = prctl::PR_SET_KEEPCAPS,
    ReadBounding = prctl::PR_CAPBSET_READ,
    DropBounding = prctl::PR_CAPBSET_DROP,
    GetSecurebits = prctl::PR_GET_SECUREBITS,
    SetSecurebits = prctl::PR_SET_SECUREBITS,
    SetChildSubreaper = prctl::PR_SET_CHILD_SUBREAPER,
    GetNoNewPrivs = prctl::PR_GET_NO_NEW_PRIVS,
    SetNoNewPrivs = prctl::PR_SET_NO_NEW_PRIVS,
    Ambient = prctl::PR_CAP_AMBIENT,
}

/// An operation that writes an `int`.
#[derive(Clone, Copy)]
#[repr(u32)]
pub(crate) enum GetInt {
    ParentDeathSignal = prctl::PR_GET_PDEATHSIG,
    ChildSubreaper = prctl::PR_GET_CHILD_SUBREAPER,
}

/// prctl(2); what an operation does not take must be zero.
#[inline]
pub(crate) fn prctl(op: Op, first: u64, second: u64) -> Result<usize> {
    // SAFETY: an `Op` takes numbers.
    let raw = unsafe {
        arch::syscall5(
            nr::prctl,
            (op as u32).arg(),
            first.arg(),
            second.arg(),
            0usize.arg(),
            0usize.arg(),
        )
    };
    Errno::check(raw)
}

/// prctl(2), asking for an `int`
#[inline]
pub(crate) fn prctl_get_int(op: GetInt) -> Result<i32> {
    let mut value = 0;
    // SAFETY: a `GetInt` writes one `int` at its argument.
    let raw = unsafe {
        arch::syscall5(
            nr::prctl,
            (op as u32).arg(),
            (&raw mut value).arg(),
            0usize.arg(),
            0usize.arg(),
            0usize.arg(),
        )
    };
    Errno::check(raw).map(|_| value)
}

/// `PR_SET_NAME` of prctl(2), which cuts a name of more than 15 bytes.
#[inline]
pub(crate) fn prctl_set_name(name: &CStr) -> Result<()> {
    // SAFETY: PR_SET_NAME reads `name` up to its NUL, or 16 bytes of it.
    let raw = unsafe {
        arch::syscall5(
            nr::prctl,
            prctl::PR_SET_NAME.arg(),
            name.arg(),
            0usize.arg(),
            0usize.arg(),
            0usize.arg(),
        )
    };
    Errno::check(raw).map(drop)
}

/// `PR_GET_NAME` of prctl(2)
#[inline]
pub(crate) fn prctl_get_name(buf: &mut [u8; 16]) -> Result<()> {
    // SAFETY: PR_GET_NAME writes 16 bytes, which `buf` has.
    let raw = unsafe {
        arch::syscall5(
            nr::prctl,
            prctl::PR_GET_NAME.arg(),
            buf.as_mut_ptr().arg(),
            0usize.arg(),
            0usize.arg(),
            0usize.arg(),
        )
    };
    Errno::check(raw).map(drop)
}
