//! No draw repeats: threads, children that share memory, signal handlers.

use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    thread,
};

use crate::{
    blocks::{Block, Handled, assert_all_differ, draw, shared, wait},
    many,
    util::{alone, not_run},
};

#[test]
fn threads_draw_different_blocks() {
    let per_thread = many(1_000_000);
    let mut all = vec![[0; 16]; 2 * per_thread];
    thread::scope(|scope| {
        for part in all.chunks_mut(per_thread) {
            scope.spawn(|| draw(part));
        }
    });
    assert_all_differ(&[&all]);
}

/// More threads than there are states.
#[test]
fn a_crowd_of_threads_draws_different_blocks() {
    let per_thread = many(10_000);
    let mut all = vec![[0; 16]; 100 * per_thread];
    thread::scope(|scope| {
        for part in all.chunks_mut(per_thread) {
            scope.spawn(|| draw(part));
        }
    });
    assert_all_differ(&[&all]);
}

#[test]
fn threads_that_come_first_together_draw_different_blocks() {
    alone("threads::threads_that_come_first_together_draw_different_blocks", || {
        let mut all = vec![[0; 16]; 8 * 1000];
        let start = std::sync::Barrier::new(8);
        thread::scope(|scope| {
            for part in all.chunks_mut(1000) {
                let start = &start;
                scope.spawn(|| {
                    start.wait();
                    draw(part);
                });
            }
        });
        assert_all_differ(&[&all]);
    });
}

/// A child of clone(2) in this memory; `None` where that is not to be had.
fn child_in_this_memory(
    flags: libc::c_int,
    stack: &mut [Block],
    blocks: &mut &mut [Block],
) -> Option<libc::pid_t> {
    extern "C" fn run(blocks: *mut libc::c_void) -> libc::c_int {
        // SAFETY: the parent gave this reference, and waits.
        let blocks: &mut &mut [Block] = unsafe { &mut *blocks.cast() };
        draw(blocks);
        0
    }
    let top = stack.as_mut_ptr_range().end.cast();
    let flags = libc::CLONE_VM | flags | libc::SIGCHLD;
    // SAFETY: the stack is large enough, and both stay until the child ends.
    let pid = unsafe { libc::clone(run, top, flags, std::ptr::from_mut(blocks).cast()) };
    (pid > 0).then_some(pid)
}

#[test]
fn children_that_share_memory_draw_different_blocks() {
    if crate::emulated() {
        return not_run(format_args!("qemu-user has no CLONE_VM"));
    }
    alone("threads::children_that_share_memory_draw_different_blocks", || {
        let per_child = many(500_000);
        let (one, two) = shared(2 * per_child).split_at_mut(per_child);
        let (mut one, stack) = (one, shared(1 << 14));
        draw(&mut two[..10]);
        let pid = child_in_this_memory(0, stack, &mut one).expect("clone");
        // Both at once.
        draw(two);
        wait(pid);
        let mut three = shared(1000);
        let pid = child_in_this_memory(libc::CLONE_VFORK, stack, &mut three).expect("clone");
        let four = shared(1000);
        draw(four);
        wait(pid);
        assert_all_differ(&[one, two, three, four]);
    });
}

static HANDLED: Handled = Handled::new();

extern "C" fn on_signal(_: libc::c_int) {
    HANDLED.draw();
}

/// Handlers that come at any time, on every architecture; `steps.rs` has them
/// come at every time.
#[test]
fn handlers_draw_other_blocks_than_what_they_interrupt() {
    alone("threads::handlers_draw_other_blocks_than_what_they_interrupt", || {
        let interruptions = many(20_000);
        HANDLED.make_room(interruptions);
        // SAFETY: zeroes are a valid sigaction.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        // SAFETY: the handler only draws.
        assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) }, 0);
        // SAFETY: has no preconditions.
        let me = unsafe { libc::pthread_self() } as usize;
        let done = AtomicBool::new(false);
        let mut all = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(SeqCst) {
                    // SAFETY: that thread waits for this one.
                    unsafe { libc::pthread_kill(me as libc::pthread_t, libc::SIGUSR1) };
                    thread::sleep(std::time::Duration::from_micros(20));
                }
            });
            while HANDLED.count() < interruptions {
                let mut blocks = [[0; 16]; 1000];
                draw(&mut blocks);
                // Enough is enough, should signals be slow to come.
                if all.len() < 3_000_000 {
                    all.extend(blocks);
                }
            }
            done.store(true, SeqCst);
        });
        assert_all_differ(&[&all, HANDLED.drawn()]);
    });
}
