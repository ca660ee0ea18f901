//! What the examples may weigh in KiB, on every architecture; `hello` and `init`
//! are where they are tested. `cargo xtask sizes` shows where the bytes are.

use crate::programs;

const KIB: [(&str, u64); 14] = [
    ("xattr", 9),
    ("cat", 12),
    ("contain", 18),
    ("ticks", 18),
    ("rm", 19),
    ("du", 20),
    ("top", 24),
    ("tree", 24),
    ("ls", 25),
    ("cp", 27),
    ("record", 28),
    ("shell", 31),
    ("run", 32),
    ("supervise", 36),
];

#[test]
fn every_example_stays_within_its_budget() {
    for (name, most) in KIB {
        let size = programs(name).remove(0).path.metadata().unwrap().len();
        assert!(size <= most * 1024, "{name}: {size} bytes");
    }
}
