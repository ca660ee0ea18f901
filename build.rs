//! Refuses targets this crate has no assembly for, shows linkers the script
//! `src/rt/rawos.ld`, and gives the freestanding programs of this repository
//! (`examples`, `tests/programs`, `tests/sizes`) their link arguments: the same ones that
//! README.md tells a user to give.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-env-changed=RAWOS_PIE");
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
    match get("CARGO_PKG_NAME").as_str() {
        "rawos" if !get("CARGO_FEATURE_RT").is_empty() => {
            println!("cargo::rustc-link-search=native={}/src/rt", get("CARGO_MANIFEST_DIR"));
        }
        "rawos-examples" | "rawos-init" | "rawos-sizes" | "rawos-test-programs" => {
            link_freestanding();
        }
        _ => {}
    }
}

/// Neither libc nor start files nor a loader; and nothing in the file that a
/// program does not need to run.
fn link_freestanding() {
    // rustc links by way of a compiler, or by a linker itself (`ld`, `ld.lld`,
    // `rust-lld`), which takes the arguments without `-Wl,`.
    let linker = var("RUSTC_LINKER").unwrap_or_default();
    let driver = !(linker.ends_with("lld") || linker.ends_with("ld"));
    let arg = |arg: &str| println!("cargo::rustc-link-arg-bins={arg}");
    let linker_arg = |list: &str| match driver {
        true => arg(&format!("-Wl,{list}")),
        false => list.split(',').for_each(arg),
    };

    if driver {
        arg("-nostartfiles");
    }
    arg("-nostdlib");
    arg("-static");
    arg("-no-pie");
    linker_arg("--build-id=none,--no-eh-frame-hdr,-z,norelro,-z,noseparate-code");
    if let Ok("s" | "z") = var("OPT_LEVEL").as_deref() {
        linker_arg("-T,rawos.ld");
    }
    if let Ok("rawos-init") = var("CARGO_PKG_NAME").as_deref() {
        // Of two layouts, a linker takes the one with fewer pages of memory, and
        // may fill almost a page of the file for that. Small pages are fuller.
        linker_arg("-z,common-page-size=64");
    }

    // A static-PIE, which the tests build too, has a start of its own:
    // `RAWOS_PIE=1`, or `RAWOS_PIE=relr` for the compact table of relocations.
    // `-pie` goes to the linker, because not every gcc knows `-static-pie`.
    let pie = var("RAWOS_PIE");
    if pie.is_ok() {
        linker_arg("-pie,--no-dynamic-linker,-z,text,-e,_start_pie");
    }
    if let Ok("relr") = pie.as_deref() {
        linker_arg("-z,pack-relative-relocs");
    }
}
