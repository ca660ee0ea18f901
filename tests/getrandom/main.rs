//! Random bytes: what comes back, without the system call too, and that no
//! two draws give the same.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod blocks;
mod draw;
mod fallback;
mod forks;
#[cfg(all(target_arch = "x86_64", feature = "rt"))] // once, with all features
mod steps;
mod threads;
#[path = "../util/mod.rs"]
mod util;

/// Whether a user-mode emulator runs the tests.
fn emulated() -> bool {
    std::env::var_os("RAWOS_RUNNER").is_some()
}

/// So many natively, fewer where each takes an emulator long.
fn many(native: usize) -> usize {
    let slow = emulated() || std::env::var_os("RAWOS_BOOTED").is_some();
    if slow { native / 50 } else { native }
}
