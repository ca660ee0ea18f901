//! Every constant of every `flags!` type.

use bitflags::Flags;

use crate::cc::Entry;

macro_rules! kinds {
    ($($room:ident $Type:ident $pattern:literal;)*) => {
        /// The types that are compared.
        pub const KINDS: &[&str] = &[$(stringify!($Type)),*];

        pub fn entries(entries: &mut Vec<Entry>) {
            $(collect::<rawos::$room::$Type>(stringify!($Type), $pattern, entries);)*
        }
    };
}

// A type, and what C calls its flag `{}`.
kinds! {
    epoll EpollFlags "EPOLL{}";
    eventfd EventfdFlags "EFD_{}";
    fd RwFlags "RWF_{}";
    fd SpliceFlags "SPLICE_F_{}";
    fs AccessMode "{}";
    fs AtFlags "AT_{}";
    fs MemfdFlags "MFD_{}";
    fs Mode "S_{}";
    fs OFlags "O_{}";
    fs RenameFlags "RENAME_{}";
    fs ResolveFlags "RESOLVE_{}";
    fs SealFlags "F_SEAL_{}";
    fs StFlags "ST_{}";
    fs XattrFlags "XATTR_{}";
    getrandom GetRandomFlags "GRND_{}";
    init DeleteModuleFlags "O_{}";
    init FinitModuleFlags "MODULE_INIT_{}";
    init FsmountFlags "FSMOUNT_{}";
    init FsopenFlags "FSOPEN_{}";
    init FspickFlags "FSPICK_{}";
    init InterfaceFlags "IFF_{}";
    init LoopFlags "LO_FLAGS_{}";
    init MountAttrs "MOUNT_ATTR_{}";
    init MountFlags "MS_{}";
    init MoveMountFlags "MOVE_MOUNT_{}";
    init OpenTreeFlags "OPEN_TREE_{}";
    init SwapFlags "SWAP_FLAG_{}";
    init UmountFlags "MNT_{}";
    inotify InotifyFlags "IN_{}";
    inotify InotifyMask "IN_{}";
    poll PollFlags "POLL{}";
    process CapSet "1ULL << CAP_{}";
    process CloneFlags "CLONE_{}";
    process PidfdFlags "PIDFD_{}";
    process PidfdSignalFlags "PIDFD_SIGNAL_{}";
    process Securebits "SECBIT_{}";
    process WaitOptions "W{}";
    sched SchedFlags "SCHED_FLAG_{}";
    signal SaFlags "SA_{}";
    signal SignalfdFlags "SFD_{}";
    socket MsgFlags "MSG_{}";
    socket SocketFlags "SOCK_{}";
    time SleepFlags "TIMER_{}";
    timerfd TimerfdFlags "TFD_{}";
    timerfd TimerfdTimerFlags "TFD_TIMER_{}";
    tty ControlFlags "{}";
    tty InputFlags "{}";
    tty LocalFlags "{}";
    tty OutputFlags "{}";
}

/// The flags whose name in C is not the type's pattern.
const NAMED_OTHERWISE: &[(&str, &str, &str)] = &[
    // The kernel defines O_ASYNC for itself only, and this one for programs.
    ("OFlags", "ASYNC", "FASYNC"),
    // delete_module(2) has open's flags, and documents one under another name.
    ("DeleteModuleFlags", "FORCE", "O_TRUNC"),
    ("UmountFlags", "NOFOLLOW", "UMOUNT_NOFOLLOW"),
    ("OpenTreeFlags", "RECURSIVE", "AT_RECURSIVE"),
    ("OpenTreeFlags", "EMPTY_PATH", "AT_EMPTY_PATH"),
    ("OpenTreeFlags", "NO_AUTOMOUNT", "AT_NO_AUTOMOUNT"),
    ("OpenTreeFlags", "SYMLINK_NOFOLLOW", "AT_SYMLINK_NOFOLLOW"),
    ("WaitOptions", "ALL", "__WALL"),
    ("WaitOptions", "CLONE", "__WCLONE"),
    ("WaitOptions", "NOTHREAD", "__WNOTHREAD"),
];

fn collect<F: Flags<Bits: Into<i128>>>(kind: &str, pattern: &str, entries: &mut Vec<Entry>) {
    // The last one, without a name, stands for the bits of newer kernels.
    for flag in F::FLAGS.iter().filter(|flag| flag.is_named()) {
        let name = flag.name();
        let other = NAMED_OTHERWISE.iter().find(|(k, n, _)| (*k, *n) == (kind, name));
        let c = other.map_or_else(|| pattern.replace("{}", name), |(.., c)| (*c).to_owned());
        let bits = if size_of::<F::Bits>() == 8 { 64 } else { 32 };
        entries.push(Entry::new(format!("{kind}::{name}"), c, flag.value().bits().into(), bits));
    }
}
