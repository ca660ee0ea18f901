//! Thousands of spawns: what they leave behind, what disturbs them, and what
//! calls they need. Each in a process of its own.

use std::{
    fs,
    sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    thread,
};

use rawos::{
    Errno,
    process::{self, SpawnOptions},
};

use crate::{Call, booted, emulated, times, util::not_run, wait};

#[test]
fn ten_thousand_spawns_leave_nothing() {
    Call::new("leaks", &[]).passes();
}

/// Tells threads to end, also when a test fails.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// From where to where the mapping goes, and what may be done there.
fn mapping(line: &str) -> Option<(usize, usize, &str)> {
    let mut words = line.split(' ');
    let (from, to) = words.next()?.split_once('-')?;
    let [from, to] = [from, to].map(|address| usize::from_str_radix(address, 16).ok());
    Some((from?, to?, words.next()?))
}

/// How many descriptors and mappings there are, and whether there is a child.
fn left() -> (usize, Vec<String>, bool) {
    let fds = fs::read_dir("/proc/self/fd").unwrap().count();
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    // Stacks of threads and the heap come and go; what has the form of a
    // child's stack, 64 KiB with a guard of as much below, must not.
    let stack = |pair: &[&str]| {
        let (guard, stack) = (mapping(pair[0])?, mapping(pair[1])?);
        let size = guard.1 - guard.0 == 64 * 1024 && stack.1 - stack.0 == 64 * 1024;
        (size && guard.1 == stack.0 && guard.2 == "---p").then(|| pair.join("; "))
    };
    let lines: Vec<&str> = maps.lines().collect();
    let stacks = lines.windows(2).filter_map(stack).collect();
    // SAFETY: no status is written.
    let waited = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::WNOHANG | libc::__WALL) };
    (fds, stacks, waited != -1)
}

/// A program that ends at once: the system's, or this one.
fn quick() -> Call {
    let mut call = Call::new("exit", &["0"]);
    if !emulated() && std::path::Path::new("/bin/true").exists() {
        call.words = vec![c"/bin/true".to_owned()];
    }
    call
}

pub fn leaks() {
    // Threads that come, stay and lock while others spawn. An emulator's forks
    // hang beside them.
    let threads = if emulated() { 0 } else { 3 };
    let done = AtomicBool::new(false);
    let lost = Call { words: vec![c"/no/such/program".to_owned()], env: Vec::new() };
    let quick = quick();
    let options = SpawnOptions::new();
    let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
    // SAFETY: reads the struct.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    let total = times(10_000);
    let spawn = |count: u32| {
        for number in 0..count {
            match number % 6 {
                0 => assert_eq!(lost.spawn(&options), Err(Errno::ENOENT)),
                3 => {
                    let actions = [process::FileAction::Dup2(99, 1)];
                    let failed = quick.spawn(&options.file_actions(&actions));
                    assert_eq!(failed, Err(Errno::EBADF));
                }
                1 if number % 4 == 1 => {
                    let (path, argv, env) = (quick.path(), quick.argv(), quick.envp());
                    let (pid, _pidfd) = process::pidfd_spawn(path, argv, env, &options).unwrap();
                    assert_eq!(wait(pid), 0);
                }
                _ => assert_eq!(wait(quick.spawn(&options).unwrap()), 0),
            }
        }
    };
    // What the first of each makes may stay.
    spawn(6);
    let before = left();
    assert!(!before.2, "a child is left of the first ones");
    thread::scope(|scope| {
        let _done = Done(&done);
        for _ in 0..threads {
            scope.spawn(|| {
                while !done.load(Relaxed) {
                    drop(fs::read("/proc/self/comm"));
                    thread::sleep(std::time::Duration::from_millis(1));
                }
            });
        }
        let spawners: Vec<_> =
            (0..if emulated() { 0 } else { 2 }).map(|_| scope.spawn(|| spawn(total / 3))).collect();
        spawn(total - 2 * (total / 3));
        spawners.into_iter().for_each(|spawner| spawner.join().unwrap());
    });
    assert_eq!(left(), before);
}

#[test]
fn a_storm_of_signals_disturbs_nothing() {
    Call::new("storm", &[]).passes();
}

static CAUGHT: AtomicU32 = AtomicU32::new(0);
static OWNER: AtomicU32 = AtomicU32::new(0);

/// Counts, and ends the process should it run in a child.
extern "C" fn count(_: libc::c_int) {
    // SAFETY: takes nothing.
    if unsafe { libc::getpid() } as u32 != OWNER.load(Relaxed) {
        // SAFETY: ends the process.
        unsafe { libc::_exit(99) };
    }
    CAUGHT.fetch_add(1, Relaxed);
}

pub fn storm() {
    OWNER.store(std::process::id(), Relaxed);
    let interval = if emulated() || booted() { 5_000 } else { 100 };
    // SAFETY: the handler does only what may be done there.
    unsafe { libc::signal(libc::SIGALRM, count as *const () as usize) };
    let period = libc::timeval { tv_sec: 0, tv_usec: interval };
    let timer = libc::itimerval { it_interval: period, it_value: period };
    // SAFETY: reads the struct.
    assert_eq!(unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) }, 0);
    let (quick, options) = (quick(), SpawnOptions::new());
    for number in 0..times(10_000) {
        if number % 3 == 0 {
            let failed = process::posix_spawn("/no/such", [c"x"], [], &options);
            assert_eq!(failed, Err(Errno::ENOENT));
        } else {
            let pid = quick.spawn(&options).unwrap();
            let (waited, status) = process::waitpid(pid, crate::ENDED).unwrap().unwrap();
            assert_eq!((waited, status.exit_status()), (pid, Some(0)));
        }
    }
    assert!(CAUGHT.load(Relaxed) > 0);
    assert_eq!(process::waitpid(process::Pid(-1), crate::ENDED), Err(Errno::ECHILD));
}

#[test]
fn no_handler_runs_in_a_child_that_shares_memory() {
    if emulated() {
        return not_run("signals to a group from a thread, under an emulator");
    }
    Call::new("handlers", &[]).passes();
}

/// A storm on the whole group, whose newest member shares memory for a moment.
pub fn handlers() {
    OWNER.store(std::process::id(), Relaxed);
    // SAFETY: takes two integers.
    assert_eq!(unsafe { libc::setpgid(0, 0) }, 0);
    // SAFETY: the handler does only what may be done there.
    unsafe { libc::signal(libc::SIGUSR1, count as *const () as usize) };
    let done = AtomicBool::new(false);
    let ends = thread::scope(|scope| {
        let _done = Done(&done);
        scope.spawn(|| {
            while !done.load(Relaxed) {
                // SAFETY: takes two integers.
                unsafe { libc::kill(0, libc::SIGUSR1) };
                thread::sleep(std::time::Duration::from_micros(20));
            }
        });
        let (quick, options, mut ends) = (quick(), SpawnOptions::new(), [0; 2]);
        for _ in 0..times(3_000) {
            let pid = quick.spawn(&options).unwrap();
            let (_, status) = process::waitpid(pid, crate::ENDED).unwrap().unwrap();
            // The signal's default action, or none came: never the handler's 99.
            match (status.exit_status(), status.term_signal()) {
                (Some(0), _) => ends[0] += 1,
                (_, Some(rawos::signal::Signal::USR1)) => ends[1] += 1,
                _ => panic!("{status:?}"),
            }
        }
        ends
    });
    assert!(CAUGHT.load(Relaxed) > 0 && ends[1] > 0, "{ends:?}");
}

#[test]
fn a_large_process_spawns_too() {
    Call::new("large", &[]).passes();
}

pub fn large() {
    // Much mapped, and some of it touched; more than a copy could have where
    // memory is not overcommitted.
    let (len, touched) = match (emulated(), booted()) {
        (true, _) => (1 << 26, 1 << 22),
        (_, true) => (1 << 32, 1 << 23),
        _ => (1 << 32, 1 << 26),
    };
    let (prot, flags) =
        (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let flags = flags | libc::MAP_NORESERVE;
    // SAFETY: new memory, wherever the kernel wants.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, -1, 0) };
    assert_ne!(start, libc::MAP_FAILED);
    for at in (0..touched).step_by(4096) {
        // SAFETY: within the mapping.
        unsafe { start.cast::<u8>().wrapping_add(at).write(1) };
    }
    for _ in 0..times(500) {
        assert_eq!(wait(quick().spawn(&SpawnOptions::new()).unwrap()), 0);
    }
}

#[test]
fn an_ordinary_spawn_needs_no_new_calls() {
    if emulated() {
        return not_run("a seccomp filter under an emulator");
    }
    Call::new("filtered", &[]).passes();
}

/// Ends the process, by a seccomp filter, at the first of these calls.
fn forbid(calls: &[libc::c_long]) {
    let statement = |code: u32, k| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    let mut program = vec![statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0)];
    for (place, call) in calls.iter().enumerate() {
        let jump = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
        let jt = (calls.len() - place) as u8;
        program.push(libc::sock_filter { code: jump as u16, jt, jf: 0, k: *call as u32 });
    }
    program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_KILL_PROCESS));
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: takes integers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: reads the program.
    let result = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
}

pub fn filtered() {
    // SAFETY: one thread; the child ends.
    let killed = match unsafe { process::fork() }.unwrap() {
        process::Fork::Child => {
            forbid(&[libc::SYS_close_range]);
            // SAFETY: closes nothing.
            unsafe { libc::syscall(libc::SYS_close_range, 1 << 20, 1 << 20, 0) };
            process::_exit(0)
        }
        process::Fork::Parent(pid) => wait(pid),
    };
    // The filter filters.
    assert_eq!(killed & 0x7f, libc::SIGSYS);
    forbid(&[libc::SYS_clone3, libc::SYS_pidfd_open, libc::SYS_close_range]);
    let options = SpawnOptions::new();
    for _ in 0..2 {
        assert_eq!(wait(quick().spawn(&options).unwrap()), 0);
        let failed = process::posix_spawn("/no/such", [c"x"], [], &options);
        assert_eq!(failed, Err(Errno::ENOENT));
        let (path, argv) = (quick(), quick());
        let (path, argv) = (path.path(), argv.argv());
        let env = quick();
        let code = process::spawnve(process::SpawnMode::Wait, path, argv, env.envp());
        assert_eq!(code, Ok(0));
    }
}

#[test]
fn a_first_child_that_is_killed_leaves_no_zombie() {
    if emulated() {
        return not_run("a seccomp filter under an emulator");
    }
    Call::new("killed", &[]).passes();
}

pub fn killed() {
    // A call that the child makes, and nobody else.
    forbid(&[libc::SYS_setsid]);
    let options = SpawnOptions::new().setsid(true);
    for _ in 0..2 {
        assert_eq!(wait(quick().spawn(&options).unwrap()) & 0x7f, libc::SIGSYS);
    }
    // SAFETY: asks for no status.
    let more = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::__WALL) };
    let errno = std::io::Error::last_os_error().raw_os_error();
    assert_eq!((more, errno), (-1, Some(libc::ECHILD)));
}
