//! Short reads and writes: what a pipe, a terminal, a signal or a full disk may
//! give at any time.

use std::{mem::zeroed, os::fd::RawFd, ptr};

use syscalls::Sysno;

use crate::supervisor::close;

/// Whether this call moves bytes, and may move fewer. Where none is made, nothing is tried.
pub fn moves(call: Sysno) -> bool {
    matches!(
        call,
        Sysno::getrandom
            | Sysno::read
            | Sysno::pread64
            | Sysno::write
            | Sysno::pwrite64
            | Sysno::readv
            | Sysno::preadv
            | Sysno::writev
            | Sysno::pwritev
            | Sysno::copy_file_range
            | Sysno::sendfile
    )
}

/// Moves one byte where more are asked for, in the place of the process, which waits. `None` if this
/// call moves none.
pub fn short(told: &libc::seccomp_notif) -> Option<i64> {
    let (pid, args) = (told.pid as libc::pid_t, told.data.args);
    let call = Sysno::new(usize::try_from(told.data.nr).ok()?).filter(|call| moves(*call))?;
    let moved = match call {
        Sysno::getrandom if args[1] > 1 => i64::from(poke(pid, args[0], &mut 0u8)),
        Sysno::read | Sysno::pread64 | Sysno::write | Sysno::pwrite64 if args[2] > 1 => {
            byte(pid, call, args[0], args[1], args[3])?
        }
        Sysno::readv | Sysno::preadv | Sysno::writev | Sysno::pwritev => {
            let (first, total) = buffers(pid, args[1], args[2])?;
            let single = match call {
                Sysno::readv => Sysno::read,
                Sysno::preadv => Sysno::pread64,
                Sysno::writev => Sysno::write,
                _ => Sysno::pwrite64,
            };
            (total > 1).then(|| byte(pid, single, args[0], first, args[3]))??
        }
        Sysno::copy_file_range if args[4] > 1 => {
            between(pid, (args[0], args[1]), (args[2], args[3]), |from, to| {
                // SAFETY: the offsets are null or of this process.
                unsafe { libc::copy_file_range(from.0, from.1, to.0, to.1, 1, 0) as i64 }
            })?
        }
        Sysno::sendfile if args[3] > 1 => {
            between(pid, (args[1], args[2]), (args[0], 0), |from, to| {
                // SAFETY: the offset is null or of this process.
                unsafe { libc::sendfile(to.0, from.0, from.1, 1) as i64 }
            })?
        }
        _ => return None,
    };
    // What fails does so in the process itself.
    (moved >= 0).then_some(moved)
}

/// Reads or writes one byte at `address` of the process.
fn byte(pid: libc::pid_t, call: Sysno, fd: u64, address: u64, offset: u64) -> Option<i64> {
    let fd = take(pid, fd)?;
    let mut waiting = libc::pollfd { fd, events: libc::POLLIN | libc::POLLOUT, revents: 0 };
    // SAFETY: one struct.
    if unsafe { libc::poll(&mut waiting, 1, 0) } == 0 {
        // Who would make it ready may wait for an answer from here.
        close(fd);
        return None;
    }
    let mut byte = 0u8;
    let pointer = ptr::from_mut(&mut byte).cast::<libc::c_void>();
    let offset = offset as libc::off_t;
    if matches!(call, Sysno::write | Sysno::pwrite64) {
        // A byte that is not there fails in the process itself.
        let there = peek(pid, address, &mut byte);
        if !there {
            close(fd);
            return None;
        }
    }
    let moved = match call {
        // SAFETY: moves one byte, which is there.
        Sysno::read => unsafe { libc::read(fd, pointer, 1) },
        // SAFETY: as above.
        Sysno::write => unsafe { libc::write(fd, pointer, 1) },
        // SAFETY: as above.
        Sysno::pread64 => unsafe { libc::pread(fd, pointer, 1, offset) },
        // SAFETY: as above.
        _ => unsafe { libc::pwrite(fd, pointer, 1, offset) },
    };
    close(fd);
    if moved == 1 && matches!(call, Sysno::read | Sysno::pread64) {
        poke(pid, address, &mut byte);
    }
    Some(moved as i64)
}

/// Where the first buffer with room is, and how much room all have.
fn buffers(pid: libc::pid_t, address: u64, count: u64) -> Option<(u64, usize)> {
    let (mut first, mut total) = (None, 0);
    for index in 0..count {
        // SAFETY: zeroes are a valid iovec.
        let mut part: libc::iovec = unsafe { zeroed() };
        let at = address + index * size_of::<libc::iovec>() as u64;
        if !peek(pid, at, &mut part) {
            return None;
        }
        total += part.iov_len;
        first = first.or((part.iov_len > 0).then_some(part.iov_base as u64));
    }
    Some((first?, total))
}

type Place = (RawFd, *mut libc::off_t);

/// Moves a byte between two files, each a descriptor of the process and the address of an offset or 0.
fn between(
    pid: libc::pid_t,
    from: (u64, u64),
    to: (u64, u64),
    move_one: impl Fn(Place, Place) -> i64,
) -> Option<i64> {
    let (mut from_at, mut to_at) = (0, 0);
    if (from.1 != 0 && !peek(pid, from.1, &mut from_at))
        || (to.1 != 0 && !peek(pid, to.1, &mut to_at))
    {
        return None;
    }
    let from_fd = take(pid, from.0)?;
    let Some(to_fd) = take(pid, to.0) else {
        close(from_fd);
        return None;
    };
    let place = |fd, address, at: &mut libc::off_t| {
        (fd, if address == 0 { ptr::null_mut() } else { ptr::from_mut(at) })
    };
    let moved = move_one(place(from_fd, from.1, &mut from_at), place(to_fd, to.1, &mut to_at));
    close(from_fd);
    close(to_fd);
    if from.1 != 0 {
        poke(pid, from.1, &mut from_at);
    }
    if to.1 != 0 {
        poke(pid, to.1, &mut to_at);
    }
    Some(moved)
}

/// Whether this process may reach into its children, which all of the above takes (Linux 5.6, and
/// no sandbox that forbids it).
pub fn is_possible() -> bool {
    let mut value = 1u8;
    let address = ptr::from_ref(&value) as u64;
    let child = crate::util::again::sleeper();
    let taken = take(child, 0).is_some_and(|fd| {
        close(fd);
        true
    });
    let reached = taken && peek(child, address, &mut value) && poke(child, address, &mut value);
    // SAFETY: takes numbers.
    unsafe { libc::kill(child, libc::SIGKILL) };
    crate::util::again::libc_wait(child, 0);
    reached
}

/// The process's descriptor, here.
pub fn take(pid: libc::pid_t, fd: u64) -> Option<RawFd> {
    // SAFETY: takes numbers.
    let pidfd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) } as RawFd;
    // SAFETY: as above.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, pidfd, fd, 0) } as RawFd;
    close(pidfd);
    (fd >= 0).then_some(fd)
}

fn peek<T>(pid: libc::pid_t, address: u64, value: &mut T) -> bool {
    let (own, other) = both(address, value);
    // SAFETY: the value has room; the address is checked by the kernel.
    unsafe { libc::process_vm_readv(pid, &own, 1, &other, 1, 0) == size_of::<T>() as isize }
}

fn poke<T>(pid: libc::pid_t, address: u64, value: &mut T) -> bool {
    let (own, other) = both(address, value);
    // SAFETY: reads the value; the address is checked by the kernel.
    unsafe { libc::process_vm_writev(pid, &own, 1, &other, 1, 0) == size_of::<T>() as isize }
}

fn both<T>(address: u64, value: &mut T) -> (libc::iovec, libc::iovec) {
    let iov_len = size_of::<T>();
    let own = libc::iovec { iov_base: ptr::from_mut(value).cast(), iov_len };
    (own, libc::iovec { iov_base: address as *mut libc::c_void, iov_len })
}
