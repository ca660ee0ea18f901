//! `src/auxv.rs`, against the vector that libc has from the program's start,
//! and against the file that the kernel shows it in.

use std::os::fd::AsRawFd as _;

use rawos::auxv;

use crate::util::{alone, libc_result, not_run, temp_dir};

#[test]
fn every_value_is_libcs() {
    let mut found = 0;
    for kind in 1..64 {
        // SAFETY: takes nothing.
        let errno = unsafe { libc::__errno_location() };
        // SAFETY: errno is this thread's own.
        unsafe { *errno = 0 };
        // SAFETY: takes an integer.
        let theirs = unsafe { libc::getauxval(kind) };
        // SAFETY: as above.
        let theirs = (unsafe { *errno } == 0).then_some(theirs as usize);
        match kind {
            // On x86_64, glibc puts bits of its own into this one.
            libc::AT_HWCAP if cfg!(target_arch = "x86_64") => {}
            // Here it returns 0 also where there is none.
            libc::AT_HWCAP2 => assert_eq!(auxv::getauxval(kind).or(Some(0)), theirs),
            _ => assert_eq!(auxv::getauxval(kind), theirs, "{kind}"),
        }
        found += usize::from(theirs.is_some());
    }
    assert!(found >= 12, "{found}");
    for kind in [0, 64, 1000, u64::MAX] {
        assert_eq!(auxv::getauxval(kind), None, "{kind}");
    }
}

#[test]
fn every_value_is_that_of_proc() {
    let bytes = std::fs::read("/proc/self/auxv").unwrap();
    let words: Vec<usize> = bytes
        .chunks_exact(size_of::<usize>())
        .map(|word| usize::from_ne_bytes(word.try_into().unwrap()))
        .collect();
    let entries: Vec<_> = words.chunks_exact(2).take_while(|entry| entry[0] != 0).collect();
    assert!(entries.len() >= 12);
    for entry in entries {
        assert_eq!(auxv::getauxval(entry[0] as u64), Some(entry[1]), "{entry:?}");
    }
}

#[test]
fn what_the_values_say() {
    // SAFETY: takes an integer.
    let sysconf = |name| unsafe { libc::sysconf(name) } as usize;
    assert_eq!(auxv::page_size(), sysconf(libc::_SC_PAGESIZE));
    assert_eq!(auxv::clock_ticks(), sysconf(libc::_SC_CLK_TCK));
    assert!(!auxv::secure());
    let value = |kind| auxv::getauxval(kind).unwrap_or(0);
    assert_eq!(auxv::hwcaps(), [value(libc::AT_HWCAP), value(libc::AT_HWCAP2)]);
    assert!(auxv::min_signal_stack() >= value(libc::AT_MINSIGSTKSZ).max(2048));
    // SAFETY: takes an integer.
    let random = unsafe { libc::getauxval(libc::AT_RANDOM) } as *const [u8; 16];
    // SAFETY: the kernel put 16 bytes there.
    assert_eq!(auxv::random(), Some(unsafe { *random }));
}

/// Has the kernel refuse PR_GET_AUXV, for this process and its children.
fn refuse_prctl() -> bool {
    let statement = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let filter = [
        // Load the number and the first argument's lower half; compare.
        statement(0x20, 0, 0, 0),
        statement(0x15, 0, 3, libc::SYS_prctl as u32),
        statement(0x20, 0, 0, 16),
        statement(0x15, 0, 1, 0x4155_5856),
        statement(0x06, 0, 0, libc::SECCOMP_RET_ERRNO | libc::EINVAL as u32),
        statement(0x06, 0, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 6, filter: filter.as_ptr().cast_mut() };
    // SAFETY: takes integers.
    let privileges = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: only reads the program, of six statements.
    privileges == 0 && unsafe { libc::prctl(libc::PR_SET_SECCOMP, 2, &program) } == 0
}

#[test]
fn without_the_system_call_there_is_the_file() {
    alone("auxv::without_the_system_call_there_is_the_file", || {
        if !refuse_prctl() {
            return not_run(format_args!("no filter of system calls can be installed"));
        }
        // SAFETY: takes an integer.
        let entry = unsafe { libc::getauxval(libc::AT_ENTRY) } as usize;
        assert_eq!(auxv::getauxval(libc::AT_ENTRY), Some(entry));
        assert!(auxv::random().is_some() && !auxv::secure());
    });
}

#[test]
fn without_the_file_too_the_answers_are_safe() {
    alone("auxv::without_the_file_too_the_answers_are_safe", || {
        // SAFETY: takes an integer.
        let page_size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
        let empty = temp_dir();
        let root = std::ffi::CString::new(empty.path().to_str().unwrap()).unwrap();
        // SAFETY: takes no argument.
        if unsafe { libc::geteuid() } != 0 || !refuse_prctl() {
            return not_run(format_args!("needs root and a filter of system calls"));
        }
        let back = std::fs::File::open("/").unwrap();
        // SAFETY: only reads the path.
        assert_eq!(unsafe { libc::chroot(root.as_ptr()) }, 0);
        // A file that is not the kernel's is none.
        std::fs::create_dir_all("/proc/self").unwrap();
        let forged = [libc::AT_PAGESZ as usize, 1 << 20, libc::AT_RANDOM as usize, 8, 0, 0];
        std::fs::write("/proc/self/auxv", forged.map(usize::to_ne_bytes).as_flattened()).unwrap();
        assert_eq!(auxv::getauxval(libc::AT_PAGESZ), None);
        assert_eq!((auxv::page_size(), auxv::clock_ticks()), (page_size, 100));
        assert_eq!((auxv::hwcaps(), auxv::random(), auxv::secure()), ([0; 2], None, true));
        assert!(auxv::min_signal_stack() >= 2048);
        // Nor is there anything else to read, and nothing panics.
        for (text, name) in rawos::system::SysconfName::all() {
            assert!(rawos::system::sysconf(name).is_ok(), "{text}");
        }
        let mine = rawos::system::process_cpu_count();
        assert!(mine.is_some() && rawos::system::cpu_count() == mine);
        // Back, so that the directory can be removed.
        // SAFETY: takes a descriptor.
        assert_eq!(unsafe { libc::fchdir(back.as_raw_fd()) }, 0);
        // SAFETY: only reads the path.
        assert_eq!(unsafe { libc::chroot(c".".as_ptr()) }, 0);
    });
}

#[test]
fn the_least_stack_for_handlers_is_accepted() {
    // Of this thread alone, which ends with the test.
    std::thread::spawn(|| {
        let least = auxv::min_signal_stack();
        let mut memory = vec![0_u8; least];
        let mut set = |size| {
            let (ss_sp, ss_flags) = (memory.as_mut_ptr().cast(), 0);
            let stack = libc::stack_t { ss_sp, ss_flags, ss_size: size };
            // SAFETY: reads the struct; no handler runs on the stack.
            libc_result(unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) })
        };
        assert_eq!(set(least), Ok(0));
        assert_eq!(set(2047), Err(rawos::Errno::ENOMEM));
        let stack =
            libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: libc::SS_DISABLE, ss_size: 0 };
        // SAFETY: as above; the stack goes before its memory.
        assert_eq!(unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) }, 0);
    })
    .join()
    .unwrap();
}
