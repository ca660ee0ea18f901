//! Pseudoterminals.

use rawos::{
    Errno,
    fd::{self, AsFd, OwnedFd},
    fs::{self, Mode, OFlags},
    process,
    tty::{self, ForkPty},
};

use crate::{
    processes::ended,
    worker::{Outcome, Worker},
};

/// What one side writes, the other reads, if not at once.
fn talk(pty: &OwnedFd, line: &OwnedFd) -> Outcome {
    fd::write_all(line, b"hello\n")?;
    hear(pty, b"hello\r\n")?;
    fd::write_all(pty, b"yes\n")?;
    hear(line, b"yes\n")
}

fn hear(from: &OwnedFd, expected: &[u8]) -> Outcome {
    let (mut buf, mut len) = ([0; 64], 0);
    while len < expected.len() {
        let count = fd::read(from, &mut buf[len..])?;
        assert!(count > 0);
        len += count;
    }
    assert_eq!(&buf[..len], expected);
    Ok(())
}

/// The file of a descriptor.
fn file_of(worker: &Worker, fd: impl AsFd) -> std::path::PathBuf {
    let _room = worker.room.ease();
    std::fs::read_link(format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd())).unwrap()
}

pub fn openpty(worker: &mut Worker) -> Outcome {
    let (pty, line) = tty::openpty()?;
    let name = tty::ptsname(&pty)?;
    assert_eq!(file_of(worker, &line).to_str(), name.to_str().ok());
    talk(&pty, &line)
}

pub fn posix_openpt(worker: &mut Worker) -> Outcome {
    let pty = tty::posix_openpt(OFlags::RDWR | OFlags::NOCTTY)?;
    tty::grantpt(&pty)?;
    tty::unlockpt(&pty)?;
    let name = tty::ptsname(&pty)?;
    let line = fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty())?;
    assert_eq!(file_of(worker, &line).to_str(), name.to_str().ok());
    talk(&pty, &line)
}

pub fn forkpty(worker: &mut Worker) -> Outcome {
    let status = worker.rng.below(90) as i32;
    // SAFETY: the child calls nothing but rawos, which takes no locks.
    let (pid, pty) = match unsafe { tty::forkpty() }? {
        ForkPty::Parent { pid, pty } => (pid, pty),
        ForkPty::Child => {
            let told = fd::write_all(fd::stdout(), b"I am\n");
            process::_exit(if told.is_ok() { status } else { 98 })
        }
    };
    let (mut said, mut buf) = ([0; 64], [0; 64]);
    let mut len = 0;
    let end = loop {
        match fd::read(&pty, &mut buf) {
            Ok(count) if count > 0 => {
                said[len..len + count].copy_from_slice(&buf[..count]);
                len += count;
            }
            end => break end,
        }
    };
    ended(pid, status);
    assert_eq!((&said[..len], end), (&b"I am\r\n"[..], Err(Errno::EIO)));
    Ok(())
}
