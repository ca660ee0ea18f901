//! No draw repeats: a signal handler after every single instruction of a
//! draw, the generator's own included. The processor's trap flag does it.

use std::{
    arch::asm,
    sync::atomic::{
        AtomicBool, AtomicUsize,
        Ordering::{Relaxed, SeqCst},
    },
};

use crate::{
    blocks::{Block, Handled, assert_all_differ, draw, shared, wait},
    many,
    util::{alone, not_run_in_part},
};

/// The trap flag: SIGTRAP after each instruction.
#[inline(always)]
fn step(on: bool) {
    match on {
        // SAFETY: changes one flag, which no code looks at.
        true => unsafe { asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq") },
        // SAFETY: as above.
        false => unsafe { asm!("pushfq", "and qword ptr [rsp], -0x101", "popfq") },
    }
}

fn draw_in_steps(block: &mut Block) {
    step(true);
    draw(std::slice::from_mut(block));
    step(false);
}

fn on_trap(handler: extern "C" fn(libc::c_int)) {
    // SAFETY: zeroes are a valid sigaction.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = libc::SA_NODEFER;
    // SAFETY: the handler is one of the below, which make system calls and
    // write to what is theirs.
    assert_eq!(unsafe { libc::sigaction(libc::SIGTRAP, &action, std::ptr::null_mut()) }, 0);
}

static HANDLED: Handled = Handled::new();
static STEPS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn a_handler_after_each_instruction_draws_another_block() {
    extern "C" fn handler(_: libc::c_int) {
        STEPS.fetch_add(1, Relaxed);
        HANDLED.draw();
    }
    alone("steps::a_handler_after_each_instruction_draws_another_block", || {
        HANDLED.make_room(500_000);
        on_trap(handler);
        let all = shared(many(40).max(5));
        all.iter_mut().for_each(draw_in_steps);
        // The trap came at least for the system call's way there and back.
        assert!(STEPS.load(SeqCst) > 20 * all.len());
        assert_all_differ(&[all, HANDLED.drawn()]);
    });
}

/// Where the states are, by what only such memory is: droppable.
fn droppable() -> Option<(usize, usize)> {
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut range = None;
    for line in maps.lines() {
        let first = line.split(' ').next().unwrap();
        if let Some((start, end)) = first.split_once('-') {
            let number = |text| usize::from_str_radix(text, 16).ok();
            range = number(start).zip(number(end));
        }
        if line.starts_with("VmFlags:") && line.split(' ').any(|flag| flag == "dp") {
            return range;
        }
    }
    None
}

static START: AtomicUsize = AtomicUsize::new(0);
static LEN: AtomicUsize = AtomicUsize::new(0);
static DROP_AT: AtomicUsize = AtomicUsize::new(0);

/// The kernel may take the states' memory at any time; zeroes remain.
#[test]
fn states_that_are_dropped_after_any_instruction_do_no_harm() {
    extern "C" fn handler(_: libc::c_int) {
        if STEPS.fetch_add(1, Relaxed) == DROP_AT.load(Relaxed) {
            let start = START.load(Relaxed) as *mut libc::c_void;
            // SAFETY: what the kernel itself may do to this memory.
            unsafe { libc::madvise(start, LEN.load(Relaxed), libc::MADV_DONTNEED) };
            HANDLED.draw();
        }
    }
    alone("steps::states_that_are_dropped_after_any_instruction_do_no_harm", || {
        let all = shared(many(100).max(20) + 1);
        let (warm, all) = all.split_at_mut(1);
        draw(warm);
        let Some((start, end)) = droppable() else {
            return not_run_in_part(format_args!("the vDSO has no generator here"));
        };
        START.store(start, SeqCst);
        LEN.store(end - start, SeqCst);
        HANDLED.make_room(all.len());
        on_trap(handler);
        for (index, block) in all.iter_mut().enumerate() {
            // All steps of a draw in turn, and then again.
            let steps = STEPS.swap(0, SeqCst).max(100);
            DROP_AT.store(index * 37 % steps, SeqCst);
            draw_in_steps(block);
        }
        assert!(HANDLED.count() > all.len() / 10, "{}", HANDLED.count());
        assert_all_differ(&[warm, all, HANDLED.drawn()]);
    });
}

static FORK_AT: AtomicUsize = AtomicUsize::new(0);
static IS_CHILD: AtomicBool = AtomicBool::new(false);
static CHILD: AtomicUsize = AtomicUsize::new(0);

/// Both go on with the draw that was interrupted, and then draw others.
#[test]
fn forks_after_any_instruction_draw_different_blocks() {
    extern "C" fn handler(_: libc::c_int) {
        if STEPS.fetch_add(1, Relaxed) == FORK_AT.load(Relaxed) {
            // SAFETY: there is but one thread, and the child only draws.
            match unsafe { libc::syscall(libc::SYS_fork) } {
                0 => IS_CHILD.store(true, SeqCst),
                pid => CHILD.store(pid as usize, SeqCst),
            }
        }
    }
    alone("steps::forks_after_any_instruction_draw_different_blocks", || {
        on_trap(handler);
        let forks = many(100).max(10);
        let all = shared(forks * 40);
        let mut forked = 0;
        for (index, blocks) in all.chunks_exact_mut(40).enumerate() {
            let steps = STEPS.swap(0, SeqCst).max(100);
            FORK_AT.store(index * 37 % steps, SeqCst);
            CHILD.store(0, SeqCst);
            let (ours, theirs) = blocks.split_at_mut(20);
            // Had it its bytes already, the child has the same ones.
            let mut interrupted = [0; 16];
            draw_in_steps(&mut interrupted);
            if IS_CHILD.load(SeqCst) {
                draw(theirs);
                if interrupted == [0; 16] || theirs.contains(&interrupted) {
                    theirs[0] = [0; 16];
                }
                // SAFETY: ends the child without its exit handlers.
                unsafe { libc::_exit(0) }
            }
            draw(&mut ours[1..]);
            ours[0] = interrupted;
            match CHILD.load(SeqCst) {
                0 => draw(theirs),
                pid => {
                    forked += 1;
                    wait(pid as libc::pid_t);
                }
            }
        }
        assert!(forked > forks / 2, "{forked}");
        assert_all_differ(&[all]);
    });
}

/// Deeper than a draw looks for a state.
const DEPTH: usize = 12;
static DEEP: AtomicUsize = AtomicUsize::new(0);
static NEXT_AT: AtomicUsize = AtomicUsize::new(0);
static STEPS_AT: [AtomicUsize; DEPTH + 1] = [const { AtomicUsize::new(0) }; DEPTH + 1];

#[test]
fn handlers_that_interrupt_handlers_draw_different_blocks() {
    extern "C" fn handler(_: libc::c_int) {
        let depth = DEEP.load(Relaxed);
        let steps = STEPS_AT[depth].fetch_add(1, Relaxed);
        if steps == NEXT_AT.load(Relaxed) && depth < DEPTH {
            DEEP.store(depth + 1, Relaxed);
            STEPS_AT[depth + 1].store(0, Relaxed);
            // The next trap is in the middle of this.
            step(true);
            HANDLED.draw();
            step(false);
            DEEP.store(depth, Relaxed);
        }
    }
    alone("steps::handlers_that_interrupt_handlers_draw_different_blocks", || {
        on_trap(handler);
        let all = shared(many(15).max(3));
        HANDLED.make_room(all.len() * DEPTH);
        for (index, block) in all.iter_mut().enumerate() {
            NEXT_AT.store(index * 83, SeqCst);
            STEPS_AT[0].store(0, SeqCst);
            draw_in_steps(block);
        }
        assert!(HANDLED.count() >= DEPTH, "{}", HANDLED.count());
        assert_all_differ(&[all, HANDLED.drawn()]);
    });
}
