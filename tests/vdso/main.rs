//! The vDSO: the reader of its image, against the crate object and the
//! loader, and the switch.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod calls;
mod disable;
/// The reader itself, which has no public face.
#[path = "../../src/vdso/elf.rs"]
mod elf;
mod image;
mod synthetic;
#[path = "../util/mod.rs"]
mod util;

/// `e_machine` and the version of the vDSO's functions, from vdso(7).
#[cfg(target_arch = "x86_64")]
const ABI: (u16, &[u8]) = (62, b"LINUX_2.6");
#[cfg(target_arch = "aarch64")]
const ABI: (u16, &[u8]) = (183, b"LINUX_2.6.39");
#[cfg(target_arch = "riscv64")]
const ABI: (u16, &[u8]) = (243, b"LINUX_4.15");

/// The names that this architecture's vDSO has had in every kernel so far.
#[cfg(target_arch = "aarch64")]
const NAMES: [&str; 2] = ["__kernel_clock_gettime", "__kernel_gettimeofday"];
#[cfg(not(target_arch = "aarch64"))]
const NAMES: [&str; 3] = ["__vdso_clock_gettime", "__vdso_gettimeofday", "__vdso_getcpu"];
