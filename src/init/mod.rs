//! What the first process of a system does beyond Python's `os`: mounts, the
//! switch out of an initramfs, power, swap, kernel modules, loop devices, the
//! host's name, the kernel's log, the loopback interface, and what a service
//! tells the one that started it.
//!
//! Almost everything here needs privilege, and most of it changes the whole
//! machine, or the whole of a namespace: [`unshare`](crate::process::unshare)
//! gives a process one of its own. None of it is in Python's `os`; what another
//! module of Python has says so.
//!
//! Next door: [`process`](crate::process) has children, ids and namespaces,
//! [`fs::sync`](crate::fs::sync) comes before [`reboot`], and
//! [`fs::remove_content`](crate::fs::remove_content) is what [`switch_root`]
//! does to the old root. Kernel floor: 3.15; mounts by descriptor need 5.2.
//!
//! # Examples
//! A first process begins with something like this:
//! ```no_run
//! use rawos::init::{self, MountFlags};
//!
//! let plain = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
//! init::mount("proc", "/proc", "proc", plain, "")?;
//! init::mount("sysfs", "/sys", "sysfs", plain, "")?;
//! init::mount("devtmpfs", "/dev", "devtmpfs", MountFlags::NOSUID, "mode=755")?;
//! init::mount("tmpfs", "/run", "tmpfs", plain, "mode=755,size=20%")?;
//! init::sethostname("example")?;
//! # Ok::<(), rawos::Errno>(())
//! ```

mod host;
mod klog;
mod loopdev;
mod module;
mod mount;
mod mount_fd;
mod network;
pub(crate) mod notify;
mod power;
mod root;
mod swap;

pub use self::host::{setdomainname, sethostname};
pub use self::klog::{
    LogLevel, klog_clear, klog_console, klog_console_level, klog_read, klog_read_all,
    klog_read_clear, klog_size_buffer, klog_size_unread, kmsg_write,
};
pub use self::loopdev::{
    LoopConfig, LoopDevice, LoopFlags, LoopStatus, loop_attach, loop_detach, loop_status,
};
pub use self::module::{
    DeleteModuleFlags, FinitModuleFlags, delete_module, finit_module, init_module,
};
pub use self::mount::{MountFlags, UmountFlags, mount, umount, umount2};
pub use self::mount_fd::{
    FsConfig, FsmountFlags, FsopenFlags, FspickFlags, MountAttrs, MoveMountFlags, OpenTreeFlags,
    fsconfig, fsmount, fsopen, fspick, move_mount, open_tree,
};
pub use self::network::{InterfaceFlags, get_interface_flags, loopback_up, set_interface_flags};
pub use self::notify::{NOTIFY_MAX, Notify, notify, notify_to};
pub use self::power::{RebootCommand, reboot};
pub use self::root::{OldRoot, pivot_root, switch_root};
pub use self::swap::{SwapFlags, swapoff, swapon};
