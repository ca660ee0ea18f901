//! memcpy and friends of `rt` against those of glibc and musl, from 8 bytes to
//! 16 MiB. `cargo xtask bench` makes curves of it.
//!
//! This program's own are whichever the linker took, so each side's are looked
//! up by name: `rt`'s by the one that only this crate gives them, glibc's in its
//! shared library, and musl's in one that is made here of its archive. All are
//! called in the same way, through a pointer.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "benches have std")]

// As it is, without the rest of the feature: a program with a libc has no use
// for that.
#[cfg_attr(target_arch = "x86_64", path = "../arch/x86_64/mem.rs")]
#[cfg_attr(target_arch = "aarch64", path = "../arch/aarch64/mem.rs")]
#[cfg_attr(target_arch = "riscv64", path = "../arch/riscv64/mem.rs")]
mod mem;

use std::env::consts::ARCH;
use std::ffi::{CStr, CString, c_int, c_void};
use std::hint::black_box;
use std::mem::transmute;
use std::path::Path;
use std::process::Command;

use common::{Bench, cpu};

type Copy = unsafe extern "C" fn(*mut u8, *const u8, usize) -> *mut u8;
type Set = unsafe extern "C" fn(*mut u8, c_int, usize) -> *mut u8;
type Compare = unsafe extern "C" fn(*const u8, *const u8, usize) -> c_int;
type Length = unsafe extern "C" fn(*const u8) -> usize;

unsafe extern "C" {
    fn rawos_memcpy(dest: *mut u8, src: *const u8, len: usize) -> *mut u8;
    fn rawos_memmove(dest: *mut u8, src: *const u8, len: usize) -> *mut u8;
    fn rawos_memset(dest: *mut u8, byte: c_int, len: usize) -> *mut u8;
    fn rawos_memcmp(a: *const u8, b: *const u8, len: usize) -> c_int;
    fn rawos_strlen(string: *const u8) -> usize;
}

#[derive(Clone, Copy)]
struct Functions {
    memcpy: Copy,
    memmove: Copy,
    memset: Set,
    memcmp: Compare,
    strlen: Length,
}

const RAWOS: Functions = Functions {
    memcpy: rawos_memcpy,
    memmove: rawos_memmove,
    memset: rawos_memset,
    memcmp: rawos_memcmp,
    strlen: rawos_strlen,
};

const SIZES: [usize; 11] =
    [8, 16, 32, 64, 256, 1 << 10, 4 << 10, 32 << 10, 256 << 10, 1 << 20, 16 << 20];
const LARGEST: usize = SIZES[SIZES.len() - 1];

/// Those of a shared library, which stays open.
fn of(library: &CStr) -> Functions {
    // SAFETY: it has nothing to initialise, or is there already.
    let library = unsafe { libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null());
    let find = |name: &CStr| -> *mut c_void {
        // SAFETY: opened above; reads the name.
        let found = unsafe { libc::dlsym(library, name.as_ptr()) };
        assert!(!found.is_null(), "{name:?}");
        found
    };
    Functions {
        // SAFETY: C's function of this name is of this type.
        memcpy: unsafe { transmute::<*mut c_void, Copy>(find(c"memcpy")) },
        // SAFETY: as above.
        memmove: unsafe { transmute::<*mut c_void, Copy>(find(c"memmove")) },
        // SAFETY: as above.
        memset: unsafe { transmute::<*mut c_void, Set>(find(c"memset")) },
        // SAFETY: as above.
        memcmp: unsafe { transmute::<*mut c_void, Compare>(find(c"memcmp")) },
        // SAFETY: as above.
        strlen: unsafe { transmute::<*mut c_void, Length>(find(c"strlen")) },
    }
}

/// Makes a shared library of musl's archive, where that is installed.
fn musl(dir: &Path) -> Option<CString> {
    let archive = format!("/usr/lib/{ARCH}-linux-musl/libc.a");
    if !Path::new(&archive).exists() {
        println!("not run: against musl: no {archive}");
        return None;
    }
    let library = dir.join("musl.so");
    let mut cc = Command::new("cc");
    // Symbolic: what one of them calls is its own.
    cc.args(["-shared", "-nostdlib", "-Wl,-Bsymbolic", "-Wl,-u,memcpy,-u,memmove,-u,memset"]);
    cc.args(["-Wl,-u,memcmp,-u,strlen", "-o"]).arg(&library).arg(&archive);
    assert!(cc.status().expect("cc").success());
    Some(CString::new(library.into_os_string().into_encoded_bytes()).expect("no NUL"))
}

/// A place for the largest and some more, from a page's start on: for ever.
fn place() -> *mut u8 {
    let bytes = vec![b'x'; LARGEST + 2 * 4096].leak();
    let start = bytes.as_ptr().align_offset(4096);
    bytes[start..].as_mut_ptr()
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut peers = vec![("glibc", of(c"libc.so.6"))];
    peers.extend(musl(dir.path()).map(|library| ("musl", of(&library))));
    // No page's start, which no allocator gives; and each at another distance.
    let (to, from) = (place().wrapping_add(128), place().wrapping_add(64));

    let mut bench = Bench::new();
    for (peer, theirs) in peers {
        for size in SIZES {
            let row = |name| format!("rt {name}, {size} bytes");
            // Nobody is to know which function it is.
            let side = |copy: Copy| {
                let copy = black_box(copy);
                // SAFETY: both places have as much, and are apart.
                cpu(move || _ = black_box(unsafe { copy(to, from, size) }))
            };
            bench.row(&row("memcpy"), peer, side(RAWOS.memcpy), side(theirs.memcpy));

            // Upwards by less than there is: from the end on.
            let up = to.wrapping_add((size / 2).min(24));
            let side = |copy: Copy| {
                let copy = black_box(copy);
                // SAFETY: the place has as much from there on.
                cpu(move || _ = black_box(unsafe { copy(up, to, size) }))
            };
            bench.row(&row("memmove"), peer, side(RAWOS.memmove), side(theirs.memmove));

            let side = |set: Set| {
                let set = black_box(set);
                // SAFETY: the place has as much.
                cpu(move || _ = black_box(unsafe { set(to, c_int::from(b'x'), size) }))
            };
            bench.row(&row("memset"), peer, side(RAWOS.memset), side(theirs.memset));

            let side = |compare: Compare| {
                let compare = black_box(compare);
                // SAFETY: both places have as much.
                cpu(move || assert_eq!(unsafe { compare(to, from, size) }, 0))
            };
            bench.row(&row("memcmp"), peer, side(RAWOS.memcmp), side(theirs.memcmp));

            let end = from.wrapping_add(size);
            // SAFETY: inside of the place.
            unsafe { end.write(0) };
            let side = |length: Length| {
                let length = black_box(length);
                // SAFETY: the string ends inside of the place.
                cpu(move || assert_eq!(unsafe { length(from) }, size))
            };
            bench.row(&row("strlen"), peer, side(RAWOS.strlen), side(theirs.strlen));
            // SAFETY: as above.
            unsafe { end.write(b'x') };
        }
    }
    bench.finish();
}
