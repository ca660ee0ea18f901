//! Which service waits for which: sets of up to 64, and how a cycle among them
//! is broken.
#![forbid(unsafe_code)]

/// How many services there may be.
pub const MAX: usize = 64;

/// A set of services, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Set(pub u64);

impl Set {
    pub const fn add(&mut self, index: usize) {
        self.0 |= 1 << (index % MAX);
    }

    pub const fn remove(&mut self, index: usize) {
        self.0 &= !(1 << (index % MAX));
    }

    pub const fn has(self, index: usize) -> bool {
        self.0 & 1 << (index % MAX) != 0
    }

    /// Those in it, lowest first.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX).filter(move |index| self.has(*index))
    }
}

/// Removes from `after`, whose element `i` is what service `i` waits for, what
/// closes a cycle. `broken(waits, for)` hears of each.
pub fn break_cycles(after: &mut [Set], broken: &mut dyn FnMut(usize, usize)) {
    let count = after.len().min(MAX);
    // Those of which it is known that they will get their turn.
    let mut sorted = Set::default();
    loop {
        let mut left = None;
        let mut progress = false;
        for index in (0..count).filter(|index| !sorted.has(*index)).collect::<Indices>() {
            let waits = after.get(index).map_or(0, |set| set.0);
            if waits & !sorted.0 & bits(count) == 0 {
                sorted.add(index);
                progress = true;
            } else {
                left = left.or(Some(index));
            }
        }
        match left {
            None => return,
            Some(_) if progress => {}
            Some(first) => cut(after, sorted, first, count, broken),
        }
    }
}

type Indices = heapless::Vec<usize, MAX>;

const fn bits(count: usize) -> u64 {
    if count >= MAX { u64::MAX } else { (1 << count) - 1 }
}

/// Goes from `first` to what it waits for, until a service comes up again.
fn cut(
    after: &mut [Set],
    sorted: Set,
    first: usize,
    count: usize,
    broken: &mut dyn FnMut(usize, usize),
) {
    let mut seen = Set::default();
    let mut at = first;
    loop {
        seen.add(at);
        let Some(set) = after.get_mut(at) else { return };
        // Each that is left waits for one that is left.
        let Some(next) = Set(set.0 & !sorted.0 & bits(count)).iter().next() else { return };
        if seen.has(next) {
            set.remove(next);
            return broken(at, next);
        }
        at = next;
    }
}
