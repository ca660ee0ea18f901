//! The stubs of every number of arguments, by themselves and against those of
//! two other crates, with the kernel as the witness: a seccomp filter answers a
//! call with a number made of the arguments that arrived. Nothing else happens,
//! so that the registers may hold anything.

use std::{ptr, thread};

use proptest::{prelude::*, test_runner::TestRunner};
use rawos::raw::Sysno;

use crate::{register, util};

/// The stubs as the crate has them.
#[allow(dead_code, reason = "the one that does not return")]
#[cfg_attr(target_arch = "x86_64", path = "../../arch/x86_64/syscall.rs")]
#[cfg_attr(target_arch = "aarch64", path = "../../arch/aarch64/syscall.rs")]
#[cfg_attr(target_arch = "riscv64", path = "../../arch/riscv64/syscall.rs")]
mod stubs;

/// A system call for each number of arguments, which nothing here makes
/// otherwise.
const CALLS: [Sysno; 7] = [
    Sysno::io_setup,
    Sysno::io_destroy,
    Sysno::io_submit,
    Sysno::io_cancel,
    Sysno::add_key,
    Sysno::request_key,
    Sysno::keyctl,
];

/// Odd, with ones and zeros throughout.
const FACTOR: u32 = 0x9e37_79b1;

/// What the filter makes of the arguments: an error from 1 to 2048.
fn expected(args: &[usize]) -> isize {
    let mut hash = args.len() as u32;
    for arg in args {
        for half in [*arg as u32, (*arg >> 32) as u32] {
            hash = hash.wrapping_mul(FACTOR) ^ half;
        }
    }
    -((hash.wrapping_mul(FACTOR) >> 21) as isize) - 1
}

/// From now on the kernel answers the calls of this thread with that.
fn answer() {
    let op = |code: u32, k: u32, jt, jf| libc::sock_filter { code: code as u16, jt, jf, k };
    let simple = |code, k| op(code, k, 0, 0);
    let load = |at| simple(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, at);
    let hash_to_x = simple(libc::BPF_MISC | libc::BPF_TAX, 0);
    let mix = simple(libc::BPF_ALU | libc::BPF_XOR | libc::BPF_X, 0);
    let [store, fetch] = [libc::BPF_ST, libc::BPF_LD | libc::BPF_MEM].map(|code| simple(code, 0));
    let multiply = simple(libc::BPF_ALU | libc::BPF_MUL | libc::BPF_K, FACTOR);
    let mut filter = vec![load(0)];
    for (count, call) in CALLS.iter().enumerate() {
        let mut block = vec![simple(libc::BPF_LD | libc::BPF_IMM, count as u32), store];
        for half in 0..2 * count as u32 {
            block.extend([load(16 + 4 * half), hash_to_x, fetch, multiply, mix, store]);
        }
        block.extend([
            fetch,
            multiply,
            simple(libc::BPF_ALU | libc::BPF_RSH | libc::BPF_K, 21),
            simple(libc::BPF_ALU | libc::BPF_ADD | libc::BPF_K, 1),
            simple(libc::BPF_ALU | libc::BPF_OR | libc::BPF_K, libc::SECCOMP_RET_ERRNO),
            simple(libc::BPF_RET | libc::BPF_A, 0),
        ]);
        let jump = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
        filter.push(op(jump, call.id() as u32, 0, block.len() as u8));
        filter.extend(block);
    }
    filter.push(simple(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: prctl(2) takes integers here.
    let fixed = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1u64, 0u64, 0u64, 0u64) };
    let mode = libc::SECCOMP_MODE_FILTER as libc::c_ulong;
    // SAFETY: prctl(2) reads the filter, whose length is given.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const program) };
    assert_eq!((fixed, set), (0, 0), "{}", std::io::Error::last_os_error());
}

#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one for each number of arguments")]
fn ours(nr: Sysno, args: &[usize]) -> isize {
    let reg = |index: usize| ptr::with_exposed_provenance_mut::<()>(args[index]);
    // SAFETY: the filter answers, and the kernel looks at no argument.
    unsafe {
        match args.len() {
            0 => stubs::syscall0(nr),
            1 => stubs::syscall1(nr, reg(0)),
            2 => stubs::syscall2(nr, reg(0), reg(1)),
            3 => stubs::syscall3(nr, reg(0), reg(1), reg(2)),
            4 => stubs::syscall4(nr, reg(0), reg(1), reg(2), reg(3)),
            5 => stubs::syscall5(nr, reg(0), reg(1), reg(2), reg(3), reg(4)),
            _ => stubs::syscall6(nr, reg(0), reg(1), reg(2), reg(3), reg(4), reg(5)),
        }
    }
}

/// The result of the two others, as the kernel gives it.
fn theirs(nr: Sysno, args: &[usize]) -> [isize; 2] {
    crate::theirs(nr, args).map(|result| match result {
        Ok(value) => value as isize,
        Err(errno) => -(errno.raw() as isize),
    })
}

#[test]
fn every_argument_of_every_stub_reaches_the_kernel() {
    if util::runner().is_some() {
        return util::not_run("the emulator runs no seccomp filter for the program in it");
    }
    let checked = thread::spawn(|| {
        answer();
        let mut runner = TestRunner::default();
        let args = prop::collection::vec(register(), 6);
        runner.run(&args, |args| {
            for (count, nr) in CALLS.into_iter().enumerate() {
                let args = &args[..count];
                let wanted = expected(args);
                prop_assert_eq!(ours(nr, args), wanted, "{} {:x?}", nr, args);
                prop_assert_eq!(theirs(nr, args), [wanted; 2], "{} {:x?}", nr, args);
            }
            Ok(())
        })
    });
    checked.join().unwrap().unwrap();
}

/// The witness sees a wrong bit, and two arguments in each other's places.
#[test]
fn the_witness_tells_arguments_apart() {
    let args = [1, 2, 3, 4, 5, 6];
    for index in 0..6 {
        for bit in 0..64 {
            let mut other = args;
            other[index] ^= 1 << bit;
            assert_ne!(expected(&other), expected(&args), "{index} {bit}");
        }
        let mut other = args;
        other.swap(index, (index + 1) % 6);
        assert_ne!(expected(&other), expected(&args), "{index}");
    }
}
