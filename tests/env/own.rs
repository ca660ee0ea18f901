//! `src/env/own.rs`, each case in a process of its own.

use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

use rawos::{
    Errno,
    env::{self, Environ},
};

use crate::util::child::{command, passes};

fn bytes(name: &str) -> Option<Vec<u8>> {
    env::getenvb(name).unwrap().map(|value| value.to_vec())
}

#[test]
fn the_start_is_what_the_process_was_given() {
    let odd = OsString::from_vec(b"\xff".to_vec());
    passes(command("own::start_only").env("A", "1").env("EMPTY", "").env("ODD", odd));
}

pub fn start_only() {
    assert_eq!(env::getenv("A").unwrap().as_deref(), Some("1"));
    assert_eq!(env::getenv("EMPTY").unwrap().as_deref(), Some(""));
    assert_eq!(env::getenv("MISSING"), Ok(None));
    assert_eq!(env::getenv("ODD"), Err(Errno::EILSEQ));
    assert_eq!(bytes("ODD").as_deref(), Some(&b"\xff"[..]));
    for bad in ["A=1", "A=", "=", "A\0"] {
        assert_eq!(env::getenv(bad), Err(Errno::EINVAL), "{bad:?}");
        assert_eq!(env::getenvb(bad), Err(Errno::EINVAL), "{bad:?}");
    }
    assert_eq!(env::getenv(""), Ok(None));
    assert_eq!(env::reload_environ(), Ok(()));
    let ours = env::environ().unwrap();
    let mut ours: Vec<_> = ours.iter().collect();
    let theirs: Vec<_> = std::env::vars_os().collect();
    let bytes = |(name, value): &'_ (OsString, OsString)| {
        (name.as_encoded_bytes().to_vec(), value.as_encoded_bytes().to_vec())
    };
    let mut theirs: Vec<_> = theirs.iter().map(bytes).collect();
    // An emulator gives its program another order than its own, which the kernel shows.
    if crate::util::runner().is_some() {
        ours.sort_unstable();
        theirs.sort_unstable();
    }
    assert!(ours.iter().copied().eq(theirs.iter().map(|(name, value)| (&name[..], &value[..]))));
    let value = env::getenv("A").unwrap().unwrap();
    assert_eq!(format!("{value:?} {:?}", value.clone().len()), r#""1" 1"#);
    assert_eq!(value, value.clone());
    // And it is a path.
    assert_eq!(rawos::path::PathLike::fspath(&value), b"1");
}

#[test]
fn a_given_block_counts_instead() {
    passes(&mut command("own::given_block"));
}

pub fn given_block() {
    struct Block([*const core::ffi::c_char; 3]);
    // SAFETY: pointers to constants.
    unsafe impl Sync for Block {}
    static BLOCK: Block = Block([c"A=1".as_ptr(), c"B=2".as_ptr(), std::ptr::null()]);
    assert!(env::environ().unwrap().get("RAWOS_CASE").is_some());
    #[cfg(feature = "alloc")]
    env::putenv("C", "3").unwrap();
    // SAFETY: the array ends with a null, and never changes.
    let block = unsafe { Environ::from_ptr(BLOCK.0.as_ptr()) };
    assert_eq!(env::set_environ(Environ::new(b"A=1\0")), Err(Errno::EINVAL));
    assert_eq!(env::set_environ(block), Ok(()));
    assert!(env::environ().unwrap().iter().eq([(&b"A"[..], &b"1"[..]), (b"B", b"2")]));
    assert_eq!(env::reload_environ(), Ok(()));
    assert_eq!(env::environ().unwrap().as_ptr(), Some(BLOCK.0.as_ptr()));
    #[cfg(feature = "alloc")]
    {
        env::putenv("A", "3").unwrap();
        let changed = env::environ().unwrap();
        assert!(changed.iter().eq([(&b"A"[..], &b"3"[..]), (b"B", b"2")]));
        env::putenv("A", "4").unwrap();
        env::set_environ(changed).unwrap();
        assert_eq!(bytes("A").as_deref(), Some(&b"3"[..]));
    }
}

#[cfg(feature = "alloc")]
#[test]
fn what_was_put_and_unset() {
    passes(command("own::put_and_unset").env("A", "1").env("B", "2"));
}

#[cfg(feature = "alloc")]
pub fn put_and_unset() {
    let before = env::environ().unwrap();
    let old = env::getenv("A").unwrap().unwrap();
    assert_eq!(env::putenv("A", "new"), Ok(()));
    assert_eq!(env::putenv("C", "x=y"), Ok(()));
    assert_eq!(env::unsetenv("B"), Ok(()));
    assert_eq!(env::unsetenv("MISSING"), Ok(()));
    for (name, value) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "x\0")] {
        assert_eq!(env::putenv(name, value), Err(Errno::EINVAL), "{name:?} {value:?}");
    }
    for name in ["", "A=B", "A\0"] {
        assert_eq!(env::unsetenv(name), Err(Errno::EINVAL), "{name:?}");
    }
    assert_eq!(bytes("A").as_deref(), Some(&b"new"[..]));
    assert_eq!(bytes("B"), None);
    assert_eq!(bytes("C").as_deref(), Some(&b"x=y"[..]));
    // What was taken before is as it was, and so is what std has.
    assert_eq!((&*old, before.get("B")), ("1", Some(&b"2"[..])));
    assert_eq!(std::env::var("A").unwrap(), "1");
    assert_eq!(std::env::var("B").unwrap(), "2");
    assert_eq!(std::env::var_os("C"), None);
    env::reload_environ().unwrap();
    assert_eq!(bytes("A").as_deref(), Some(&b"new"[..]));
    assert_eq!(bytes("B"), None);
    assert_eq!(bytes("C").as_deref(), Some(&b"x=y"[..]));
}

#[cfg(feature = "alloc")]
#[test]
fn changing_one_variable_for_ever_takes_no_more_memory() {
    passes(&mut command("own::many_changes"));
}

#[cfg(feature = "alloc")]
pub fn many_changes() {
    let pages = || -> u64 {
        let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
        statm.split(' ').nth(5).unwrap().parse().unwrap()
    };
    let value = "x".repeat(100_000);
    env::putenv("A", &*value).unwrap();
    let before = pages();
    for _ in 0..1000 {
        env::putenv("A", &*value).unwrap();
        env::putenv("B", "1").unwrap();
        env::unsetenv("B").unwrap();
    }
    // All of them together would be 100 MB, 25,000 pages.
    let grown = pages().saturating_sub(before);
    assert!(grown < 2500, "{grown} pages");
}

#[cfg(feature = "alloc")]
#[test]
fn threads_lose_no_change() {
    passes(&mut command("own::from_many_threads"));
}

#[cfg(feature = "alloc")]
pub fn from_many_threads() {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for round in 0..100 {
                    let name = format!("RAWOS_T{thread}_{round}");
                    env::putenv(&*name, &*format!("{round}")).unwrap();
                    let value = env::getenv(&*name).unwrap().unwrap();
                    assert_eq!(*value, *format!("{round}"));
                    if round % 2 == 0 {
                        env::unsetenv(&*name).unwrap();
                    }
                }
            });
        }
    });
    let environ = env::environ().unwrap();
    assert_eq!(environ.iter().filter(|(name, _)| name.starts_with(b"RAWOS_T")).count(), 200);
}

#[cfg(feature = "alloc")]
#[test]
fn reload_shows_what_std_changed() {
    passes(command("own::reload").env("A", "1").env("B", "2").env("C", "3"));
}

#[cfg(feature = "alloc")]
pub fn reload() {
    env::putenv("A", "put").unwrap();
    env::unsetenv("B").unwrap();
    // SAFETY: this process has one thread.
    unsafe { std::env::set_var("C", "set") };
    // SAFETY: as above.
    unsafe { std::env::set_var("D", "set") };
    assert_eq!(bytes("C").as_deref(), Some(&b"3"[..]));
    env::reload_environ().unwrap();
    let seen =
        if cfg!(feature = "std") { (&b"set"[..], Some(&b"set"[..])) } else { (&b"3"[..], None) };
    assert_eq!(bytes("C").as_deref(), Some(seen.0));
    assert_eq!(bytes("D").as_deref(), seen.1);
    assert_eq!(bytes("A").as_deref(), Some(&b"put"[..]));
    assert_eq!(bytes("B"), None);
}

#[cfg(feature = "alloc")]
#[test]
fn a_given_block_is_not_lost_to_a_thread_that_changes() {
    passes(&mut command("own::racing_blocks"));
}

#[cfg(feature = "alloc")]
pub fn racing_blocks() {
    struct Block([*const core::ffi::c_char; 2]);
    // SAFETY: pointers to constants.
    unsafe impl Sync for Block {}
    static BLOCKS: [Block; 2] = [
        Block([c"WHICH=0".as_ptr(), std::ptr::null()]),
        Block([c"WHICH=1".as_ptr(), std::ptr::null()]),
    ];
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let changes = scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                env::putenv("A", "1").unwrap();
            }
        });
        let lost = (0..2000).find(|round| {
            let which = round % 2;
            // SAFETY: the array ends with a null, and never changes.
            let block = unsafe { Environ::from_ptr(BLOCKS[which].0.as_ptr()) };
            env::set_environ(block).unwrap();
            std::thread::sleep(std::time::Duration::from_micros(which as u64));
            bytes("WHICH").as_deref() != Some(which.to_string().as_bytes())
        });
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        changes.join().unwrap();
        assert_eq!(lost, None);
    });
}
