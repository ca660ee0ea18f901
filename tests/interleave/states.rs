//! The states of the vDSO's generator: mapped once, and used by one at a time.

use std::ptr;

use loom::{
    cell::UnsafeCell,
    model,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use crate::pool::{InUse, NONE, Pool, give_back, take};

/// Two states, and what goes on at them.
struct Shared {
    in_use: [InUse; 2],
    /// How often each was used. Loom panics where two are at one at once, and
    /// where one does not see what the last has left.
    states: [UnsafeCell<usize>; 2],
}

fn shared() -> Arc<Shared> {
    let flag = || InUse(AtomicBool::new(false));
    let state = || UnsafeCell::new(0);
    Arc::new(Shared { in_use: [flag(), flag()], states: [state(), state()] })
}

impl Shared {
    /// What a draw does; whether it got a state.
    fn draw(&self, first: usize, tries: usize) -> bool {
        let Some((index, flag)) = take(&self.in_use, first, tries) else { return false };
        self.states[index].with_mut(|state| {
            // SAFETY: loom sees to it that nobody else is here.
            unsafe { *state += 1 }
        });
        give_back(flag);
        true
    }

    fn used(&self) -> usize {
        let used = |state: &UnsafeCell<usize>| {
            // SAFETY: as above.
            state.with(|state| unsafe { *state })
        };
        self.states.iter().map(used).sum()
    }
}

#[test]
fn a_state_has_one_user_at_a_time() {
    model(|| {
        let shared = shared();
        let other = shared.clone();
        let other = thread::spawn(move || usize::from(other.draw(0, 2)));
        let mine = usize::from(shared.draw(0, 2)) + usize::from(shared.draw(1, 2));
        let drawn = mine + other.join().unwrap();
        // The other may have found each taken, one after the other.
        assert!(drawn >= 2, "{drawn}");
        assert_eq!(shared.used(), drawn);
    });
}

#[test]
fn what_is_given_back_is_taken_again() {
    model(|| {
        let shared = shared();
        let other = shared.clone();
        let other = thread::spawn(move || usize::from(other.draw(0, 1)));
        let mine = usize::from(shared.draw(0, 1)) + usize::from(shared.draw(0, 1));
        let drawn = mine + other.join().unwrap();
        // The other may have had it all the time.
        assert!(drawn >= 1, "{drawn}");
        assert_eq!(shared.used(), drawn);
        assert!(shared.draw(0, 1));
    });
}

/// The kernel's side: how many mappings were made and taken back.
struct Process {
    pool: Pool,
    made: AtomicUsize,
    unmapped: AtomicUsize,
}

const FUNCTION: *mut () = ptr::without_provenance_mut(7);
const SIZE: usize = 144;

impl Process {
    fn new() -> Arc<Process> {
        Arc::new(Process {
            pool: Pool {
                address: AtomicPtr::new(ptr::null_mut()),
                function: AtomicPtr::new(ptr::null_mut()),
                size: AtomicUsize::new(0),
            },
            made: AtomicUsize::new(0),
            unmapped: AtomicUsize::new(0),
        })
    }

    /// What a draw does to learn where the states are, as `prepare` has it.
    fn states(&self) -> *mut u8 {
        let known = self.pool.address();
        if !known.is_null() {
            self.look(known);
            return known;
        }
        self.pool.describe(FUNCTION, SIZE);
        let number = self.made.fetch_add(1, Relaxed) + 1;
        let made = ptr::without_provenance_mut(number << 12);
        let known = self.pool.show(made).map_or_else(
            |known| {
                self.unmapped.fetch_add(1, Relaxed);
                known
            },
            |()| made,
        );
        self.look(known);
        known
    }

    /// Whoever has an address has what goes with it.
    fn look(&self, known: *mut u8) {
        assert!(!known.is_null());
        if known != NONE {
            assert_eq!(self.pool.function.load(Relaxed), FUNCTION);
            assert_eq!(self.pool.size.load(Relaxed), SIZE);
        }
    }

    fn mapped(&self) -> usize {
        self.made.load(Relaxed) - self.unmapped.load(Relaxed)
    }
}

#[test]
fn all_use_the_same_states_and_the_rest_is_unmapped() {
    model(|| {
        let process = Process::new();
        let other = process.clone();
        let other = thread::spawn(move || other.states().addr());
        let mine = process.states();
        assert_ne!(mine, NONE);
        assert_eq!(process.states(), mine);
        assert_eq!(other.join().unwrap(), mine.addr());
        assert_eq!(process.mapped(), 1);
    });
}

#[test]
fn once_it_is_off_nothing_turns_it_on_again() {
    model(|| {
        let process = Process::new();
        let drawing = process.clone();
        let drawing = thread::spawn(move || drawing.states().addr());
        process.pool.disable();
        assert_eq!(process.states(), NONE);
        let drawn = drawing.join().unwrap();
        assert_eq!(process.states(), NONE);
        // What may still be in use stays, and nothing else.
        let kept = usize::from(drawn != NONE.addr());
        assert_eq!(process.mapped(), kept);
    });
}
