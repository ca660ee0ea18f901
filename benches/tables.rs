//! What is looked up rather than asked of the kernel: the environment, PATH,
//! sysconf, groups. `cargo xtask bench` makes the table.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

use std::env as std_env;
use std::ffi::CStr;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::path::Path;

use common::{Bench, cpu};
use rawos::env;
use rawos::system::{SysconfName, sysconf};
use rawos::user::{GroupReader, getgrouplist};

fn names(bench: &mut Bench) {
    let environ = env::environ().expect("environment");
    for (row, name) in [("getenv, there", c"PATH"), ("getenv, not there", c"RAWOS_BENCH_NONE")] {
        let text = name.to_str().expect("UTF-8");
        let there = environ.get(text).is_some();
        let borrowed = || cpu(|| assert_eq!(environ.get(black_box(text)).is_some(), there));
        let theirs = cpu(|| {
            // SAFETY: reads the name, and nothing changes the environment.
            let value = unsafe { libc::getenv(black_box(name).as_ptr()) };
            assert_eq!(!value.is_null(), there);
        });
        bench.row(row, "libc", borrowed(), theirs);
        // Both copy.
        let ours = cpu(|| assert_eq!(env::getenv(black_box(text)).expect("read").is_some(), there));
        let theirs = cpu(|| assert_eq!(std_env::var_os(black_box(text)).is_some(), there));
        bench.row(row, "std", ours, theirs);
    }
    let ours = cpu(|| assert!(env::get_exec_path(black_box(&environ)).count() > 0));
    let theirs = cpu(|| {
        let path = std_env::var_os("PATH").unwrap_or_default();
        assert!(std_env::split_paths(black_box(&path)).count() > 0);
    });
    bench.row("get_exec_path", "std", ours, theirs);
}

fn numbers(bench: &mut Bench) {
    for (row, ours, theirs) in [
        ("sysconf, PAGESIZE", SysconfName::PAGESIZE, libc::_SC_PAGESIZE),
        ("sysconf, OPEN_MAX", SysconfName::OPEN_MAX, libc::_SC_OPEN_MAX),
        ("sysconf, NPROCESSORS_ONLN", SysconfName::NPROCESSORS_ONLN, libc::_SC_NPROCESSORS_ONLN),
        ("sysconf, PHYS_PAGES", SysconfName::PHYS_PAGES, libc::_SC_PHYS_PAGES),
    ] {
        bench.row(
            row,
            "libc",
            cpu(|| _ = black_box(sysconf(black_box(ours)))),
            // SAFETY: touches no memory.
            cpu(|| _ = black_box(unsafe { libc::sysconf(black_box(theirs)) })),
        );
    }
}

unsafe extern "C" {
    fn fgetgrent(stream: *mut libc::FILE) -> *mut libc::group;
}

/// glibc's reader, asked for one after the other as its `getgrnam` does.
fn glibc_find(path: &CStr, wanted: &CStr) -> u32 {
    // SAFETY: reads both strings.
    let file = unsafe { libc::fopen(path.as_ptr(), c"re".as_ptr()) };
    assert!(!file.is_null());
    loop {
        // SAFETY: opened above.
        let group = unsafe { fgetgrent(file) };
        assert!(!group.is_null(), "no such group");
        // SAFETY: not null, and nobody asks for another meanwhile.
        let group = unsafe { &*group };
        // SAFETY: glibc's names are strings.
        if unsafe { CStr::from_ptr(group.gr_name) } == wanted {
            // SAFETY: opened above, and not used again.
            unsafe { libc::fclose(file) };
            return group.gr_gid;
        }
    }
}

fn groups(bench: &mut Bench, dir: &Path) {
    let lines = if common::quick() { 10_000 } else { 100_000 };
    let mut text = String::new();
    for line in 0..lines {
        writeln!(text, "group{line}:x:{line}:one,two,three").expect("a line");
    }
    text.insert_str(text.len() - 1, ",last");
    let path = dir.join("group");
    std::fs::write(&path, &text).expect("a file");
    let c_path = std::ffi::CString::new(path.to_str().expect("UTF-8")).expect("no NUL");
    let wanted = std::ffi::CString::new(format!("group{}", lines - 1)).expect("no NUL");
    let row = format!("group, the last of {lines}");
    let ours = cpu(|| {
        let mut buf = [0; 4096];
        let mut reader = GroupReader::open(&*c_path, &mut buf).expect("a file");
        let found = reader.find_name(&*wanted).expect("read").expect("a group");
        assert_eq!(found.gid(), lines - 1);
    });
    let theirs = cpu(|| assert_eq!(glibc_find(&c_path, &wanted), lines - 1));
    bench.row(&row, "libc", ours, theirs);

    // glibc asks for no path.
    if let Err(error) = put_over_etc_group(&c_path) {
        return println!("not run: getgrouplist: /etc/group cannot be another: {error}");
    }
    let row = format!("getgrouplist, {lines} lines");
    let expected = [7, lines - 1];
    let ours = cpu(|| {
        let mut groups = [0; 2];
        assert_eq!(getgrouplist(black_box("last"), 7, &mut groups), Ok(2));
        assert_eq!(groups, expected);
    });
    let theirs = cpu(|| {
        let (mut groups, mut count) = ([0; 2], 2);
        let user = black_box(c"last").as_ptr();
        // SAFETY: reads the name, and writes at most as many as there is room
        // for.
        let got = unsafe { libc::getgrouplist(user, 7, groups.as_mut_ptr(), &mut count) };
        assert_eq!((got, groups), (2, expected));
    });
    bench.row(&row, "libc", ours, theirs);
}

/// Makes `/etc/group` another file, for this process and no other.
fn put_over_etc_group(path: &CStr) -> io::Result<()> {
    let told = |result| if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
    // SAFETY: this process has one thread.
    let own = told(unsafe { libc::unshare(libc::CLONE_NEWNS) });
    // SAFETY: as above.
    own.or_else(|_| told(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS) }))?;
    let none = std::ptr::null();
    let mount = |from: *const libc::c_char, to: &CStr, flags| {
        // SAFETY: strings or null, and no data.
        told(unsafe { libc::mount(from, to.as_ptr(), none, flags, none.cast()) })
    };
    // Nobody else is to see what comes next.
    mount(none, c"/", libc::MS_REC | libc::MS_PRIVATE)?;
    mount(path.as_ptr(), c"/etc/group", libc::MS_BIND)
}

fn main() {
    let tmp = common::directory();
    let mut bench = Bench::new();
    names(&mut bench);
    numbers(&mut bench);
    groups(&mut bench, tmp.path());
    bench.finish();
}
