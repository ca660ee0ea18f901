//! The machine and the process in it: what the kernel tells of them.

use std::{fs, os::fd::AsRawFd as _};

use rawos::{
    Errno, auxv,
    env::Environ,
    raw,
    system::{self, SysconfName},
};
use syscalls::Sysno;

use super::fd_io::file;
use crate::rules::{Row, Rule};

/// Where prctl does not tell, /proc does; where nobody tells, it is what it always was.
const AUXV: &[Rule] = &[
    Rule::Absorbs(Sysno::prctl, &[]),
    Rule::Absorbs(Sysno::statfs, &[]),
    Rule::Absorbs(Sysno::openat, &[]),
    Rule::Absorbs(Sysno::read, &[]),
];

/// The same for what has no other answer: none, which the row makes ENOENT.
const AUXV_OR_NONE: &[Rule] = &[
    Rule::Absorbs(Sysno::prctl, &[]),
    Rule::Turns(Sysno::statfs, &[], libc::ENOENT),
    Rule::Turns(Sysno::openat, &[], libc::ENOENT),
    Rule::Turns(Sysno::read, &[], libc::ENOENT),
];

/// As on a kernel that has not PR_GET_AUXV.
const BEFORE_6_4: Rule = Rule::Without(Sysno::prctl, libc::EINVAL);

/// Where a file cannot be read, `None` or what has long been true, as documented.
const FILES: &[Rule] = &[Rule::Absorbs(Sysno::openat, &[]), Rule::Absorbs(Sysno::read, &[])];

fn hardware() -> [usize; 2] {
    // glibc answers with numbers of its own.
    let vector = fs::read("/proc/self/auxv").expect("it is there");
    let word = |bytes: &[u8]| usize::from_ne_bytes(bytes.try_into().expect("eight bytes"));
    [libc::AT_HWCAP, libc::AT_HWCAP2].map(|kind| {
        let mut entries = vector.chunks_exact(16);
        let found = entries.find(|entry| word(&entry[..8]) == kind as usize);
        found.map_or(0, |entry| word(&entry[8..]))
    })
}

fn known(name: i32) -> i64 {
    // SAFETY: takes a number.
    unsafe { libc::sysconf(name) }
}

fn if_true(is: bool) -> Result<(), Errno> {
    if is { Ok(()) } else { Err(Errno::ENOENT) }
}

/// What a file of one line holds.
fn text(path: &str) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim_end().to_owned())
}

/// The size of the first cache for data, as Linux tells it.
fn data_cache() -> Option<i64> {
    let part =
        |index, part| text(&format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{part}"));
    let index = (0..16).find(|index| {
        part(*index, "level").as_deref() == Some("1")
            && part(*index, "type").is_some_and(|kind| kind == "Data" || kind == "Unified")
    })?;
    let size = part(index, "size")?;
    size.strip_suffix('K').and_then(|size| size.parse().ok()).map(|size: i64| size << 10)
}

pub const ROWS: &[Row] = &[
    Row {
        name: "auxv::getauxval",
        run: |t| {
            let (kind, size) = (libc::AT_PAGESZ, known(libc::_SC_PAGESIZE) as usize);
            t.call_and(
                || auxv::getauxval(kind).ok_or(Errno::ENOENT),
                |value| assert!(value.is_err() || value == Ok(size)),
            );
        },
        rules: AUXV_OR_NONE,
    },
    Row {
        name: "auxv::getauxval (before Linux 6.4)",
        run: |t| {
            let (kind, size) = (libc::AT_PAGESZ, known(libc::_SC_PAGESIZE) as usize);
            t.call_and(
                || auxv::getauxval(kind).ok_or(Errno::ENOENT),
                |value| assert!(value.is_err() || value == Ok(size)),
            );
        },
        rules: &[BEFORE_6_4, AUXV_OR_NONE[1], AUXV_OR_NONE[2], AUXV_OR_NONE[3]],
    },
    Row {
        name: "auxv::page_size",
        run: |t| {
            let size = known(libc::_SC_PAGESIZE) as usize;
            t.call_and(auxv::page_size, |told| assert_eq!(told, size));
        },
        rules: AUXV,
    },
    Row {
        name: "auxv::page_size (before Linux 6.4)",
        run: |t| {
            let size = known(libc::_SC_PAGESIZE) as usize;
            t.call_and(auxv::page_size, |told| assert_eq!(told, size));
        },
        rules: &[BEFORE_6_4, AUXV[1], AUXV[2], AUXV[3]],
    },
    Row {
        name: "auxv::page_size (told nothing)",
        run: |t| {
            let size = known(libc::_SC_PAGESIZE) as usize;
            t.call(|| if_true(auxv::page_size() == size));
        },
        rules: &[
            BEFORE_6_4,
            Rule::Without(Sysno::statfs, libc::ENOENT),
            // It means that no page begins there; any other errno means nothing.
            Rule::Absorbs(Sysno::madvise, NOT_EINVAL),
            Rule::Turns(Sysno::madvise, &[libc::EINVAL], libc::ENOENT),
        ],
    },
    Row {
        name: "auxv::clock_ticks",
        run: |t| t.call_and(auxv::clock_ticks, |ticks| assert_eq!(ticks, 100)),
        rules: AUXV,
    },
    Row {
        name: "auxv::secure",
        run: |t| t.call(|| if_true(!auxv::secure())),
        // To trust nobody is the safe answer.
        rules: AUXV_OR_NONE,
    },
    Row {
        name: "auxv::random",
        run: |t| t.call(|| auxv::random().ok_or(Errno::ENOENT)),
        rules: AUXV_OR_NONE,
    },
    Row {
        name: "auxv::hwcaps",
        run: |t| {
            let hardware = hardware();
            t.call(|| if_true(auxv::hwcaps() == hardware));
        },
        // None, then.
        rules: AUXV_OR_NONE,
    },
    Row {
        name: "auxv::min_signal_stack",
        run: |t| t.call_and(auxv::min_signal_stack, |size| assert!(size >= 2048)),
        rules: AUXV,
    },
    Row {
        name: "system::cpu_count",
        run: |t| {
            let count = known(libc::_SC_NPROCESSORS_ONLN) as usize;
            t.call_and(system::cpu_count, |told| assert_eq!(told, Some(count)));
        },
        // Of /sys and /proc one is enough.
        rules: FILES,
    },
    Row {
        name: "system::cpu_count (neither /sys nor /proc)",
        run: |t| t.call(|| system::cpu_count().ok_or(Errno::ENOENT)),
        rules: &[
            Rule::Without(Sysno::openat, libc::ENOENT),
            Rule::Turns(Sysno::sched_getaffinity, &[], libc::ENOENT),
        ],
    },
    Row {
        name: "system::process_cpu_count",
        run: |t| t.call(|| system::process_cpu_count().ok_or(Errno::ENOENT)),
        // None, then.
        rules: &[Rule::Turns(Sysno::sched_getaffinity, &[], libc::ENOENT)],
    },
    Row { name: "system::getloadavg", run: |t| t.call(system::getloadavg), rules: &[] },
    Row { name: "system::uname", run: |t| t.call(system::uname), rules: &[] },
    Row {
        name: "system::sysconf",
        run: |t| {
            let limit = known(libc::_SC_OPEN_MAX);
            t.call_and(
                || system::sysconf(SysconfName::OPEN_MAX),
                |told| assert!(told.is_err() || told == Ok(Some(limit))),
            );
        },
        rules: &[],
    },
    Row {
        name: "system::sysconf (SC_ARG_MAX)",
        run: |t| t.call(|| system::sysconf(SysconfName::ARG_MAX)),
        rules: &[],
    },
    Row {
        name: "system::sysconf (SC_PHYS_PAGES)",
        run: |t| {
            let pages = known(libc::_SC_PHYS_PAGES);
            t.call_and(
                || system::sysconf(SysconfName::PHYS_PAGES),
                |told| assert!(told.is_err() || told == Ok(Some(pages))),
            );
        },
        rules: AUXV,
    },
    Row {
        name: "system::sysconf (SC_NGROUPS_MAX)",
        run: |t| {
            let most = known(libc::_SC_NGROUPS_MAX);
            let told =
                |told: Option<_>| if told == Some(most) { Ok(()) } else { Err(Errno::ERANGE) };
            t.call(|| system::sysconf(SysconfName::NGROUPS_MAX).and_then(told));
        },
        // The kernel tells a number of /proc/sys at once or cut: of short reads there is the first
        // digit.
        rules: &[FILES[0], FILES[1], Rule::Short(libc::ERANGE)],
    },
    Row {
        name: "system::sysconf (SC_NPROCESSORS_CONF)",
        run: |t| t.call(|| system::sysconf(SysconfName::NPROCESSORS_CONF)),
        rules: FILES,
    },
    Row {
        name: "system::sysconf (SC_MINSIGSTKSZ)",
        run: |t| t.call(|| system::sysconf(SysconfName::MINSIGSTKSZ)),
        rules: AUXV,
    },
    Row {
        name: "system::sysconf (SC_LEVEL1_DCACHE_SIZE)",
        run: |t| {
            let size = data_cache();
            t.call_and(
                || system::sysconf(SysconfName::LEVEL1_DCACHE_SIZE),
                |told| assert!(told == Ok(size) || told == Ok(None), "{told:?} {size:?}"),
            );
        },
        rules: FILES,
    },
    Row {
        name: "env::Environ::read",
        run: |t| {
            let whole = fs::read("/proc/self/environ").expect("it is there");
            let mut buf = vec![0; whole.len() + 1];
            t.call_and(
                || Environ::read(&mut buf),
                |read| {
                    let Ok(read) = read else { return };
                    let wanted = whole.split(|byte| *byte == 0).filter(|var| var.contains(&b'='));
                    let joined = read.iter().map(|(name, value)| [name, b"=", value].concat());
                    assert!(joined.eq(wanted.map(<[u8]>::to_vec)));
                },
            );
        },
        rules: &[],
    },
    Row {
        name: "raw::syscall",
        run: |t| {
            let file = file();
            let (fd, mut byte) = (file.as_raw_fd() as usize, 0u8);
            let args = [fd, (&raw mut byte).expose_provenance(), 1];
            // SAFETY: read(2) writes one byte at most.
            t.call(|| unsafe { raw::syscall(raw::Sysno::read, args) });
        },
        // Shown, as documented.
        rules: &[Rule::Interrupts(Sysno::read)],
    },
];

/// The errnos of madvise(2) but one.
const NOT_EINVAL: &[i32] = &[
    libc::EACCES,
    libc::EAGAIN,
    libc::EBADF,
    libc::EBUSY,
    libc::EFAULT,
    libc::EHWPOISON,
    libc::EIO,
    libc::ENOMEM,
    libc::EPERM,
];
