//! What belongs to a thread, and what to the whole process: a std program whose
//! threads make system calls by rawos. `cargo run --example threads --features std`
//!
//! The kernel knows threads, and gives each its own of much that POSIX has by the
//! process: a priority, a mask of signals, a name, user and capabilities. What a
//! thread shares with the others, such as the current directory, it can part from.
#![allow(clippy::std_instead_of_core, reason = "a std program")]

use std::{io, thread};

use rawos::{
    Result,
    fd::{self, OwnedFd},
    fs::{self, Mode, OFlags},
    process::{self, CloneFlags, Pid, PriorityWho},
    signal::{self, SigHow, SigSet, Signal},
};

/// What the calling thread sees.
#[derive(Debug, PartialEq)]
struct Facts {
    process: Pid,
    parent: Pid,
    thread: String,
    name: String,
    directory: String,
    blocked: SigSet,
    priority: i32,
}

impl Facts {
    fn read() -> Result<Self> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Self {
            process: process::getpid(),
            parent: process::getppid(),
            thread: text(&fs::readlink_alloc("/proc/thread-self")?),
            name: text(process::get_thread_name(&mut [0; 16])?.to_bytes()),
            directory: text(&fs::getcwd_alloc()?),
            blocked: signal::sigprocmask(SigHow::Block, SigSet::empty())?,
            priority: process::getpriority(PriorityWho::Process(Pid(0)))?,
        })
    }
}

/// What a thread sees that has changed all it can for itself, and a file that it
/// has opened.
fn changed() -> Result<(Facts, OwnedFd)> {
    process::set_thread_name("worker")?;
    signal::sigprocmask(SigHow::Block, SigSet::from(Signal::USR1))?;
    let priority = process::getpriority(PriorityWho::Process(Pid(0)))?;
    process::setpriority(PriorityWho::Process(Pid(0)), (priority + 1).min(19))?;
    // Directory and umask are all threads', until one of them parts from them.
    process::unshare(CloneFlags::FS)?;
    fs::chdir("/proc")?;
    // Descriptors stay everybody's.
    let file = fs::open("self/comm", OFlags::RDONLY, Mode::empty())?;
    Ok((Facts::read()?, file))
}

/// The facts of a thread that changes nothing, and of one that does.
fn compare() -> Result<(Facts, Facts)> {
    let (worker, file) = thread::spawn(changed).join().expect("no panic")?;
    // The other thread is gone, and its descriptor is not.
    assert!(fd::read(&file, &mut [0; 16])? > 0);
    Ok((Facts::read()?, worker))
}

fn main() -> io::Result<()> {
    let (main, worker) = compare()?;
    let row = |what: &str, main: &dyn std::fmt::Debug, worker: &dyn std::fmt::Debug| {
        println!("{what:10} {:24} {:24}", format!("{main:?}"), format!("{worker:?}"));
    };
    row("", &"main thread", &"another");
    row("process", &main.process, &worker.process);
    row("parent", &main.parent, &worker.parent);
    row("thread", &main.thread, &worker.thread);
    row("name", &main.name, &worker.name);
    row("directory", &main.directory, &worker.directory);
    row("blocked", &main.blocked, &worker.blocked);
    row("priority", &main.priority, &worker.priority);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process::id};

    use super::{SigSet, Signal, compare};

    #[test]
    fn a_thread_changes_nothing_of_another() {
        let read = || {
            let stat = fs::read_to_string("/proc/thread-self/stat").unwrap();
            let nice =
                stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().to_owned();
            let status = fs::read_to_string("/proc/thread-self/status").unwrap();
            let blocked =
                status.lines().find(|line| line.starts_with("SigBlk:")).unwrap().to_owned();
            (nice, blocked, env::current_dir().unwrap())
        };
        let before = read();
        let (main, worker) = compare().unwrap();
        assert_eq!(read(), before);

        assert_eq!((main.process, main.parent), (worker.process, worker.parent));
        assert_eq!(u32::try_from(main.process.0), Ok(id()));
        assert_ne!(main.thread, worker.thread);
        assert_eq!(main.directory, before.2.display().to_string());
        assert_eq!((&*worker.directory, &*worker.name), ("/proc", "worker"));
        assert_eq!(main.priority.to_string(), before.0);
        assert_eq!(worker.priority, (main.priority + 1).min(19));
        assert_eq!(
            worker.blocked,
            SigSet::from_bits(main.blocked.bits() | SigSet::from(Signal::USR1).bits())
        );
        super::main().unwrap();
    }
}
