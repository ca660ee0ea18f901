//! `examples/std/getrandom`: a program with std, whose source of random numbers
//! is rawos because a cfg says so.

use std::{env, path::Path, process::Command};

use crate::{not_run, runner, told};

#[test]
fn rawos_is_the_backend_of_getrandom() {
    if env::var_os("RAWOS_BOOTED").is_some() || runner().is_some() {
        return not_run(format_args!("getrandom's backend is built natively only"));
    }
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("getrandom");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["run", "--quiet", "--target-dir"])
        .arg(target_dir)
        // Where the cfg is told to cargo.
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/std/getrandom"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .output()
        .expect("cargo");
    let (out, err, status) = told(&output);
    assert_eq!(status, Some(0), "{err}");
    let (random, asked) = out.split_once('\n').expect("two lines");
    assert_eq!(asked, "asked 2 times\n");
    // 32 bytes that are not all zero, and a number.
    let bytes = random.split(", ").filter(|byte| !byte.contains("00")).count();
    assert!(random.matches(", ").count() == 31 && bytes > 1, "{random}");
}
