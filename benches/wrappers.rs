//! The same system calls by everyone, for `calls` (their time) and
//! `instructions` (what is executed around the kernel).

use std::ffi::CStr;
use std::fs::File;
use std::hint::black_box;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;

use nix::fcntl as nix_fcntl;
use nix::sys::stat as nix_stat;
use rawos::fd::OwnedFd;
use rawos::fs::{self as raw_fs, Mode, OFlags};
use rustix::fs as rustix_fs;
use syscalls::Sysno;

/// What the calls are about, opened by each side in its own way.
pub struct Files {
    zero: OwnedFd,
    null: OwnedFd,
    std_zero: File,
    std_null: File,
    path: &'static CStr,
    text: &'static str,
    buf: Box<Buffer>,
}

/// Where the pages begin makes a difference to the kernel's copying.
#[repr(align(4096))]
struct Buffer([u8; 65536]);

impl Files {
    pub fn new() -> Files {
        Files {
            zero: raw_fs::open(c"/dev/zero", OFlags::RDONLY, Mode::empty()).expect("/dev/zero"),
            null: raw_fs::open(c"/dev/null", OFlags::WRONLY, Mode::empty()).expect("/dev/null"),
            std_zero: File::open("/dev/zero").expect("/dev/zero"),
            std_null: File::options().write(true).open("/dev/null").expect("/dev/null"),
            path: black_box(c"/dev/null"),
            text: black_box("/dev/null"),
            buf: Box::new(Buffer([0; 65536])),
        }
    }
}

pub type Call = fn(&mut Files);

/// A system call, and how each makes it; rawos is the first.
pub type Row = (&'static str, &'static [(&'static str, Call)]);

pub const ROWS: &[Row] = &[
    (
        "null system call",
        &[
            ("rawos", |_| _ = black_box(rawos::process::getppid())),
            ("stub", |_| _ = black_box(stub0(libc::SYS_getppid))),
            ("rustix", |_| _ = black_box(rustix::process::getppid())),
            // SAFETY: touches no memory.
            ("libc", |_| _ = black_box(unsafe { libc::getppid() })),
            ("nix", |_| _ = black_box(nix::unistd::getppid())),
            // SAFETY: touches no memory.
            ("sc", |_| _ = black_box(unsafe { sc::syscall!(GETPPID) })),
            // SAFETY: touches no memory.
            ("syscalls", |_| _ = black_box(unsafe { syscalls::syscall!(Sysno::getppid) })),
        ],
    ),
    ("read, 1 byte", &reads::<1>()),
    ("read, 64 KiB", &reads::<65536>()),
    ("write, 1 byte", &writes::<1>()),
    ("write, 64 KiB", &writes::<65536>()),
    (
        "openat and close",
        &[
            ("rawos", |files| drop(rawos_open(files))),
            ("stub", |files| _ = black_box(stub1(libc::SYS_close, stub_open(files)))),
            ("rustix", |files| drop(rustix_open(files))),
            ("libc", |files| {
                // SAFETY: opened here, and nobody else's.
                _ = black_box(unsafe { libc::close(libc_open(files)) });
            }),
            ("nix", |files| drop(nix_open(files))),
            ("sc", |files| {
                let fd = sc_open(files);
                // SAFETY: opened here, and nobody else's.
                _ = black_box(unsafe { sc::syscall!(CLOSE, fd) });
            }),
            ("syscalls", |files| {
                let fd = syscalls_open(files);
                // SAFETY: opened here, and nobody else's.
                _ = black_box(unsafe { syscalls::syscall!(Sysno::close, fd) });
            }),
        ],
    ),
    (
        "fstat",
        &[
            ("rawos", |files| _ = black_box(&raw_fs::fstat(&files.null))),
            ("stub", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let fd = files.std_null.as_raw_fd() as usize;
                _ = black_box(stub2(libc::SYS_fstat, fd, stat.as_mut_ptr().expose_provenance()));
                _ = black_box(&stat);
            }),
            ("rustix", |files| _ = black_box(&rustix_fs::fstat(&files.std_null))),
            ("libc", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let fd = files.std_null.as_raw_fd();
                // SAFETY: writes the struct.
                _ = black_box(unsafe { libc::fstat(fd, stat.as_mut_ptr()) });
                _ = black_box(&stat);
            }),
            ("nix", |files| _ = black_box(&nix_stat::fstat(&files.std_null))),
            ("sc", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let fd = files.std_null.as_raw_fd();
                // SAFETY: writes the struct.
                _ = black_box(unsafe { sc::syscall!(FSTAT, fd, stat.as_mut_ptr()) });
                _ = black_box(&stat);
            }),
            ("syscalls", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let fd = files.std_null.as_raw_fd();
                // SAFETY: writes the struct.
                _ = black_box(unsafe { syscalls::syscall!(Sysno::fstat, fd, stat.as_mut_ptr()) });
                _ = black_box(&stat);
            }),
        ],
    ),
    // What is not looked at need not be copied: most callers want a field or two.
    (
        "fstat for a field",
        &[
            ("rawos", |files| _ = black_box(raw_fs::fstat(&files.null).map(|s| s.st_size()))),
            ("stub", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let fd = files.std_null.as_raw_fd() as usize;
                let told = stub2(libc::SYS_fstat, fd, stat.as_mut_ptr().expose_provenance());
                // SAFETY: written by then.
                let stat = (told == 0).then(|| unsafe { stat.assume_init_ref() });
                _ = black_box(stat.map(|stat| stat.st_size));
            }),
            ("rustix", |files| {
                _ = black_box(rustix_fs::fstat(&files.std_null).map(|stat| stat.st_size));
            }),
        ],
    ),
    (
        "stat, &CStr",
        &[
            ("rawos", |files| _ = black_box(&raw_fs::stat(files.path))),
            ("stub", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                let path = files.path.as_ptr().expose_provenance();
                let (cwd, to) = (libc::AT_FDCWD as usize, stat.as_mut_ptr().expose_provenance());
                _ = black_box(stub4(libc::SYS_newfstatat, cwd, path, to, 0));
                _ = black_box(&stat);
            }),
            ("rustix", |files| _ = black_box(&rustix_fs::stat(files.path))),
            ("libc", |files| {
                let mut stat = MaybeUninit::<libc::stat>::uninit();
                // SAFETY: reads the path and writes the struct.
                _ = black_box(unsafe { libc::stat(files.path.as_ptr(), stat.as_mut_ptr()) });
                _ = black_box(&stat);
            }),
            ("nix", |files| _ = black_box(&nix_stat::stat(files.path))),
        ],
    ),
    (
        "stat, &str",
        &[
            ("rawos", |files| _ = black_box(&raw_fs::stat(files.text))),
            ("rustix", |files| _ = black_box(&rustix_fs::stat(files.text))),
            ("nix", |files| _ = black_box(&nix_stat::stat(files.text))),
            ("std", |files| _ = black_box(&std::fs::metadata(files.text))),
        ],
    ),
    (
        "open and close, &str",
        &[
            ("rawos", |files| {
                let flags = OFlags::RDONLY | OFlags::CLOEXEC;
                drop(black_box(raw_fs::open(files.text, flags, Mode::empty())));
            }),
            ("rustix", |files| {
                let flags = rustix_fs::OFlags::RDONLY | rustix_fs::OFlags::CLOEXEC;
                drop(black_box(rustix_fs::open(files.text, flags, rustix_fs::Mode::empty())));
            }),
            ("nix", |files| {
                let flags = nix_fcntl::OFlag::O_RDONLY | nix_fcntl::OFlag::O_CLOEXEC;
                drop(black_box(nix_fcntl::open(files.text, flags, nix_stat::Mode::empty())));
            }),
            ("std", |files| drop(black_box(File::open(files.text)))),
        ],
    ),
];

/// Each opens and does not close, so it cannot go on for ever.
#[allow(dead_code, reason = "not for all benches")]
pub const OPENAT: Row = (
    "openat",
    &[
        ("rawos", |files| std::mem::forget(rawos_open(files))),
        ("stub", |files| _ = black_box(stub_open(files))),
        ("rustix", |files| std::mem::forget(rustix_open(files))),
        ("libc", |files| _ = black_box(libc_open(files))),
        ("nix", |files| std::mem::forget(nix_open(files))),
        ("sc", |files| _ = black_box(sc_open(files))),
        ("syscalls", |files| _ = black_box(syscalls_open(files))),
    ],
);

const fn reads<const N: usize>() -> [(&'static str, Call); 7] {
    [
        ("rawos", |files| {
            _ = black_box(rawos::fd::read(&files.zero, &mut files.buf.0[..N]).is_ok());
        }),
        ("stub", |files| {
            let fd = files.std_zero.as_raw_fd() as usize;
            let buf = files.buf.0.as_mut_ptr().expose_provenance();
            _ = black_box(stub3(libc::SYS_read, fd, buf, N) >= 0);
        }),
        ("rustix", |files| {
            _ = black_box(rustix::io::read(&files.std_zero, &mut files.buf.0[..N]).is_ok());
        }),
        ("libc", |files| {
            let (fd, buf) = (files.std_zero.as_raw_fd(), files.buf.0.as_mut_ptr());
            // SAFETY: writes at most as much as there is.
            _ = black_box(unsafe { libc::read(fd, buf.cast(), N) } >= 0);
        }),
        ("nix", |files| {
            _ = black_box(nix::unistd::read(&files.std_zero, &mut files.buf.0[..N]).is_ok());
        }),
        ("sc", |files| {
            let (fd, buf) = (files.std_zero.as_raw_fd(), files.buf.0.as_mut_ptr());
            // SAFETY: writes at most as much as there is.
            _ = black_box(unsafe { sc::syscall!(READ, fd, buf, N) }.cast_signed() >= 0);
        }),
        ("syscalls", |files| {
            let (fd, buf) = (files.std_zero.as_raw_fd(), files.buf.0.as_mut_ptr());
            // SAFETY: writes at most as much as there is.
            _ = black_box(unsafe { syscalls::syscall!(Sysno::read, fd, buf, N) }.is_ok());
        }),
    ]
}

const fn writes<const N: usize>() -> [(&'static str, Call); 7] {
    [
        ("rawos", |files| {
            _ = black_box(rawos::fd::write(&files.null, &files.buf.0[..N]).is_ok());
        }),
        ("stub", |files| {
            let fd = files.std_null.as_raw_fd() as usize;
            let buf = files.buf.0.as_ptr().expose_provenance();
            _ = black_box(stub3(libc::SYS_write, fd, buf, N) >= 0);
        }),
        ("rustix", |files| {
            _ = black_box(rustix::io::write(&files.std_null, &files.buf.0[..N]).is_ok());
        }),
        ("libc", |files| {
            let (fd, buf) = (files.std_null.as_raw_fd(), files.buf.0.as_ptr());
            // SAFETY: reads as much as there is.
            _ = black_box(unsafe { libc::write(fd, buf.cast(), N) } >= 0);
        }),
        ("nix", |files| {
            _ = black_box(nix::unistd::write(&files.std_null, &files.buf.0[..N]).is_ok());
        }),
        ("sc", |files| {
            let (fd, buf) = (files.std_null.as_raw_fd(), files.buf.0.as_ptr());
            // SAFETY: reads as much as there is.
            _ = black_box(unsafe { sc::syscall!(WRITE, fd, buf, N) }.cast_signed() >= 0);
        }),
        ("syscalls", |files| {
            let (fd, buf) = (files.std_null.as_raw_fd(), files.buf.0.as_ptr());
            // SAFETY: reads as much as there is.
            _ = black_box(unsafe { syscalls::syscall!(Sysno::write, fd, buf, N) }.is_ok());
        }),
    ]
}

#[inline]
fn rawos_open(files: &Files) -> OwnedFd {
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    raw_fs::openat(rawos::fd::CWD, files.path, flags, Mode::empty()).expect("opened")
}

#[inline]
fn rustix_open(files: &Files) -> std::os::fd::OwnedFd {
    let flags = rustix_fs::OFlags::RDONLY | rustix_fs::OFlags::CLOEXEC;
    rustix_fs::openat(rustix_fs::CWD, files.path, flags, rustix_fs::Mode::empty()).expect("opened")
}

#[inline]
fn nix_open(files: &Files) -> std::os::fd::OwnedFd {
    let flags = nix_fcntl::OFlag::O_RDONLY | nix_fcntl::OFlag::O_CLOEXEC;
    let mode = nix_stat::Mode::empty();
    nix_fcntl::openat(nix_fcntl::AT_FDCWD, files.path, flags, mode).expect("opened")
}

#[inline]
fn libc_open(files: &Files) -> libc::c_int {
    let flags = libc::O_RDONLY | libc::O_CLOEXEC;
    // SAFETY: reads the path.
    let fd = unsafe { libc::openat(libc::AT_FDCWD, files.path.as_ptr(), flags) };
    assert!(fd >= 0);
    fd
}

#[inline]
fn stub_open(files: &Files) -> usize {
    let path = files.path.as_ptr().expose_provenance();
    let flags = libc::O_RDONLY | libc::O_CLOEXEC;
    let fd = stub3(libc::SYS_openat, libc::AT_FDCWD as usize, path, flags as usize);
    assert!(fd >= 0);
    fd as usize
}

#[inline]
fn sc_open(files: &Files) -> usize {
    let flags = libc::O_RDONLY | libc::O_CLOEXEC;
    // SAFETY: reads the path.
    let fd = unsafe { sc::syscall!(OPENAT, libc::AT_FDCWD, files.path.as_ptr(), flags) };
    assert!(fd.cast_signed() >= 0);
    fd
}

#[inline]
fn syscalls_open(files: &Files) -> usize {
    let (path, flags) = (files.path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC);
    // SAFETY: reads the path.
    let fd = unsafe { syscalls::syscall!(Sysno::openat, libc::AT_FDCWD, path, flags) };
    fd.expect("opened")
}

/// As little as a system call can be, by hand: the floor. That its arguments are
/// good is the promise of those who call it, all of whom are above.
macro_rules! stub {
    ($name:ident $(, $arg:ident $x86_64:tt $aarch64:tt $riscv64:tt)*) => {
        #[inline(always)]
        fn $name(number: libc::c_long, $($arg: usize),*) -> isize {
            let result: isize;
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the kernel writes what the caller named, and changes rcx
            // and r11.
            unsafe {
                std::arch::asm!(
                    "syscall",
                    in("rax") number, $(in($x86_64) $arg,)* lateout("rax") result,
                    lateout("rcx") _, lateout("r11") _, options(nostack, preserves_flags)
                );
            }
            #[cfg(target_arch = "aarch64")]
            // SAFETY: the kernel writes what the caller named.
            unsafe {
                std::arch::asm!(
                    "svc 0",
                    in("x8") number, $(in($aarch64) $arg,)* lateout("x0") result,
                    options(nostack, preserves_flags)
                );
            }
            #[cfg(target_arch = "riscv64")]
            // SAFETY: the kernel writes what the caller named; no vector is in
            // use here.
            unsafe {
                std::arch::asm!(
                    "ecall",
                    in("a7") number, $(in($riscv64) $arg,)* lateout("a0") result,
                    options(nostack)
                );
            }
            result
        }
    };
}

stub!(stub0);
stub!(stub1, a "rdi" "x0" "a0");
stub!(stub2, a "rdi" "x0" "a0", b "rsi" "x1" "a1");
stub!(stub3, a "rdi" "x0" "a0", b "rsi" "x1" "a1", c "rdx" "x2" "a2");
stub!(stub4, a "rdi" "x0" "a0", b "rsi" "x1" "a1", c "rdx" "x2" "a2", d "r10" "x3" "a3");
