//! Loop devices: block devices whose content is a file.
#![forbid(unsafe_code)]

use core::fmt::{self, Write as _};

use linux_raw_sys::loop_device as uapi;

use crate::{
    Errno, Result,
    auxv::page_size,
    errno::retry,
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{self, Mode, OFlags},
    sys,
};

/// How often another device is looked for, when others took the free one.
const TRIES: usize = 64;

flags! {
    /// How a loop device behaves: a part of [`LoopConfig`].
    ///
    /// # Examples
    /// ```
    /// use rawos::init::{LoopConfig, LoopFlags};
    ///
    /// // Gone when its file system is unmounted.
    /// let flags = LoopFlags::AUTOCLEAR | LoopFlags::READ_ONLY;
    /// let config = LoopConfig { flags, ..LoopConfig::default() };
    /// assert!(config.flags.contains(LoopFlags::AUTOCLEAR));
    /// ```
    pub struct LoopFlags: u32 {
        /// `LO_FLAGS_READ_ONLY`: read-only.
        #[doc(alias = "LO_FLAGS_READ_ONLY")]
        const READ_ONLY = uapi::LO_FLAGS_READ_ONLY;
        /// `LO_FLAGS_AUTOCLEAR`: it gives up its file when it is closed for the
        /// last time, so also when it is unmounted.
        #[doc(alias = "LO_FLAGS_AUTOCLEAR")]
        const AUTOCLEAR = uapi::LO_FLAGS_AUTOCLEAR;
        /// `LO_FLAGS_PARTSCAN`: its partitions are devices too.
        #[doc(alias = "LO_FLAGS_PARTSCAN")]
        const PARTSCAN = uapi::LO_FLAGS_PARTSCAN;
        /// `LO_FLAGS_DIRECT_IO`: past the file's cache. Linux 4.10. A file that
        /// cannot be read so is read through the cache from 5.8 on, which
        /// [`loop_status`] shows, and refused before that (`EINVAL`).
        #[doc(alias = "LO_FLAGS_DIRECT_IO")]
        const DIRECT_IO = uapi::LO_FLAGS_DIRECT_IO;
    }
}

/// The flags that there are: older kernels let others pass.
const KNOWN: LoopFlags = LoopFlags::READ_ONLY
    .union(LoopFlags::AUTOCLEAR)
    .union(LoopFlags::PARTSCAN)
    .union(LoopFlags::DIRECT_IO);

/// What of the file a loop device shows, and how. The default is all of it, for
/// reading and writing.
///
/// # Examples
/// ```
/// use rawos::init::{LoopConfig, LoopFlags};
///
/// let config = LoopConfig { flags: LoopFlags::READ_ONLY, ..LoopConfig::default() };
/// assert_eq!((config.offset, config.size_limit), (0, 0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "loop_config")]
#[doc(alias = "loop_info64")]
pub struct LoopConfig {
    /// Where in the file the device begins, in bytes.
    pub offset: u64,
    /// How many bytes the device has at most; 0 for as many as the file has.
    pub size_limit: u64,
    /// Bytes of a block, a power of two from 512 up to a page; 0 for the kernel's
    /// choice. Linux 4.14.
    pub block_size: u32,
    /// How it behaves.
    pub flags: LoopFlags,
}

/// A loop device that [`loop_attach`] gave a file.
///
/// Dropping closes the device and no more: it keeps its file, unless
/// [`LoopFlags::AUTOCLEAR`] is set and nothing else has it open.
///
/// # Examples
/// ```no_run
/// use rawos::fs::{self, Mode, OFlags};
/// use rawos::init::{self, LoopConfig, LoopFlags, MountFlags};
///
/// let file = fs::open("/usr.squashfs", OFlags::RDONLY, Mode::empty())?;
/// let flags = LoopFlags::READ_ONLY | LoopFlags::AUTOCLEAR;
/// let device = init::loop_attach(&file, &LoopConfig { flags, ..LoopConfig::default() })?;
/// init::mount(device.path(), "/usr", "squashfs", MountFlags::RDONLY, "")?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Debug)]
pub struct LoopDevice {
    fd: OwnedFd,
    number: u32,
    path: Path,
}

/// Room for `/dev/loop` and any number.
type Path = heapless::String<20>;

impl LoopDevice {
    /// The device's number, from 0 on.
    ///
    /// # Examples
    /// ```no_run
    /// # use rawos::{fs::{self, Mode, OFlags}, init::{self, LoopConfig}};
    /// # let file = fs::open("/image", OFlags::RDWR, Mode::empty())?;
    /// let device = init::loop_attach(&file, &LoopConfig::default())?;
    /// assert!(device.path().ends_with(&device.number().to_string()));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The device's path: `/dev/loop` and the number.
    ///
    /// # Examples
    /// ```no_run
    /// # use rawos::{fs::{self, Mode, OFlags}, init::{self, LoopConfig}};
    /// # let file = fs::open("/image", OFlags::RDWR, Mode::empty())?;
    /// let device = init::loop_attach(&file, &LoopConfig::default())?;
    /// assert!(device.path().starts_with("/dev/loop"));
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl AsFd for LoopDevice {
    #[inline]
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Gives the open file `file` to a free loop device, which is opened.
///
/// The device is read-only with `READ_ONLY`, and if `file` is open for reading
/// only. If others take the free device at the same moment, the next one is
/// tried. Kernels before 5.8 take more than one call for it, between which the
/// device shows the whole file.
///
/// # Errors
/// - [`EINVAL`](Errno::EINVAL): `config` holds an unknown flag, a block size that
///   is none, or another size that the kernel does not take.
/// - [`ENOENT`](Errno::ENOENT), [`ENODEV`](Errno::ENODEV): there is no
///   `/dev/loop-control`, or no driver for it.
/// - [`EACCES`](Errno::EACCES), [`EPERM`](Errno::EPERM): the process lacks the
///   privilege.
/// - [`EBUSY`](Errno::EBUSY): others took every device that was free.
/// - [`EBADF`](Errno::EBADF): `file` is not open.
/// - The rest: loop(4). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [loop(4)](https://man7.org/linux/man-pages/man4/loop.4.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, init::{self, LoopConfig, LoopFlags}};
///
/// let (reader, _writer) = fd::pipe()?;
/// let config = LoopConfig { flags: LoopFlags::from_bits_retain(2), ..LoopConfig::default() };
/// assert_eq!(init::loop_attach(&reader, &config).err(), Some(Errno::EINVAL));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "losetup")]
#[doc(alias = "LOOP_CTL_GET_FREE")]
#[doc(alias = "LOOP_CONFIGURE")]
#[doc(alias = "LOOP_SET_FD")]
#[inline]
pub fn loop_attach<Fd: AsFd>(file: Fd, config: &LoopConfig) -> Result<LoopDevice> {
    let file = file.as_fd();
    // LOOP_CONFIGURE lets some sizes pass that are no good.
    let size = config.block_size as usize;
    let good_size = size.is_power_of_two() && (512..=page_size()).contains(&size);
    if !KNOWN.contains(config.flags) || !(size == 0 || good_size) {
        return Err(Errno::EINVAL);
    }
    let read_only = config.flags.contains(LoopFlags::READ_ONLY);
    let access = if read_only { OFlags::RDONLY } else { OFlags::RDWR };
    let control = fs::open(c"/dev/loop-control", OFlags::RDWR, Mode::empty())?;
    for _ in 0..TRIES {
        let number = retry(|| sys::loopdev::loop_ctl_get_free(control.as_fd()))?;
        let number = u32::try_from(number).map_err(|_| Errno::EIO)?;
        let mut path = Path::new();
        write!(path, "/dev/loop{number}").map_err(|fmt::Error| Errno::ENAMETOOLONG)?;
        let fd = fs::open(path.as_str(), access, Mode::empty())?;
        match configure(fd.as_fd(), file, config) {
            Err(Errno::EBUSY) => {}
            result => return result.map(|()| LoopDevice { fd, number, path }),
        }
    }
    Err(Errno::EBUSY)
}

/// Gives `file` to the free `device`, in one call or, before Linux 5.8, several.
#[inline]
fn configure(device: BorrowedFd<'_>, file: BorrowedFd<'_>, config: &LoopConfig) -> Result<()> {
    let whole = uapi::loop_config {
        fd: file.as_raw_fd().cast_unsigned(),
        block_size: config.block_size,
        info: info(config, config.flags),
        __reserved: [0; 8],
    };
    match retry(|| sys::loopdev::loop_configure(device, &whole)) {
        // Older kernels do not know it. What else is wrong shows again below.
        Err(Errno::EINVAL | Errno::ENOTTY | Errno::ENOSYS) => {}
        result => return result,
    }
    retry(|| sys::loopdev::loop_set_fd(device, file))?;
    let steps = configure_attached(device, config);
    if steps.is_err() {
        let _ = retry(|| sys::loopdev::loop_clr_fd(device));
    }
    steps
}

/// What of `config` a device gets after its file. It is read-only by how it was
/// opened.
#[inline]
fn configure_attached(device: BorrowedFd<'_>, config: &LoopConfig) -> Result<()> {
    if config.block_size != 0 {
        retry(|| sys::loopdev::loop_set_block_size(device, config.block_size))?;
    }
    let info = info(config, config.flags - LoopFlags::READ_ONLY - LoopFlags::DIRECT_IO);
    let mut tries = 0;
    loop {
        match retry(|| sys::loopdev::loop_set_status64(device, &info)) {
            // Somebody, such as udev, is reading from it: not for long.
            Err(Errno::EAGAIN) if tries < TRIES => tries += 1,
            Ok(()) => break,
            result => return result,
        }
        sys::time::pause(10_000_000);
    }
    if config.flags.contains(LoopFlags::DIRECT_IO) {
        retry(|| sys::loopdev::loop_set_direct_io(device, true))?;
    }
    Ok(())
}

/// `config` as the kernel takes it, with `flags` instead of its own.
#[inline]
fn info(config: &LoopConfig, flags: LoopFlags) -> uapi::loop_info64 {
    uapi::loop_info64 {
        lo_device: 0,
        lo_inode: 0,
        lo_rdevice: 0,
        lo_offset: config.offset,
        lo_sizelimit: config.size_limit,
        lo_number: 0,
        lo_encrypt_type: 0,
        lo_encrypt_key_size: 0,
        lo_flags: flags.bits(),
        lo_file_name: [0; 64],
        lo_crypt_name: [0; 64],
        lo_encrypt_key: [0; 32],
        lo_init: [0; 2],
    }
}

/// Takes the file from the open loop device `device`. If somebody else has the
/// device open, it keeps the file until it is closed for the last time; from
/// about Linux 6.11 on it always does, so until `device` is closed too.
///
/// # Errors
/// - [`ENXIO`](Errno::ENXIO): it has no file.
/// - [`ENOTTY`](Errno::ENOTTY): it is no loop device.
/// - [`EBADF`](Errno::EBADF): `device` is not open.
/// - The rest: loop(4). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [loop(4)](https://man7.org/linux/man-pages/man4/loop.4.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, init};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(init::loop_detach(&reader), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "LOOP_CLR_FD")]
#[inline]
pub fn loop_detach<Fd: AsFd>(device: Fd) -> Result<()> {
    let device = device.as_fd();
    retry(|| sys::loopdev::loop_clr_fd(device))
}

/// What [`loop_status`] found out about a loop device.
///
/// # Examples
/// ```no_run
/// use rawos::fs::{self, Mode, OFlags};
/// use rawos::init::{self, LoopFlags};
///
/// let device = fs::open("/dev/loop0", OFlags::RDONLY, Mode::empty())?;
/// let status = init::loop_status(&device)?;
/// assert_eq!(status.number, 0);
/// assert!(status.flags.contains(LoopFlags::READ_ONLY));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[doc(alias = "loop_info64")]
pub struct LoopStatus {
    /// The device's number.
    pub number: u32,
    /// The file's device, as [`Stat::st_dev`](crate::fs::Stat::st_dev) has it.
    pub file_dev: u64,
    /// The file's inode number.
    pub file_ino: u64,
    /// Where in the file the device begins, in bytes.
    pub offset: u64,
    /// How many bytes the device has at most; 0 for as many as the file has.
    pub size_limit: u64,
    /// How it behaves.
    pub flags: LoopFlags,
}

/// Finds out which file the open loop device `device` has, and how it shows it.
///
/// # Errors
/// - [`ENXIO`](Errno::ENXIO): it has no file.
/// - [`ENOTTY`](Errno::ENOTTY): it is no loop device.
/// - [`EBADF`](Errno::EBADF): `device` is not open.
/// - The rest: loop(4). `EINTR` is retried.
///
/// # Python
/// None.
///
/// # See also
/// [loop(4)](https://man7.org/linux/man-pages/man4/loop.4.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, fd, init};
///
/// let (reader, _writer) = fd::pipe()?;
/// assert_eq!(init::loop_status(&reader), Err(Errno::ENOTTY));
/// # Ok::<(), Errno>(())
/// ```
#[doc(alias = "LOOP_GET_STATUS64")]
#[inline]
pub fn loop_status<Fd: AsFd>(device: Fd) -> Result<LoopStatus> {
    let device = device.as_fd();
    let info = retry(|| sys::loopdev::loop_get_status64(device))?;
    Ok(LoopStatus {
        number: info.lo_number,
        file_dev: info.lo_device,
        file_ino: info.lo_inode,
        offset: info.lo_offset,
        size_limit: info.lo_sizelimit,
        flags: LoopFlags::from_bits_retain(info.lo_flags),
    })
}
