//! The kernel's pages as the source of an allocator: a std program whose heap is
//! its own. `cargo run --example pages --features std`
//!
//! Blocks up to half a page are a power of two, and come from pages that are cut
//! up and then kept; larger ones are mappings of their own. Who wants no allocator
//! of their own takes `rawos::rt::Allocator`, of the feature `allocator`.
#![allow(clippy::std_instead_of_core, reason = "a std program")]

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    ptr::{self, NonNull},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use rawos::raw::{self, Sysno};

#[global_allocator]
static HEAP: Heap = Heap::new();

/// What every kernel maps at least at once.
const PAGE: usize = 4096;
/// Blocks of 16, 32, 64 … 2048 bytes.
const CLASSES: usize = 8;

struct Heap {
    busy: AtomicBool,
    /// The first free block of each class; each begins with the next one.
    free: UnsafeCell<[Option<NonNull<Block>>; CLASSES]>,
    /// How many bytes the kernel has given, and not got back.
    mapped: AtomicUsize,
}

struct Block {
    next: Option<NonNull<Block>>,
}

// SAFETY: `free` is touched by the one thread alone that has set `busy`.
unsafe impl Sync for Heap {}

impl Heap {
    const fn new() -> Self {
        let free = UnsafeCell::new([None; CLASSES]);
        Self { busy: AtomicBool::new(false), free, mapped: AtomicUsize::new(0) }
    }

    /// New memory of whole pages, all zero; null if there is none.
    fn map(&self, len: usize) -> *mut u8 {
        let len = len.next_multiple_of(PAGE);
        let (read_write, private_anonymous) = (0x1 | 0x2, 0x2 | 0x20);
        let no_file = -1_isize as usize;
        // SAFETY: maps memory where there is none yet.
        let mapped = unsafe {
            raw::syscall(Sysno::mmap, [0, len, read_write, private_anonymous, no_file, 0])
        };
        let Ok(start) = mapped else { return ptr::null_mut() };
        self.mapped.fetch_add(len, Ordering::Relaxed);
        ptr::with_exposed_provenance_mut(start)
    }

    /// # Safety
    /// The bytes must be a mapping of [`Self::map`] that nothing uses any more.
    unsafe fn unmap(&self, start: *mut u8, len: usize) {
        let len = len.next_multiple_of(PAGE);
        // SAFETY: the caller's promise.
        let unmapped = unsafe { raw::syscall(Sysno::munmap, [start.expose_provenance(), len]) };
        if unmapped.is_ok() {
            self.mapped.fetch_sub(len, Ordering::Relaxed);
        }
    }

    /// Does something with the free blocks of a class, alone.
    fn with<T>(&self, class: usize, then: impl FnOnce(&mut Option<NonNull<Block>>) -> T) -> T {
        while self.busy.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
        // SAFETY: `busy` was not set, and is until this is over.
        let free = unsafe { &mut *self.free.get() };
        let done = then(&mut free[class]);
        self.busy.store(false, Ordering::Release);
        done
    }
}

/// Which class has blocks of this layout, if any.
fn class(layout: Layout) -> Option<usize> {
    let size = layout.size().max(layout.align()).max(16).next_power_of_two();
    (size < PAGE).then(|| size.trailing_zeros() as usize - 4)
}

// SAFETY: every block is memory of its own, of the layout asked for: a mapping,
// which is aligned to pages (no more is asked for: see `alloc`), or a part of one
// that is aligned to its size.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(class) = class(layout) else {
            return if layout.align() > PAGE { ptr::null_mut() } else { self.map(layout.size()) };
        };
        self.with(class, |free| {
            if free.is_none() {
                let page = self.map(PAGE);
                let size = 16 << class;
                let parts = if page.is_null() { 0 } else { PAGE / size };
                for part in 0..parts {
                    // SAFETY: it is within the page.
                    let block = unsafe { page.add(part * size) }.cast::<Block>();
                    // SAFETY: the block is nobody's, and has room for a pointer.
                    unsafe { block.write(Block { next: *free }) };
                    *free = NonNull::new(block);
                }
            }
            let Some(block) = *free else { return ptr::null_mut() };
            // SAFETY: it was written when it became free.
            *free = unsafe { block.read() }.next;
            block.as_ptr().cast()
        })
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        let Some(class) = class(layout) else {
            // SAFETY: by its layout it is a mapping, and the caller gives it up.
            return unsafe { self.unmap(start, layout.size()) };
        };
        self.with(class, |free| {
            let block = start.cast::<Block>();
            // SAFETY: the caller gives the block up, and it has room for a pointer.
            unsafe { block.write(Block { next: *free }) };
            *free = NonNull::new(block);
        });
    }
}

fn main() {
    let words: Vec<String> = (0..100_000).map(|number| format!("number {number}")).collect();
    let with = HEAP.mapped.load(Ordering::Relaxed);
    println!("{} strings, the last one {:?}: {with} bytes mapped", words.len(), words[99_999]);
    drop(words);
    let without = HEAP.mapped.load(Ordering::Relaxed);
    println!("without them {without}: the small blocks are kept");
}

#[cfg(test)]
mod tests {
    use std::{alloc::Layout, collections::BTreeMap, sync::atomic::Ordering, thread};

    use super::{GlobalAlloc as _, Heap, PAGE};

    #[test]
    fn many_threads_share_it() {
        let work = |seed: usize| {
            let mut map = BTreeMap::new();
            for number in 0..2000 {
                map.insert(number, vec![seed as u8; (number * seed) % 6000]);
                if number % 3 == 0 {
                    map.remove(&(number / 2));
                }
            }
            map.iter().all(|(number, value)| *value == vec![seed as u8; (number * seed) % 6000])
        };
        let threads: Vec<_> = (1..5).map(|seed| thread::spawn(move || work(seed))).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
        super::main();
    }

    #[test]
    fn blocks_are_aligned_and_apart() {
        let heap = Heap::new();
        for (size, align) in [(1, 1), (24, 8), (1, 256), (2049, 1), (100_000, PAGE)] {
            let layout = Layout::from_size_align(size, align).unwrap();
            // SAFETY: the layouts have sizes.
            let blocks: Vec<_> = (0..100).map(|_| unsafe { heap.alloc(layout) }).collect();
            for (number, block) in blocks.iter().enumerate() {
                assert_eq!(block.addr() % align, 0);
                // SAFETY: it has this size, and is ours.
                unsafe { block.write_bytes(number as u8, size) };
            }
            for (number, block) in blocks.iter().enumerate() {
                // SAFETY: as above.
                let content = unsafe { std::slice::from_raw_parts(*block, size) };
                assert!(content.iter().all(|byte| *byte == number as u8));
                // SAFETY: it is of this allocator and layout, and no more used.
                unsafe { heap.dealloc(*block, layout) };
            }
        }
        // What is left are pages that were cut up: of small blocks alone.
        assert!(heap.mapped.load(Ordering::Relaxed) <= 100 * PAGE);
        let layout = Layout::from_size_align(1, 2 * PAGE).unwrap();
        // SAFETY: the layout has a size.
        assert!(unsafe { heap.alloc(layout) }.is_null());
    }
}
