//! PID 1 of a booted guest: mounts the usual file systems, runs the payload's
//! programs one after the other, says on the console how each ended, and
//! powers off. On std and libc, not on rawos: a harness must not fail where
//! what it tests fails.

use std::collections::BTreeMap;
use std::ffi::CStr;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::{env, fs};

use xtask_guest::{Job, Mark, PAYLOAD};

const MOUNTS: &[(&CStr, &CStr)] = &[
    (c"proc", c"/proc"),
    (c"sysfs", c"/sys"),
    (c"devtmpfs", c"/dev"),
    (c"devpts", c"/dev/pts"),
    (c"tmpfs", c"/dev/shm"),
    (c"tmpfs", c"/tmp"),
    (c"tmpfs", c"/run"),
];

/// What udev would link in /dev.
const LINKS: &[(&str, &str)] = &[
    ("/proc/self/fd", "/dev/fd"),
    ("/proc/self/fd/0", "/dev/stdin"),
    ("/proc/self/fd/1", "/dev/stdout"),
    ("/proc/self/fd/2", "/dev/stderr"),
];

fn main() {
    // Started by hand on a machine at work, this would mount over its /dev.
    if std::process::id() != 1 {
        eprintln!("guest-init is the first process of a booted guest, and runs as nothing else");
        std::process::exit(2);
    }
    let status = match run() {
        Ok(status) => status,
        Err(error) => {
            mark(&Mark::Begin(format!("PID 1: {error}")));
            255
        }
    };
    mark(&Mark::Exit(status));
    // SAFETY: neither call touches memory of ours. The second returns only if
    // the kernel refuses, and then the end of PID 1 is the panic that tells.
    unsafe {
        libc::sync();
        libc::reboot(libc::LINUX_REBOOT_CMD_POWER_OFF);
    }
}

/// Runs all there is to run; the first status that was not 0.
fn run() -> io::Result<i32> {
    // SAFETY: setsid takes nothing. Without it the programs would be in the
    // kernel's own session and process group, number 0.
    unsafe { libc::setsid() };
    for (kind, place) in MOUNTS {
        mount(kind, place)?;
    }
    for (to, link) in LINKS {
        symlink(to, link)?;
    }
    let jobs = xtask_guest::decode(&fs::read(PAYLOAD)?)
        .ok_or_else(|| io::Error::other("/payload is not a list of jobs"))?;
    let environment = environment();
    let mut first = 0;
    for job in &jobs {
        mark(&Mark::Begin(job.name.clone()));
        let status = start(job, &environment).unwrap_or_else(|error| {
            println!("{}: {error}", job.argv[0]);
            127
        });
        mark(&Mark::End(job.name.clone(), status));
        if first == 0 {
            first = status;
        }
    }
    Ok(first)
}

fn mount(kind: &CStr, place: &CStr) -> io::Result<()> {
    let path = place.to_str().map_err(io::Error::other)?;
    fs::create_dir_all(path)?;
    // SAFETY: mount(2) reads the three strings during the call; no data.
    let result =
        unsafe { libc::mount(kind.as_ptr(), place.as_ptr(), kind.as_ptr(), 0, std::ptr::null()) };
    match result {
        0 => Ok(()),
        _ => Err(io::Error::other(format!("mount {path}: {}", io::Error::last_os_error()))),
    }
}

/// The variables the tests look at, and nothing the kernel passed on.
fn environment() -> BTreeMap<String, String> {
    let mut variables: BTreeMap<String, String> = [
        ("HOME", "/"),
        ("PATH", "/bin"),
        ("RAWOS_BOOTED", "1"),
        ("RAWOS_PROGRAMS", "/programs"),
        ("TERM", "dumb"),
        ("TMPDIR", "/tmp"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    // From the kernel's command line, to look into a failure by hand.
    if let Ok(value) = env::var("RUST_BACKTRACE") {
        variables.insert("RUST_BACKTRACE".to_owned(), value);
    }
    variables
}

/// Runs one program to its end, and collects orphans meanwhile.
fn start(job: &Job, environment: &BTreeMap<String, String>) -> io::Result<i32> {
    let child = Command::new(&job.argv[0])
        .args(&job.argv[1..])
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .spawn()?;
    loop {
        let mut raw = 0;
        // SAFETY: waitpid writes one int at `raw`, during the call.
        let pid = unsafe { libc::waitpid(-1, &raw mut raw, 0) };
        if pid == -1 {
            return Err(io::Error::last_os_error());
        }
        if u32::try_from(pid) == Ok(child.id()) {
            let status = ExitStatus::from_raw(raw);
            return Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
        }
    }
}

fn mark(mark: &Mark) {
    // The console is all there is to report to, so its failure goes unheard.
    let mut console = io::stdout().lock();
    let _ = write!(console, "\n{mark}\n").and_then(|()| console.flush());
}
