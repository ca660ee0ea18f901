//! Sizes, alignments and offsets of the crate's structs with the layout of C. Most
//! are private, so their text is read.

use linux_raw_sys as raw;

use crate::{
    cc::Entry,
    source::{self, Source},
    structs::{field, whole},
};

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

pub fn names() -> impl Iterator<Item = &'static str> {
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

pub fn entries(entries: &mut Vec<Entry>) {
    owns(entries);
    at(entries);
}
