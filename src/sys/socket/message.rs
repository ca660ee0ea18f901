//! System calls that send and receive.

use core::{mem::MaybeUninit, ptr, slice};

use linux_raw_sys::net as uapi;
use syscalls::Sysno as nr;

use super::{super::buffer::written, AddrRoom, Arg, RawAddr, parts};
use crate::{
    Errno, Result, arch,
    fd::{BorrowedFd, IoSlice, IoSliceMut, OwnedFd, RawFd},
    socket::{ControlMessages, MsgFlags, Received, Ucred, UnixAddr},
};

/// sendto(2); without an address, send(2), which has no number of its own.
#[inline(always)]
pub(crate) fn sendto(
    fd: BorrowedFd<'_>,
    bytes: &[u8],
    flags: MsgFlags,
    address: Option<&UnixAddr>,
) -> Result<usize> {
    let (address, len) = address.map_or((ptr::null(), 0), parts);
    // SAFETY: sendto(2) only reads: within `bytes`, and `len` bytes at
    // `address`, which has as many or is null.
    let raw = unsafe {
        arch::syscall6(
            nr::sendto,
            fd.arg(),
            bytes.as_ptr().arg(),
            bytes.len().arg(),
            flags.arg(),
            address.arg(),
            len.arg(),
        )
    };
    Errno::check(raw)
}

/// sendmsg(2), with control messages as the kernel has them.
#[inline(always)]
pub(crate) fn sendmsg(
    fd: BorrowedFd<'_>,
    bufs: &[IoSlice<'_>],
    control: &[u8],
    flags: MsgFlags,
    address: Option<&UnixAddr>,
) -> Result<usize> {
    let (address, len) = address.map_or((ptr::null(), 0), parts);
    let header = uapi::msghdr {
        msg_name: address.cast_mut().cast(),
        msg_namelen: len.cast_signed(),
        msg_iov: bufs.as_ptr().cast_mut().cast(),
        msg_iovlen: bufs.len() as _,
        msg_control: control.as_ptr().cast_mut().cast(),
        msg_controllen: control.len() as _,
        msg_flags: 0,
    };
    // SAFETY: sendmsg(2) only reads: the header, and what it points to within
    // the lengths given there; an `IoSlice` is a `struct iovec`.
    let raw =
        unsafe { arch::syscall3(nr::sendmsg, fd.arg(), (&raw const header).arg(), flags.arg()) };
    Errno::check(raw)
}

/// recvfrom(2) without `MSG_TRUNC`, by which some sockets count bytes that they
/// do not write.
#[inline(always)]
pub(crate) fn recvfrom<'buf>(
    fd: BorrowedFd<'_>,
    buf: &'buf mut [MaybeUninit<u8>],
    flags: MsgFlags,
) -> Result<(&'buf mut [u8], UnixAddr)> {
    let flags = flags.difference(MsgFlags::TRUNC);
    let mut room = AddrRoom::new();
    let (address, address_len) = (&raw mut room.raw, &raw mut room.len);
    // SAFETY: recvfrom(2) writes at most `buf.len()` bytes at `buf`, which we
    // hold exclusively; it reads the length of `address`, writes at most so
    // many bytes there, and then the address's length.
    let raw = unsafe {
        arch::syscall6(
            nr::recvfrom,
            fd.arg(),
            buf.as_mut_ptr().arg(),
            buf.len().arg(),
            flags.arg(),
            address.arg(),
            address_len.arg(),
        )
    };
    let len = Errno::check(raw)?.min(buf.len());
    // SAFETY: the kernel wrote the first `len` bytes.
    Ok((unsafe { written(buf, len) }, room.address()))
}

/// What control messages take beside the descriptors of `SCM_RIGHTS`: that
/// one's header, credentials, a pidfd.
const BESIDE: usize = HEADER + (HEADER + 16) + (HEADER + 8);

/// Bytes of a `struct cmsghdr`.
const HEADER: usize = size_of::<uapi::cmsghdr>();

/// Room for control messages, `FDS` descriptors among them: aligned as a
/// `struct cmsghdr`, and without padding.
#[repr(C)]
struct ControlRoom<const FDS: usize> {
    beside: [u64; BESIDE / 8],
    fds: [u64; FDS],
}

impl<const FDS: usize> ControlRoom<FDS> {
    /// How much of it the kernel may use. All messages but a last one of
    /// descriptors take a multiple of 8; so does the whole, lest a pidfd be
    /// made whose number is cut.
    const LEN: usize = BESIDE + (FDS * 4).next_multiple_of(8);
}

/// recvmsg(2) with `MSG_CMSG_CLOEXEC`: what comes with the message is owned by
/// the result, and what does not fit there is closed.
#[inline(always)]
pub(crate) fn recvmsg<const FDS: usize>(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    flags: MsgFlags,
) -> Result<Received<FDS>> {
    let flags = flags | MsgFlags::CMSG_CLOEXEC;
    let mut room = AddrRoom::new();
    let mut control = ControlRoom::<FDS> { beside: [0; BESIDE / 8], fds: [0; FDS] };
    let start = &raw mut control;
    let mut header = uapi::msghdr {
        msg_name: (&raw mut room.raw).cast(),
        msg_namelen: size_of::<RawAddr>() as i32,
        msg_iov: bufs.as_mut_ptr().cast(),
        msg_iovlen: bufs.len() as _,
        msg_control: start.cast(),
        msg_controllen: ControlRoom::<FDS>::LEN as _,
        msg_flags: 0,
    };
    // SAFETY: recvmsg(2) reads and writes the header, and writes what it points
    // to within the lengths given there: an address, `LEN` bytes of `control`,
    // which has as many, and the slices, which we hold exclusively; an
    // `IoSliceMut` is a `struct iovec`.
    let raw =
        unsafe { arch::syscall3(nr::recvmsg, fd.arg(), (&raw mut header).arg(), flags.arg()) };
    let len = Errno::check(raw)?;
    room.len = header.msg_namelen.cast_unsigned();
    let filled = (header.msg_controllen as usize).min(ControlRoom::<FDS>::LEN);
    // SAFETY: `control` has `LEN` bytes, all initialised; nothing writes to
    // them any more.
    let control = unsafe { slice::from_raw_parts(start.cast::<u8>(), filled) };
    let mut received = Received {
        len,
        flags: MsgFlags::from_bits_retain(header.msg_flags).difference(MsgFlags::CMSG_CLOEXEC),
        address: room.address(),
        credentials: None,
        fds: [const { None }; FDS],
        pidfd: None,
    };
    // SAFETY: the kernel just wrote these messages, for us.
    if !unsafe { take(control, &mut received.fds, &mut received.credentials, &mut received.pidfd) }
    {
        received.flags |= MsgFlags::CTRUNC;
    }
    Ok(received)
}

/// Takes over what is in control messages: the descriptors that have no place
/// are closed. Returns whether all had one.
///
/// # Safety
/// The descriptors in `control` must be open and no one else's to close.
#[inline]
unsafe fn take(
    control: &[u8],
    fds: &mut [Option<OwnedFd>],
    credentials: &mut Option<Ucred>,
    pidfd: &mut Option<OwnedFd>,
) -> bool {
    let mut free = fds.iter_mut();
    let mut all = true;
    for message in ControlMessages::new(control) {
        if message.level != uapi::SOL_SOCKET as i32 {
            continue;
        }
        match message.kind as u32 {
            uapi::SCM_RIGHTS => {
                for number in message.integers().filter(|number| *number >= 0) {
                    // SAFETY: the caller's promise; each is met once.
                    let fd = unsafe { OwnedFd::from_raw_fd(number as RawFd) };
                    match free.next() {
                        Some(place) => *place = Some(fd),
                        None => all = false,
                    }
                }
            }
            SCM_PIDFD => {
                // A number below zero says why there is none.
                if let Some(number) = message.integers().next().filter(|number| *number >= 0) {
                    // SAFETY: as above.
                    *pidfd = Some(unsafe { OwnedFd::from_raw_fd(number as RawFd) });
                }
            }
            uapi::SCM_CREDENTIALS => *credentials = message.credentials(),
            _ => {}
        }
    }
    all
}

/// `SCM_PIDFD`, which the tables lack: include/linux/socket.h.
const SCM_PIDFD: u32 = 4;
