//! The order of services.

use proptest::prelude::*;

use crate::init::order::{MAX, Set, break_cycles};

fn broken(after: &mut [Set]) -> Vec<(usize, usize)> {
    let mut broken = Vec::new();
    break_cycles(after, &mut |waits, on| broken.push((waits, on)));
    broken
}

fn sets(list: &[&[usize]]) -> Vec<Set> {
    let set = |members: &&[usize]| {
        let mut set = Set::default();
        members.iter().for_each(|index| set.add(*index));
        set
    };
    list.iter().map(set).collect()
}

#[test]
fn an_order_without_cycles_stays() {
    let before = sets(&[&[1, 2], &[2], &[], &[0, 1, 2]]);
    let mut after = before.clone();
    assert_eq!(broken(&mut after), []);
    assert_eq!(after, before);
}

#[test]
fn each_cycle_is_broken_once() {
    let mut after = sets(&[&[1], &[0], &[3], &[4], &[2], &[2]]);
    assert_eq!(broken(&mut after), [(1, 0), (4, 2)]);
    let mut alone = sets(&[&[0]]);
    assert_eq!(broken(&mut alone), [(0, 0)]);
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn afterwards_everyone_gets_a_turn(list in prop::collection::vec(any::<u64>(), 0..=MAX)) {
        let mut after: Vec<Set> = list.into_iter().map(Set).collect();
        let count = after.len();
        break_cycles(&mut after, &mut |waits, on| assert!(waits < count && on < count));
        let mut done = Set::default();
        for _ in 0..count {
            for (index, set) in after.iter().enumerate() {
                if set.iter().all(|on| on >= count || done.has(on)) {
                    done.add(index);
                }
            }
        }
        prop_assert!((0..count).all(|index| done.has(index)));
    }
}
