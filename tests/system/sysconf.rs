//! `src/system/sysconf.rs`, against libc.

use std::io;

use rawos::{
    Errno, Result,
    system::{SysconfName, sysconf},
};

use crate::util::alone;

/// What glibc answers for itself, and we do not.
const LIBRARY: &str = "
    STREAM_MAX ASYNCHRONOUS_IO PRIORITIZED_IO SEMAPHORES SHARED_MEMORY_OBJECTS AIO_PRIO_DELTA_MAX
    SEM_VALUE_MAX BC_BASE_MAX BC_DIM_MAX BC_SCALE_MAX BC_STRING_MAX COLL_WEIGHTS_MAX EXPR_NEST_MAX
    LINE_MAX RE_DUP_MAX CHARCLASS_NAME_MAX 2_VERSION 2_C_BIND 2_C_DEV 2_SW_DEV 2_LOCALEDEF THREADS
    THREAD_SAFE_FUNCTIONS GETGR_R_SIZE_MAX GETPW_R_SIZE_MAX THREAD_DESTRUCTOR_ITERATIONS
    THREAD_KEYS_MAX THREAD_STACK_MIN THREAD_ATTR_STACKADDR THREAD_ATTR_STACKSIZE
    THREAD_PRIORITY_SCHEDULING THREAD_PRIO_INHERIT THREAD_PRIO_PROTECT THREAD_PROCESS_SHARED
    ATEXIT_MAX PASS_MAX XOPEN_VERSION XOPEN_XCU_VERSION XOPEN_UNIX XOPEN_ENH_I18N XOPEN_SHM
    2_CHAR_TERM 2_C_VERSION XOPEN_XPG2 XOPEN_XPG3 XOPEN_XPG4 MB_LEN_MAX NL_ARGMAX NL_LANGMAX
    NL_MSGMAX NL_NMAX NL_SETMAX NL_TEXTMAX XBS5_LP64_OFF64 XOPEN_LEGACY XOPEN_REALTIME
    XOPEN_REALTIME_THREADS BARRIERS READER_WRITER_LOCKS SPIN_LOCKS REGEXP SHELL SPAWN TIMEOUTS
    V6_LP64_OFF64 V7_LP64_OFF64
";

/// What glibc has a name for and nothing to say about.
const UNANSWERED: [i32; 4] = [41, 241, 247, 248];

fn witness(name: i32) -> Result<Option<i64>> {
    // SAFETY: takes nothing.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: errno is this thread's own.
    unsafe { *errno = 0 };
    // SAFETY: takes an integer.
    match unsafe { libc::sysconf(name) } {
        -1 => match io::Error::last_os_error().raw_os_error() {
            Some(number) if number != 0 => Err(Errno::from_raw(number).unwrap()),
            _ => Ok(None),
        },
        value => Ok(Some(value)),
    }
}

fn ask(name: &str) -> Option<i64> {
    sysconf(name.parse().unwrap()).unwrap()
}

#[test]
fn every_answer_is_libcs_or_none() {
    let library: Vec<&str> = LIBRARY.split_whitespace().collect();
    let emulated = std::env::var_os("RAWOS_RUNNER").is_some();
    let (mut same, mut none) = (0, 0);
    for (text, name) in SysconfName::all() {
        let short = text.strip_prefix("SC_").unwrap();
        let (ours, theirs) = (sysconf(name), witness(name.raw()));
        match short {
            // Of the moment.
            "AVPHYS_PAGES" => {
                let all = ask("SC_PHYS_PAGES").unwrap();
                let (ours, theirs) = (ours.unwrap().unwrap(), theirs.unwrap().unwrap());
                assert!((0..=all).contains(&ours) && ours.abs_diff(theirs) <= all as u64 / 4);
            }
            // glibc asks the processor, or nobody; see below.
            _ if short.starts_with("LEVEL") => {}
            _ if library.contains(&short) => {
                assert_eq!(ours, Ok(None), "{text}");
                assert!(theirs.is_ok_and(|value| value.is_some()), "{text} is no exception");
                none += 1;
            }
            _ if UNANSWERED.contains(&name.raw()) => {
                assert_eq!((ours, theirs), (Ok(None), Err(Errno::EINVAL)), "{text}");
            }
            // An emulator shows its own registers' size, and the host's signals.
            "MINSIGSTKSZ" | "SIGSTKSZ" if emulated => assert!(ours.unwrap() >= Some(2048)),
            _ => {
                assert_eq!(ours, theirs, "{text}");
                same += 1;
            }
        }
    }
    assert_eq!(none, library.len());
    assert!(same >= 130, "{same}");
}

#[test]
fn names_that_are_none() {
    for number in (-5..0).chain(200..235).chain(251..2000).chain([i32::MIN, i32::MAX]) {
        let name = SysconfName::from_raw(number);
        assert_eq!(sysconf(name), Err(Errno::EINVAL), "{number}");
        assert_eq!(witness(number), Err(Errno::EINVAL), "{number}");
        assert_eq!(format!("{name:?}"), format!("SysconfName({number})"));
    }
    for text in ["", "SC_", "_SC_ARG_MAX", "sc_arg_max", "SC_ARG_MAX\0", "SC_ARG_MAX\0SC_CHILD_MAX"]
    {
        assert_eq!(text.parse::<SysconfName>(), Err(Errno::EINVAL), "{text:?}");
    }
    for (text, name) in SysconfName::all() {
        assert_eq!(text.parse(), Ok(name));
        let first = name.name().unwrap();
        assert!(first == text || ["SC_PAGE_SIZE", "SC_IOV_MAX"].contains(&text), "{text}");
    }
    assert_eq!(SysconfName::all().count(), 218);
}

#[test]
fn the_constants_are_libcs() {
    use SysconfName as N;
    let pairs = [
        (N::ARG_MAX, libc::_SC_ARG_MAX),
        (N::CLK_TCK, libc::_SC_CLK_TCK),
        (N::OPEN_MAX, libc::_SC_OPEN_MAX),
        (N::PAGE_SIZE, libc::_SC_PAGESIZE),
        (N::NPROCESSORS_ONLN, libc::_SC_NPROCESSORS_ONLN),
        (N::PHYS_PAGES, libc::_SC_PHYS_PAGES),
        (N::_2_C_BIND, libc::_SC_2_C_BIND),
        (N::IOV_MAX, libc::_SC_IOV_MAX),
        (N::HOST_NAME_MAX, libc::_SC_HOST_NAME_MAX),
        (N::IPV6, libc::_SC_IPV6),
        (N::THREAD_ROBUST_PRIO_PROTECT, libc::_SC_THREAD_ROBUST_PRIO_PROTECT),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours.raw(), theirs);
    }
}

#[test]
fn caches_are_those_of_sysfs() {
    let file = |index: u32, file: &str| {
        let path = format!("/sys/devices/system/cpu/cpu0/cache/index{index}/{file}");
        std::fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
    };
    let mut expected = std::collections::BTreeMap::new();
    for index in 0.. {
        let (Some(level), Some(kind)) = (file(index, "level"), file(index, "type")) else { break };
        let kind = match (&*level, &*kind) {
            ("1", "Instruction") => "I",
            ("1", "Data") => "D",
            (_, "Instruction") => continue,
            _ => "",
        };
        let start = format!("SC_LEVEL{level}_{kind}CACHE_");
        if let Some(size) = file(index, "size") {
            let kilobytes: i64 = size.strip_suffix('K').unwrap().parse().unwrap();
            expected.insert(start.clone() + "SIZE", kilobytes << 10);
        }
        for (name, from) in
            [("ASSOC", "ways_of_associativity"), ("LINESIZE", "coherency_line_size")]
        {
            if let Some(number) = file(index, from) {
                expected.insert(start.clone() + name, number.parse().unwrap());
            }
        }
    }
    for (text, name) in SysconfName::all().filter(|(text, _)| text.starts_with("SC_LEVEL")) {
        assert_eq!(sysconf(name), Ok(expected.get(text).copied()), "{text}");
    }
}

#[test]
fn limits_are_those_in_force() {
    alone("sysconf::limits_are_those_in_force", || {
        // The hard limit stays, since not everybody may raise it again.
        let set = |resource, cur| {
            // SAFETY: zeroes are a valid rlimit.
            let mut limit: libc::rlimit = unsafe { std::mem::zeroed() };
            // SAFETY: writes the struct.
            assert_eq!(unsafe { libc::getrlimit(resource, &mut limit) }, 0);
            limit.rlim_cur = cur;
            // SAFETY: reads the struct.
            cur <= limit.rlim_max && unsafe { libc::setrlimit(resource, &limit) } == 0
        };
        for (name, resource) in
            [("SC_CHILD_MAX", libc::RLIMIT_NPROC), ("SC_SIGQUEUE_MAX", libc::RLIMIT_SIGPENDING)]
        {
            let number = name.parse::<SysconfName>().unwrap().raw();
            assert!(set(resource, 123));
            assert_eq!((ask(name), witness(number)), (Some(123), Ok(Some(123))), "{name}");
            if set(resource, libc::RLIM_INFINITY) {
                assert_eq!((ask(name), witness(number)), (None, Ok(None)), "{name}");
            }
        }
        let limit = libc::rlimit { rlim_cur: 77, rlim_max: 99 };
        // SAFETY: reads the struct.
        assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
        assert_eq!(ask("SC_OPEN_MAX"), Some(77));
        // An emulator keeps the stack's limit to itself.
        if std::env::var_os("RAWOS_RUNNER").is_none() {
            for (stack, answer) in [(1 << 20, 262_144), (4096, 131_072), (4 << 20, 1 << 20)] {
                assert!(set(libc::RLIMIT_STACK, stack));
                assert_eq!((ask("SC_ARG_MAX"), witness(0)), (Some(answer), Ok(Some(answer))));
            }
            if set(libc::RLIMIT_STACK, libc::RLIM_INFINITY) {
                assert_eq!(Ok(ask("SC_ARG_MAX")), witness(0));
            }
        }
    });
}
