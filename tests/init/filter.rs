//! What a system call is asked, without its being done: a filter answers.

use std::panic::AssertUnwindSafe;

use crate::util::{as_nobody, not_run};

/// What a call gets whose arguments are not as they should be.
pub const WRONG: i32 = 99;

/// Runs `then` as nobody, in a thread where system call `nr` is never done. It
/// fails with error 100 if its argument number `index` is the first of `values`,
/// 101 if it is the second, and so on; with `WRONG` for any other, and if one of
/// `checks`, the number of an argument and its value, does not hold. `None`, and
/// said, where there are no such filters.
pub fn answered<T: Send>(
    nr: libc::c_long,
    checks: &[(u32, u32)],
    index: u32,
    values: &[u32],
    then: impl FnOnce() -> T + Send,
) -> Option<T> {
    // An emulator's own calls would be filtered, with numbers of the host's.
    let answer = match super::apart::emulated() {
        true => None,
        false => as_nobody(AssertUnwindSafe(|| install(nr, checks, index, values).then(then))),
    };
    if answer.is_none() {
        not_run("no filter of system calls here");
    }
    answer
}

fn install(nr: libc::c_long, checks: &[(u32, u32)], index: u32, values: &[u32]) -> bool {
    let step = |code: u32, k: u32, jt, jf| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |at| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at, 0, 0);
    let equal = |value, jt, jf| step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, jt, jf);
    let give = |value| step(libc::BPF_RET | libc::BPF_K, value, 0, 0);
    let fail = |errno: u32| give(libc::SECCOMP_RET_ERRNO | errno);
    let mut filter = vec![load(0), equal(nr as u32, 1, 0), give(libc::SECCOMP_RET_ALLOW)];
    for (index, value) in checks {
        // The lower half of the argument; an `int` has no other.
        filter.extend([load(16 + 8 * index), equal(*value, 1, 0), fail(WRONG as u32)]);
    }
    filter.push(load(16 + 8 * index));
    for (value, errno) in values.iter().zip(100..) {
        filter.extend([equal(*value, 0, 1), fail(errno)]);
    }
    filter.push(fail(WRONG as u32));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    let mode = libc::SECCOMP_MODE_FILTER as libc::c_ulong;
    // SAFETY: takes integers.
    let fixed = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1u64, 0u64, 0u64, 0u64) };
    // SAFETY: reads the program, which lives long enough.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
    fixed == 0 && set == 0
}
