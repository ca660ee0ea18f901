//! The capabilities by name, and sets of them.
#![forbid(unsafe_code)]

use linux_raw_sys::general as uapi;

flags! {
    /// A set of capabilities, by their numbers: 0 to 63, of which a kernel has
    /// the first so many.
    ///
    /// # Examples
    /// ```
    /// use rawos::process::CapSet;
    ///
    /// let most = !(CapSet::SYS_BOOT | CapSet::SYS_MODULE);
    /// assert!(most.contains(CapSet::KILL) && !most.contains(CapSet::SYS_BOOT));
    /// assert_eq!(CapSet::from_name("NET_ADMIN"), Some(CapSet::NET_ADMIN));
    /// ```
    #[doc(alias = "cap_value_t")]
    pub struct CapSet: u64 {
        /// `CAP_CHOWN`: change owner and group of any file.
        #[doc(alias = "CAP_CHOWN")]
        const CHOWN = 1_u64 << uapi::CAP_CHOWN;
        /// `CAP_DAC_OVERRIDE`: read, write and execute any file.
        #[doc(alias = "CAP_DAC_OVERRIDE")]
        const DAC_OVERRIDE = 1_u64 << uapi::CAP_DAC_OVERRIDE;
        /// `CAP_DAC_READ_SEARCH`: read any file, list and search any directory.
        #[doc(alias = "CAP_DAC_READ_SEARCH")]
        const DAC_READ_SEARCH = 1_u64 << uapi::CAP_DAC_READ_SEARCH;
        /// `CAP_FOWNER`: what takes being the file's owner.
        #[doc(alias = "CAP_FOWNER")]
        const FOWNER = 1_u64 << uapi::CAP_FOWNER;
        /// `CAP_FSETID`: keep the set-id bits of a file that is changed.
        #[doc(alias = "CAP_FSETID")]
        const FSETID = 1_u64 << uapi::CAP_FSETID;
        /// `CAP_KILL`: signal any process.
        #[doc(alias = "CAP_KILL")]
        const KILL = 1_u64 << uapi::CAP_KILL;
        /// `CAP_SETGID`: set any group ids.
        #[doc(alias = "CAP_SETGID")]
        const SETGID = 1_u64 << uapi::CAP_SETGID;
        /// `CAP_SETUID`: set any user ids.
        #[doc(alias = "CAP_SETUID")]
        const SETUID = 1_u64 << uapi::CAP_SETUID;
        /// `CAP_SETPCAP`: drop from the bounding set, add to the inheritable one, set securebits.
        #[doc(alias = "CAP_SETPCAP")]
        const SETPCAP = 1_u64 << uapi::CAP_SETPCAP;
        /// `CAP_LINUX_IMMUTABLE`: set a file's flags immutable and append-only.
        #[doc(alias = "CAP_LINUX_IMMUTABLE")]
        const LINUX_IMMUTABLE = 1_u64 << uapi::CAP_LINUX_IMMUTABLE;
        /// `CAP_NET_BIND_SERVICE`: bind to ports below 1024.
        #[doc(alias = "CAP_NET_BIND_SERVICE")]
        const NET_BIND_SERVICE = 1_u64 << uapi::CAP_NET_BIND_SERVICE;
        /// `CAP_NET_BROADCAST`: broadcast; Linux does not ask for it.
        #[doc(alias = "CAP_NET_BROADCAST")]
        const NET_BROADCAST = 1_u64 << uapi::CAP_NET_BROADCAST;
        /// `CAP_NET_ADMIN`: set up networks.
        #[doc(alias = "CAP_NET_ADMIN")]
        const NET_ADMIN = 1_u64 << uapi::CAP_NET_ADMIN;
        /// `CAP_NET_RAW`: raw and packet sockets.
        #[doc(alias = "CAP_NET_RAW")]
        const NET_RAW = 1_u64 << uapi::CAP_NET_RAW;
        /// `CAP_IPC_LOCK`: lock memory.
        #[doc(alias = "CAP_IPC_LOCK")]
        const IPC_LOCK = 1_u64 << uapi::CAP_IPC_LOCK;
        /// `CAP_IPC_OWNER`: any System V object.
        #[doc(alias = "CAP_IPC_OWNER")]
        const IPC_OWNER = 1_u64 << uapi::CAP_IPC_OWNER;
        /// `CAP_SYS_MODULE`: load and remove modules.
        #[doc(alias = "CAP_SYS_MODULE")]
        const SYS_MODULE = 1_u64 << uapi::CAP_SYS_MODULE;
        /// `CAP_SYS_RAWIO`: ports, `/dev/mem` and the like.
        #[doc(alias = "CAP_SYS_RAWIO")]
        const SYS_RAWIO = 1_u64 << uapi::CAP_SYS_RAWIO;
        /// `CAP_SYS_CHROOT`: chroot(2).
        #[doc(alias = "CAP_SYS_CHROOT")]
        const SYS_CHROOT = 1_u64 << uapi::CAP_SYS_CHROOT;
        /// `CAP_SYS_PTRACE`: trace any process.
        #[doc(alias = "CAP_SYS_PTRACE")]
        const SYS_PTRACE = 1_u64 << uapi::CAP_SYS_PTRACE;
        /// `CAP_SYS_PACCT`: acct(2).
        #[doc(alias = "CAP_SYS_PACCT")]
        const SYS_PACCT = 1_u64 << uapi::CAP_SYS_PACCT;
        /// `CAP_SYS_ADMIN`: mount, swap, host names, namespaces and much else.
        #[doc(alias = "CAP_SYS_ADMIN")]
        const SYS_ADMIN = 1_u64 << uapi::CAP_SYS_ADMIN;
        /// `CAP_SYS_BOOT`: reboot(2) and kexec_load(2).
        #[doc(alias = "CAP_SYS_BOOT")]
        const SYS_BOOT = 1_u64 << uapi::CAP_SYS_BOOT;
        /// `CAP_SYS_NICE`: any priority, scheduler and CPU of any process.
        #[doc(alias = "CAP_SYS_NICE")]
        const SYS_NICE = 1_u64 << uapi::CAP_SYS_NICE;
        /// `CAP_SYS_RESOURCE`: beyond limits and quotas.
        #[doc(alias = "CAP_SYS_RESOURCE")]
        const SYS_RESOURCE = 1_u64 << uapi::CAP_SYS_RESOURCE;
        /// `CAP_SYS_TIME`: set the clocks.
        #[doc(alias = "CAP_SYS_TIME")]
        const SYS_TIME = 1_u64 << uapi::CAP_SYS_TIME;
        /// `CAP_SYS_TTY_CONFIG`: vhangup(2), and the settings of virtual terminals.
        #[doc(alias = "CAP_SYS_TTY_CONFIG")]
        const SYS_TTY_CONFIG = 1_u64 << uapi::CAP_SYS_TTY_CONFIG;
        /// `CAP_MKNOD`: make device nodes.
        #[doc(alias = "CAP_MKNOD")]
        const MKNOD = 1_u64 << uapi::CAP_MKNOD;
        /// `CAP_LEASE`: leases on any file.
        #[doc(alias = "CAP_LEASE")]
        const LEASE = 1_u64 << uapi::CAP_LEASE;
        /// `CAP_AUDIT_WRITE`: write to the audit log.
        #[doc(alias = "CAP_AUDIT_WRITE")]
        const AUDIT_WRITE = 1_u64 << uapi::CAP_AUDIT_WRITE;
        /// `CAP_AUDIT_CONTROL`: set up auditing.
        #[doc(alias = "CAP_AUDIT_CONTROL")]
        const AUDIT_CONTROL = 1_u64 << uapi::CAP_AUDIT_CONTROL;
        /// `CAP_SETFCAP`: set capabilities of files.
        #[doc(alias = "CAP_SETFCAP")]
        const SETFCAP = 1_u64 << uapi::CAP_SETFCAP;
        /// `CAP_MAC_OVERRIDE`: override mandatory access control.
        #[doc(alias = "CAP_MAC_OVERRIDE")]
        const MAC_OVERRIDE = 1_u64 << uapi::CAP_MAC_OVERRIDE;
        /// `CAP_MAC_ADMIN`: set up mandatory access control.
        #[doc(alias = "CAP_MAC_ADMIN")]
        const MAC_ADMIN = 1_u64 << uapi::CAP_MAC_ADMIN;
        /// `CAP_SYSLOG`: the kernel's log: syslog(2).
        #[doc(alias = "CAP_SYSLOG")]
        const SYSLOG = 1_u64 << uapi::CAP_SYSLOG;
        /// `CAP_WAKE_ALARM`: timers that wake the machine.
        #[doc(alias = "CAP_WAKE_ALARM")]
        const WAKE_ALARM = 1_u64 << uapi::CAP_WAKE_ALARM;
        /// `CAP_BLOCK_SUSPEND`: keep the machine from suspending.
        #[doc(alias = "CAP_BLOCK_SUSPEND")]
        const BLOCK_SUSPEND = 1_u64 << uapi::CAP_BLOCK_SUSPEND;
        /// `CAP_AUDIT_READ`: read the audit log. Linux 3.16.
        #[doc(alias = "CAP_AUDIT_READ")]
        const AUDIT_READ = 1_u64 << uapi::CAP_AUDIT_READ;
        /// `CAP_PERFMON`: watch performance. Linux 5.8.
        #[doc(alias = "CAP_PERFMON")]
        const PERFMON = 1_u64 << uapi::CAP_PERFMON;
        /// `CAP_BPF`: load BPF programs. Linux 5.8.
        #[doc(alias = "CAP_BPF")]
        const BPF = 1_u64 << uapi::CAP_BPF;
        /// `CAP_CHECKPOINT_RESTORE`: checkpoint and restore processes. Linux 5.9.
        #[doc(alias = "CAP_CHECKPOINT_RESTORE")]
        const CHECKPOINT_RESTORE = 1_u64 << uapi::CAP_CHECKPOINT_RESTORE;
    }
}
