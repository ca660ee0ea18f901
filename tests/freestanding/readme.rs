//! The README's program, with the README's `Cargo.toml` and `build.rs`: it
//! builds as told there, runs, and is as small as said there.

use std::{env, fs, path::Path, process::Command};

use crate::{not_run, runner, told, util::temp_dir};

/// The README's code blocks in the language `language`.
fn blocks<'a>(readme: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    let blocks = readme.split(start.as_str()).skip(1);
    blocks.map(|rest| rest.split("```").next().expect("an end")).collect()
}

#[test]
fn the_readmes_program_is_what_it_says() {
    if env::var_os("RAWOS_BOOTED").is_some() || runner().is_some() {
        return not_run(format_args!("the README's program is built natively only"));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let tmp = temp_dir();
    let package = tmp.path().join("hello");
    fs::create_dir_all(package.join("src")).unwrap();
    let [program, build] = blocks(&readme, "rust")[..] else { panic!("two blocks of Rust") };
    let [manifest] = blocks(&readme, "toml")[..] else { panic!("one manifest") };
    // Not yet published: the dependency is this very tree.
    let dependency = format!("rawos = {{ path = {root:?}, ");
    let manifest =
        manifest.replace(r#"rawos = { version = "0.1", "#, &dependency) + "[workspace]\n";
    assert!(manifest.contains(&dependency));
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::write(package.join("build.rs"), build).unwrap();
    fs::write(package.join("src/main.rs"), program).unwrap();
    let lock = root.join("Cargo.lock");
    fs::copy(lock, package.join("Cargo.lock")).unwrap();

    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let build = |args: &[&str]| {
        let status = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet"])
            .args(args)
            .arg("--target-dir")
            .arg(&target_dir)
            .current_dir(&package)
            .status();
        assert!(status.expect("cargo").success(), "{args:?}");
    };
    build(&[]);
    build(&["--profile", "small"]);
    for profile in ["debug", "small"] {
        let path = target_dir.join(profile).join("hello");
        let output = Command::new(&path).env_clear().output().unwrap();
        assert_eq!(told(&output), ("Hello, world!\n".into(), String::new(), Some(0)), "{profile}");
        let size = path.metadata().unwrap().len();
        println!("{profile}: {size} bytes");
        if profile == "small" && cfg!(target_arch = "x86_64") {
            assert!(size <= 1024, "{size} bytes");
        }
    }
}
