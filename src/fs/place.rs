//! Which mount a file is on: for those who must not leave it.
#![forbid(unsafe_code)]

use core::num::NonZeroU64;

use linux_raw_sys::general as uapi;

use super::{AtFlags, fstat, makedev};
use crate::{Errno, Result, errno::retry, fd::AsFd, sys};

/// Where an open file is: two that are equal are on one device, and were reached
/// through one mount.
///
/// Neither is enough alone. A bind mount has the device of what it shows, and a
/// subvolume of btrfs is a device without a mount.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    device: u64,
    /// `None` where statx(2) does not tell it: before Linux 5.8, in a sandbox,
    /// and under an emulator that leaves it 0.
    mount: Option<NonZeroU64>,
}

impl Place {
    /// The place of an open file, `O_PATH` too.
    #[inline]
    pub(crate) fn of<Fd: AsFd>(fd: Fd) -> Result<Self> {
        let fd = fd.as_fd();
        match retry(|| sys::attr::statx(fd, c"", AtFlags::EMPTY_PATH, uapi::STATX_MNT_ID)) {
            Ok(statx) if statx.stx_mask & uapi::STATX_MNT_ID != 0 => Ok(Self {
                device: makedev(statx.stx_dev_major, statx.stx_dev_minor),
                mount: NonZeroU64::new(statx.stx_mnt_id),
            }),
            Ok(_) | Err(Errno::ENOSYS | Errno::EPERM) => {
                Ok(Self { device: fstat(fd)?.st_dev(), mount: None })
            }
            Err(errno) => Err(errno),
        }
    }

    #[inline]
    pub(crate) fn same_device(self, other: Self) -> bool {
        self.device == other.device
    }

    /// Whether both were reached through one mount; where that is not known,
    /// whether they are on one device.
    #[inline]
    pub(crate) fn same_mount(self, other: Self) -> bool {
        match (self.mount, other.mount) {
            (Some(mount), Some(other)) => mount == other,
            _ => self.same_device(other),
        }
    }
}
