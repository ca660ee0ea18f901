//! Children: by spawn and by fork.

use std::ffi::{CStr, CString};

use rawos::{
    Errno,
    fd::{self, AsFd as _, LockfCommand},
    fs::{self, Mode, OFlags},
    getrandom,
    poll::{self, PollFd, PollFlags},
    process::{
        self, ChildCode, FileAction, Fork, Pid, PidfdSignalFlags, SpawnMode, SpawnOptions,
        WaitIdType, WaitOptions,
    },
    signal::{SigSet, Signal},
};

use crate::{
    child,
    worker::{Outcome, Worker},
};

const EXE: &CStr = c"/proc/self/exe";
const NOTHING: [&CStr; 0] = [];

/// Waits for the child, which must end with this status: there is no reason for
/// any error.
pub fn ended(pid: Pid, status: i32) {
    let (who, how) = process::waitpid(pid, WaitOptions::empty()).unwrap().unwrap();
    assert_eq!((who, how.exit_status()), (pid, Some(status)), "{how:?}");
}

fn number(worker: &mut Worker) -> (i32, CString) {
    let number = worker.rng.below(90) as i32;
    (number, CString::new(number.to_string()).unwrap())
}

pub fn spawn(worker: &mut Worker) -> Outcome {
    let (status, text) = number(worker);
    let options = SpawnOptions::new()
        .setsid(worker.rng.below(2) == 0)
        .setsigmask(SigSet::empty())
        .setsigdef(SigSet::all());
    let pid =
        process::posix_spawn(EXE, [child::NAME, c"exit", text.as_c_str()], NOTHING, &options)?;
    ended(pid, status);
    Ok(())
}

pub fn file_actions(worker: &mut Worker) -> Outcome {
    let path = worker.path("said");
    let c_path = CString::new(path.clone()).unwrap();
    let flags = OFlags::WRONLY | OFlags::CREAT | OFlags::EXCL;
    let actions = [
        FileAction::Open(0, c"/dev/null", OFlags::RDONLY, Mode::empty()),
        FileAction::Open(1, &c_path, flags, Mode::IRUSR),
        FileAction::Dup2(1, 2),
        FileAction::Chdir(c"/"),
        FileAction::Close(77),
    ];
    let options = SpawnOptions::new().file_actions(&actions);
    let pid = process::posix_spawn(EXE, [child::NAME, c"say", c"so "], NOTHING, &options)?;
    let (_, how) = process::waitpid(pid, WaitOptions::empty())?.unwrap();
    match how.exit_status() {
        Some(0) => {}
        // On a disk that is full the child cannot write either.
        Some(libc::ENOSPC) => return Err(Errno::ENOSPC.into()),
        _ => panic!("{how:?}"),
    }
    {
        let _room = worker.room.ease();
        assert_eq!(std::fs::read(&path).unwrap(), b"so so ");
    }
    Ok(fs::unlink(path)?)
}

pub fn in_vain(worker: &mut Worker) -> Outcome {
    let text = CString::new(format!("{}/one", worker.tree)).unwrap();
    let open = [FileAction::Open(0, c"/no/such", OFlags::RDONLY, Mode::empty())];
    let dup = [FileAction::Close(0), FileAction::Dup2(0, 1)];
    let (path, actions, expected): (_, &[_], _) = match worker.rng.below(5) {
        0 => (c"/no/such", &[], Errno::ENOENT),
        1 => (c"/proc", &[], Errno::EACCES),
        2 => (&*text, &[], Errno::EACCES),
        3 => (EXE, &open, Errno::ENOENT),
        _ => (EXE, &dup, Errno::EBADF),
    };
    let options = SpawnOptions::new().file_actions(actions);
    match process::posix_spawn(path, [child::NAME, c"exit", c"0"], NOTHING, &options) {
        Err(errno) if errno == expected => Ok(()),
        Err(errno) => Err(errno.into()),
        Ok(pid) => panic!("{path:?} was started: {pid:?}"),
    }
}

pub fn pidfd(worker: &mut Worker) -> Outcome {
    let (status, text) = number(worker);
    let killed = worker.rng.below(2) == 0;
    let what = if killed { c"pause" } else { c"exit" };
    let argv = [child::NAME, what, text.as_c_str()];
    let (pid, pidfd) = process::pidfd_spawn(EXE, argv, NOTHING, &SpawnOptions::new())?;
    if killed {
        process::pidfd_send_signal(&pidfd, Signal::KILL, PidfdSignalFlags::empty()).unwrap();
    }
    let mut fds = [PollFd::new(pidfd.as_fd(), PollFlags::IN)];
    assert_eq!(poll::poll(&mut fds, None), Ok(1));
    let ended = process::waitid(WaitIdType::Pidfd(pidfd.as_fd()), WaitOptions::EXITED);
    let ended = ended.unwrap().unwrap();
    let expected =
        if killed { (ChildCode::KILLED, libc::SIGKILL) } else { (ChildCode::EXITED, status) };
    assert_eq!((ended.si_pid, (ended.si_code, ended.si_status)), (pid, expected));
    Ok(())
}

pub fn spawnve(worker: &mut Worker) -> Outcome {
    let (status, text) = number(worker);
    let argv = [child::NAME, c"exit", text.as_c_str()];
    let ended = process::spawnve(SpawnMode::Wait, EXE, argv, NOTHING)?;
    // This one's child says 127 where it could not begin, whatever the reason.
    assert!(ended == status || ended == 127 && worker.room.is_scarce(), "{ended}");
    Ok(())
}

/// More than a pipe holds, so that both sides wait.
const STREAM: usize = 200_000;

pub fn stream(worker: &mut Worker) -> Outcome {
    let (reader, writer) = fd::pipe()?;
    let byte = worker.rng.below(256) as u8;
    let expected = STREAM * usize::from(byte) % 61;
    // SAFETY: the child calls nothing but rawos, which takes no locks.
    let pid = match unsafe { process::fork() }? {
        Fork::Parent(pid) => pid,
        Fork::Child => {
            let (mut buf, mut len, mut sum) = ([0_u8; 1000], 0, 0);
            while len < STREAM {
                let count = fd::read(&reader, &mut buf).unwrap_or(0);
                if count == 0 {
                    process::_exit(98);
                }
                len += count;
                sum += buf.iter().take(count).map(|byte| usize::from(*byte)).sum::<usize>();
            }
            process::_exit((sum % 61) as i32)
        }
    };
    drop(reader);
    let written = fd::write_all(&writer, &[byte; STREAM]);
    ended(pid, expected as i32);
    assert_eq!(written, Ok(()));
    Ok(())
}

pub fn random(_: &mut Worker) -> Outcome {
    let (reader, writer) = fd::pipe()?;
    // SAFETY: as above.
    let pid = match unsafe { process::fork() }? {
        Fork::Parent(pid) => pid,
        Fork::Child => {
            let mut bytes = [0; 32];
            let drawn = getrandom::urandom(&mut bytes).and_then(|_| fd::write_all(&writer, &bytes));
            process::_exit(drawn.is_err().into())
        }
    };
    let mut ours = [0; 32];
    let drawn = getrandom::urandom(&mut ours);
    ended(pid, 0);
    drawn?;
    let mut theirs = [0; 32];
    assert_eq!(fd::read(&reader, &mut theirs), Ok(32));
    assert!(ours != theirs && ours != [0; 32] && theirs != [0; 32]);
    Ok(())
}

pub fn lockf(worker: &mut Worker) -> Outcome {
    let path = worker.path("locked");
    let flags = OFlags::RDWR | OFlags::CREAT | OFlags::EXCL;
    let file = fs::open(&path, flags, Mode::IRUSR)?;
    let (reader, writer) = fd::pipe()?;
    fd::lockf(&file, LockfCommand::Lock, 10)?;
    // SAFETY: as above.
    let pid = match unsafe { process::fork() }? {
        Fork::Parent(pid) => pid,
        Fork::Child => {
            // The child is not its holder, has to wait, and gets it.
            let refused = fd::lockf(&file, LockfCommand::TryLock, 10);
            if !matches!(refused, Err(Errno::EAGAIN | Errno::EACCES)) {
                process::_exit(1);
            }
            let told = fd::write_all(&writer, b"x");
            let locked = fd::lockf(&file, LockfCommand::Lock, 10);
            process::_exit((told.is_err() || locked.is_err()).into())
        }
    };
    drop(writer);
    let told = fd::read(&reader, &mut [0; 1]);
    let unlocked = fd::lockf(&file, LockfCommand::Unlock, 10);
    ended(pid, 0);
    assert_eq!((told, unlocked), (Ok(1), Ok(())));
    Ok(fs::unlink(path)?)
}
