//! The end of the system.
#![forbid(unsafe_code)]

use core::{ffi::CStr, time::Duration};

use rawos::{
    Result,
    fd::{self, AsFd},
    fs::{self, OFlags},
    init::{self, MountFlags, RebootCommand, UmountFlags},
    poll::{PollFd, PollFlags, ppoll},
    process::{self, Pid, PidfdFlags, WaitOptions},
    rt,
    signal::{self, SigHow, SigSet, Signal},
};

use super::{
    boot::MOUNTS,
    events::System,
    file::{open, read},
    inittab::Action,
    log::say,
    mounts::place,
    spawn::{Strings, exec as replace, first, fork},
    text::{has, index, number},
};

/// How long it may take to write out and unmount file systems.
const UNMOUNTED_WITHIN: Duration = Duration::from_secs(30);

/// What comes after the end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Halt,
    PowerOff,
    Restart,
    /// The command of the line `restart`.
    Exec,
}

impl Goal {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Halt => "halt",
            Self::PowerOff => "power off",
            Self::Restart => "restart",
            Self::Exec => "another init",
        }
    }
}

/// Sends the signal to all processes but this one.
pub fn signal_all(signal: Signal) {
    for signal in [signal, Signal::CONT] {
        // There may be none.
        let _ = process::kill(Pid(-1), signal);
    }
}

/// When no process is left: unmounts, and ends the machine. What it returns is
/// for where that cannot be.
pub fn finish(system: &mut System) -> i32 {
    let resident = resident();
    say!(system.log, INFO, "reaped % orphans, % KiB resident", system.orphans, resident);
    system.log.close();
    if system.goal == Goal::Exec {
        exec(system);
    }
    let mut write_out = || {
        fs::sync();
        match system.machine {
            true => unmount_all(system),
            false => unmount_own(system),
        }
        fs::sync();
        0
    };
    // In a process of its own: what a dead server or disk has wait cannot be
    // interrupted.
    match fork(&mut write_out) {
        Ok(child) => wait(system, child),
        Err(_) => drop(write_out()),
    }
    let goal = if system.goal == Goal::Exec { Goal::Restart } else { system.goal };
    say!(system.log, INFO, "end: %", goal.name());
    let command = match goal {
        Goal::Halt => RebootCommand::Halt,
        Goal::PowerOff => RebootCommand::PowerOff,
        _ => RebootCommand::Restart,
    };
    let result = init::reboot(command);
    if let Err(errno) = result {
        say!(system.log, ERROR, "%: !", goal.name(), errno);
    }
    // Process 1 of a machine may not end: that would be a panic of the kernel.
    if system.machine {
        loop {
            let _ = signal::sigsuspend(SigSet::all());
        }
    }
    0
}

/// Waits for a child, but not for ever.
fn wait(system: &System, child: Pid) {
    // Before Linux 5.3 there is no pidfd, and no end to this.
    let Ok(pidfd) = process::pidfd_open(child, PidfdFlags::empty()) else {
        let _ = process::waitpid(child, WaitOptions::empty());
        return;
    };
    let mut ended = [PollFd::new(pidfd.as_fd(), PollFlags::IN)];
    if ppoll(&mut ended, Some(UNMOUNTED_WITHIN), None) == Ok(0) {
        say!(system.log, WARNING, "unmounting takes too long");
    }
}

/// Runs the line `restart` in place of this program.
fn exec(system: &System) {
    let Some(entry) = system.lines.iter().find(|entry| entry.action == Action::Restart) else {
        return;
    };
    let (mut argv, mut env) = (Strings::new(), Strings::new());
    let strings = entry.command.iter().try_for_each(|word| argv.push(word));
    let strings = strings.and_then(|()| rt::env().try_for_each(|var| env.push(var)));
    let path = first(entry.command);
    let path = path.strip_prefix(b"-").unwrap_or(path);
    let _ = signal::sigprocmask(SigHow::SetMask, SigSet::empty());
    let errno = strings.err().unwrap_or_else(|| replace(path, &argv, &env));
    let _ = signal::sigprocmask(SigHow::SetMask, SigSet::all());
    say!(system.log, ERROR, "%: !", path, errno);
}

/// Unmounts what `boot` mounted. What is in use goes with the namespace.
fn unmount_own(system: &System) {
    for (index, mount) in MOUNTS.iter().enumerate().rev() {
        if system.mounted & 1 << index != 0 && mount.1 != c"/proc" {
            let _ = init::umount2(mount.1, UmountFlags::DETACH);
        }
    }
}

/// Unmounts all file systems that hold data, or has them read-only.
fn unmount_all(system: &System) {
    // What is left may show, or be free, when another is gone.
    while pass(system, false) {}
    pass(system, true);
    if let Err(errno) = read_only(c"/") {
        say!(system.log, WARNING, "the root is not read-only: !", errno);
    }
}

/// Nothing is written to it any more.
#[inline(never)]
fn read_only(path: &CStr) -> Result<()> {
    init::mount(c"", path, c"", MountFlags::REMOUNT | MountFlags::RDONLY, c"")
}

/// Goes through all mounts, of those in a piece of the table the last first.
/// Whether any is gone.
fn pass(system: &System, last: bool) -> bool {
    let mut gone = false;
    let Ok(file) = open(c"/proc/self/mountinfo", OFlags::RDONLY) else { return false };
    // The kernel gives whole lines, as many as fit into a page; where pages are
    // larger than this, what was cut is whole in another pass.
    let mut table = [0; 16384];
    while let Ok(count @ 1..) = fd::read(&file, &mut table) {
        let table = table.get(..count).unwrap_or_default();
        for line in table.split(|byte| *byte == b'\n').rev() {
            let Some((path, kind)) = place(line) else { continue };
            if path.bytes() == b"/" || index(KERNELS, kind).is_some() {
                continue;
            }
            // What is in memory only may stay in use, but not in the way of others.
            let memory = if kind == b"tmpfs" { UmountFlags::DETACH } else { UmountFlags::empty() };
            match init::umount2(path.c_str(), UmountFlags::NOFOLLOW | memory) {
                Ok(()) => gone = true,
                Err(errno) if last => {
                    say!(system.log, WARNING, "cannot unmount %: !", path.bytes(), errno);
                    let _ = read_only(path.c_str());
                }
                Err(_) => {}
            }
        }
    }
    gone
}

/// File systems of the kernel's, which hold nothing to be kept.
const KERNELS: &[u8] = b"proc sysfs devtmpfs devpts cgroup cgroup2 securityfs rootfs";

/// How much memory this process has, in KiB, counted exactly.
pub fn resident() -> u64 {
    let mut buf = [0; 512];
    let (text, _) = read(c"/proc/self/smaps_rollup", &mut buf).unwrap_or_default();
    let mut words = text.split(|byte| has(b" \n", *byte)).filter(|word| !word.is_empty());
    words.find(|word| *word == b"Rss:").and_then(|_| number(words.next()?)).unwrap_or(0)
}
