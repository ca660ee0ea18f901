//! The kernel's stand-in: each system call of the child is told here first
//! (seccomp's user notification), and here it is let through, or fails.

use std::{
    collections::BTreeSet,
    fs, io,
    mem::{MaybeUninit, zeroed},
    os::fd::RawFd,
    path::{Path, PathBuf},
    ptr,
};

use syscalls::Sysno;

use crate::{
    rules::{self, Row, Rule},
    scene,
    short::{short, take},
    trial::Trial,
};

/// Numbers that no kernel has: they begin and end a trial.
pub const BEGIN: libc::c_long = 0x3fff_0001;
pub const END: libc::c_long = 0x3fff_0002;
/// Between them: the call has returned, and what follows is of the test.
pub const RETURNED: libc::c_long = 0x3fff_0003;

/// How a child ends that made no call, for what its row needs is missing.
pub const NOT_HERE: i32 = 77;

/// How long the child may be silent.
const PATIENCE_MS: i32 = 60_000;

/// What the supervisor does to the calls of one trial.
#[derive(Clone, Debug)]
pub enum Plan {
    Nothing,
    /// The nth such call fails, counted from 0; of ioctls, the nth with this request.
    Nth(Sysno, u64, usize, i32),
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
    /// The same calls: number, and the request of an ioctl, or 0.
    pub requests: Vec<(i32, u64)>,
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
    /// The working directory and the root; where they have namespaces of their own, mounts.
    place: BTreeSet<String>,
}

impl Belongings {
    fn of(pid: libc::pid_t, dir: &Path) -> Self {
        let fds = format!("/proc/{pid}/fd");
        let listed = fs::read_dir(&fds).expect("its descriptors").flatten().map(|entry| {
            let target = fs::read_link(entry.path()).unwrap_or_default();
            format!("{} is {}", entry.file_name().to_string_lossy(), target.display())
        });
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
        let is_signals =
            |line: &&str| ["SigBlk:", "SigIgn:", "SigCgt:"].iter().any(|key| line.starts_with(key));
        let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("its mappings");
        let mapped =
            maps.lines().filter(|line| !line.contains("[heap]") && !line.contains("[stack]"));
        Self {
            descriptors: listed.collect(),
            mappings: mapped.map(str::to_owned).collect(),
            children: fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
                .expect("its children"),
            signals: status.lines().filter(is_signals).map(str::to_owned).collect(),
            files: scene::files(dir),
            place: place(pid),
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
            for place in after.place.symmetric_difference(&self.place) {
                let new = if after.place.contains(place) { "new" } else { "gone" };
                changes.push(format!("{new}: {place}"));
            }
        }
        changes
    }
}

/// Where a process is, and what is mounted there if nobody else mounts there.
fn place(pid: libc::pid_t) -> BTreeSet<String> {
    let link = |pid: &str, name: &str| {
        fs::read_link(format!("/proc/{pid}/{name}")).unwrap_or_default().display().to_string()
    };
    let id = pid.to_string();
    let mut place: BTreeSet<String> =
        ["cwd", "root"].map(|name| format!("{name} {}", link(&id, name))).into();
    if link(&id, "ns/mnt") != link("self", "ns/mnt") {
        let mounts = fs::read_to_string(format!("/proc/{pid}/mountinfo")).unwrap_or_default();
        place.extend(mounts.lines().map(|line| format!("mount {line}")));
    }
    place
}

/// Runs the row in a child of this process, which has one thread, by `plan`.
pub fn run(row: &Row, plan: &Plan) -> Seen {
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
        let apart = rules::apart(row).is_none_or(scene::apart);
        let body = |trial: &mut Trial| (row.run)(trial);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(&mut trial)));
        let status = match (caught, trial.called) {
            (Ok(()), true) if apart => 0,
            (Ok(()), false) => NOT_HERE,
            _ => 101,
        };
        // SAFETY: ends the child without the parent's exit handlers.
        unsafe { libc::_exit(status) }
    }
    close(pair[1]);
    let mut seen = Seen {
        calls: Vec::new(),
        requests: Vec::new(),
        met: false,
        errno: None,
        left: Vec::new(),
        status: 0,
        hung: false,
    };
    if let Some(listener) = receive(pair[0]) {
        supervise(listener, pid, row, plan, &scene.dir, &mut seen);
        close(listener);
    }
    close(pair[0]);
    // SAFETY: writes one integer.
    assert_eq!(unsafe { libc::waitpid(pid, &mut seen.status, 0) }, pid);
    seen
}

/// Has malloc ask the kernel for nothing in the trials that follow.
pub fn warm_heap() {
    let most = 64 << 20;
    for limit in [libc::M_MMAP_THRESHOLD, libc::M_TRIM_THRESHOLD] {
        // SAFETY: sets a number.
        assert_eq!(unsafe { libc::mallopt(limit, most) }, 1);
    }
    drop(std::hint::black_box(vec![1u8; 1 << 20]));
}

fn supervise(
    listener: RawFd,
    pid: libc::pid_t,
    row: &Row,
    plan: &Plan,
    dir: &Path,
    seen: &mut Seen,
) {
    let without = rules::without(row);
    let untyped = row.rules.iter().any(|rule| matches!(rule, Rule::Untyped));
    let (mut running, mut met) = (false, 0);
    let mut before = None;
    // Descriptors whose close was refused, and processes that execute a program.
    let (mut unclosed, mut executed) = (BTreeSet::new(), BTreeSet::new());
    // The listener of a child that ended says so when it was waited for; before Linux 6.11, not
    // earlier.
    // SAFETY: takes numbers.
    let child = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    loop {
        let wait = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut waiting = [wait(listener), wait(child)];
        // SAFETY: two structs.
        let ready = unsafe { libc::poll(waiting.as_mut_ptr(), 2, PATIENCE_MS) };
        if ready == 0 {
            seen.hung = true;
            // SAFETY: the child is not waited for yet.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            break;
        }
        if waiting[0].revents & libc::POLLIN == 0 {
            break;
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
                let request = request(&told);
                seen.requests.push((number, request));
                if let Some((_, errno)) = without.iter().find(|(of, _)| *of as i32 == number) {
                    answer = Answer::Errno(*errno);
                } else {
                    answer = decide(plan, &told, &mut met);
                    seen.met |= !matches!(answer, Answer::Go);
                }
                if let (Answer::Go, Some(value)) = (&answer, rules::answer(row, number, request)) {
                    answer = Answer::Value(value);
                }
                if untyped && matches!(answer, Answer::Go) {
                    answer = without_types(&told);
                }
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
    close(child);
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

/// Which ioctl it is; 0 for any other call.
fn request(told: &libc::seccomp_notif) -> u64 {
    if told.data.nr == Sysno::ioctl as i32 { told.data.args[1] & 0xffff_ffff } else { 0 }
}

fn decide(plan: &Plan, told: &libc::seccomp_notif, met: &mut usize) -> Answer {
    let number = told.data.nr;
    match plan {
        Plan::Nth(call, of, nth, errno) if number == *call as i32 && request(told) == *of => {
            *met += 1;
            if *met == nth + 1 { Answer::Errno(*errno) } else { Answer::Go }
        }
        Plan::Always(calls, errno) if calls.contains(&number) => Answer::Errno(*errno),
        Plan::Short => short(told).map_or(Answer::Go, Answer::Value),
        _ => Answer::Go,
    }
}

/// Reads a directory in the place of the process, and clears what its entries are.
fn without_types(told: &libc::seccomp_notif) -> Answer {
    let [_, address, room, ..] = told.data.args;
    let getdents = told.data.nr == Sysno::getdents64 as i32;
    let Some(fd) = getdents.then(|| take(told.pid as libc::pid_t, told.data.args[0])).flatten()
    else {
        return Answer::Go;
    };
    let mut records = vec![0u8; room as usize];
    let pointer = records.as_mut_ptr();
    // SAFETY: writes at most `room` bytes.
    let len = unsafe { libc::syscall(libc::SYS_getdents64, fd, pointer, room) };
    close(fd);
    let Ok(len) = usize::try_from(len) else { return Answer::Go };
    let mut at = 0;
    while at < len {
        records[at + 18] = libc::DT_UNKNOWN;
        at += usize::from(u16::from_ne_bytes([records[at + 16], records[at + 17]]));
    }
    let own = libc::iovec { iov_base: pointer.cast(), iov_len: len };
    let other = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: len };
    // SAFETY: writes in the other process, which waits, where it has room.
    let wrote = unsafe { libc::process_vm_writev(told.pid as libc::pid_t, &own, 1, &other, 1, 0) };
    assert_eq!(wrote, len as isize, "{}", io::Error::last_os_error());
    Answer::Value(len as i64)
}

const RECEIVE: libc::Ioctl = 0xc050_2100u32 as libc::Ioctl;
const SEND: libc::Ioctl = 0xc018_2101u32 as libc::Ioctl;

fn reply(listener: RawFd, id: u64, answer: &Answer) {
    let (val, error, flags) = match answer {
        Answer::Go => (0, 0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32),
        Answer::Value(value @ 0..) => (*value, 0, 0),
        Answer::Value(errno) => (0, *errno as i32, 0),
        Answer::Errno(errno) => (0, -errno, 0),
    };
    let mut response = libc::seccomp_notif_resp { id, val, error, flags };
    // The process may have died, or been interrupted and ask again.
    // SAFETY: reads the struct.
    unsafe { libc::ioctl(listener, SEND, &mut response) };
}

pub fn close(fd: RawFd) {
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
