//! `src/init/loopdev.rs`. Loop devices belong to the machine, and guests have no
//! driver for them: with the variable `RAWOS_LOOP` set, free ones are used for a
//! moment.

use std::{
    env,
    fs::{self, File},
    io::Read as _,
    os::{
        fd::AsRawFd as _,
        unix::fs::{FileExt as _, MetadataExt as _},
    },
};

use rawos::{
    Errno,
    fd::{self, BorrowedFd},
    init::{self, LoopConfig, LoopFlags},
};

use crate::util::{TempDir, as_nobody, is_cloexec, not_run, temp_dir};

/// Whether there are devices to be used.
fn usable() -> bool {
    // SAFETY: takes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    let usable = root && env::var_os("RAWOS_LOOP").is_some();
    if !usable {
        not_run("loop devices are the machine's (RAWOS_LOOP=1 uses them)");
    }
    usable
}

/// A file of four blocks, each full of its number.
fn image() -> (TempDir, File) {
    let dir = temp_dir();
    let path = dir.path().join("image");
    let blocks: Vec<u8> = (0..4).flat_map(|number| [number; 4096]).collect();
    fs::write(&path, blocks).unwrap();
    (dir, File::options().read(true).write(true).open(path).unwrap())
}

fn borrow(file: &File) -> BorrowedFd<'_> {
    // SAFETY: the file is open as long as it is borrowed.
    unsafe { BorrowedFd::borrow_raw(file.as_raw_fd()) }
}

/// Whether the device has no file.
fn free(number: u32) -> bool {
    !fs::exists(format!("/sys/block/loop{number}/loop")).unwrap()
}

#[test]
fn what_is_no_loop_device_says_so() {
    let (reader, _writer) = fd::pipe().unwrap();
    let null = File::open("/dev/null").unwrap();
    for fd in [rawos::fd::AsFd::as_fd(&reader), borrow(&null)] {
        assert_eq!(init::loop_status(fd), Err(Errno::ENOTTY));
        assert_eq!(init::loop_detach(fd), Err(Errno::ENOTTY));
    }
    let unknown = LoopConfig { flags: LoopFlags::from_bits_retain(2), ..LoopConfig::default() };
    assert_eq!(init::loop_attach(&reader, &unknown).err(), Some(Errno::EINVAL));
    // Before anything is opened.
    as_nobody(|| {
        let attach = |block_size| {
            let config = LoopConfig { block_size, ..LoopConfig::default() };
            init::loop_attach(&reader, &config).err()
        };
        // SAFETY: takes an integer.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u32;
        for size in [1, 256, 511, 513, 1000, 1536, 2 * page, 1 << 31, u32::MAX] {
            assert_eq!(attach(size), Some(Errno::EINVAL), "{size}");
        }
        for size in [512, 1024, page] {
            assert_eq!(attach(size), attach(0), "{size}");
        }
    });
}

#[test]
fn without_devices_or_privilege_there_is_none() {
    as_nobody(|| {
        let file = File::open("/proc/self/stat").unwrap();
        let theirs = File::options().read(true).write(true).open("/dev/loop-control");
        let Err(theirs) = theirs else {
            return not_run("loop devices are for everybody here");
        };
        let theirs = theirs.raw_os_error().and_then(Errno::from_raw);
        assert_eq!(init::loop_attach(borrow(&file), &LoopConfig::default()).err(), theirs);
    });
}

#[test]
fn a_file_becomes_a_device() {
    if !usable() {
        return;
    }
    let (_dir, file) = image();
    attach_each_way(&file);
}

#[test]
fn older_kernels_do_it_in_steps() {
    if !usable() || crate::apart::emulated() {
        return;
    }
    let (_dir, file) = image();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            without_configure();
            attach_each_way(&file);
        });
    });
}

/// From now on this thread's LOOP_CONFIGURE fails as on Linux 5.7.
fn without_configure() {
    let op = |code: u32, jf, k| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let load = |at| op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, at);
    let equal = |value, jf| op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, jf, value);
    let give = |value| op(libc::BPF_RET | libc::BPF_K, 0, value);
    let mut filter = [
        load(0),
        equal(libc::SYS_ioctl as u32, 3),
        load(24),
        equal(0x4c0a, 1),
        give(libc::SECCOMP_RET_ERRNO | libc::EINVAL as u32),
        give(libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 6, filter: filter.as_mut_ptr() };
    let mode = libc::SECCOMP_MODE_FILTER as libc::c_ulong;
    // SAFETY: takes integers.
    let fixed = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1u64, 0u64, 0u64, 0u64) };
    // SAFETY: reads the program.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
    assert_eq!((fixed, set), (0, 0));
}

fn attach_each_way(file: &File) {
    let stat = file.metadata().unwrap();
    // Part of it, and gone by itself.
    let flags = LoopFlags::READ_ONLY | LoopFlags::AUTOCLEAR;
    let config = LoopConfig { offset: 4096, size_limit: 8192, block_size: 0, flags };
    let device = init::loop_attach(borrow(file), &config).unwrap();
    assert!(is_cloexec(rawos::fd::AsFd::as_fd(&device).as_raw_fd()));
    assert_eq!(device.path(), format!("/dev/loop{}", device.number()));
    let status = init::loop_status(&device).unwrap();
    assert_eq!((status.number, status.flags), (device.number(), flags));
    assert_eq!((status.offset, status.size_limit), (4096, 8192));
    assert_eq!((status.file_dev, status.file_ino), (stat.dev(), stat.ino()));
    let mut content = Vec::new();
    File::open(device.path()).unwrap().read_to_end(&mut content).unwrap();
    assert_eq!(content, [[1; 4096], [2; 4096]].concat());
    let number = device.number();
    assert_eq!(fs::read_to_string(format!("/sys/block/loop{number}/ro")).unwrap(), "1\n");
    drop(device);
    wait_until(|| free(number));

    // All of it, for writing; until it is taken back.
    let config = LoopConfig { block_size: 4096, ..LoopConfig::default() };
    let device = init::loop_attach(borrow(file), &config).unwrap();
    let number = device.number();
    assert_eq!(init::loop_status(&device).unwrap().flags, LoopFlags::empty());
    let size = fs::read_to_string(format!("/sys/block/loop{number}/queue/logical_block_size"));
    assert_eq!(size.unwrap(), "4096\n");
    {
        let disk = File::options().read(true).write(true).open(device.path()).unwrap();
        disk.write_all_at(&[9; 4096], 0).unwrap();
        disk.sync_all().unwrap();
    }
    let mut start = [0; 4096];
    file.read_exact_at(&mut start, 0).unwrap();
    assert_eq!(start, [9; 4096]);
    file.write_all_at(&[0; 4096], 0).unwrap();
    assert_eq!(init::loop_detach(&device), Ok(()));
    drop(device);
    wait_until(|| free(number));

    // What is wrong leaves no device behind.
    let taken = || (0..64).filter(|number| !free(*number)).count();
    let before = taken();
    let (reader, _writer) = fd::pipe().unwrap();
    assert!(init::loop_attach(&reader, &LoopConfig::default()).is_err());
    for config in [
        LoopConfig { block_size: 100, ..LoopConfig::default() },
        LoopConfig { offset: u64::MAX, ..LoopConfig::default() },
    ] {
        assert!(init::loop_attach(borrow(file), &config).is_err(), "{config:?}");
    }
    wait_until(|| taken() == before);
}

/// Waits for what the kernel does a moment later.
fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..1000 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("never");
}
