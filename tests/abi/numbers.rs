//! Constants that are no flags: numbers with a type, enums, names of limits,
//! and the few literals that the crate has for itself.

use std::env;

use rawos::{
    Errno,
    fd::{self, AsFd as _},
    fs, init, process, raw, sched, signal, socket, system, time, tty,
};

use crate::{cc::Entry, source};

macro_rules! constants {
    ($($scope:path => $pattern:literal, $value:expr, [$($NAME:ident)*];)*) => {
        fn constants(entries: &mut Vec<Entry>) {
            $({
                use $scope as place;
                let (value, scope) = ($value, stringify!($scope));
                $(
                    let name = stringify!($NAME);
                    let c = $pattern.replace("{}", name);
                    entries.push(Entry::new(format!("{scope}::{name}"), c, value(place::$NAME), 32));
                )*
            })*
        }

        /// Those that are compared: a type or a module, and the name.
        pub const CONSTANTS: &[(&str, &[&str])] =
            &[$((stringify!($scope), &[$(stringify!($NAME)),*])),*];
    };
}

constants! {
    time::ClockId => "CLOCK_{}", |clock: time::ClockId| clock.0.into(), [
        REALTIME MONOTONIC PROCESS_CPUTIME_ID THREAD_CPUTIME_ID MONOTONIC_RAW REALTIME_COARSE
        MONOTONIC_COARSE BOOTTIME REALTIME_ALARM BOOTTIME_ALARM TAI
    ];
    process::Resource => "RLIMIT_{}", |resource: process::Resource| resource.0.into(), [
        CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO
        RTTIME
    ];
    process::ChildCode => "CLD_{}", |code: process::ChildCode| code.0.into(), [
        EXITED KILLED DUMPED TRAPPED STOPPED CONTINUED
    ];
    sched::Policy => "SCHED_{}", |policy: sched::Policy| policy.0.into(), [
        OTHER NORMAL FIFO RR BATCH IDLE DEADLINE EXT
    ];
    Errno => "{}", |errno: Errno| errno.raw().into(), [EWOULDBLOCK EDEADLOCK ENOTSUP];
    process => "{}", i128::from, [
        EX_OK EX_USAGE EX_DATAERR EX_NOINPUT EX_NOUSER EX_NOHOST EX_UNAVAILABLE EX_SOFTWARE EX_OSERR
        EX_OSFILE EX_CANTCREAT EX_IOERR EX_TEMPFAIL EX_PROTOCOL EX_NOPERM EX_CONFIG
    ];
    fs::FileType => "S_IF{}", |kind: fs::FileType| kind.bits().into(), [
        DIR REG LNK CHR BLK SOCK
    ];
    fs::FileType => "S_I{}", |kind: fs::FileType| kind.bits().into(), [FIFO];
    // As getdents64(2) has them.
    fs::FileType => "DT_{} << 12", |kind: fs::FileType| kind.bits().into(), [
        DIR REG LNK CHR BLK FIFO SOCK
    ];
    fs::MemfdFlags => "MFD_{}", i128::from, [HUGE_SHIFT HUGE_MASK];
    fs::AtFlags => "AT_{}", |flags: fs::AtFlags| flags.bits().into(), [EACCESS];
    fs => "{}", |size: usize| size as i128, [XATTR_SIZE_MAX];
    socket => "{}", |count: usize| count as i128, [SCM_MAX_FD];
}

/// Public constants that are not numbers of the kernel's or glibc's headers,
/// or that [`odd`] compares.
pub const NOT_NUMBERS: &[&str] = &[
    "CWD",               // odd: a descriptor
    "CpuSet::CAPACITY",  // how many CPUs the crate's set has room for
    "Limit::INFINITY",   // two of RLIM_INFINITY
    "NOTIFY_MAX",        // systemd's
    "RLIM_INFINITY",     // odd: 64 bits
    "Signal::RTMAX",     // odd: a function in C
    "Signal::RTMIN",     // odd: a function in C
    "Times::NOW",        // no number
    "UnixAddr::UNNAMED", // no number
    "Watch::NONE",       // no watch
];

macro_rules! enums {
    ($($room:ident $Type:ident { $($Variant:ident $C:ident)* })*) => {
        fn enums(entries: &mut Vec<Entry>) {
            $($({
                let what = concat!(stringify!($Type), "::", stringify!($Variant));
                let value = $room::$Type::$Variant as i128;
                entries.push(Entry::new(what, stringify!($C), value, 32));
            })*)*
        }
    };
}

enums! {
    fd Advice {
        Normal POSIX_FADV_NORMAL Sequential POSIX_FADV_SEQUENTIAL Random POSIX_FADV_RANDOM
        NoReuse POSIX_FADV_NOREUSE WillNeed POSIX_FADV_WILLNEED DontNeed POSIX_FADV_DONTNEED
    }
    init LogLevel {
        Emerg LOG_EMERG Alert LOG_ALERT Crit LOG_CRIT Err LOG_ERR Warning LOG_WARNING
        Notice LOG_NOTICE Info LOG_INFO Debug LOG_DEBUG
    }
    signal SigHow { Block SIG_BLOCK Unblock SIG_UNBLOCK SetMask SIG_SETMASK }
    socket SocketType { Stream SOCK_STREAM Dgram SOCK_DGRAM Seqpacket SOCK_SEQPACKET }
    socket Shutdown { Read SHUT_RD Write SHUT_WR Both SHUT_RDWR }
    tty ControlChar {
        VINTR VINTR VQUIT VQUIT VERASE VERASE VKILL VKILL VEOF VEOF VTIME VTIME VMIN VMIN
        VSWTC VSWTC VSTART VSTART VSTOP VSTOP VSUSP VSUSP VEOL VEOL VREPRINT VREPRINT
        VDISCARD VDISCARD VWERASE VWERASE VLNEXT VLNEXT VEOL2 VEOL2
    }
    tty Flow { OutputOff TCOOFF OutputOn TCOON InputOff TCIOFF InputOn TCION }
    tty Queue { Input TCIFLUSH Output TCOFLUSH Both TCIOFLUSH }
    tty SetWhen { Now TCSANOW Drain TCSADRAIN Flush TCSAFLUSH }
}

/// Literals: a file, a constant in it, and what it is in C.
const LITERALS: &[(&str, &[(&str, &str)])] = &[
    ("src/fs/dirent.rs", &[("NAME", "__builtin_offsetof(struct dirent64, d_name)")]),
    ("src/init/host.rs", &[("LONGEST", "__NEW_UTS_LEN")]),
    (
        "src/init/klog.rs",
        &[
            ("READ", "SYSLOG_ACTION_READ"),
            ("READ_ALL", "SYSLOG_ACTION_READ_ALL"),
            ("READ_CLEAR", "SYSLOG_ACTION_READ_CLEAR"),
            ("CLEAR", "SYSLOG_ACTION_CLEAR"),
            ("CONSOLE_OFF", "SYSLOG_ACTION_CONSOLE_OFF"),
            ("CONSOLE_ON", "SYSLOG_ACTION_CONSOLE_ON"),
            ("CONSOLE_LEVEL", "SYSLOG_ACTION_CONSOLE_LEVEL"),
            ("SIZE_UNREAD", "SYSLOG_ACTION_SIZE_UNREAD"),
            ("SIZE_BUFFER", "SYSLOG_ACTION_SIZE_BUFFER"),
            ("DAEMON", "LOG_DAEMON"),
        ],
    ),
    ("src/init/swap.rs", &[("PRIORITY", "SWAP_FLAG_PRIO_MASK")]),
    ("src/rt/relocate.rs", &[("DT_RELRSZ", "DT_RELRSZ"), ("DT_RELR", "DT_RELR")]),
    ("src/sys/fd/copy.rs", &[("FICLONE", "FICLONE")]),
    ("src/sys/signal.rs", &[("SIG_DFL", "SIG_DFL"), ("SIG_IGN", "SIG_IGN")]),
    ("src/sys/socket/message.rs", &[("SCM_PIDFD", "SCM_PIDFD")]),
    (
        "src/vdso/elf.rs",
        &[
            ("ELF_HEADER", "sizeof(Elf64_Ehdr)"),
            ("PROGRAM_HEADER", "sizeof(Elf64_Phdr)"),
            ("DYNAMIC_ENTRY", "sizeof(Elf64_Dyn)"),
            ("SYMBOL", "sizeof(Elf64_Sym)"),
            ("ET_DYN", "ET_DYN"),
            ("PT_LOAD", "PT_LOAD"),
            ("PT_DYNAMIC", "PT_DYNAMIC"),
            ("READ_EXECUTE", "PF_R | PF_X"),
            ("DT_NULL", "DT_NULL"),
            ("DT_HASH", "DT_HASH"),
            ("DT_STRTAB", "DT_STRTAB"),
            ("DT_SYMTAB", "DT_SYMTAB"),
            ("DT_STRSZ", "DT_STRSZ"),
            ("DT_SYMENT", "DT_SYMENT"),
            ("DT_GNU_HASH", "DT_GNU_HASH"),
            ("DT_VERSYM", "DT_VERSYM"),
            ("DT_VERDEF", "DT_VERDEF"),
            ("BASE_VERSION", "VER_FLG_BASE"),
        ],
    ),
];

fn literals(entries: &mut Vec<Entry>) {
    let mut add = |file: &str, name: &str, c: &str| {
        let what = format!("{name} in {file}");
        entries.push(Entry::new(what, c, source::of(file).constant(name), 32));
    };
    for (file, constants) in LITERALS {
        for (name, c) in *constants {
            add(file, name, c);
        }
    }
    // riscv64 has no such field, and no such flag.
    if cfg!(not(target_arch = "riscv64")) {
        add("src/signal/action.rs", "SA_RESTORER", "SA_RESTORER");
    }
    let (arch, machine) = match env::consts::ARCH {
        "x86_64" => ("arch/x86_64/abi.rs", "EM_X86_64"),
        "aarch64" => ("arch/aarch64/abi.rs", "EM_AARCH64"),
        _ => ("arch/riscv64/abi.rs", "EM_RISCV"),
    };
    add(arch, "ELF_MACHINE", machine);
    add(arch, "EPOLL_EVENT_SIZE", "sizeof(struct epoll_event)");
}

/// What fits no table.
fn odd(entries: &mut Vec<Entry>) {
    let cwd = fd::CWD.as_fd().as_raw_fd();
    entries.push(Entry::new("CWD", "AT_FDCWD", cwd.into(), 32));
    let infinity = process::RLIM_INFINITY.into();
    entries.push(Entry::new("RLIM_INFINITY", "RLIM64_INFINITY", infinity, 64));
    #[cfg(feature = "rt")]
    {
        let c = match env::consts::ARCH {
            "x86_64" => "R_X86_64_RELATIVE",
            "aarch64" => "R_AARCH64_RELATIVE",
            _ => "R_RISCV_RELATIVE",
        };
        entries.push(Entry::new("R_RELATIVE", c, linux_raw_sys::elf::R_RELATIVE.into(), 32));
    }
}

/// What the tables of the crate name themselves.
fn named(entries: &mut Vec<Entry>) {
    for errno in (1..4096).filter_map(Errno::from_raw) {
        if let Some(name) = errno.name() {
            entries.push(Entry::new(format!("Errno::{name}"), name, errno.raw().into(), 32));
        }
    }
    for number in 1..32 {
        let name = signal::Signal(number).name().expect("every classic signal has a name");
        entries.push(Entry::new(format!("Signal {name}"), name, number.into(), 32));
    }
    for (name, value) in system::SysconfName::all() {
        entries.push(Entry::new(name, format!("_{name}"), value.raw().into(), 32));
    }
    for (name, value) in system::ConfstrName::all() {
        entries.push(Entry::new(name, format!("_{name}"), value.raw().into(), 32));
    }
    for (name, value) in fs::PathconfName::all() {
        entries.push(Entry::new(name, format!("_{name}"), value.raw().into(), 32));
    }
}

pub fn entries(entries: &mut Vec<Entry>) {
    constants(entries);
    enums(entries);
    literals(entries);
    odd(entries);
    named(entries);
}

/// Every system call that the crate knows a number of.
pub fn syscalls(entries: &mut Vec<Entry>) {
    for call in (0..4096).filter_map(raw::Sysno::new) {
        // The kernel's headers have one name for it on each architecture.
        let name = match call.name() {
            "fstatat" => "newfstatat",
            name => name,
        };
        let what = format!("Sysno::{}", call.name());
        entries.push(Entry::new(what, format!("__NR_{name}"), call.id().into(), 32));
    }
}

#[test]
fn the_real_time_signals_are_glibcs() {
    assert_eq!(signal::Signal::RTMIN.0, libc::SIGRTMIN());
    assert_eq!(signal::Signal::RTMAX.0, libc::SIGRTMAX());
}
