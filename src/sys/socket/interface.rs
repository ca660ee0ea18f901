//! ioctl(2) about network interfaces, on any socket of our own making.

use linux_raw_sys::{ioctl as request, net as uapi};
use syscalls::Sysno as nr;

use super::Arg;
use crate::{Errno, Result, arch, fd::BorrowedFd};

/// Bytes of an interface's name, its NUL included.
const NAME: usize = uapi::IFNAMSIZ as usize;

/// The kernel's `struct ifreq`, as it is for flags; aligned as its largest
/// member, although the kernel copies bytes and would take any.
#[repr(C, align(8))]
struct IfReq {
    name: [u8; NAME],
    flags: u16,
    rest: [u8; 22],
}

// As include/uapi/linux/if.h has it; the tables make the addresses in it larger.
const _: () = assert!(size_of::<IfReq>() == 40);

impl IfReq {
    /// `ENODEV` for a name that no interface can have.
    #[inline]
    fn new(name: &[u8], flags: u16) -> Result<Self> {
        let mut request = Self { name: [0; NAME], flags, rest: [0; 22] };
        let room = request.name.get_mut(..name.len()).ok_or(Errno::ENODEV)?;
        if name.len() == NAME || name.is_empty() || name.contains(&0) {
            return Err(Errno::ENODEV);
        }
        room.copy_from_slice(name);
        Ok(request)
    }
}

/// ioctl(2) with `SIOCGIFFLAGS`; `socket` must be a socket.
#[inline(always)]
pub(crate) fn siocgifflags(socket: BorrowedFd<'_>, name: &[u8]) -> Result<u16> {
    let mut req = IfReq::new(name, 0)?;
    // SAFETY: of a socket, this ioctl(2) reads and writes one `struct ifreq`,
    // any bytes of which are a value; every other driver knows the number not.
    let raw = unsafe {
        let req = &raw mut req;
        arch::syscall3(nr::ioctl, socket.arg(), request::SIOCGIFFLAGS.arg(), req.arg())
    };
    Errno::check(raw)?;
    Ok(req.flags)
}

/// ioctl(2) with `SIOCSIFFLAGS`; `socket` must be a socket.
#[inline(always)]
pub(crate) fn siocsifflags(socket: BorrowedFd<'_>, name: &[u8], flags: u16) -> Result<()> {
    let mut req = IfReq::new(name, flags)?;
    // SAFETY: as above.
    let raw = unsafe {
        let req = &raw mut req;
        arch::syscall3(nr::ioctl, socket.arg(), request::SIOCSIFFLAGS.arg(), req.arg())
    };
    Errno::check(raw).map(drop)
}
