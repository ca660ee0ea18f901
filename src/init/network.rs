//! Network interfaces, as far as a system needs them to talk to itself.
#![forbid(unsafe_code)]

use linux_raw_sys::net as uapi;

use crate::fd::AsFd as _;
use crate::{
    Result,
    errno::retry,
    fd::OwnedFd,
    path::PathLike,
    socket::{SocketFlags, SocketType, in_family},
    sys::socket::{siocgifflags, siocsifflags},
};

flags! {
    /// What a network interface is and does: [`get_interface_flags`].
    ///
    /// # See also
    /// [netdevice(7)](https://man7.org/linux/man-pages/man7/netdevice.7.html)
    ///
    /// # Examples
    /// ```
    /// use rawos::init::{self, InterfaceFlags};
    ///
    /// let lo = init::get_interface_flags("lo")?;
    /// assert_eq!(lo & InterfaceFlags::LOOPBACK, InterfaceFlags::LOOPBACK);
    /// assert_eq!(lo & InterfaceFlags::BROADCAST, InterfaceFlags::empty());
    /// # Ok::<(), rawos::Errno>(())
    /// ```
    pub struct InterfaceFlags: u16 {
        /// `IFF_UP`: it is in use.
        #[doc(alias = "IFF_UP")]
        const UP = 1;
        /// `IFF_BROADCAST`: it can address all at once.
        #[doc(alias = "IFF_BROADCAST")]
        const BROADCAST = 1 << 1;
        /// `IFF_LOOPBACK`: it is the way to this machine itself.
        #[doc(alias = "IFF_LOOPBACK")]
        const LOOPBACK = 1 << 3;
        /// `IFF_POINTOPOINT`: it has one other end.
        #[doc(alias = "IFF_POINTOPOINT")]
        const POINTOPOINT = 1 << 4;
        /// `IFF_RUNNING`: it is ready to carry something.
        #[doc(alias = "IFF_RUNNING")]
        const RUNNING = 1 << 6;
        /// `IFF_PROMISC`: it receives what is for others, too.
        #[doc(alias = "IFF_PROMISC")]
        const PROMISC = 1 << 8;
        /// `IFF_MULTICAST`: it can address several.
        #[doc(alias = "IFF_MULTICAST")]
        const MULTICAST = 1 << 12;
    }
}

/// The socket through which the kernel is asked about interfaces.
#[inline]
fn asking() -> Result<OwnedFd> {
    in_family(uapi::AF_INET, SocketType::Dgram, SocketFlags::empty())
}

/// The flags of the network interface `name`.
///
/// # Errors
/// - [`ENODEV`](crate::Errno::ENODEV): there is no such interface in this
///   network namespace, or could not be (`name` is not 1 to 15 bytes without NUL).
/// - [`EAFNOSUPPORT`](crate::Errno::EAFNOSUPPORT): the kernel has no IPv4.
/// - [`EMFILE`](crate::Errno::EMFILE), [`ENFILE`](crate::Errno::ENFILE): too many descriptors.
///
/// # Python
/// None.
///
/// # See also
/// [netdevice(7)](https://man7.org/linux/man-pages/man7/netdevice.7.html)
///
/// # Examples
/// ```
/// use rawos::init::{self, InterfaceFlags};
///
/// assert!(init::get_interface_flags("lo")?.contains(InterfaceFlags::LOOPBACK));
/// # Ok::<(), rawos::Errno>(())
/// ```
#[doc(alias = "SIOCGIFFLAGS")]
#[inline]
pub fn get_interface_flags<P: PathLike>(name: P) -> Result<InterfaceFlags> {
    let socket = asking()?;
    let flags = retry(|| siocgifflags(socket.as_fd(), name.fspath()))?;
    Ok(InterfaceFlags::from_bits_retain(flags))
}

/// Sets the flags of the network interface `name`; those that say what it is
/// stay.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the caller may not (`CAP_NET_ADMIN`).
/// - The rest: those of [`get_interface_flags`], and the driver's.
///
/// # Python
/// None.
///
/// # See also
/// [netdevice(7)](https://man7.org/linux/man-pages/man7/netdevice.7.html)
///
/// # Examples
/// ```
/// use rawos::{Errno, init::{self, InterfaceFlags}};
///
/// let set = init::set_interface_flags("no such interface", InterfaceFlags::UP);
/// assert_eq!(set, Err(Errno::ENODEV));
/// ```
#[doc(alias = "SIOCSIFFLAGS")]
#[inline]
pub fn set_interface_flags<P: PathLike>(name: P, flags: InterfaceFlags) -> Result<()> {
    let socket = asking()?;
    retry(|| siocsifflags(socket.as_fd(), name.fspath(), flags.bits()))
}

/// Brings the loopback interface up, with which it has 127.0.0.1 and ::1; that
/// it is up already is no error and takes no privilege.
///
/// # Errors
/// Those of [`set_interface_flags`].
///
/// # Python
/// None; `ip link set lo up`.
///
/// # See also
/// [netdevice(7)](https://man7.org/linux/man-pages/man7/netdevice.7.html)
///
/// # Examples
/// ```
/// use rawos::init::{self, InterfaceFlags};
///
/// if init::get_interface_flags("lo")?.contains(InterfaceFlags::UP) {
///     assert_eq!(init::loopback_up(), Ok(()));
/// }
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn loopback_up() -> Result<()> {
    let socket = asking()?;
    let flags = InterfaceFlags::from_bits_retain(retry(|| siocgifflags(socket.as_fd(), b"lo"))?);
    if flags.contains(InterfaceFlags::UP) {
        return Ok(());
    }
    retry(|| siocsifflags(socket.as_fd(), b"lo", (flags | InterfaceFlags::UP).bits()))
}
