//! A global allocator over mmap: small blocks from talc, large ones each in a
//! mapping of their own.
//!
//! Which of the two a block is follows from its layout alone, so that nothing
//! needs to be remembered about it.

use core::{
    alloc::{GlobalAlloc, Layout},
    fmt, ptr,
};

use spinning_top::RawSpinlock;
use talc::{
    TalcLock,
    base::{CHUNK_UNIT, Talc, binning::Binning},
    min_first_heap_size,
    source::Source,
};

use crate::sys;

/// Blocks of this size have a mapping of their own.
const LARGE: usize = 128 * 1024;
/// What mmap aligns to on every architecture, whatever its pages.
const PAGE: usize = 4096;

/// A global allocator that takes its memory from the kernel.
///
/// With the feature `allocator`, [`entry!`](crate::entry) makes it the
/// program's: there is nothing else to write.
///
/// Blocks of 128 KiB and more are mappings of their own: they go back to the
/// kernel when freed and grow without being copied. Smaller ones share chunks,
/// which grow from 64 KiB to 4 MiB and stay the program's. Where the kernel
/// gives no more memory, the result is null, as `GlobalAlloc` wants it; what
/// the standard collections make of that is a panic.
///
/// # Python
/// None.
///
/// # Examples
/// A program that `entry!` does not start may have it, too:
/// ```
/// #[global_allocator]
/// static HEAP: rawos::rt::Allocator = rawos::rt::Allocator::new();
///
/// let squares: Vec<u64> = (0..1000).map(|n| n * n).collect();
/// assert_eq!(squares[999], 998_001);
/// ```
pub struct Allocator {
    small: TalcLock<RawSpinlock, Chunks>,
}

impl Allocator {
    /// An allocator without memory: it asks for some when it needs it.
    ///
    /// # Examples
    /// ```
    /// use core::alloc::{GlobalAlloc, Layout};
    ///
    /// let heap = rawos::rt::Allocator::new();
    /// let layout = Layout::new::<u64>();
    /// // SAFETY: the layout has a size.
    /// let block = unsafe { heap.alloc(layout) };
    /// assert!(!block.is_null());
    /// // SAFETY: it was just allocated there, with this layout.
    /// unsafe { heap.dealloc(block, layout) };
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { small: TalcLock::new(Chunks { next: 64 * 1024 }) }
    }
}

impl Default for Allocator {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Allocator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Allocator").finish_non_exhaustive()
    }
}

/// Whether a block of this layout is a mapping of its own.
fn is_large(layout: Layout) -> bool {
    layout.size() >= LARGE && layout.align() <= PAGE
}

// SAFETY: every block is memory of its own, of the layout asked for: talc's
// promise for the small ones, the kernel's for the large ones.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return sys::memory::mmap(layout.size()).unwrap_or(ptr::null_mut());
        }
        // SAFETY: the caller's promise is passed on unchanged.
        unsafe { self.small.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            // New mappings are zero.
            return sys::memory::mmap(layout.size()).unwrap_or(ptr::null_mut());
        }
        // SAFETY: the caller's promise is passed on unchanged.
        unsafe { self.small.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if is_large(layout) {
            // SAFETY: by its layout the block is a mapping, and the caller
            // gives it up.
            let _ = unsafe { sys::memory::munmap(block, layout.size()) };
        } else {
            // SAFETY: the caller's promise is passed on unchanged.
            unsafe { self.small.dealloc(block, layout) }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, old: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises a size that makes a layout.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, old.align()) };
        match (is_large(old), is_large(new)) {
            // SAFETY: the caller's promise is passed on unchanged.
            (false, false) => unsafe { self.small.realloc(block, old, new_size) },
            (true, true) => {
                // SAFETY: by its layout the block is a mapping, and the caller
                // goes on with what is returned.
                let moved = unsafe { sys::memory::mremap(block, old.size(), new_size) };
                moved.unwrap_or(ptr::null_mut())
            }
            _ => {
                // SAFETY: the caller promises a size other than zero.
                let moved = unsafe { self.alloc(new) };
                if !moved.is_null() {
                    let len = old.size().min(new_size);
                    // SAFETY: both blocks have `len` bytes, and the new one
                    // is nobody else's.
                    unsafe { moved.copy_from_nonoverlapping(block, len) };
                    // SAFETY: the caller goes on with what is returned.
                    unsafe { self.dealloc(block, old) };
                }
                moved
            }
        }
    }
}

/// The chunks that small blocks share.
#[derive(Debug)]
struct Chunks {
    /// How long the next chunk is to be.
    next: usize,
}

// SAFETY: nothing here allocates or touches the lock around talc.
unsafe impl Source for Chunks {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        // Room for talc's own tables, which are in the first chunk, to align
        // the block, and for the ends of the block and of the chunk.
        let tables = if talc.is_metadata_established() { 0 } else { min_first_heap_size::<B>() };
        let needed = layout.size().checked_add(layout.align()).ok_or(())?;
        let needed = needed.checked_add(tables + 4 * CHUNK_UNIT).ok_or(())?;
        let len = needed.max(talc.source.next);
        let chunk = sys::memory::mmap(len).map_err(drop)?;
        talc.source.next = (talc.source.next * 2).min(4 * 1024 * 1024);
        // SAFETY: the mapping is new, and talc's alone from here on.
        unsafe { talc.claim(chunk, len) }.map(drop).ok_or(())
    }
}

/// Defines the program's global allocator.
#[doc(hidden)]
#[macro_export]
macro_rules! __rawos_allocator {
    () => {
        const _: () = {
            #[global_allocator]
            static HEAP: $crate::rt::Allocator = $crate::rt::Allocator::new();
        };
    };
}
