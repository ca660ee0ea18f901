//! The vDSO's functions: where they are, and calls of them.
//!
//! Each function has a pointer that can be called at any time: at first it is
//! to a stand-in that looks for the function, then to the function, or to the
//! system call where there is none. Pointers change by one atomic write and
//! protect nothing else, so there are no locks, signal handlers may call and
//! be interrupted anywhere, and relaxed loads do. `random.rs` has the rest of
//! getrandom.

use core::{
    ffi::c_int,
    mem, ptr, slice,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use linux_raw_sys::auxvec::AT_SYSINFO_EHDR;
use syscalls::Sysno as nr;

use super::{Arg, random};
use crate::{
    Errno, Result,
    arch::{self, abi},
    auxv::getauxval,
    time::Timespec,
    vdso::elf::{self, Image},
};

type ClockGettime = unsafe extern "C" fn(c_int, *mut Timespec) -> c_int;
type Getcpu = unsafe extern "C" fn(*mut u32, *mut u32, *mut ()) -> c_int;

/// Always a [`ClockGettime`].
static CLOCK_GETTIME: AtomicPtr<()> = AtomicPtr::new(first_clock_gettime as *mut ());

/// Always a [`Getcpu`].
static GETCPU: AtomicPtr<()> = AtomicPtr::new(first_getcpu as *mut ());

/// clock_gettime(2), by the vDSO if it can
#[inline(always)]
pub(crate) fn clock_gettime(clock: i32) -> Result<Timespec> {
    // Whatever is called, this is initialised.
    let mut time = Timespec::default();
    let function = CLOCK_GETTIME.load(Relaxed);
    // SAFETY: `CLOCK_GETTIME` holds nothing but functions of this type.
    let function = unsafe { mem::transmute::<*mut (), ClockGettime>(function) };
    // SAFETY: clock_gettime(2) writes one `struct timespec` at `time`.
    let raw = unsafe { function(clock, &raw mut time) };
    Errno::check(raw as isize)?;
    Ok(time)
}

/// getcpu(2), by the vDSO if it can: the number of the CPU, and of its node
#[inline(always)]
pub(crate) fn getcpu() -> Result<(u32, u32)> {
    let (mut cpu, mut node) = (0, 0);
    let function = GETCPU.load(Relaxed);
    // SAFETY: `GETCPU` holds nothing but functions of this type.
    let function = unsafe { mem::transmute::<*mut (), Getcpu>(function) };
    // SAFETY: getcpu(2) writes one `unsigned` at each of the first two and has
    // ignored the third since Linux 2.6.24.
    let raw = unsafe { function(&raw mut cpu, &raw mut node, ptr::null_mut()) };
    Errno::check(raw as isize)?;
    Ok((cpu, node))
}

/// Puts system calls in the place of every function.
pub(crate) fn disable() {
    CLOCK_GETTIME.store(syscall_clock_gettime as *mut (), Relaxed);
    GETCPU.store(syscall_getcpu as *mut (), Relaxed);
    random::disable();
}

/// The function `name` of the vDSO, if there is one; null otherwise.
#[cold]
pub(super) fn find(name: &[u8]) -> *mut () {
    let base = base();
    let Some(bytes) = mapping(base) else { return ptr::null_mut() };
    Image::parse(bytes, abi::ELF_MACHINE)
        .and_then(|image| image.find(name, abi::VDSO_VERSION))
        .map_or(ptr::null_mut(), |offset| base.wrapping_add(offset).cast_mut().cast())
}

/// The bytes of the image at `base`, which the kernel told; `None` without one.
fn mapping(base: *const u8) -> Option<&'static [u8]> {
    // A mapping begins with a page. It may be gone: valgrind removes it.
    if base.is_null() || !base.addr().is_multiple_of(PAGE) || !is_mapped(base, PAGE) {
        return None;
    }
    // SAFETY: the kernel maps the vDSO in whole pages, to be read and executed
    // and never written; this one is still there, and who removes it later
    // removes code in use.
    let start = unsafe { slice::from_raw_parts(base, PAGE) };
    let size = elf::size(start, abi::ELF_MACHINE)?;
    if !is_mapped(base, size) {
        return None;
    }
    // SAFETY: as above for all pages of the image, `size` bytes by its own
    // program headers.
    Some(unsafe { slice::from_raw_parts(base, size) })
}

/// mincore(2): whether the pages of the `len` bytes at `start` are mapped.
fn is_mapped(start: *const u8, len: usize) -> bool {
    let mut in_memory = [0u8; 64];
    if len > in_memory.len() * PAGE {
        return false;
    }
    // SAFETY: mincore(2) writes one byte for each page, at most one for each
    // `PAGE` bytes, which `in_memory` has room for, and reads nothing.
    let raw = unsafe {
        arch::syscall3(nr::mincore, start.arg(), len.arg(), in_memory.as_mut_ptr().arg())
    };
    Errno::check(raw).is_ok()
}

/// The size of the smallest page.
const PAGE: usize = 4096;

/// Puts the function `name`, or `or` without one, in the place of `first`.
#[cold]
fn resolve(slot: &AtomicPtr<()>, first: *mut (), name: &[u8], or: *mut ()) -> *mut () {
    let found = match find(name) {
        found if found.is_null() => or,
        found => found,
    };
    // Another thread, or a signal handler, may have come first: it found the
    // same, or it was `disable`, which is to stay.
    slot.compare_exchange(first, found, Relaxed, Relaxed).map_or_else(|now| now, |_| found)
}

unsafe extern "C" fn first_clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    let function = resolve(
        &CLOCK_GETTIME,
        first_clock_gettime as *mut (),
        abi::VDSO_CLOCK_GETTIME,
        syscall_clock_gettime as *mut (),
    );
    // SAFETY: it is from `CLOCK_GETTIME`, or was put there.
    let function = unsafe { mem::transmute::<*mut (), ClockGettime>(function) };
    // SAFETY: the caller's promise is passed on unchanged.
    unsafe { function(clock, time) }
}

unsafe extern "C" fn first_getcpu(cpu: *mut u32, node: *mut u32, unused: *mut ()) -> c_int {
    let function =
        resolve(&GETCPU, first_getcpu as *mut (), abi::VDSO_GETCPU, syscall_getcpu as *mut ());
    // SAFETY: it is from `GETCPU`, or was put there.
    let function = unsafe { mem::transmute::<*mut (), Getcpu>(function) };
    // SAFETY: the caller's promise is passed on unchanged.
    unsafe { function(cpu, node, unused) }
}

unsafe extern "C" fn syscall_clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    // SAFETY: clock_gettime(2) writes one `struct timespec` at `time`, which
    // the caller vouches for.
    let raw = unsafe { arch::syscall2(nr::clock_gettime, clock.arg(), time.arg()) };
    raw as c_int
}

unsafe extern "C" fn syscall_getcpu(cpu: *mut u32, node: *mut u32, unused: *mut ()) -> c_int {
    // SAFETY: getcpu(2) writes one `unsigned` at each of the first two, which
    // the caller vouches for; the third is ignored.
    let raw = unsafe { arch::syscall3(nr::getcpu, cpu.arg(), node.arg(), unused.arg()) };
    raw as c_int
}

/// Where the kernel mapped the vDSO; null without one.
fn base() -> *const u8 {
    ptr::with_exposed_provenance(getauxval(AT_SYSINFO_EHDR.into()).unwrap_or(0))
}
