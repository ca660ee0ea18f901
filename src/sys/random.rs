//! getrandom(2), and the vDSO's getrandom with the memory it needs.
//!
//! The vDSO's function is a generator in the caller's memory. It keeps a key
//! in a *state*, which the kernel wants to be in a mapping of a certain kind:
//! one that may be zeroed when memory is short and that a forked child finds
//! zeroed. The function notices both and asks the kernel for a new key. What
//! it leaves to the caller is that no two calls use a state at once.
//!
//! # Who uses which state
//! There is one mapping for the process, with room for [`STATES`] states, and
//! for each of them a flag in ordinary memory. A call takes a state whose flag
//! it could raise, and lowers the flag afterwards. It knows nothing of threads
//! and waits for nobody: after [`TRIES`] flags that were up it makes the system
//! call. Hence:
//! - A signal handler that interrupts a call finds the flag up and takes
//!   another state, however deep handlers nest.
//! - A child that shares memory (`vfork`, `CLONE_VM`) shares flags and states
//!   alike, and is as good as a thread.
//! - A forked child has copies: of the states, zeroed by the kernel; of the
//!   flags, as they were. A flag that its own thread raised, where the fork
//!   happened in a signal handler, stays up until the interrupted call ends,
//!   which is right. Flags must not be zeroed with the states, or that call
//!   and the next would share one.
//! - A flag that nobody will lower costs the process one state, and no more:
//!   that of a handler that jumped out, of a thread or `vfork` child that was
//!   ended in the middle, of another thread in the middle while one forked.

use core::{
    mem::{self, MaybeUninit},
    ptr, slice,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed},
};

use linux_raw_sys::general::vgetrandom_opaque_params;
use syscalls::Sysno as nr;

use super::{
    Arg, Buffer,
    buffer::written,
    memory::{mmap_as, munmap},
    pool::{self, InUse, NONE, Pool},
    vdso,
};
use crate::{
    Errno, Result,
    arch::{self, abi},
    getrandom::GetRandomFlags,
};

/// How many states there are, a power of two.
const STATES: usize = 32;

/// How many of them a call tries to take.
const TRIES: usize = 8;

/// A state must not cross the boundary of two pages; nor, having a size that
/// is a power of two, will it, whatever the size of pages is.
const LARGEST_STATE: usize = 4096;

/// getrandom(2)
#[inline]
pub(crate) fn getrandom(buf: &mut [MaybeUninit<u8>], flags: GetRandomFlags) -> Result<&mut [u8]> {
    // SAFETY: getrandom(2) writes at most `buf.len()` bytes at `buf`, which we
    // hold exclusively.
    let raw = unsafe {
        arch::syscall3(nr::getrandom, buf.as_mut_ptr().arg(), buf.len().arg(), flags.arg())
    };
    let len = Errno::check(raw)?;
    // SAFETY: the kernel wrote that many bytes.
    Ok(unsafe { written(buf, len) })
}

/// What the vDSO has: buffer, length, flags, state, size of the state.
type Getrandom = unsafe extern "C" fn(*mut u8, usize, u32, *mut u8, usize) -> isize;

/// Its function is a [`Getrandom`].
static POOL: Pool = Pool {
    address: AtomicPtr::new(ptr::null_mut()),
    function: AtomicPtr::new(ptr::null_mut()),
    size: AtomicUsize::new(0),
};

static IN_USE: [InUse; STATES] = [const { InUse(AtomicBool::new(false)) }; STATES];

/// getrandom(2), by the vDSO if it can
#[inline]
pub(crate) fn vgetrandom(buf: &mut [MaybeUninit<u8>], flags: GetRandomFlags) -> Result<&mut [u8]> {
    let mut states = POOL.address();
    if states.addr() <= NONE.addr() {
        states = prepare();
        if states == NONE {
            return getrandom(buf, flags);
        }
    }
    let Some((index, in_use)) = take() else { return getrandom(buf, flags) };
    let size = POOL.size.load(Relaxed);
    let state = states.wrapping_add(index * stride(size));
    let function = POOL.function.load(Relaxed);
    // SAFETY: there are states, so this is a function of this type.
    let function = unsafe { mem::transmute::<*mut (), Getrandom>(function) };
    // SAFETY: the function writes at most `buf.len()` bytes at `buf`, which we
    // hold exclusively, and works on the state, which has `size` bytes in the
    // mapping that never goes, and which nobody else has while the flag is up.
    let raw = unsafe { function(buf.as_mut_ptr().cast(), buf.len(), flags.bits(), state, size) };
    pool::give_back(in_use);
    let len = Errno::check(raw)?.min(buf.len());
    // SAFETY: the function wrote that many bytes.
    Ok(unsafe { written(buf, len) })
}

/// How far states are apart.
#[inline(always)]
fn stride(size: usize) -> usize {
    // At least a cache line, as for the flags.
    size.next_power_of_two().max(64)
}

/// Takes a state: its index, and the flag to lower.
#[inline(always)]
fn take() -> Option<(usize, &'static AtomicBool)> {
    // Threads have different stacks: the address of one is a number that stays
    // with the thread, and costs nothing.
    let on_stack = 0u8;
    let stack = (&raw const on_stack).addr() >> 14;
    // Fibonacci hashing: the upper bits depend on all of the number's.
    let first = stack.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (usize::BITS - STATES.ilog2());
    pool::take(&IN_USE, first, TRIES)
}

/// Maps the states, if nobody has: returns where they are, or `NONE` if none can
/// be had now.
#[cold]
fn prepare() -> *mut u8 {
    let known = POOL.address();
    if !known.is_null() {
        return known;
    }
    let made = match map() {
        Ok(made) => made,
        // There may be memory next time.
        Err(Errno::ENOMEM | Errno::EAGAIN) => return NONE,
        Err(_) => NONE,
    };
    match POOL.show(made) {
        Ok(()) => made,
        Err(known) => {
            if made != NONE {
                // SAFETY: we made this mapping and showed it to nobody.
                unsafe { unmap(made) };
            }
            known
        }
    }
}

/// Finds the function, and maps states as it asks.
#[inline]
fn map() -> Result<*mut u8> {
    let function = vdso::find(abi::VDSO_GETRANDOM);
    if function.is_null() {
        return Err(Errno::ENOSYS);
    }
    let mut params = vgetrandom_opaque_params {
        size_of_opaque_state: 0,
        mmap_prot: 0,
        mmap_flags: 0,
        reserved: [0; 13],
    };
    // SAFETY: what the vDSO has under this name is a function of this type.
    let ask = unsafe { mem::transmute::<*mut (), Getrandom>(function) };
    let answer: *mut vgetrandom_opaque_params = &mut params;
    // SAFETY: with these arguments it writes the parameters, and nothing else.
    let raw = unsafe { ask(ptr::null_mut(), 0, 0, answer.cast(), usize::MAX) };
    Errno::check(raw)?;
    let size = params.size_of_opaque_state as usize;
    if !(1..=LARGEST_STATE).contains(&size) {
        return Err(Errno::ENOSYS);
    }
    POOL.describe(function, size);
    mmap_as(STATES * stride(size), params.mmap_prot, params.mmap_flags)
}

/// munmap(2) of states
///
/// # Safety
/// `pool` must be from [`map`], and nothing may use it any more.
#[inline]
unsafe fn unmap(pool: *mut u8) {
    let len = STATES * stride(POOL.size.load(Relaxed));
    // SAFETY: the caller gives the memory up.
    let _ = unsafe { munmap(pool, len) };
}

/// Has every later call be a system call.
#[inline]
pub(super) fn disable() {
    POOL.disable();
}

/// Has `call` fill all of `buf`, piece after piece, and again while a signal
/// interrupts it (PEP 475).
///
/// `call` returns the bytes it initialised, which begin where its argument
/// does; where it fails, `or_else` is to do it for this piece. Should a piece
/// have no bytes, the result is `EIO`.
#[inline(always)]
pub(crate) fn fill_whole<B: Buffer>(
    mut buf: B,
    call: impl Fn(&mut [MaybeUninit<u8>]) -> Result<&mut [u8]>,
    or_else: impl Fn(Errno, &mut [MaybeUninit<u8>]) -> Result<&mut [u8]>,
) -> Result<B::Output> {
    let (start, room) = buf.parts();
    let mut done = 0;
    while done < room {
        // SAFETY: fewer than `room` bytes after the start, so within `buf`.
        let piece = unsafe { start.add(done) };
        // SAFETY: `buf` holds these bytes exclusively, and what is called,
        // being this crate's, makes none of them uninitialised.
        let piece = || unsafe { slice::from_raw_parts_mut(piece.cast(), room - done) };
        match call(piece()).or_else(|errno| or_else(errno, piece())) {
            Ok([]) => return Err(Errno::EIO),
            Ok(filled) => done += filled.len(),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    // SAFETY: the calls initialised all of it, one after the other.
    Ok(unsafe { buf.finish(room) })
}
