//! What this file does as a program: one role, then the end.

use std::{
    env, fs,
    io::Write,
    panic::{self, AssertUnwindSafe},
};

use crate::{many, search, shell};

/// Runs before `main`, and instead of it where there is a role.
extern "C" fn play() {
    let Ok(role) = env::var("RAWOS_ROLE") else { return };
    crate::util::child::count();
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let played = panic::catch_unwind(AssertUnwindSafe(|| match role.as_str() {
        "report" => report(&args),
        "exit" => end(args[0].parse().expect("a status")),
        "kill" => kill(args[0].parse().expect("a signal")),
        "exec" => search::exec(&args),
        "fork" => shell::fork(),
        "hooks" => shell::hooks(),
        "system" => shell::system_restores(),
        "popen" => shell::popen_restores(),
        "pipe" => crate::actions::unshared(),
        "leaks" => many::leaks(),
        "storm" => many::storm(),
        "handlers" => many::handlers(),
        "large" => many::large(),
        "filtered" => many::filtered(),
        "killed" => many::killed(),
        "environ" => shell::environ(),
        "mask" => crate::attributes::masks(),
        role => panic!("no such role: {role}"),
    }));
    end(if played.is_ok() { 0 } else { 101 })
}

#[used]
// SAFETY: the section is one of functions that the C library calls before
// `main`, when it works itself; std's own, for the arguments, comes earlier.
#[unsafe(link_section = ".init_array")]
static PLAY: extern "C" fn() = play;

pub fn end(status: i32) -> ! {
    std::io::stdout().flush().expect("standard output");
    // SAFETY: ends the process.
    unsafe { libc::_exit(status) }
}

fn kill(signal: i32) {
    // SAFETY: no handler is installed.
    unsafe { libc::raise(signal) };
    panic!("survived");
}

/// Prints what the program was given: what comes from outside by libc.
fn report(args: &[&str]) {
    for arg in args {
        println!("arg {arg:?}");
    }
    for (name, value) in env::vars_os() {
        if !["RAWOS_ROLE", "RAWOS_RUNNER", "RAWOS_BOOTED"].map(Some).contains(&name.to_str()) {
            println!("env {name:?} {value:?}");
        }
    }
    println!("cwd {}", env::current_dir().expect("a directory").display());
    // SAFETY: takes nothing.
    let pid = unsafe { libc::getpid() };
    // SAFETY: takes an integer.
    let group = unsafe { libc::getpgid(0) };
    // SAFETY: takes an integer.
    let session = unsafe { libc::getsid(0) };
    // SAFETY: takes an integer.
    let policy = unsafe { libc::sched_getscheduler(0) };
    println!("group {} session {} policy {policy}", group == pid, session == pid);
    let ids = [libc::getuid, libc::geteuid, libc::getgid, libc::getegid];
    // SAFETY: the four take nothing.
    let ids = ids.map(|id| unsafe { id() });
    println!("ids {ids:?}");
    println!("blocked {:?} ignored {:?}", blocked(), disposed(libc::SIG_IGN));
    for fd in 0..64 {
        if let Ok(target) = fs::read_link(format!("/proc/self/fd/{fd}")) {
            let target = target.display().to_string();
            let kind = target.split(':').next().unwrap_or_default();
            if !kind.starts_with("/proc/") {
                println!("fd {fd} {kind}");
            }
        }
    }
}

/// The signals that this thread blocks, but for the C library's own.
pub fn blocked() -> Vec<i32> {
    // SAFETY: zeroes are a set.
    let mut set: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: writes the set.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, std::ptr::null(), &mut set) };
    // SAFETY: reads the set.
    signals().filter(|signal| unsafe { libc::sigismember(&set, *signal) } == 1).collect()
}

/// The signals whose disposition is `what`.
pub fn disposed(what: usize) -> Vec<i32> {
    let is = |signal: &i32| {
        // SAFETY: zeroes are an action.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: writes the action.
        let result = unsafe { libc::sigaction(*signal, std::ptr::null(), &mut action) };
        result == 0 && action.sa_sigaction == what
    };
    signals().filter(is).collect()
}

fn signals() -> impl Iterator<Item = i32> {
    (1..=64).filter(|signal| ![32, 33].contains(signal))
}
