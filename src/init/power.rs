//! The end of the system: power off, restart, halt.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use linux_raw_sys::general as uapi;

use crate::{Result, sys};

/// What [`reboot`] does.
///
/// # Examples
/// ```
/// use rawos::init::RebootCommand;
///
/// assert_ne!(RebootCommand::Restart, RebootCommand::Restart2(c"recovery"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RebootCommand<'a> {
    /// `RB_POWER_OFF`: switches the machine off.
    #[doc(alias = "RB_POWER_OFF")]
    #[doc(alias = "LINUX_REBOOT_CMD_POWER_OFF")]
    PowerOff,
    /// `RB_AUTOBOOT`: restarts the machine.
    #[doc(alias = "RB_AUTOBOOT")]
    #[doc(alias = "LINUX_REBOOT_CMD_RESTART")]
    Restart,
    /// `LINUX_REBOOT_CMD_RESTART2`: restarts it, with a word for the firmware
    /// (255 bytes at most); what words there are depends on the machine.
    #[doc(alias = "LINUX_REBOOT_CMD_RESTART2")]
    Restart2(&'a CStr),
    /// `RB_HALT_SYSTEM`: stops it, with the power on.
    #[doc(alias = "RB_HALT_SYSTEM")]
    #[doc(alias = "LINUX_REBOOT_CMD_HALT")]
    Halt,
    /// `RB_KEXEC`: runs the kernel that was loaded with kexec_load(2).
    #[doc(alias = "RB_KEXEC")]
    #[doc(alias = "LINUX_REBOOT_CMD_KEXEC")]
    Kexec,
    /// `RB_ENABLE_CAD`: Ctrl-Alt-Del restarts the machine at once, from now on.
    #[doc(alias = "RB_ENABLE_CAD")]
    #[doc(alias = "LINUX_REBOOT_CMD_CAD_ON")]
    CadOn,
    /// `RB_DISABLE_CAD`: Ctrl-Alt-Del sends `SIGINT` to process 1, from now on.
    #[doc(alias = "RB_DISABLE_CAD")]
    #[doc(alias = "LINUX_REBOOT_CMD_CAD_OFF")]
    CadOff,
    /// `RB_SW_SUSPEND`: saves memory to the disk and switches the machine off.
    #[doc(alias = "RB_SW_SUSPEND")]
    #[doc(alias = "LINUX_REBOOT_CMD_SW_SUSPEND")]
    SwSuspend,
}

/// Ends the system, at once, or sets what Ctrl-Alt-Del does.
///
/// No process hears of it, no file system is unmounted, and nothing is written
/// to the disks: stop the processes, call [`fs::sync`](crate::fs::sync) and
/// unmount before. `PowerOff`, `Restart`, `Restart2`, `Halt` and `Kexec` do not
/// return, unless with an error.
///
/// In a PID namespace, `Restart` and `Restart2` end its first process as
/// `SIGHUP` would, `PowerOff` and `Halt` as `SIGINT` would, and all of its other
/// processes with it; the machine stays as it is.
///
/// # Errors
/// - [`EPERM`](crate::Errno::EPERM): the process lacks the privilege
///   (`CAP_SYS_BOOT`).
/// - [`EINVAL`](crate::Errno::EINVAL): the kernel cannot do it, no kernel was
///   loaded to be run, or in a PID namespace it is none of the four.
/// - The rest: reboot(2).
///
/// # Python
/// None.
///
/// # See also
/// [reboot(2)](https://man7.org/linux/man-pages/man2/reboot.2.html)
///
/// # Examples
/// ```no_run
/// use rawos::{fs, init::{self, RebootCommand}};
///
/// fs::sync();
/// init::reboot(RebootCommand::PowerOff)?;
/// # Ok::<(), rawos::Errno>(())
/// ```
#[inline]
pub fn reboot(command: RebootCommand<'_>) -> Result<()> {
    let (number, argument) = match command {
        RebootCommand::PowerOff => (uapi::LINUX_REBOOT_CMD_POWER_OFF, None),
        RebootCommand::Restart => (uapi::LINUX_REBOOT_CMD_RESTART, None),
        RebootCommand::Restart2(word) => (uapi::LINUX_REBOOT_CMD_RESTART2, Some(word)),
        RebootCommand::Halt => (uapi::LINUX_REBOOT_CMD_HALT, None),
        RebootCommand::Kexec => (uapi::LINUX_REBOOT_CMD_KEXEC, None),
        RebootCommand::CadOn => (uapi::LINUX_REBOOT_CMD_CAD_ON, None),
        RebootCommand::CadOff => (uapi::LINUX_REBOOT_CMD_CAD_OFF, None),
        RebootCommand::SwSuspend => (uapi::LINUX_REBOOT_CMD_SW_SUSPEND, None),
    };
    sys::power::reboot(number, argument)
}
