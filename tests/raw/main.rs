//! The stubs against those of two other crates: the same registers in, the
//! same register out. And the text of their assembly.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod registers;
mod text;
#[path = "../util/mod.rs"]
mod util;

use proptest::prelude::*;
use rawos::{Errno, raw::Sysno};

/// The result of `sc` and `syscalls`, as rawos gives it.
#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one for each number of arguments")]
fn theirs(nr: Sysno, args: &[usize]) -> [Result<usize, Errno>; 2] {
    let number = nr.id() as usize;
    // SAFETY: as for the call of rawos in `ours`: the kernel refuses each of
    // these calls before it touches memory.
    let (sc, syscalls) = unsafe {
        match *args {
            [] => (sc::syscall0(number), syscalls::syscall0(nr)),
            [a] => (sc::syscall1(number, a), syscalls::syscall1(nr, a)),
            [a, b] => (sc::syscall2(number, a, b), syscalls::syscall2(nr, a, b)),
            [a, b, c] => (sc::syscall3(number, a, b, c), syscalls::syscall3(nr, a, b, c)),
            [a, b, c, d] => (sc::syscall4(number, a, b, c, d), syscalls::syscall4(nr, a, b, c, d)),
            [a, b, c, d, e] => {
                (sc::syscall5(number, a, b, c, d, e), syscalls::syscall5(nr, a, b, c, d, e))
            }
            [a, b, c, d, e, f] => {
                (sc::syscall6(number, a, b, c, d, e, f), syscalls::syscall6(nr, a, b, c, d, e, f))
            }
            _ => unreachable!("six registers"),
        }
    };
    let errno = |number: i32| Errno::from_raw(number).unwrap();
    let sc = match sc as isize {
        error @ -4095..=-1 => Err(errno(-error as i32)),
        value => Ok(value as usize),
    };
    [sc, syscalls.map_err(|error| errno(error.into_raw()))]
}

#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one for each number of arguments")]
fn ours(nr: Sysno, args: &[usize]) -> Result<usize, Errno> {
    use rawos::raw::syscall;
    // SAFETY: the kernel refuses each of these calls before it touches memory,
    // or they take no pointer.
    unsafe {
        match *args {
            [] => syscall(nr, []),
            [a] => syscall(nr, [a]),
            [a, b] => syscall(nr, [a, b]),
            [a, b, c] => syscall(nr, [a, b, c]),
            [a, b, c, d] => syscall(nr, [a, b, c, d]),
            [a, b, c, d, e] => syscall(nr, [a, b, c, d, e]),
            [a, b, c, d, e, f] => syscall(nr, [a, b, c, d, e, f]),
            _ => unreachable!("six registers"),
        }
    }
}

/// A register: small, negative, huge, or anything.
fn register() -> impl Strategy<Value = usize> {
    prop_oneof![
        0..64usize,
        Just(usize::MAX),
        (1..4096usize).prop_map(|n| n.wrapping_neg()),
        any::<usize>()
    ]
}

proptest! {
    /// Calls that take integers alone, or whose first argument (never an open
    /// descriptor) is refused before the rest is looked at. `lseek` sees its
    /// three arguments on a real file.
    #[test]
    fn the_same_registers_give_the_same_register(
        args in prop::collection::vec(register(), 6),
        file in any::<bool>(),
    ) {
        use std::os::fd::AsRawFd as _;
        let null = std::fs::File::open("/proc/self/status").unwrap();
        let fd = if file { null.as_raw_fd() as usize } else { usize::MAX };
        let [_, b, c, d, e, f] = args[..] else { unreachable!("six were asked for") };
        // From the current position, three calls go to three places.
        let c = if c == libc::SEEK_CUR as usize { c + 1 } else { c };
        let calls: [(Sysno, &[usize]); 9] = [
            (Sysno::getpid, &[]),
            (Sysno::getpriority, &[b & 3, 0]),
            (Sysno::close, &[usize::MAX - (b & 0xffff)]),
            (Sysno::dup3, &[usize::MAX, b, c]),
            (Sysno::lseek, &[fd, b, c]),
            (Sysno::pread64, &[usize::MAX, 0, c, d]),
            (Sysno::setsockopt, &[usize::MAX, b, c, 0, d & 7]),
            (Sysno::splice, &[usize::MAX, 0, usize::MAX, 0, e, f]),
            (Sysno::copy_file_range, &[usize::MAX, 0, usize::MAX, 0, e, f]),
        ];
        for (nr, args) in calls {
            let ours = ours(nr, args);
            prop_assert_eq!([ours; 2], theirs(nr, args), "{} {:x?}", nr, args);
        }
    }
}

#[test]
fn each_argument_reaches_its_register() {
    // SAFETY: all zero, and a private anonymous mapping where the kernel likes.
    let mapped = unsafe {
        let protection = (libc::PROT_READ | libc::PROT_WRITE) as usize;
        let flags = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as usize;
        rawos::raw::syscall(Sysno::mmap, [0, 4096, protection, flags, usize::MAX, 0])
    };
    let start = std::ptr::with_exposed_provenance_mut::<u8>(mapped.unwrap());
    // SAFETY: just mapped, for us.
    unsafe { start.write(7) };
    // SAFETY: as above.
    assert_eq!(unsafe { start.read() }, 7);
    // SAFETY: nothing uses it any more.
    let unmapped = unsafe { rawos::raw::syscall(Sysno::munmap, [start.expose_provenance(), 4096]) };
    assert_eq!(unmapped, Ok(0));
    // The offset, the sixth, must be a multiple of the page size.
    // SAFETY: refused, or a mapping that nobody uses.
    let refused = unsafe { rawos::raw::syscall(Sysno::mmap, [0, 4096, 0, 0x22, usize::MAX, 1]) };
    assert_eq!(refused, Err(Errno::EINVAL));
}

#[test]
fn an_unknown_call_is_enosys() {
    // SAFETY: there is no such call on a kernel without it, and with it three
    // bad arguments are refused.
    let result = unsafe { rawos::raw::syscall(Sysno::lsm_list_modules, [1, 1, 1]) };
    assert!(matches!(result, Err(Errno::ENOSYS | Errno::EINVAL | Errno::EFAULT)), "{result:?}");
}
