//! Sizes, alignments and offsets: of linux-raw-sys's structs that the crate
//! uses, and of its own, which are read as text where they are private.

use std::{env, mem};

use linux_raw_sys as raw;

use crate::{
    cc::Entry,
    source::{self, Source},
};

/// The size of a field that a closure finds.
fn size_of_field<S, F>(_: fn(S) -> F) -> usize {
    size_of::<F>()
}

fn whole(entries: &mut Vec<Entry>, what: &str, c: &str, size: usize, align: usize) {
    entries.push(Entry::new(format!("size of {what}"), format!("sizeof({c})"), size as i128, 64));
    let c = format!("_Alignof({c})");
    entries.push(Entry::new(format!("alignment of {what}"), c, align as i128, 64));
}

/// A field of `c`, at `offset`; a size of 0 is not compared.
fn field(
    entries: &mut Vec<Entry>,
    what: &str,
    (c, name): (&str, &str),
    offset: usize,
    size: usize,
) {
    let place = format!("__builtin_offsetof({c}, {name})");
    entries.push(Entry::new(format!("offset of {what}"), place, offset as i128, 64));
    if size != 0 {
        let c = format!("sizeof((({c} *)0)->{name})");
        entries.push(Entry::new(format!("size of {what}"), c, size as i128, 64));
    }
}

macro_rules! layouts {
    ($($(#[$cfg:meta])* $module:ident $Type:ident, $c:literal { $($field:ident)* })*) => {
        fn layouts(entries: &mut Vec<Entry>) {
            $($(#[$cfg])* {
                use raw::$module::$Type as Type;
                let what = stringify!($Type);
                whole(entries, what, $c, size_of::<Type>(), align_of::<Type>());
                $({
                    let (name, offset) = (stringify!($field), mem::offset_of!(Type, $field));
                    let size = size_of_field(|value: Type| value.$field);
                    field(entries, &format!("{what}.{name}"), ($c, name), offset, size);
                })*
            })*
        }

        /// The types of linux-raw-sys that are compared.
        pub const TYPES: &[&str] = &[$(stringify!($Type)),*];
    };
}

layouts! {
    general __kernel_itimerspec, "struct __kernel_itimerspec" { it_interval it_value }
    general __kernel_old_timeval, "struct timeval" { tv_sec tv_usec }
    general __kernel_timespec, "struct __kernel_timespec" { tv_sec tv_nsec }
    general __user_cap_data_struct, "struct __user_cap_data_struct" {
        effective permitted inheritable
    }
    general __user_cap_header_struct, "struct __user_cap_header_struct" { version pid }
    general epoll_event, "struct epoll_event" { events data }
    general flock, "struct flock" { l_type l_whence l_start l_len l_pid }
    general inotify_event, "struct inotify_event" { wd mask cookie len }
    general iovec, "struct iovec" { iov_base iov_len }
    general kernel_sigset_t, "sigset_t" {}
    general open_how, "struct open_how" { flags mode resolve }
    general pollfd, "struct pollfd" { fd events revents }
    general rlimit64, "struct rlimit64" { rlim_cur rlim_max }
    general rusage, "struct rusage" {
        ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap
        ru_inblock ru_oublock ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw
    }
    general siginfo_t, "siginfo_t" {}
    general stat, "struct stat" {
        st_dev st_ino st_nlink st_mode st_uid st_gid st_rdev st_size st_blksize st_blocks st_atime
        st_atime_nsec st_mtime st_mtime_nsec st_ctime st_ctime_nsec
    }
    general statfs, "struct statfs" {
        f_type f_bsize f_blocks f_bfree f_bavail f_files f_ffree f_fsid f_namelen f_frsize f_flags
        f_spare
    }
    general statx, "struct statx" {
        stx_mask stx_blksize stx_attributes stx_nlink stx_uid stx_gid stx_mode stx_ino stx_size
        stx_blocks stx_attributes_mask stx_atime stx_btime stx_ctime stx_mtime stx_rdev_major
        stx_rdev_minor stx_dev_major stx_dev_minor stx_mnt_id
    }
    general statx_timestamp, "struct statx_timestamp" { tv_sec tv_nsec }
    general termios, "struct termios" { c_iflag c_oflag c_cflag c_lflag c_line c_cc }
    general termios2, "struct termios2" {
        c_iflag c_oflag c_cflag c_lflag c_line c_cc c_ispeed c_ospeed
    }
    general vgetrandom_opaque_params, "struct vgetrandom_opaque_params" {
        size_of_opaque_state mmap_prot mmap_flags reserved
    }
    general winsize, "struct winsize" { ws_row ws_col ws_xpixel ws_ypixel }
    loop_device loop_config, "struct loop_config" { fd block_size info __reserved }
    loop_device loop_info64, "struct loop_info64" {
        lo_device lo_inode lo_rdevice lo_offset lo_sizelimit lo_number lo_encrypt_type
        lo_encrypt_key_size lo_flags lo_file_name lo_crypt_name lo_encrypt_key lo_init
    }
    net cmsghdr, "struct cmsghdr" { cmsg_len cmsg_level cmsg_type }
    net msghdr, "struct msghdr" {
        msg_name msg_namelen msg_iov msg_iovlen msg_control msg_controllen msg_flags
    }
    net sockaddr_un, "struct sockaddr_un" { sun_family sun_path }
    net ucred, "struct ucred" { pid uid gid }
    system new_utsname, "struct new_utsname" {
        sysname nodename release version machine domainname
    }
    system sysinfo, "struct sysinfo" {
        uptime loads totalram freeram sharedram bufferram totalswap freeswap procs totalhigh
        freehigh mem_unit
    }
    #[cfg(feature = "rt")]
    elf Elf_Dyn, "Elf64_Dyn" { d_tag }
    #[cfg(feature = "rt")]
    elf Elf_Phdr, "Elf64_Phdr" {
        p_type p_flags p_offset p_vaddr p_paddr p_filesz p_memsz p_align
    }
    #[cfg(feature = "rt")]
    elf Elf_Rela, "Elf64_Rela" { r_offset r_info }
    #[cfg(feature = "rt")]
    elf Elf_Sym, "Elf64_Sym" { st_name st_info st_other st_shndx st_value st_size }
    #[cfg(feature = "rt")]
    elf Elf_auxv_t, "Elf64_auxv_t" { a_type }
}

/// Types that are named and have no layout of their own.
pub const NO_LAYOUT: &[&str] = &["__kernel_size_t", "fsconfig_command", "kernel_sigaction"];

/// A struct of the crate, by its text.
struct Own {
    file: &'static str,
    name: &'static str,
    c: &'static str,
    /// The fields, and what C calls them; not those that C does not have.
    fields: &'static [(&'static str, &'static str)],
    /// Bytes at the end that C does not have.
    beyond: usize,
}

const fn own(
    file: &'static str,
    name: &'static str,
    c: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Own {
    Own { file, name, c, fields, beyond: 0 }
}

const OWN: &[Own] = &[
    own(
        "src/process/limits.rs",
        "Limit",
        "struct rlimit64",
        &[("soft", "rlim_cur"), ("hard", "rlim_max")],
    ),
    own(
        "src/sched/policy.rs",
        "SchedParam",
        "struct sched_param",
        &[("sched_priority", "sched_priority")],
    ),
    own("src/signal/set.rs", "SigSet", "sigset_t", &[]),
    own(
        "src/socket/options.rs",
        "Ucred",
        "struct ucred",
        &[("pid", "pid"), ("uid", "uid"), ("gid", "gid")],
    ),
    own(
        "src/sys/sched.rs",
        "RawAttr",
        "struct sched_attr",
        &[
            ("size", "size"),
            ("policy", "sched_policy"),
            ("flags", "sched_flags"),
            ("nice", "sched_nice"),
            ("priority", "sched_priority"),
            ("runtime", "sched_runtime"),
            ("deadline", "sched_deadline"),
            ("period", "sched_period"),
            ("util_min", "sched_util_min"),
            ("util_max", "sched_util_max"),
        ],
    ),
    own(
        "src/sys/socket/interface.rs",
        "IfReq",
        "struct ifreq",
        &[("name", "ifr_name"), ("flags", "ifr_flags")],
    ),
    own(
        "src/sys/socket/mod.rs",
        "RawAddr",
        "struct sockaddr_un",
        &[("family", "sun_family"), ("path", "sun_path")],
    ),
    own(
        "src/sys/timer.rs",
        "Itimerspec",
        "struct __kernel_itimerspec",
        &[("interval", "it_interval"), ("value", "it_value")],
    ),
    own(
        "src/system/uname.rs",
        "Uname",
        "struct new_utsname",
        &[
            ("sysname", "sysname"),
            ("nodename", "nodename"),
            ("release", "release"),
            ("version", "version"),
            ("machine", "machine"),
            ("domainname", "domainname"),
        ],
    ),
    own(
        "src/time/timespec.rs",
        "Timespec",
        "struct __kernel_timespec",
        &[("tv_sec", "tv_sec"), ("tv_nsec", "tv_nsec")],
    ),
    own(
        "src/tty/termios.rs",
        "Termios",
        "struct termios2",
        &[
            ("c_iflag", "c_iflag"),
            ("c_oflag", "c_oflag"),
            ("c_cflag", "c_cflag"),
            ("c_lflag", "c_lflag"),
            ("c_line", "c_line"),
            ("c_cc", "c_cc"),
            ("c_ispeed", "c_ispeed"),
            ("c_ospeed", "c_ospeed"),
        ],
    ),
    #[cfg(target_arch = "x86_64")]
    own(
        "arch/x86_64/signal.rs",
        "KernelSigaction",
        "struct sigaction",
        &[
            ("handler", "sa_handler"),
            ("flags", "sa_flags"),
            ("restorer", "sa_restorer"),
            ("mask", "sa_mask"),
        ],
    ),
    #[cfg(target_arch = "aarch64")]
    own(
        "arch/aarch64/signal.rs",
        "KernelSigaction",
        "struct sigaction",
        &[
            ("handler", "sa_handler"),
            ("flags", "sa_flags"),
            ("restorer", "sa_restorer"),
            ("mask", "sa_mask"),
        ],
    ),
    // The second mask is for an emulator.
    #[cfg(target_arch = "riscv64")]
    Own {
        file: "arch/riscv64/signal.rs",
        name: "KernelSigaction",
        c: "struct sigaction",
        fields: &[("handler", "sa_handler"), ("flags", "sa_flags"), ("mask", "sa_mask")],
        beyond: 8,
    },
];

/// Structs with C's layout that no header has.
pub const NOT_C: &[&str] = &[
    "Child",       // registers
    "ControlBuf",  // bytes for cmsghdr, aligned
    "ControlRoom", // the same
    "Pointers",    // an array with its end
    "Siginfo",     // bytes: `at`
];

pub fn own_names() -> impl Iterator<Item = &'static str> {
    OWN.iter().map(|own| own.name)
}

/// The size and the alignment of a type of a field.
fn layout_of(source: &Source, kind: &str) -> (usize, usize) {
    if let Some((element, len)) = kind.strip_prefix('[').and_then(|kind| kind.split_once("; ")) {
        let (size, align) = layout_of(source, element);
        let len = match len.trim_end_matches(']') {
            "NAME" => raw::net::IFNAMSIZ as usize,
            "RawAddr::PATH" => source.constant("PATH") as usize,
            "uapi::NCCS as usize" => raw::general::NCCS as usize,
            number => number.parse().unwrap_or_else(|_| panic!("{number} in {}", source.path)),
        };
        return (size * len, align);
    }
    let size = match kind {
        "u8" => 1,
        "u16" => 2,
        "i32" | "u32" | "Pid" => 4,
        "InputFlags" | "OutputFlags" | "ControlFlags" | "LocalFlags" => 4,
        "i64" | "u64" | "usize" | "*mut ()" | "SigSet" | "MaybeUninit<SigSet>" => 8,
        "Option<unsafe extern \"C\" fn() -> !>" => 8,
        "Timespec" => return (16, 8),
        other => panic!("how large is {other} in {}?", source.path),
    };
    (size, size)
}

/// The fields of the struct `name`, as `(name, offset, size)`, its size and its
/// alignment: those of `repr(C)`.
fn parse(source: &Source, name: &str) -> (Vec<(String, usize, usize)>, usize, usize) {
    let start = format!("struct {name} {{\n");
    let (before, body) = source.text.split_once(&start).unwrap_or_else(|| panic!("no {name}"));
    let (_, repr) = before.rsplit_once("#[repr(C").expect("C's layout");
    let align = repr.strip_prefix(", align(").and_then(|repr| repr.split(')').next());
    let (body, _) = body.split_once("\n}").expect("its end");
    let mut fields = Vec::new();
    let mut largest = align.map_or(1, |align| align.parse().unwrap());
    let mut end = 0_usize;
    for line in body.lines().map(str::trim) {
        let Some((field, kind)) = line.strip_suffix(',').and_then(|line| line.split_once(": "))
        else {
            continue;
        };
        let (size, align) = layout_of(source, kind);
        let offset = end.next_multiple_of(align);
        let field = field.rsplit(' ').next().unwrap_or_default();
        fields.push((field.to_owned(), offset, size));
        (end, largest) = (offset + size, largest.max(align));
    }
    (fields, end.next_multiple_of(largest), largest)
}

fn owns(entries: &mut Vec<Entry>) {
    for Own { file, name, c, fields, beyond } in OWN {
        // One with a field that has no name.
        if *name == "SigSet" {
            let size = size_of::<rawos::signal::SigSet>();
            whole(entries, name, c, size, align_of::<rawos::signal::SigSet>());
            continue;
        }
        let (found, size, align) = parse(&source::of(file), name);
        whole(entries, name, c, size - beyond, align);
        for (ours, theirs) in *fields {
            let place = found.iter().find(|(field, ..)| field == ours);
            let (_, offset, size) = place.unwrap_or_else(|| panic!("no {ours} in {name}"));
            field(entries, &format!("{name}.{ours}"), (c, theirs), *offset, *size);
        }
    }
}

/// `pub si_code: i32 at 8;`: the fields that are read out of bytes.
fn at(entries: &mut Vec<Entry>) {
    type Name = (&'static str, &'static str);
    let files: [(&str, &str, &[Name]); 2] = [
        (
            "src/signal/info.rs",
            "siginfo_t",
            &[
                ("signal", "si_signo"),
                ("pid", "si_pid"),
                ("si_overrun", "_sifields._timer._overrun"),
            ],
        ),
        (
            "src/signal/signalfd.rs",
            "struct signalfd_siginfo",
            &[("signal", "ssi_signo"), ("pid", "ssi_pid")],
        ),
    ];
    for (file, c, names) in files {
        let source = source::of(file);
        let before = entries.len();
        for line in source.text.lines() {
            let Some((start, offset)) = line.trim().trim_end_matches(';').split_once(" at ") else {
                continue;
            };
            let (ours, kind) = start.split_once(": ").expect("a type");
            let ours = ours.trim_start_matches("pub ");
            let theirs = names.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, c)| c);
            let (size, _) = layout_of(&source, kind);
            field(entries, &format!("{c}.{ours}"), (c, theirs), offset.parse().unwrap(), size);
        }
        assert!(entries.len() - before >= 24, "no fields in {file}");
    }
    let size = size_of::<rawos::signal::Siginfo>();
    whole(entries, "Siginfo", "siginfo_t", size, align_of::<rawos::signal::Siginfo>());
    let size = size_of::<rawos::signal::SignalfdSiginfo>() as i128;
    let c = "sizeof(struct signalfd_siginfo)";
    entries.push(Entry::new("size of SignalfdSiginfo", c, size, 64));
}

/// The public types that wrap one of linux-raw-sys's add nothing to it.
fn wrappers(entries: &mut Vec<Entry>) {
    use rawos::{epoll, fd, fs, poll, process};
    let mut add = |what: &str, c: &str, size: usize, align| whole(entries, what, c, size, align);
    macro_rules! add {
        ($($Type:ty => $c:literal;)*) => {$(
            add(stringify!($Type), $c, size_of::<$Type>(), align_of::<$Type>());
        )*};
    }
    add! {
        epoll::EpollEvent => "struct epoll_event";
        fd::IoSlice<'_> => "struct iovec";
        fd::IoSliceMut<'_> => "struct iovec";
        fs::Stat => "struct stat";
        fs::StatVfs => "struct statfs";
        poll::PollFd<'_> => "struct pollfd";
        process::Rusage => "struct rusage";
    }
}

pub fn entries(entries: &mut Vec<Entry>) {
    layouts(entries);
    owns(entries);
    at(entries);
    wrappers(entries);
    let _ = env::consts::ARCH;
}
