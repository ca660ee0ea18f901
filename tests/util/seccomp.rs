//! A kernel that refuses a system call, for one thread.

use std::thread;

/// Runs `then` in a thread for which system call `nr` fails with `errno`,
/// always or if its argument number `index` is at most `most`. `None`, visibly,
/// where there is no seccomp.
pub fn refused<T: Send>(
    nr: libc::c_long,
    only: Option<(u32, u32)>,
    errno: i32,
    then: impl FnOnce() -> T + Send,
) -> Option<T> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            if install(nr, only, errno) {
                return Some(then());
            }
            eprintln!("not run: no seccomp here");
            None
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn install(nr: libc::c_long, only: Option<(u32, u32)>, errno: i32) -> bool {
    let step = |code: u32, k: u32, jt, jf| libc::sock_filter { code: code as u16, jt, jf, k };
    let load = |at| step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at, 0, 0);
    let give = |value| step(libc::BPF_RET | libc::BPF_K, value, 0, 0);
    let allow = give(libc::SECCOMP_RET_ALLOW);
    let mut filter =
        vec![load(0), step(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, nr as u32, 1, 0), allow];
    if let Some((index, most)) = only {
        // The lower half of the argument; the upper is zero.
        filter.push(load(16 + 8 * index));
        filter.push(step(libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K, most, 0, 1));
        filter.push(allow);
    }
    filter.push(give(libc::SECCOMP_RET_ERRNO | errno as u32));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    let mode = libc::SECCOMP_MODE_FILTER as libc::c_ulong;
    // SAFETY: takes integers.
    let fixed = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1u64, 0u64, 0u64, 0u64) };
    // SAFETY: reads the program, which lives long enough.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
    fixed == 0 && set == 0
}
