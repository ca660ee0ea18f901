//! From the kernel's last step to the first service.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rawos::{
    Result, fd,
    fs::{self, Mode, OFlags},
    init::{self, MountFlags, RebootCommand},
    process, signal,
    signal::{SigHow, SigSet},
};

use super::{
    Options,
    events::System,
    file::{Path, open, read, stat, write},
    load,
    log::{Log, say},
    text::{Lines, Words},
};

/// What is mounted: a type, a place, options.
pub struct Mount(pub &'static CStr, pub &'static CStr, MountFlags, &'static CStr);

const SAFE: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV).union(MountFlags::NOEXEC);
const DATA: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

pub const MOUNTS: [Mount; 8] = [
    Mount(c"proc", c"/proc", SAFE, c""),
    Mount(c"sysfs", c"/sys", SAFE, c""),
    Mount(c"devtmpfs", c"/dev", MountFlags::NOSUID, c"mode=755"),
    Mount(
        c"devpts",
        c"/dev/pts",
        MountFlags::NOSUID.union(MountFlags::NOEXEC),
        c"mode=620,ptmxmode=666",
    ),
    Mount(c"tmpfs", c"/dev/shm", DATA, c"mode=1777"),
    Mount(c"tmpfs", c"/run", DATA, c"mode=755"),
    Mount(c"tmpfs", c"/tmp", DATA, c"mode=1777"),
    Mount(c"cgroup2", c"/sys/fs/cgroup", SAFE, c""),
];

/// What udev would link in `/dev`: to where, and the link.
const LINKS: Words<'_> = Words(
    b"/proc/self/fd\0/dev/fd\0/proc/self/fd/0\0/dev/stdin\0\
    /proc/self/fd/1\0/dev/stdout\0/proc/self/fd/2\0/dev/stderr\0",
);

/// The kernel's numbers for the first PID and UTS namespaces.
const FIRST_PID: &[u8] = b"pid:[4026531836]";
const FIRST_UTS: &[u8] = b"uts:[4026531838]";

/// Makes the system ready for its services.
#[inline(never)]
pub fn run(system: &mut System, options: &Options, memory: &'static mut load::Memory) {
    // From now on nothing interrupts; the loop reads signals.
    let _ = signal::sigprocmask(SigHow::SetMask, SigSet::all());
    let _ = process::setsid();
    let _ = fs::chdir(c"/");
    process::umask(Mode::from_bits_retain(0o022));
    system.grace = options.grace;
    system.log.attach();

    for (index, mount) in MOUNTS.iter().enumerate() {
        match make(mount) {
            Ok(false) => {}
            Ok(true) => system.mounted |= 1 << index,
            Err(errno) => {
                let (kind, place) = (mount.0.to_bytes(), mount.1.to_bytes());
                say!(system.log, WARNING, "cannot mount % on %: !", kind, place, errno);
            }
        }
        if mount.1 == c"/dev" {
            console(&mut system.log);
        }
    }
    let mut links = LINKS.iter();
    while let (Some(to), Some(link)) = (links.next(), links.next()) {
        // It may be there, and without /dev there is nothing to be done.
        let _ = fs::symlink(to, link);
    }
    system.machine = !other(c"/proc/self/ns/pid", FIRST_PID);
    if system.machine {
        machine(&mut system.log);
    }
    let place = if system.machine { "a machine" } else { "a namespace" };
    say!(system.log, INFO, "started on %", place);
    if system.machine || other(c"/proc/self/ns/uts", FIRST_UTS) {
        hostname(options.config, &system.log);
    }
    if let Err(errno) = init::loopback_up() {
        say!(system.log, WARNING, "loopback interface: !", errno);
    }
    load::run(system, options.config, memory);
}

/// Mounts it, unless something is mounted there.
fn make(mount: &Mount) -> Result<bool> {
    let Mount(kind, place, flags, options) = *mount;
    // It may be there; and the mount says if it is not.
    let _ = fs::mkdir(place, Mode::from_bits_retain(0o755));
    let above = Path::new(&[place.to_bytes(), b"/.."]);
    if let (Ok(own), Ok(above)) = (stat(place), stat(above.c_str()))
        && own.0 != above.0
    {
        return Ok(false);
    }
    init::mount(kind, place, kind, flags, options).map(|()| true)
}

/// An initramfs without `/dev/console` leaves the streams closed. By now there is
/// one, and `/proc` as well.
fn console(log: &mut Log) {
    let console =
        || open(c"/dev/console", OFlags::RDWR).or_else(|_| open(c"/dev/null", OFlags::RDWR));
    // The lowest number that is free is the next's.
    while let Ok(console) = console()
        && console.as_raw_fd() <= 2
    {
        // A standard stream: nobody's to close, and the programs' too.
        let _ = fd::set_inheritable(&console, true);
        let _ = console.into_raw_fd();
    }
    log.attach();
}

/// Whether the namespace is known to be another than the kernel started with.
fn other(path: &CStr, first: &[u8]) -> bool {
    let mut buf = [0; 64];
    fs::readlink(path, &mut buf).is_ok_and(|len| buf.get(..len) != Some(first))
}

/// What concerns the machine.
fn machine(log: &mut Log) {
    log.kmsg = open(c"/dev/kmsg", OFlags::WRONLY).ok();
    // The kernel drops what comes too fast, unless it is told otherwise.
    let _ = write(c"/proc/sys/kernel/printk_devkmsg", b"on\n");
    // Ctrl-Alt-Del sends SIGINT.
    if let Err(errno) = init::reboot(RebootCommand::CadOff) {
        say!(log, WARNING, "Ctrl-Alt-Del: !", errno);
    }
}

fn hostname(config: &CStr, log: &Log) {
    let mut buf = [0; 256];
    let path = Path::new(&[config.to_bytes(), b"/hostname"]);
    let Ok((text, _)) = read(path.c_str(), &mut buf) else { return };
    let mut lines = Lines::new(text);
    while let Some((_, name)) = lines.plain() {
        if name.is_empty() || name.starts_with(b"#") {
            continue;
        }
        if let Err(errno) = init::sethostname(name) {
            say!(log, ERROR, "host's name: !", errno);
        }
        return;
    }
}
