//! The parts of `examples/init` that only compute: parsers, the machine of a
//! service, the order of services. The program itself is among the programs
//! of `tests/freestanding`.
#![allow(clippy::std_instead_of_core, reason = "tests have std")]

mod files;
mod inittab_lines;
mod machines;
mod orders;
mod texts;
mod units;

/// As in the program, whose modules know each other by `super`.
#[path = "../../examples/init"]
#[allow(dead_code, unused_imports, unused_macros, reason = "the program uses more of them")]
mod init {
    pub mod clock;
    pub mod file;
    pub mod inittab;
    pub mod log;
    pub mod machine;
    pub mod mounts;
    pub mod order;
    pub mod text;
    pub mod unit;
    pub mod user;
}

#[path = "../util/mod.rs"]
mod util;

use init::text::{Arena, Fault, Words};

/// Memory for an arena that a test needs no more than once.
fn memory(len: usize) -> &'static mut [u8] {
    Box::leak(vec![0; len].into_boxed_slice())
}

fn strings(words: Words<'_>) -> Vec<String> {
    words.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}

/// What was reported, as `LINE: FAULT: TEXT`.
#[derive(Default)]
struct Reports(Vec<String>);

impl Reports {
    fn add(&mut self, line: u32, fault: Fault, text: &[u8]) {
        self.0.push(format!("{line}: {fault}: {}", String::from_utf8_lossy(text)));
    }
}

/// An arena that is large enough.
fn arena() -> Arena<'static> {
    Arena::new(memory(1 << 16))
}

/// Fewer cases where a processor is emulated.
fn cases() -> proptest::test_runner::Config {
    let slow = ["RAWOS_BOOTED", "RAWOS_RUNNER"].iter().any(|var| std::env::var_os(var).is_some());
    proptest::test_runner::Config::with_cases(if slow { 16 } else { 256 })
}
