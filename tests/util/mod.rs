//! What the integration tests share: temporary directories, other users,
//! signals. Witnesses are std, libc and python3, never rawos.
#![allow(dead_code, unused_imports, reason = "each test binary uses its own part")]

pub mod again;
pub mod child;

use std::{
    io,
    panic::{self, UnwindSafe},
    thread,
};

pub use tempfile::TempDir;

mod alone;

pub use self::alone::{alone, default_signals, not_run, not_run_in_part, runner, this_program};

/// A fresh directory that goes with its value, open to every user.
pub fn temp_dir() -> TempDir {
    let dir = tempfile::Builder::new().prefix("rawos-").tempdir().expect("a temporary directory");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(dir.path(), open).expect("its mode");
    dir
}

/// Writes a file that is to be executed. A child that another test makes
/// meanwhile has it open for writing until it executes its own program, and so
/// long the kernel refuses to execute this one: ETXTBSY. A lease is refused as
/// long, and tells.
pub fn write_program(path: &std::path::Path, content: &[u8]) {
    std::fs::write(path, content).expect("a program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("its mode");
    let file = std::fs::File::open(path).expect("the program");
    let lease = |kind: i32| {
        let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
        // SAFETY: F_SETLEASE takes a number.
        unsafe { libc::fcntl(fd, libc::F_SETLEASE, kind) }
    };
    // Any other error is of a file system that knows no leases.
    while lease(libc::F_RDLCK) == -1
        && std::io::Error::last_os_error().raw_os_error() == Some(libc::EAGAIN)
    {
        std::thread::yield_now();
    }
    lease(libc::F_UNLCK);
}

/// That `call` ends so when what was closed is so everywhere: a child that another test makes meanwhile
/// has it open until it executes its own program.
#[track_caller]
pub fn assert_soon<T: PartialEq + std::fmt::Debug>(expected: T, mut call: impl FnMut() -> T) {
    let mut ended = call();
    for _ in 0..1000 {
        if ended == expected {
            return;
        }
        thread::sleep(std::time::Duration::from_millis(5));
        ended = call();
    }
    assert_eq!(ended, expected);
}

/// As [`temp_dir`], in memory where that is possible: for very many files.
pub fn bulk_dir() -> TempDir {
    let shm = std::path::Path::new("/dev/shm");
    let parent = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() };
    let dir = tempfile::Builder::new().prefix("rawos-").tempdir_in(parent);
    dir.expect("a temporary directory")
}

/// The result of a libc call, as rawos returns it.
pub fn libc_result(returned: impl Into<i64>) -> Result<i64, rawos::Errno> {
    match returned.into() {
        -1 => {
            let number = io::Error::last_os_error().raw_os_error().expect("an errno");
            Err(rawos::Errno::from_raw(number).expect("a Linux errno"))
        }
        value => Ok(value),
    }
}

/// Runs `then` as the user nobody (if this is root; else as who it is) and
/// without any capability, in a thread of its own: the kernel's credentials are
/// per thread, and the raw calls change no other.
pub fn as_nobody<T: Send>(then: impl FnOnce() -> T + Send + UnwindSafe) -> T {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            // SAFETY: setresuid(2) takes three integers.
            if unsafe { libc::getuid() } == 0 {
                let ids = [65534; 3];
                // SAFETY: as above; gid first, while it is still allowed.
                let gid = unsafe { libc::syscall(libc::SYS_setresgid, ids[0], ids[1], ids[2]) };
                // SAFETY: as above.
                let uid = unsafe { libc::syscall(libc::SYS_setresuid, ids[0], ids[1], ids[2]) };
                assert_eq!((gid, uid), (0, 0), "{}", io::Error::last_os_error());
            }
            // Whoever is not user 0 may have some all the same.
            let (version_3, none) = ([0x2008_0522u32, 0], [0u32; 6]);
            // SAFETY: capset(2) reads a header of two words and two sets of three.
            let dropped = unsafe { libc::syscall(libc::SYS_capset, &version_3, &none) };
            assert_eq!(dropped, 0, "{}", io::Error::last_os_error());
            then()
        });
        thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

/// Interrupts the calling thread `times` times with SIGUSR1, a millisecond
/// apart at first and then less often, while `then` runs. The handler does
/// nothing and is installed without SA_RESTART, so blocking calls see EINTR.
pub fn interrupted<T>(times: u32, then: impl FnOnce() -> T) -> T {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: a zeroed sigaction is a valid one.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = nothing as *const () as usize;
    // SAFETY: the handler does nothing; the signal is used for this only.
    let installed = unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) };
    assert_eq!(installed, 0);
    // SAFETY: pthread_self has no preconditions.
    let me = unsafe { libc::pthread_self() } as usize;
    /// Set when it goes, also by a panic: else the scope would wait on.
    struct Done<'a>(&'a std::sync::atomic::AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let done = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..times {
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                thread::sleep(std::time::Duration::from_millis(1));
                // SAFETY: the thread waits for us in the scope: it exists.
                unsafe { libc::pthread_kill(me as libc::pthread_t, libc::SIGUSR1) };
            }
        });
        let _done = Done(&done);
        then()
    })
}

/// Whether the descriptor is close-on-exec.
pub fn is_cloexec(fd: i32) -> bool {
    // SAFETY: F_GETFD touches no memory.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFD) };
    assert_ne!(flags, -1, "{}", io::Error::last_os_error());
    flags & libc::FD_CLOEXEC != 0
}

/// Every path of up to six bytes out of `a`, `.` and `/`.
pub fn short_paths() -> Vec<Vec<u8>> {
    let (mut all, mut last) = (vec![vec![]], vec![vec![]]);
    for _ in 0..6 {
        last = last
            .iter()
            .flat_map(|start: &Vec<u8>| {
                b"a./".iter().map(move |byte| [&start[..], &[*byte]].concat())
            })
            .collect();
        all.extend(last.iter().cloned());
    }
    all
}

/// From now on the system call `number` fails with `errno` in this thread, by
/// a filter; with error 0, it does nothing and succeeds. Under qemu-user the
/// filter would be the emulator's.
pub fn refuse(number: libc::c_long, errno: i32) {
    filter(&[(0, number as u32)], errno);
}

/// As [`refuse`], if the lower half of its argument number `index` is `value`.
pub fn refuse_when(number: libc::c_long, index: u32, value: u32, errno: i32) {
    filter(&[(0, number as u32), (16 + 8 * index, value)], errno);
}

/// Refuses what has each of `values`, a place in the `seccomp_data` and what is
/// to be there.
fn filter(values: &[(u32, u32)], errno: i32) {
    let op = |code: u32, jf, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let mut filter = Vec::new();
    for (index, (at, value)) in values.iter().enumerate() {
        // Past the rest of these pairs, and the refusal.
        let past = 2 * (values.len() - index - 1) + 1;
        filter.push(op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, *at));
        filter.push(op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, past as u8, *value));
    }
    filter.push(op(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | errno as u32));
    filter.push(op(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: prctl(2) takes integers here.
    let first = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: prctl(2) reads the filter, whose length is given.
    let second = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    assert_eq!((first, second), (0, 0), "{}", io::Error::last_os_error());
}
