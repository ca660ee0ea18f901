//! Kernels without getrandom(2), made by a filter that refuses it.

use std::fs;

use rawos::{
    Errno,
    getrandom::{GetRandomFlags, getrandom, urandom},
};

use crate::{
    emulated,
    util::{self, alone, not_run, not_run_in_part},
};

/// From now on getrandom(2) fails with `errno`, in this thread.
fn refuse(errno: i32) {
    util::refuse(libc::SYS_getrandom, errno);
}

/// Whether the vDSO that the kernel maps has a generator: its name is there.
fn offered() -> bool {
    let name: &[u8] = match cfg!(target_arch = "aarch64") {
        true => b"\0__kernel_getrandom\0",
        false => b"\0__vdso_getrandom\0",
    };
    // SAFETY: reads the auxiliary vector.
    let base = unsafe { libc::getauxval(libc::AT_SYSINFO_EHDR) } as *const u8;
    if base.is_null() {
        return false;
    }
    // SAFETY: a page at least is mapped there, for ever.
    let page = unsafe { std::slice::from_raw_parts(base, 4096) };
    page.windows(name.len()).any(|window| window == name)
}

#[test]
fn with_the_vdso_there_are_no_system_calls() {
    if emulated() {
        return not_run(format_args!("the filter would be the emulator's"));
    }
    alone("fallback::with_the_vdso_there_are_no_system_calls", || {
        let none = GetRandomFlags::empty();
        let mut blocks = [[0; 16]; 1000];
        let mut draw = || {
            let drawn = blocks.iter_mut().map(|block| getrandom(block, none));
            drawn.filter(|drawn| *drawn == Ok(16)).count()
        };
        // Before as after: the state has its key, and which state it is depends
        // on how deep the stack is here.
        assert_eq!(draw(), 1000);
        refuse(libc::ENOSYS);
        // The kernel may want its key renewed meanwhile, but not at each draw.
        let drawn = draw();
        assert_eq!(drawn > 0, offered(), "{drawn} of 1000");
        if !offered() {
            not_run_in_part(format_args!("the vDSO has no generator here"));
        }
        // Of these flags the system call is the judge.
        for flags in [GetRandomFlags::RANDOM, GetRandomFlags::INSECURE] {
            assert_eq!(getrandom(&mut [0; 16], flags), Err(Errno::ENOSYS));
        }
        rawos::vdso::disable();
        assert_eq!(getrandom(&mut [0; 16], none), Err(Errno::ENOSYS));
        assert_eq!(urandom(&mut [0; 16]), Ok(16));
    });
}

fn falls_back(errno: i32) {
    let open = || fs::read_dir("/proc/self/fd").unwrap().count();
    refuse(errno);
    let before = open();
    for disabled in [false, true] {
        if disabled {
            rawos::vdso::disable();
        }
        let refused = getrandom(&mut [0; 16], GetRandomFlags::empty());
        assert_eq!(refused, Err(Errno::from_raw(errno).unwrap()));
        let mut blocks = [[0; 16]; 200];
        crate::blocks::draw(&mut blocks);
        crate::blocks::assert_all_differ(&[&blocks]);
        let mut large = vec![0; 1 << 20];
        assert_eq!(urandom(&mut large[..]), Ok(1 << 20));
        assert!(large.chunks(64).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
        assert_eq!(urandom(&mut [0; 0]), Ok(0));
    }
    assert_eq!(open(), before, "open descriptors");
}

#[test]
fn without_the_system_call_the_device_is_read() {
    if emulated() {
        return not_run(format_args!("the filter would be the emulator's"));
    }
    alone("fallback::without_the_system_call_the_device_is_read", || falls_back(libc::ENOSYS));
}

#[test]
fn where_a_filter_forbids_it_the_device_is_read() {
    if emulated() {
        return not_run(format_args!("the filter would be the emulator's"));
    }
    alone("fallback::where_a_filter_forbids_it_the_device_is_read", || falls_back(libc::EPERM));
}

#[test]
fn another_error_is_no_reason_to_read_the_device() {
    if emulated() {
        return not_run(format_args!("the filter would be the emulator's"));
    }
    alone("fallback::another_error_is_no_reason_to_read_the_device", || {
        refuse(libc::EIO);
        assert_eq!(urandom(&mut [0; 16]), Err(Errno::EIO));
    });
}

#[test]
fn without_the_device_it_fails_and_says_why() {
    // SAFETY: takes nothing.
    if emulated() || unsafe { libc::getuid() } != 0 {
        return not_run(format_args!("needs a filter, and root for another root directory"));
    }
    alone("fallback::without_the_device_it_fails_and_says_why", || {
        let root = util::temp_dir();
        fs::create_dir(root.path().join("dev")).unwrap();
        let path = std::ffi::CString::new(root.path().to_str().unwrap()).unwrap();
        refuse(libc::ENOSYS);
        let outside = fs::File::open("/").unwrap();
        // SAFETY: only reads the path.
        assert_eq!(unsafe { libc::chroot(path.as_ptr()) }, 0);
        let missing = urandom(&mut [0; 16]);
        // What is no such device is no source, however readable.
        fs::write("/dev/urandom", [1; 64]).unwrap();
        let file = urandom(&mut [0; 16]);
        fs::remove_file("/dev/urandom").unwrap();
        // SAFETY: only reads the path. 1, 5 is /dev/zero.
        let made = unsafe {
            libc::mknod(c"/dev/urandom".as_ptr(), libc::S_IFCHR | 0o666, libc::makedev(1, 5))
        };
        let zero = urandom(&mut [0; 16]);
        // Back, so that the directory can be removed.
        // SAFETY: takes a descriptor.
        assert_eq!(unsafe { libc::fchdir(std::os::fd::AsRawFd::as_raw_fd(&outside)) }, 0);
        // SAFETY: only reads the path.
        assert_eq!(unsafe { libc::chroot(c".".as_ptr()) }, 0);
        assert_eq!(missing, Err(Errno::ENOENT));
        assert_eq!(file, Err(Errno::ENODEV));
        // A file system may refuse devices (`nodev`).
        let refused = made != 0 || zero == Err(Errno::EACCES);
        assert!(refused || zero == Err(Errno::ENODEV), "{zero:?}");
    });
}
