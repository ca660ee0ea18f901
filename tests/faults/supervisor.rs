//! The kernel's stand-in: each system call of the child is told here first
//! (seccomp's user notification), and here it is let through, or fails.

use std::{
    collections::BTreeSet,
    fs, io,
    mem::{MaybeUninit, zeroed},
    os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
    path::{Path, PathBuf},
    ptr,
};

use syscalls::Sysno;

use crate::{scene, trial::Trial};

/// Numbers that no kernel has: they begin and end a trial.
pub const BEGIN: libc::c_long = 0x3fff_0001;
pub const END: libc::c_long = 0x3fff_0002;
/// Between them: the call has returned, and what follows is of the test.
pub const RETURNED: libc::c_long = 0x3fff_0003;

/// How long the child may be silent.
const PATIENCE_MS: i32 = 60_000;

/// What the supervisor does to the calls of one trial.
#[derive(Clone, Debug)]
pub enum Plan {
    Nothing,
    /// The nth such call fails, counted from 0.
    Nth(Sysno, usize, i32),
    /// All of these calls fail.
    Always(BTreeSet<i32>, i32),
    /// Reads and writes move one byte only.
    Short,
    /// No call but these is made: another one kills.
    Only(BTreeSet<i32>),
}

/// What was seen of one trial.
#[derive(Debug)]
pub struct Seen {
    /// The calls in their order: number, and whether a child of the trial made it.
    pub calls: Vec<(i32, bool)>,
    /// Whether the plan met a call.
    pub met: bool,
    /// The errno that the function returned, or 0; `None` if it did not return.
    pub errno: Option<i32>,
    /// What is there that was not there before, or the other way round.
    pub left: Vec<String>,
    /// How the child ended.
    pub status: i32,
    pub hung: bool,
}

/// What a process has, and what is in the scene.
#[derive(PartialEq)]
struct Belongings {
    descriptors: BTreeSet<String>,
    mappings: Vec<String>,
    children: String,
    /// Which are blocked, ignored and caught.
    signals: Vec<String>,
    files: BTreeSet<String>,
}

impl Belongings {
    fn of(pid: libc::pid_t, dir: &Path) -> Self {
        let fds = format!("/proc/{pid}/fd");
        let listed = fs::read_dir(&fds).into_iter().flatten().flatten().map(|entry| {
            let target = fs::read_link(entry.path()).unwrap_or_default();
            format!("{} is {}", entry.file_name().to_string_lossy(), target.display())
        });
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let is_signals =
            |line: &&str| ["SigBlk:", "SigIgn:", "SigCgt:"].iter().any(|key| line.starts_with(key));
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
        let mapped =
            maps.lines().filter(|line| !line.contains("[heap]") && !line.contains("[stack]"));
        Self {
            descriptors: listed.collect(),
            mappings: mapped.map(str::to_owned).collect(),
            children: fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
                .unwrap_or_default(),
            signals: status.lines().filter(is_signals).map(str::to_owned).collect(),
            files: scene::files(dir),
        }
    }

    /// What is different after: descriptors (but for `ignored`), mappings, signals, children;
    /// files, and children that are gone, only if the function failed.
    fn changes(&self, after: &Self, ignored: &BTreeSet<u64>, failed: bool) -> Vec<String> {
        let mut changes = Vec::new();
        for fd in after.descriptors.difference(&self.descriptors) {
            let number = fd.split(' ').next().and_then(|number| number.parse().ok());
            if !number.is_some_and(|number| ignored.contains(&number)) {
                changes.push(format!("a new descriptor: {fd}"));
            }
        }
        for fd in self.descriptors.difference(&after.descriptors) {
            changes.push(format!("a closed descriptor: {fd}"));
        }
        for mapping in after.mappings.iter().filter(|line| !self.mappings.contains(line)) {
            changes.push(format!("a new mapping: {mapping}"));
        }
        if self.signals != after.signals {
            changes.push(format!("signals: {:?}, before {:?}", after.signals, self.signals));
        }
        let mut children = after.children.split(' ');
        let new = children.any(|child| !self.children.split(' ').any(|old| old == child));
        if new || (failed && self.children != after.children) {
            changes.push(format!("children: {:?}, before {:?}", after.children, self.children));
        }
        if failed {
            for file in after.files.symmetric_difference(&self.files) {
                let new = if after.files.contains(file) { "new" } else { "gone" };
                changes.push(format!("{new}: {file}"));
            }
        }
        changes
    }
}

/// Runs `body` in a child of this process, which has one thread, by `plan`.
pub fn run(body: impl FnOnce(&mut Trial), plan: &Plan) -> Seen {
    let scene = scene::Scene::build();
    let mut pair = [0; 2];
    // SAFETY: writes two integers.
    let made = unsafe {
        libc::socketpair(
            libc::AF_UNIX,
            libc::SOCK_STREAM | libc::SOCK_CLOEXEC,
            0,
            pair.as_mut_ptr(),
        )
    };
    assert_eq!(made, 0, "{}", io::Error::last_os_error());
    // SAFETY: this process has one thread, so the child may do anything.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "{}", io::Error::last_os_error());
    if pid == 0 {
        close(pair[0]);
        std::env::set_current_dir(&scene.dir).expect("the scene");
        let mut trial = Trial { dir: scene.dir.clone(), control: pair[1], called: false };
        warm_heap();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(&mut trial)));
        let status = if caught.is_ok() && trial.called { 0 } else { 101 };
        // SAFETY: ends the child without the parent's exit handlers.
        unsafe { libc::_exit(status) }
    }
    close(pair[1]);
    let mut seen = Seen {
        calls: Vec::new(),
        met: false,
        errno: None,
        left: Vec::new(),
        status: 0,
        hung: false,
    };
    if let Some(listener) = receive(pair[0]) {
        supervise(listener, pid, plan, &scene.dir, &mut seen);
        close(listener);
    }
    close(pair[0]);
    // SAFETY: writes one integer.
    assert_eq!(unsafe { libc::waitpid(pid, &mut seen.status, 0) }, pid);
    seen
}

/// Has malloc ask the kernel for nothing in the trial.
fn warm_heap() {
    let most = 64 << 20;
    for parameter in [libc::M_MMAP_THRESHOLD, libc::M_TRIM_THRESHOLD] {
        // SAFETY: sets a number.
        assert_eq!(unsafe { libc::mallopt(parameter, most) }, 1);
    }
    drop(std::hint::black_box(vec![1u8; 8 << 20]));
}

fn supervise(listener: RawFd, pid: libc::pid_t, plan: &Plan, dir: &Path, seen: &mut Seen) {
    let (mut running, mut met) = (false, 0);
    let mut before = None;
    // Descriptors whose close was refused, and processes that execute a program.
    let (mut unclosed, mut executed) = (BTreeSet::new(), BTreeSet::new());
    // Before Linux 6.11 the listener does not tell that the child has ended.
    // SAFETY: takes numbers.
    let ends = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    assert!(ends >= 0, "{}", io::Error::last_os_error());
    // SAFETY: it was just made.
    let ends = unsafe { OwnedFd::from_raw_fd(ends) };
    loop {
        let waits = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut both = [waits(listener), waits(ends.as_raw_fd())];
        // SAFETY: two structs.
        let ready = unsafe { libc::poll(both.as_mut_ptr(), 2, PATIENCE_MS) };
        let waiting = both[0];
        if ready == 0 {
            seen.hung = true;
            // SAFETY: the child is not waited for yet.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            return;
        }
        if waiting.revents & libc::POLLIN == 0 {
            return;
        }
        // SAFETY: zeroes are valid; the kernel wants them.
        let mut told: libc::seccomp_notif = unsafe { zeroed() };
        // SAFETY: writes the struct.
        if unsafe { libc::ioctl(listener, RECEIVE, &mut told) } != 0 {
            continue;
        }
        let (number, by) = (told.data.nr, told.pid as libc::pid_t);
        let mut answer = Answer::Go;
        match libc::c_long::from(number) {
            BEGIN => {
                before = Some(Belongings::of(pid, dir));
                (running, answer) = (true, Answer::Value(0));
            }
            RETURNED => (running, answer) = (false, Answer::Value(0)),
            END => {
                (running, answer) = (false, Answer::Value(0));
                let errno = told.data.args[0] as i32;
                seen.errno = Some(errno);
                let after = Belongings::of(pid, dir);
                let before = before.take().expect("a beginning");
                seen.left = before.changes(&after, &unclosed, errno != 0);
            }
            _ if running => {
                let execve = number == Sysno::execve as i32 || number == Sysno::execveat as i32;
                if execve && by != pid {
                    executed.insert(by);
                } else if executed.contains(&by) && exe(by) != exe(pid) {
                    reply(listener, told.id, &answer);
                    continue;
                }
                seen.calls.push((number, by != pid));
                if matches!(plan, Plan::Only(calls) if !calls.contains(&number)) {
                    // SAFETY: the child is not waited for yet.
                    unsafe { libc::kill(pid, libc::SIGKILL) };
                }
                answer = decide(plan, &told, &mut met);
                seen.met |= !matches!(answer, Answer::Go);
                if matches!(answer, Answer::Errno(_)) && number == Sysno::close as i32 {
                    unclosed.insert(told.data.args[0]);
                }
                if matches!(answer, Answer::Errno(_)) && execve {
                    executed.remove(&by);
                }
            }
            _ => {}
        }
        reply(listener, told.id, &answer);
    }
}

/// The program of a process.
fn exe(pid: libc::pid_t) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

enum Answer {
    Go,
    Value(i64),
    Errno(i32),
}

fn decide(plan: &Plan, told: &libc::seccomp_notif, met: &mut usize) -> Answer {
    let number = told.data.nr;
    match plan {
        Plan::Nth(call, nth, errno) if number == *call as i32 => {
            *met += 1;
            if *met == nth + 1 { Answer::Errno(*errno) } else { Answer::Go }
        }
        Plan::Always(calls, errno) if calls.contains(&number) => Answer::Errno(*errno),
        Plan::Short => short(told).map_or(Answer::Go, Answer::Value),
        _ => Answer::Go,
    }
}

/// Moves one byte where more are asked for, in the place of the process.
fn short(told: &libc::seccomp_notif) -> Option<i64> {
    let args = told.data.args;
    let call = Sysno::new(usize::try_from(told.data.nr).ok()?)?;
    let moves = matches!(
        call,
        Sysno::read | Sysno::write | Sysno::pread64 | Sysno::pwrite64 | Sysno::getrandom
    );
    let asked = if call == Sysno::getrandom { args[1] } else { args[2] };
    if !moves || asked < 2 {
        return None;
    }
    let mut byte = 0u8;
    let pointer = ptr::from_mut(&mut byte).cast::<libc::c_void>();
    let address = if call == Sysno::getrandom { args[0] } else { args[1] };
    let own = libc::iovec { iov_base: pointer, iov_len: 1 };
    let other = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: 1 };
    let pid = told.pid as libc::pid_t;
    if call == Sysno::getrandom {
        // SAFETY: writes one byte in the other process, which waits.
        let wrote = unsafe { libc::process_vm_writev(pid, &own, 1, &other, 1, 0) };
        return (wrote == 1).then_some(1);
    }
    // SAFETY: takes numbers.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    // SAFETY: as above.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd, args[0], 0) } as RawFd;
    close(pidfd);
    if fd < 0 {
        return None;
    }
    let ready = libc::POLLIN | libc::POLLOUT;
    let mut waiting = libc::pollfd { fd, events: ready, revents: 0 };
    // SAFETY: one struct.
    if unsafe { libc::poll(&mut waiting, 1, 0) } == 0 {
        // Who would make it ready may wait for an answer from here.
        close(fd);
        return None;
    }
    let offset = args[3] as libc::off_t;
    let writes = matches!(call, Sysno::write | Sysno::pwrite64);
    if writes {
        // SAFETY: reads one byte of the other process, which waits.
        unsafe { libc::process_vm_readv(pid, &own, 1, &other, 1, 0) };
    }
    // SAFETY: each moves one byte, which is there; its length and its place are numbers.
    let moved = unsafe { libc::syscall(call as libc::c_long, fd, pointer, 1, offset) };
    close(fd);
    if moved == 1 && !writes {
        // SAFETY: writes one byte in the other process, which waits.
        unsafe { libc::process_vm_writev(pid, &own, 1, &other, 1, 0) };
    }
    (moved >= 0).then_some(moved)
}

const RECEIVE: libc::Ioctl = 0xc050_2100u32 as libc::Ioctl;
const SEND: libc::Ioctl = 0xc018_2101u32 as libc::Ioctl;

fn reply(listener: RawFd, id: u64, answer: &Answer) {
    let (val, error, flags) = match answer {
        Answer::Go => (0, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
        Answer::Value(value) => (*value, 0, 0),
        Answer::Errno(errno) => (0, -errno, 0),
    };
    let mut response = libc::seccomp_notif_resp { id, val, error, flags };
    // The process may have died, or been interrupted and ask again.
    // SAFETY: reads the struct.
    unsafe { libc::ioctl(listener, SEND, &mut response) };
}

fn close(fd: RawFd) {
    // SAFETY: descriptors of this file alone.
    unsafe { libc::close(fd) };
}

/// In the child: from here on each system call goes through the supervisor, which gets the
/// listener by `control`.
pub fn filter(control: RawFd) {
    let step = |code: u32, k: u32, jt, jf| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |at| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at, 0, 0);
    let equal = |k, jt, jf| step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, k, jt, jf);
    let give = |value| step(libc::BPF_RET | libc::BPF_K, value, 0, 0);
    let mut program = vec![load(0)];
    let mut free = |call: libc::c_long| {
        program.push(equal(call as u32, 0, 1));
        program.push(give(libc::SECCOMP_RET_ALLOW));
    };
    // How the processes end and std's locks; nothing of rawos.
    free(libc::SYS_exit_group);
    free(libc::SYS_rt_sigreturn);
    free(libc::SYS_futex);
    // The listener's way out.
    program.push(equal(libc::SYS_sendmsg as u32, 0, 3));
    program.push(load(16));
    program.push(equal(control as u32, 0, 1));
    program.push(give(libc::SECCOMP_RET_ALLOW));
    program.push(load(0));
    program.push(give(libc::SECCOMP_RET_USER_NOTIF));
    let program = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: takes integers.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER;
    let operation = libc::SECCOMP_SET_MODE_FILTER;
    // SAFETY: reads the program.
    let listener =
        unsafe { libc::syscall(libc::SYS_seccomp, operation, flags, &raw const program) };
    assert!(listener >= 0, "{}", io::Error::last_os_error());
    send(control, listener as RawFd);
}

/// Room for a message with one descriptor, aligned.
#[repr(C)]
struct Control {
    header: libc::cmsghdr,
    fd: RawFd,
    pad: u32,
}

fn message<'a>(control: &'a mut Control, part: &'a mut libc::iovec) -> libc::msghdr {
    // SAFETY: zeroes are a valid msghdr.
    let mut message: libc::msghdr = unsafe { MaybeUninit::zeroed().assume_init() };
    message.msg_iov = part;
    message.msg_iovlen = 1;
    message.msg_control = ptr::from_mut(control).cast();
    message.msg_controllen = size_of::<Control>() as _;
    message
}

/// Sends the listener by the one descriptor of which the filter allows it. Both stay open: to
/// close them would be a call.
fn send(control: RawFd, listener: RawFd) {
    // SAFETY: zeroes are a valid header.
    let mut header: libc::cmsghdr = unsafe { zeroed() };
    header.cmsg_len = (size_of::<libc::cmsghdr>() + 4) as _;
    (header.cmsg_level, header.cmsg_type) = (libc::SOL_SOCKET, libc::SCM_RIGHTS);
    let mut room = Control { header, fd: listener, pad: 0 };
    let mut byte = 1u8;
    let mut part = libc::iovec { iov_base: ptr::from_mut(&mut byte).cast(), iov_len: 1 };
    let message = message(&mut room, &mut part);
    // SAFETY: the message and what it names are there.
    let sent = unsafe { libc::sendmsg(control, &message, 0) };
    assert_eq!(sent, 1, "{}", io::Error::last_os_error());
}

fn receive(control: RawFd) -> Option<RawFd> {
    // SAFETY: zeroes are a valid header.
    let mut room = Control { header: unsafe { zeroed() }, fd: -1, pad: 0 };
    let mut byte = 0u8;
    let mut part = libc::iovec { iov_base: ptr::from_mut(&mut byte).cast(), iov_len: 1 };
    let mut message = message(&mut room, &mut part);
    // SAFETY: the message and what it names are there.
    let got = unsafe { libc::recvmsg(control, &mut message, libc::MSG_CMSG_CLOEXEC) };
    (got == 1).then_some(room.fd).filter(|fd| *fd >= 0)
}
