//! The README's program, with the README's `Cargo.toml` and `build.rs`: it
//! builds as told there, runs, and is as small as said there. And the messages
//! of those who did otherwise say what to do.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::{not_run, runner, told, util::temp_dir};

/// A page's code blocks in the language `language`.
fn blocks<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let start = format!("```{language}\n");
    let blocks = page.split(start.as_str()).skip(1);
    blocks.map(|rest| rest.split("```").next().expect("an end")).collect()
}

/// The README's program, in files that one may change.
struct Package {
    manifest: String,
    build: String,
    program: String,
}

impl Package {
    fn of_the_readme() -> Self {
        Self::of("README.md", "rust")
    }

    /// The package whose parts are in a page, those in Rust as `language`.
    fn of(page: &str, language: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = fs::read_to_string(root.join(page)).unwrap();
        let [program, build] = blocks(&page, language)[..] else { panic!("two blocks of Rust") };
        let [manifest] = blocks(&page, "toml")[..] else { panic!("one manifest") };
        // Not yet published: the dependency is this very tree.
        let dependency = format!("rawos = {{ path = {root:?}, ");
        let manifest =
            manifest.replace(r#"rawos = { version = "0.1", "#, &dependency) + "[workspace]\n";
        assert!(manifest.contains(&dependency));
        Self { manifest, build: build.into(), program: program.into() }
    }

    /// The package with `old`, which is in it, replaced.
    fn with(mut self, old: &str, new: &str) -> Self {
        let files = [&mut self.manifest, &mut self.build, &mut self.program];
        let file = files.into_iter().find(|file| file.contains(old));
        let file = file.unwrap_or_else(|| panic!("no {old}"));
        *file = file.replacen(old, new, 1);
        self
    }

    /// What cargo, given `args`, makes of it in a directory of its own.
    fn cargo(&self, args: &[&str]) -> Output {
        let tmp = temp_dir();
        let package = tmp.path().join("hello");
        fs::create_dir_all(package.join("src")).unwrap();
        fs::write(package.join("Cargo.toml"), &self.manifest).unwrap();
        fs::write(package.join("build.rs"), &self.build).unwrap();
        fs::write(package.join("src/main.rs"), &self.program).unwrap();
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
        fs::copy(lock, package.join("Cargo.lock")).unwrap();
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(args)
            .args(["--quiet", "--target-dir"])
            .arg(target_dir())
            .env("CARGO_TERM_COLOR", "never")
            .current_dir(&package)
            .output();
        output.expect("cargo runs")
    }
}

fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme")
}

/// Whether programs can be built here; says so if not.
fn builds() -> bool {
    let builds = env::var_os("RAWOS_BOOTED").is_none() && runner().is_none();
    if !builds {
        not_run(format_args!("the README's program is built natively only"));
    }
    builds
}

#[test]
fn the_readmes_program_is_what_it_says() {
    if !builds() {
        return;
    }
    let package = Package::of_the_readme();
    for (profile, args) in [("debug", &["build"][..]), ("small", &["build", "--profile", "small"])]
    {
        let built = package.cargo(args);
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let path = target_dir().join(profile).join("hello");
        let output = Command::new(&path).env_clear().output().unwrap();
        assert_eq!(told(&output), ("Hello, world!\n".into(), String::new(), Some(0)), "{profile}");
        let size = path.metadata().unwrap().len();
        println!("{profile}: {size} bytes");
        if profile == "small" && cfg!(target_arch = "x86_64") {
            assert!(size <= 1024, "{size} bytes");
        }
    }
    // Editors ask for the tests, too.
    let checked = package.cargo(&["check", "--all-targets"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn the_guides_program_lists_directories() {
    if !builds() {
        return;
    }
    let built = Package::of("docs/guide/programs.md", "rs").cargo(&["build"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let tmp = temp_dir();
    fs::write(tmp.path().join("one name"), "").unwrap();
    let output = Command::new(target_dir().join("debug/list")).arg(tmp.path()).output().unwrap();
    assert_eq!(told(&output), ("one name\n".into(), String::new(), Some(0)));
}

#[test]
fn what_is_missing_is_said() {
    if !builds() {
        return;
    }
    let readme = Package::of_the_readme;
    let without_build = || Package { build: "fn main() {}".into(), ..readme() };
    let main = |new| readme().with("fn main() -> i32 {", new);
    let abort = "panic = \"abort\"\n";
    let features = r#"features = ["rt", "panic-handler"]"#;
    let cases: [(Package, &[&str], &str); 11] = [
        (readme().with(features, "features = []"), &["check"], "--features rt,panic-handler"),
        (readme().with(abort, ""), &["check"], "set `panic = \"abort\"` under [profile.dev]"),
        (readme().with("test = false\n", ""), &["check", "--all-targets"], "`test = false`"),
        (
            readme().with(features, r#"features = ["rt", "panic-handler", "std"]"#),
            &["check"],
            "rawos has its feature `std` on",
        ),
        (without_build(), &["build"], "needs_the_link_arguments_of_the_build_rs_in_its_README"),
        (
            readme().with(r#""-static","#, "").with(r#""-no-pie","#, ""),
            &["build"],
            "rawos_needs_no_pie_or_the_static_pie_arguments_in_its_README",
        ),
        (
            main("fn main() -> i32 { let _ = rawos::fs::listdir(c\"/\");"),
            &["check"],
            "gated behind the `alloc` feature",
        ),
        (
            main("fn main() -> i32 { let _ = fd::read(0, &mut [0; 8][..]);"),
            &["check"],
            "`BorrowedFd::borrow_raw` makes one of a number",
        ),
        (
            main(
                "extern crate alloc; fn main() -> i32 { let _ = rawos::fs::stat(alloc::string::String::new());",
            ),
            &["check"],
            "with the feature `alloc` of rawos also a `String`",
        ),
        (main("fn main() -> Option<i32> {"), &["check"], "`main` cannot return `Option<i32>`"),
        (
            main("fn main() -> i32 { panic!();").with("panic-handler", "allocator"),
            &["check"],
            "panic_handler",
        ),
    ];
    for (package, args, message) in cases {
        let output = package.cargo(args);
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "it builds, where one expects: {message}");
        assert!(text.contains(message), "no {message:?} in:\n{text}");
    }
}

#[test]
fn other_targets_are_refused() {
    if !builds() {
        return;
    }
    let tmp = temp_dir();
    let script = tmp.path().join("build");
    let rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "-o"])
        .arg(&script)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("build.rs"))
        .status();
    assert!(rustc.expect("rustc runs").success());
    let said = |os, arch, width| {
        let mut build = Command::new(&script);
        build.env("CARGO_CFG_TARGET_OS", os).env("CARGO_CFG_TARGET_ARCH", arch);
        let output = build.env("CARGO_CFG_TARGET_POINTER_WIDTH", width).output().expect("it runs");
        told(&output).0
    };
    for (os, arch, width) in
        [("linux", "x86", "32"), ("linux", "x86_64", "32"), ("macos", "aarch64", "64")]
    {
        let message = "cargo::error=rawos speaks to Linux on x86_64, aarch64 and riscv64";
        assert!(said(os, arch, width).contains(message), "{os} {arch} {width}");
    }
    assert!(!said("linux", "riscv64", "64").contains("error"));
}
