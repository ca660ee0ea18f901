//! Registrations for a fork, beside forks.

use std::ptr;

use loom::{
    model,
    sync::{
        Arc,
        atomic::{AtomicPtr, AtomicU32},
    },
    thread,
};

use crate::hooks::Hooks;

type Two = Hooks<2>;

fn hooks() -> Arc<Two> {
    let hook = || AtomicPtr::new(ptr::null_mut());
    let three = || [hook(), hook(), hook()];
    Arc::new(Hooks {
        hooks: [three(), three()],
        taken: AtomicU32::new(0),
        ready: AtomicU32::new(0),
    })
}

/// Three functions that only the registration number `of` has.
fn functions(of: usize) -> [*mut (); 3] {
    [1, 2, 3].map(|which| ptr::without_provenance_mut(of << 4 | which))
}

/// What a fork now would call.
fn called(hooks: &Two) -> Vec<[*mut (); 3]> {
    let ready = hooks.ready();
    let slots = (0..2).filter(|slot| ready & 1 << slot != 0);
    slots.map(|slot| [0, 1, 2].map(|which| hooks.get(ready, slot, which))).collect()
}

#[test]
fn a_fork_calls_whole_registrations_and_nothing_else() {
    model(|| {
        let shared = hooks();
        let hooks = shared.clone();
        let register = thread::spawn(move || assert!(hooks.register(functions(1))));
        let before = called(&shared);
        assert!(before.is_empty() || before == [functions(1)], "{before:?}");
        assert!(shared.register(functions(2)));
        let between = called(&shared);
        for three in &between {
            assert!([functions(1), functions(2)].contains(three), "{three:?}");
        }
        assert!(between.contains(&functions(2)) && between.len() > before.len());
        register.join().unwrap();
        let mut all = called(&shared);
        all.sort();
        assert_eq!(all, [functions(1), functions(2)]);
    });
}

/// What is ready is asked once: the same functions run before and after.
#[test]
fn what_is_registered_during_a_fork_is_not_called_after_it() {
    model(|| {
        let shared = hooks();
        assert!(shared.register(functions(1)));
        let hooks = shared.clone();
        let register = thread::spawn(move || hooks.register(functions(2)));
        let ready = shared.ready();
        let now = || [0, 1].map(|slot| [0, 1, 2].map(|which| shared.get(ready, slot, which)));
        let before = now();
        assert!(register.join().unwrap());
        assert_eq!(now(), before);
    });
}

#[test]
fn there_is_room_for_so_many_and_no_more() {
    model(|| {
        let shared = hooks();
        assert!(shared.register(functions(1)));
        let hooks = shared.clone();
        let other = thread::spawn(move || hooks.register(functions(2)));
        let mine = shared.register(functions(3));
        assert_ne!(mine, other.join().unwrap());
        let last = functions(if mine { 3 } else { 2 });
        assert_eq!(called(&shared), [functions(1), last]);
    });
}
