//! No draw repeats: forked children.

use crate::{
    blocks::{Block, assert_all_differ, draw, shared, wait},
    many,
    util::alone,
};

/// Forks a child that draws into `blocks` and ends. This process has but one
/// thread, so that the child may go on.
fn child(blocks: &mut [Block]) -> libc::pid_t {
    // SAFETY: there are no other threads, and the child only draws.
    match unsafe { libc::fork() } {
        0 => {
            draw(blocks);
            // SAFETY: ends the child without its exit handlers.
            unsafe { libc::_exit(0) }
        }
        pid => pid,
    }
}

#[test]
fn children_and_parent_draw_different_blocks() {
    alone("forks::children_and_parent_draw_different_blocks", || {
        let len = many(700_000);
        let mut parts = shared(4 * len).chunks_mut(len);
        let [before, after, one, two] = std::array::from_fn(|_| parts.next().unwrap());
        draw(before);
        let pids = [child(one), child(two)];
        draw(after);
        pids.into_iter().for_each(wait);
        assert_all_differ(&[before, after, one, two]);
    });
}

/// The generator makes six blocks at a time: forks with any number left.
#[test]
fn forks_at_any_point_draw_different_blocks() {
    alone("forks::forks_at_any_point_draw_different_blocks", || {
        let forks = many(300);
        let all = shared(forks * 40);
        for (fork, blocks) in all.chunks_exact_mut(40).enumerate() {
            let mut parts = blocks.chunks_exact_mut(10);
            let [before, after, one, two] = std::array::from_fn(|_| parts.next().unwrap());
            let (first, rest) = before.split_at_mut(fork % 10);
            draw(first);
            let pids = [child(one), child(two)];
            draw(after);
            draw(rest);
            pids.into_iter().for_each(wait);
        }
        assert_all_differ(&[all]);
    });
}

#[test]
fn generations_of_children_draw_different_blocks() {
    /// Each child is the parent of the next.
    fn descend(blocks: &mut [Block]) {
        let Some((mine, rest)) = blocks.split_at_mut_checked(20) else { return };
        draw(&mut mine[..10]);
        // SAFETY: as for `child`.
        match unsafe { libc::fork() } {
            0 => {
                descend(rest);
                // SAFETY: as for `child`.
                unsafe { libc::_exit(0) }
            }
            pid => {
                draw(&mut mine[10..]);
                wait(pid);
            }
        }
    }
    alone("forks::generations_of_children_draw_different_blocks", || {
        let all = shared(20 * 50);
        descend(all);
        assert_all_differ(&[all]);
    });
}
