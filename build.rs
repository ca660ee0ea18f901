//! Refuses targets this crate has no assembly for, and gives the freestanding
//! programs of this repository (`examples`, `tests/programs`) their link
//! arguments: the same ones that README.md tells a user to give.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let get = |name: &str| var(name).unwrap_or_default();
    let (os, arch) = (get("CARGO_CFG_TARGET_OS"), get("CARGO_CFG_TARGET_ARCH"));
    let width = get("CARGO_CFG_TARGET_POINTER_WIDTH");
    let known = ["x86_64", "aarch64", "riscv64"].contains(&arch.as_str());
    if !(os == "linux" && known && width == "64") {
        println!(
            "cargo::error=rawos speaks to Linux on x86_64, aarch64 and riscv64 (64-bit) only, \
             not to {arch} {os} with {width}-bit pointers"
        );
    }
}
