//! System calls that make, name and join sockets, and their options.
//!
//! Next door: `message.rs`, what goes through them; `interface.rs`, the
//! network interfaces, which are asked for through one.

mod interface;
mod message;

use core::{
    ffi::c_int,
    mem::{self, MaybeUninit},
};

use linux_raw_sys::net as uapi;
use syscalls::Sysno as nr;

pub(crate) use self::{
    interface::{siocgifflags, siocsifflags},
    message::{recvfrom, recvmsg, sendmsg, sendto},
};
use super::Arg;
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, OwnedFd, RawFd},
    socket::{Shutdown, SocketFlags, SocketType, Ucred, UnixAddr},
};

/// The kernel's `struct sockaddr_un`, with bytes for its characters.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct RawAddr {
    pub(crate) family: u16,
    pub(crate) path: [u8; RawAddr::PATH],
}

impl RawAddr {
    /// Bytes of the path.
    pub(crate) const PATH: usize = 108;

    /// Where the path begins.
    pub(crate) const START: usize = mem::offset_of!(RawAddr, path);
}

const _: () = assert!(size_of::<RawAddr>() == size_of::<uapi::sockaddr_un>());
const _: () = assert!(RawAddr::START == mem::offset_of!(uapi::sockaddr_un, sun_path));
const _: () = assert!(size_of::<Ucred>() == size_of::<uapi::ucred>());

/// An address's place and length, as the kernel takes both.
#[inline]
fn parts(address: &UnixAddr) -> (*const RawAddr, u32) {
    let (raw, len) = address.raw();
    (raw, len)
}

/// Room for the kernel to write an address into.
struct AddrRoom {
    raw: RawAddr,
    /// Bytes there are, then bytes the address has: perhaps more than there are.
    len: u32,
}

impl AddrRoom {
    #[inline]
    const fn new() -> Self {
        let raw = RawAddr { family: 0, path: [0; RawAddr::PATH] };
        Self { raw, len: size_of::<RawAddr>() as u32 }
    }

    #[inline]
    fn address(self) -> UnixAddr {
        UnixAddr::from_kernel(self.raw, self.len)
    }
}

/// Type and flags in one, as the kernel takes them.
#[inline]
fn kind_and_flags(kind: SocketType, flags: SocketFlags) -> u32 {
    kind as u32 | flags.bits()
}

/// socket(2)
#[inline(always)]
pub(crate) fn socket(family: u32, kind: SocketType, flags: SocketFlags) -> Result<OwnedFd> {
    let kind = kind_and_flags(kind, flags);
    // SAFETY: socket(2) touches no memory.
    let raw = unsafe { arch::syscall3(nr::socket, family.arg(), kind.arg(), 0u32.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// socketpair(2)
#[inline(always)]
pub(crate) fn socketpair(
    family: u32,
    kind: SocketType,
    flags: SocketFlags,
) -> Result<(OwnedFd, OwnedFd)> {
    let kind = kind_and_flags(kind, flags);
    let mut ends: [RawFd; 2] = [0; 2];
    // SAFETY: socketpair(2) writes two descriptors at `ends`.
    let raw = unsafe {
        let ends = &raw mut ends;
        arch::syscall4(nr::socketpair, family.arg(), kind.arg(), 0u32.arg(), ends.arg())
    };
    Errno::check(raw)?;
    let [one, other] = ends;
    // SAFETY: the kernel just made this descriptor, for us.
    let one = unsafe { OwnedFd::from_raw_fd(one) };
    // SAFETY: as above.
    let other = unsafe { OwnedFd::from_raw_fd(other) };
    Ok((one, other))
}

/// bind(2)
#[inline(always)]
pub(crate) fn bind(fd: BorrowedFd<'_>, address: &UnixAddr) -> Result<()> {
    let (address, len) = parts(address);
    // SAFETY: bind(2) reads `len` bytes at `address`, which has as many.
    let raw = unsafe { arch::syscall3(nr::bind, fd.arg(), address.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// connect(2)
#[inline(always)]
pub(crate) fn connect(fd: BorrowedFd<'_>, address: &UnixAddr) -> Result<()> {
    let (address, len) = parts(address);
    // SAFETY: connect(2) reads `len` bytes at `address`, which has as many.
    let raw = unsafe { arch::syscall3(nr::connect, fd.arg(), address.arg(), len.arg()) };
    Errno::check(raw).map(drop)
}

/// listen(2)
#[inline(always)]
pub(crate) fn listen(fd: BorrowedFd<'_>, backlog: u32) -> Result<()> {
    // SAFETY: listen(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::listen, fd.arg(), backlog.arg()) };
    Errno::check(raw).map(drop)
}

/// accept4(2)
#[inline(always)]
pub(crate) fn accept4(fd: BorrowedFd<'_>, flags: SocketFlags) -> Result<(OwnedFd, UnixAddr)> {
    let mut room = AddrRoom::new();
    let (raw, len) = (&raw mut room.raw, &raw mut room.len);
    // SAFETY: accept4(2) reads `len`, writes at most so many bytes of an
    // address and then its length at `len`.
    let raw = unsafe { arch::syscall4(nr::accept4, fd.arg(), raw.arg(), len.arg(), flags.arg()) };
    let fd = Errno::check(raw)?;
    // SAFETY: the kernel just made this descriptor, for us.
    let fd = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    Ok((fd, room.address()))
}

/// getsockname(2)
#[inline(always)]
pub(crate) fn getsockname(fd: BorrowedFd<'_>) -> Result<UnixAddr> {
    let mut room = AddrRoom::new();
    let (raw, len) = (&raw mut room.raw, &raw mut room.len);
    // SAFETY: getsockname(2) reads `len`, writes at most so many bytes of an
    // address and then its length at `len`.
    let raw = unsafe { arch::syscall3(nr::getsockname, fd.arg(), raw.arg(), len.arg()) };
    Errno::check(raw)?;
    Ok(room.address())
}

/// getpeername(2)
#[inline(always)]
pub(crate) fn getpeername(fd: BorrowedFd<'_>) -> Result<UnixAddr> {
    let mut room = AddrRoom::new();
    let (raw, len) = (&raw mut room.raw, &raw mut room.len);
    // SAFETY: getpeername(2) reads `len`, writes at most so many bytes of an
    // address and then its length at `len`.
    let raw = unsafe { arch::syscall3(nr::getpeername, fd.arg(), raw.arg(), len.arg()) };
    Errno::check(raw)?;
    Ok(room.address())
}

/// shutdown(2)
#[inline(always)]
pub(crate) fn shutdown(fd: BorrowedFd<'_>, how: Shutdown) -> Result<()> {
    // SAFETY: shutdown(2) touches no memory.
    let raw = unsafe { arch::syscall2(nr::shutdown, fd.arg(), (how as u32).arg()) };
    Errno::check(raw).map(drop)
}

/// An option of the level `SOL_SOCKET` that is a `T`; zeroes where the kernel
/// writes nothing.
///
/// # Safety
/// Any bytes must be a value of `T`.
#[inline(always)]
unsafe fn getsockopt<T>(fd: BorrowedFd<'_>, name: u32) -> Result<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut len = size_of::<T>() as u32;
    // SAFETY: getsockopt(2) reads `len`, writes at most so many bytes at
    // `value` and then their number at `len`.
    let raw = unsafe {
        arch::syscall5(
            nr::getsockopt,
            fd.arg(),
            uapi::SOL_SOCKET.arg(),
            name.arg(),
            value.as_mut_ptr().arg(),
            (&raw mut len).arg(),
        )
    };
    Errno::check(raw)?;
    // SAFETY: every byte is a zero or was written, and any bytes are a value.
    Ok(unsafe { value.assume_init() })
}

/// getsockopt(2) of an option that is an integer
#[inline(always)]
pub(crate) fn getsockopt_int(fd: BorrowedFd<'_>, name: u32) -> Result<c_int> {
    // SAFETY: any bytes are an integer.
    unsafe { getsockopt(fd, name) }
}

/// getsockopt(2) of `SO_PEERCRED`
#[inline(always)]
pub(crate) fn getsockopt_peercred(fd: BorrowedFd<'_>) -> Result<Ucred> {
    // SAFETY: any bytes are three integers.
    unsafe { getsockopt(fd, uapi::SO_PEERCRED) }
}

/// setsockopt(2) of an option that is an integer
#[inline(always)]
pub(crate) fn setsockopt_int(fd: BorrowedFd<'_>, name: u32, value: c_int) -> Result<()> {
    // SAFETY: setsockopt(2) reads the integer.
    let raw = unsafe {
        arch::syscall5(
            nr::setsockopt,
            fd.arg(),
            uapi::SOL_SOCKET.arg(),
            name.arg(),
            (&raw const value).arg(),
            size_of::<c_int>().arg(),
        )
    };
    Errno::check(raw).map(drop)
}
