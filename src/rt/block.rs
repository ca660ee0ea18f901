//! What the kernel leaves on a new program's stack: `argc`, the arguments, a
//! null, the environment, a null, the auxiliary vector, `AT_NULL`.
//!
//! The block is read where it lies: it stays for as long as the process runs.

use core::{
    ffi::{CStr, c_char},
    iter::FusedIterator,
    ptr, slice,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use linux_raw_sys::{auxvec::AT_NULL, elf::Elf_auxv_t};

/// Where `argc` is; null until [`start`](super::start), and in a program that
/// was started by a libc.
static BLOCK: AtomicPtr<usize> = AtomicPtr::new(ptr::null_mut());

/// Makes `block` the one that this module reads.
///
/// # Safety
/// `block` must be what `_start` found in the stack pointer, and nobody may
/// ever write to it.
#[inline(always)]
pub(super) unsafe fn set(block: *const usize) {
    BLOCK.store(block.cast_mut(), Relaxed);
}

/// The arguments of the program at `block`; the null after them is next.
///
/// # Safety
/// As for [`set`].
#[inline(always)]
unsafe fn arguments(block: *const usize) -> &'static [*const c_char] {
    // SAFETY: the block begins with argc.
    let argc = unsafe { *block };
    let first = block.wrapping_add(1).cast::<*const c_char>();
    // SAFETY: argc pointers follow, and nobody writes to them, ever.
    unsafe { slice::from_raw_parts(first, argc) }
}

/// Where the environment of the program at `block` begins.
///
/// # Safety
/// As for [`set`].
#[inline(always)]
unsafe fn environment(block: *const usize) -> *const *const c_char {
    // SAFETY: the caller's promise.
    let arguments = unsafe { arguments(block) };
    arguments.as_ptr_range().end.wrapping_add(1)
}

/// The auxiliary vector of the program at `block`.
///
/// Runs before relocation: it must not call, in no build.
///
/// # Safety
/// As for [`set`].
#[inline(always)]
pub(super) unsafe fn vector(block: *const usize) -> Auxv {
    // SAFETY: the block begins with argc.
    let argc = unsafe { *block };
    let mut entry = block.wrapping_add(argc).wrapping_add(2);
    // SAFETY: the environment ends with a null, at which the loop ends too.
    while unsafe { *entry } != 0 {
        entry = entry.wrapping_add(1);
    }
    Auxv { next: entry.wrapping_add(1).cast() }
}

/// The string at `start`.
///
/// # Safety
/// `start` must come from the arguments or the environment of the block.
#[inline]
unsafe fn string(start: *const c_char) -> &'static CStr {
    // SAFETY: the kernel ends each string with a NUL and leaves it in place
    // for as long as the process runs; nobody writes to it.
    unsafe { CStr::from_ptr(start) }
}

/// The arguments of the program, its own name first.
///
/// Nothing is copied and no heap is used. The name is whatever the caller of
/// `execve` chose, and before Linux 5.18 there may be none at all: `args` may
/// be empty. It is empty, too, in a program that [`entry!`](crate::entry) did
/// not start.
///
/// # Python
/// `sys.orig_argv`, as bytes.
///
/// # See also
/// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html)
///
/// # Examples
/// ```
/// // A program with std has its arguments from std.
/// assert_eq!(rawos::rt::args().len(), 0);
/// ```
#[doc(alias = "argv")]
#[must_use]
pub fn args() -> Args {
    let block = BLOCK.load(Relaxed).cast_const();
    let arguments = match block.is_null() {
        true => &[],
        // SAFETY: whoever set the block promised.
        false => unsafe { arguments(block) },
    };
    Args(arguments.iter())
}

/// The iterator that [`args`] returns.
///
/// # Examples
/// ```
/// // A freestanding program would have its name first.
/// let mut arguments: rawos::rt::Args = rawos::rt::args();
/// assert_eq!(arguments.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Args(slice::Iter<'static, *const c_char>);

impl Iterator for Args {
    type Item = &'static CStr;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: the pointer is one of the block's arguments.
        self.0.next().map(|&start| unsafe { string(start) })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        // SAFETY: the pointer is one of the block's arguments.
        self.0.nth(n).map(|&start| unsafe { string(start) })
    }
}

impl DoubleEndedIterator for Args {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        // SAFETY: the pointer is one of the block's arguments.
        self.0.next_back().map(|&start| unsafe { string(start) })
    }
}

impl ExactSizeIterator for Args {}
impl FusedIterator for Args {}

/// The environment that the program was started with, each variable as
/// `NAME=value`.
///
/// The strings are raw: nothing promises a `=` in them, or that a name comes
/// once. Empty in a program that [`entry!`](crate::entry) did not start.
///
/// # Python
/// `os.environb` as it was at the start.
///
/// # See also
/// [environ(7)](https://man7.org/linux/man-pages/man7/environ.7.html)
///
/// # Examples
/// ```
/// // A program with std has its environment from std.
/// assert_eq!(rawos::rt::env().next(), None);
/// ```
#[doc(alias = "environ")]
#[doc(alias = "environb")]
#[must_use]
pub fn env() -> Vars {
    let block = BLOCK.load(Relaxed).cast_const();
    Vars {
        next: match block.is_null() {
            true => &NO_VARIABLE.0,
            // SAFETY: whoever set the block promised.
            false => unsafe { environment(block) },
        },
    }
}

/// Where the pointers that [`env()`] reads begin, if `entry!` started the
/// program; a null ends them.
pub(crate) fn environ() -> Option<*const *const c_char> {
    let block = BLOCK.load(Relaxed).cast_const();
    // SAFETY: whoever set the block promised.
    (!block.is_null()).then(|| unsafe { environment(block) })
}

/// The iterator that [`env()`] returns.
///
/// # Examples
/// ```
/// // A freestanding program would have `c"HOME=/"` and the like.
/// let home = rawos::rt::env().find(|variable| variable.to_bytes().starts_with(b"HOME="));
/// assert_eq!(home, None);
/// ```
#[derive(Clone, Debug)]
pub struct Vars {
    /// A pointer of the block, or the null that ends them.
    next: *const *const c_char,
}

/// An environment without variables.
static NO_VARIABLE: NoVariable = NoVariable(ptr::null());
struct NoVariable(*const c_char);
// SAFETY: a null pointer that never changes is nobody's to race for.
unsafe impl Sync for NoVariable {}

impl Iterator for Vars {
    type Item = &'static CStr;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: `next` points into the environment or to its null.
        let start = unsafe { *self.next };
        if start.is_null() {
            return None;
        }
        self.next = self.next.wrapping_add(1);
        // SAFETY: the pointer is one of the block's variables.
        Some(unsafe { string(start) })
    }
}

impl FusedIterator for Vars {}

/// The auxiliary vector: what the kernel tells a new program, as pairs of a
/// type (`AT_*`) and a value.
///
/// Some values are integers, others addresses. Empty in a program that
/// [`entry!`](crate::entry) did not start.
///
/// # Python
/// None.
///
/// # See also
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html)
///
/// # Examples
/// ```
/// // A program with std has a libc to ask.
/// assert_eq!(rawos::rt::auxv().next(), None);
/// ```
#[must_use]
pub fn auxv() -> Auxv {
    let block = BLOCK.load(Relaxed).cast_const();
    match block.is_null() {
        true => Auxv { next: &NO_ENTRY.0 },
        // SAFETY: whoever set the block promised.
        false => unsafe { vector(block) },
    }
}

/// The iterator that [`auxv`] returns.
///
/// # Examples
/// ```
/// const AT_PAGESZ: u64 = 6;
///
/// // A freestanding program would have its page size.
/// let mut vector: rawos::rt::Auxv = rawos::rt::auxv();
/// assert_eq!(vector.find(|&(kind, _)| kind == AT_PAGESZ), None);
/// ```
#[derive(Clone, Debug)]
pub struct Auxv {
    /// An entry of the vector, or the `AT_NULL` that ends it.
    next: *const Elf_auxv_t,
}

/// A vector without entries.
static NO_ENTRY: NoEntry = NoEntry(Elf_auxv_t { a_type: AT_NULL as usize, a_val: ptr::null_mut() });
struct NoEntry(Elf_auxv_t);
// SAFETY: a null pointer that never changes is nobody's to race for.
unsafe impl Sync for NoEntry {}

impl Auxv {
    /// The next entry's type and value, the value as the pointer it may be.
    ///
    /// Runs before relocation: it must not call, in no build.
    #[inline(always)]
    pub(super) fn next_entry(&mut self) -> Option<(usize, *mut ())> {
        // SAFETY: `next` points into the vector or to its `AT_NULL`.
        let entry = unsafe { &*self.next };
        if entry.a_type == AT_NULL as usize {
            return None;
        }
        self.next = self.next.wrapping_add(1);
        Some((entry.a_type, entry.a_val.cast()))
    }
}

impl Iterator for Auxv {
    type Item = (u64, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.next_entry().map(|(kind, value)| (kind as u64, value.expose_provenance()))
    }
}

impl FusedIterator for Auxv {}

/// The value of type `kind` in the auxiliary vector, or `None` where the
/// kernel gave none; see [`auxv`].
///
/// # Python
/// None.
///
/// # See also
/// [getauxval(3)](https://man7.org/linux/man-pages/man3/getauxval.3.html)
///
/// # Examples
/// ```
/// const AT_PAGESZ: u64 = 6;
///
/// // A program with std has a libc to ask.
/// assert_eq!(rawos::rt::getauxval(AT_PAGESZ), None);
/// ```
#[must_use]
pub fn getauxval(kind: u64) -> Option<usize> {
    auxv().find(|&(found, _)| found == kind).map(|(_, value)| value)
}
