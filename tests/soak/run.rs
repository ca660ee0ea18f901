//! One phase, in a process of its own.

use std::{
    env,
    ffi::CString,
    fs, io,
    os::unix::fs::{PermissionsExt as _, symlink},
    panic,
    sync::{
        Barrier,
        atomic::{
            AtomicU64, AtomicUsize,
            Ordering::{Relaxed, SeqCst},
        },
    },
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crate::{
    count::{self, Count},
    files::ONE,
    room::{Phase, Room},
    trees::{TREE, WIDE},
    util::{not_run, not_run_in_part},
    watch::{self, NOW, WORKERS},
    worker::{OPERATIONS, Rng, TALLY, Worker},
};

/// The variable with the directory of a phase.
pub const DIR: &str = "RAWOS_SOAK_DIR";
/// How many seconds a phase takes.
const SECONDS: &str = "RAWOS_SOAK";
/// What numbers are drawn from.
const SEED: &str = "RAWOS_SOAK_SEED";

/// A user that nobody is.
const NOBODY_ELSE: u32 = 54321;

pub fn free() {
    run(Phase::Free);
}

pub fn memory() {
    run(Phase::Memory);
}

pub fn descriptors() {
    run(Phase::Descriptors);
}

pub fn processes() {
    run(Phase::Processes);
}

pub fn full_disk() {
    run(Phase::FullDisk);
}

/// How long, and from which seed: the same each time in a test.
fn orders() -> (Duration, u64, bool) {
    let number = |name| env::var(name).ok().map(|value| value.parse::<u64>().expect(name));
    let long = number(SECONDS);
    let seed = number(SEED).unwrap_or_else(|| match long {
        Some(_) => u64::from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_micros()),
        None => 1,
    });
    // A guest is slow enough before and after.
    let short = if env::var_os("RAWOS_BOOTED").is_some() { 2 } else { 5 };
    (Duration::from_secs(long.unwrap_or(short)), seed, long.is_some())
}

fn run(phase: Phase) {
    let (time, seed, long) = orders();
    count::reserve_heap();
    // What whoever started the tests left open is not for our children.
    for fd in 3..1024 {
        // SAFETY: takes numbers.
        unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) };
    }
    // Other users may read what is made here.
    // SAFETY: takes a number.
    unsafe { libc::umask(0o022) };
    let scratch = env::var(DIR).expect("a directory");
    // SAFETY: takes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    let mounts = root && own_mounts();
    if phase == Phase::FullDisk && !mounts {
        return not_run("a small disk cannot be mounted");
    }
    if phase == Phase::FullDisk {
        let options = c"size=400k,nr_inodes=48,mode=755";
        let mounted = libc_mount(Some(c"tmpfs"), &scratch, 0, Some(options));
        assert!(mounted, "{}", io::Error::last_os_error());
    }
    make_files(&scratch);
    if phase == Phase::Processes && root && !become_somebody() {
        return not_run("there is no other user who may run this program");
    }
    // This one, the workers, the storm, and who watches.
    let tasks = if root { WORKERS as u64 + 3 } else { 0 };
    let room = Room::new(phase, mounts && phase != Phase::Processes, scratch.clone(), tasks);
    if !mounts {
        not_run_in_part("mounts are not allowed");
    }
    if room.xattr.is_none() {
        not_run_in_part("the file system has no extended attributes");
    }
    let room: &'static Room = Box::leak(Box::new(room));
    panic::set_hook(Box::new(move |panic| {
        room.end();
        eprintln!("soak, {phase:?}, seed {seed}: {panic}");
        watch::tell();
        // SAFETY: ends the process.
        unsafe { libc::_exit(101) };
    }));
    handle_signals();
    watch::watch(room);
    let rounds = rounds(room, &scratch, seed, time);
    tell(phase, seed, rounds, long);
}

/// What there was, what there is, and how often signals came.
struct Rounds {
    before: Count,
    after: Count,
    time: Duration,
}

fn rounds(room: &'static Room, scratch: &str, seed: u64, time: Duration) -> Rounds {
    static AT_WORK: AtomicUsize = AtomicUsize::new(WORKERS);
    let line = Barrier::new(WORKERS + 2);
    thread::scope(|scope| {
        for (number, now) in NOW.iter().enumerate() {
            let (line, scratch) = (&line, scratch);
            scope.spawn(move || {
                let rng = Rng::new(seed * 100 + number as u64);
                let (dir, tree) = (format!("{scratch}/{number}"), format!("{scratch}/tree"));
                let mut worker = Worker { number, rng, dir, tree, room };
                // SAFETY: takes nothing.
                now.thread.store(unsafe { libc::gettid() }, SeqCst);
                // All at once here too: what grows with their number has grown.
                for _ in 0..2 {
                    (0..OPERATIONS.len()).for_each(|index| step(&mut worker, index));
                }
                line.wait();
                line.wait();
                let started = Instant::now();
                let mut done = 0;
                // On a slow machine, until the limit was felt.
                let slow = |done| !room.was_felt() && done < 50 * OPERATIONS.len();
                while started.elapsed() < time || done < OPERATIONS.len() || slow(done) {
                    let index = worker.rng.below(OPERATIONS.len() as u64) as usize;
                    if worker.rng.below(2) == 0 {
                        room.squeeze(&mut worker.rng);
                    }
                    step(&mut worker, index);
                    done += 1;
                }
                AT_WORK.fetch_sub(1, SeqCst);
                line.wait();
                line.wait();
            });
        }
        scope.spawn(|| {
            line.wait();
            line.wait();
            let mut rng = Rng::new(seed);
            while AT_WORK.load(SeqCst) > 0 {
                thread::sleep(Duration::from_micros(200 + rng.below(2000)));
                send(rng.below(WORKERS as u64) as usize);
                if rng.below(4) == 0 {
                    room.squeeze(&mut rng);
                }
            }
            line.wait();
            line.wait();
        });
        line.wait();
        let before = Count::new(scratch);
        interval(1500);
        let started = Instant::now();
        line.wait();
        line.wait();
        interval(0);
        let time = started.elapsed();
        room.end();
        let after = Count::new(scratch);
        line.wait();
        Rounds { before, after, time }
    })
}

fn step(worker: &mut Worker, index: usize) {
    NOW[worker.number].begins(index);
    worker.run(index);
    NOW[worker.number].ends();
}

fn tell(phase: Phase, seed: u64, rounds: Rounds, long: bool) {
    let sum =
        |numbers: &[AtomicU64]| numbers.iter().map(|number| number.load(Relaxed)).sum::<u64>();
    let all = TALLY.iter().map(|row| sum(row)).sum::<u64>();
    let failed = TALLY.iter().map(|row| sum(&row[1..])).sum::<u64>();
    let error = phase.error().and_then(|errno| errno.name()).unwrap_or("errors");
    let signals = SIGNALS.load(Relaxed);
    let seconds = rounds.time.as_secs();
    println!(
        "soak, {phase:?}, seed {seed}: {all} operations in {seconds} s, {failed} of them {error}, {signals} signals"
    );
    if long {
        for ((name, _), row) in OPERATIONS.iter().zip(&TALLY) {
            println!("    {name:26} {:8} ok {:8} {error}", sum(&row[..1]), sum(&row[1..]));
        }
        println!("    there were, and there are: {}", rounds.after.told());
    }
    let differences = rounds.before.differences(&rounds.after);
    assert!(differences.is_empty(), "{differences:#?}");
    // A storm that is none, and a limit that nobody felt, prove nothing.
    assert!(signals > 0 && (failed > 0) == (phase != Phase::Free));
    if phase == Phase::Free {
        assert!(TALLY.iter().all(|row| row[0].load(Relaxed) > 0));
    }
}

static SIGNALS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count_signal(_: i32) {
    SIGNALS.fetch_add(1, Relaxed);
}

/// Handlers that have calls fail with `EINTR`.
fn handle_signals() {
    for signal in [libc::SIGALRM, libc::SIGUSR1] {
        // SAFETY: zeroes are a valid struct: no flags, no mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = count_signal as extern "C" fn(i32) as usize;
        // SAFETY: the handler does no more than a handler may.
        assert_eq!(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) }, 0);
    }
    // As std has it, which has not begun here.
    // SAFETY: ignoring is no handler.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// Has the kernel send a signal, to whichever thread, every so many microseconds.
fn interval(microseconds: i64) {
    let time = libc::timeval { tv_sec: 0, tv_usec: microseconds };
    let timer = libc::itimerval { it_interval: time, it_value: time };
    // SAFETY: reads the struct.
    let set = unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
    assert_eq!(set, 0);
}

/// Sends a signal to this worker.
fn send(worker: usize) {
    let thread = NOW[worker].thread.load(SeqCst);
    // SAFETY: takes numbers.
    unsafe { libc::syscall(libc::SYS_tgkill, std::process::id(), thread, libc::SIGUSR1) };
}

/// Mounts of its own; false where that is not allowed, and in a chroot.
fn own_mounts() -> bool {
    // SAFETY: takes a number.
    let own = unsafe { libc::unshare(libc::CLONE_NEWNS) } == 0;
    own && libc_mount(None, "/", libc::MS_REC | libc::MS_PRIVATE, None)
}

fn libc_mount(
    kind: Option<&std::ffi::CStr>,
    place: &str,
    flags: libc::c_ulong,
    options: Option<&std::ffi::CStr>,
) -> bool {
    let pointer =
        |string: Option<&std::ffi::CStr>| string.map_or(std::ptr::null(), |string| string.as_ptr());
    let place = CString::new(place).unwrap();
    let kind = pointer(kind);
    // SAFETY: reads the strings.
    unsafe { libc::mount(kind, place.as_ptr(), kind, flags, pointer(options).cast()) == 0 }
}

/// The tree, and a directory for each worker.
fn make_files(scratch: &str) {
    let tree = format!("{scratch}/tree");
    fs::create_dir(&tree).unwrap();
    for name in TREE {
        let path = format!("{tree}/{name}");
        match name {
            "link" => symlink("deep", path).unwrap(),
            "one" => fs::write(path, vec![3; ONE]).unwrap(),
            _ if name.ends_with('/') => fs::create_dir(path).unwrap(),
            _ => fs::write(path, name).unwrap(),
        }
    }
    for number in 0..WIDE {
        fs::write(format!("{tree}/wide/{number}"), "").unwrap();
    }
    for number in 0..WORKERS {
        let dir = format!("{scratch}/{number}");
        fs::create_dir(&dir).unwrap();
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o777)).unwrap();
    }
}

/// A user without privileges and without other processes, for whom there is a
/// limit of their number; false where there is none but root, or where this
/// program is root's alone.
fn become_somebody() -> bool {
    let mode = fs::metadata("/proc/self/exe").unwrap().permissions().mode();
    // SAFETY: reads no group.
    let mut done = mode & 0o5 == 0o5 && unsafe { libc::setgroups(0, std::ptr::null()) } == 0;
    // SAFETY: takes a number.
    done = done && unsafe { libc::setgid(NOBODY_ELSE) } == 0;
    // SAFETY: takes a number.
    done = done && unsafe { libc::setuid(NOBODY_ELSE) } == 0;
    // SAFETY: takes numbers. Its own files in /proc are its own again.
    done && unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 1) } == 0
}
