//! Programs without libc: of what they have, the allocator makes system calls in others, too.

use std::{
    alloc::{GlobalAlloc as _, Layout},
    fs::File,
    os::fd::AsRawFd as _,
};

use rawos::{
    Errno,
    rt::{Allocator, Termination as _},
};
use syscalls::Sysno;

use crate::rules::{Row, Rule};

/// A mapping of its own.
const LARGE: Layout = Layout::new::<[u8; 1 << 20]>();
/// "Where the kernel gives no more memory, the result is null."
const NULL: Rule = Rule::Turns(Sysno::mmap, &[], libc::ENOMEM);
/// Where the kernel does not take memory back, that is nothing to be told: it stays.
const KEPT: &[Rule] = &[Rule::Absorbs(Sysno::munmap, &[]), Rule::Stays(Sysno::munmap)];

pub const ROWS: &[Row] = &[
    Row {
        name: "rt::Allocator::alloc",
        run: |t| {
            let heap = Allocator::new();
            t.call(|| {
                // SAFETY: it has a size.
                let block = checked(unsafe { heap.alloc(LARGE) })?;
                // SAFETY: a block of that size.
                let last = unsafe { block.add(LARGE.size() - 1) };
                // SAFETY: a byte of it.
                unsafe { last.write(1) };
                // SAFETY: of this allocator and layout.
                unsafe { heap.dealloc(block, LARGE) };
                Ok(())
            });
        },
        rules: &[NULL, KEPT[0], KEPT[1]],
    },
    Row {
        name: "rt::Allocator::alloc (in a chunk)",
        run: |t| {
            let heap = Allocator::new();
            let small = Layout::new::<u64>();
            // SAFETY: it has a size.
            t.call(|| checked(unsafe { heap.alloc(small) }));
        },
        rules: &[
            NULL,
            // The chunk stays the program's.
            Rule::Maps,
        ],
    },
    Row {
        name: "rt::Allocator::alloc_zeroed",
        run: |t| {
            let heap = Allocator::new();
            t.call(|| {
                // SAFETY: it has a size.
                let block = checked(unsafe { heap.alloc_zeroed(LARGE) })?;
                // SAFETY: a block of that size.
                let last = unsafe { block.add(LARGE.size() - 1) };
                // SAFETY: a byte of it, initialised.
                assert_eq!(unsafe { last.read() }, 0);
                // SAFETY: of this allocator and layout.
                unsafe { heap.dealloc(block, LARGE) };
                Ok(())
            });
        },
        rules: &[NULL, KEPT[0], KEPT[1]],
    },
    Row {
        name: "rt::Allocator::dealloc",
        run: |t| {
            let heap = Allocator::new();
            // SAFETY: it has a size.
            let block = checked(unsafe { heap.alloc(LARGE) }).expect("memory");
            // SAFETY: of this allocator and layout.
            t.call(|| unsafe { heap.dealloc(block, LARGE) });
        },
        rules: KEPT,
    },
    Row {
        name: "rt::Allocator::realloc",
        run: |t| {
            let heap = Allocator::new();
            t.call(|| {
                // SAFETY: it has a size.
                let block = checked(unsafe { heap.alloc(LARGE) })?;
                // SAFETY: a block of that size.
                unsafe { block.write(7) };
                let larger = Layout::new::<[u8; 2 << 20]>();
                // SAFETY: of this allocator and layout.
                let moved = unsafe { heap.realloc(block, LARGE, larger.size()) };
                let (held, layout) = if moved.is_null() { (block, LARGE) } else { (moved, larger) };
                // SAFETY: its first byte was written.
                assert_eq!(unsafe { held.read() }, 7);
                // SAFETY: of this allocator and layout.
                unsafe { heap.dealloc(held, layout) };
                checked(moved).map(drop)
            });
        },
        rules: &[
            NULL,
            // What is there stays as it is, then.
            Rule::Turns(Sysno::mremap, &[], libc::ENOMEM),
            KEPT[0],
            KEPT[1],
        ],
    },
    Row {
        name: "rt::Termination::report",
        run: |t| {
            let told = File::create("told").expect("a file");
            // SAFETY: takes integers.
            assert_eq!(unsafe { libc::dup2(told.as_raw_fd(), 2) }, 2);
            t.call_and(|| Err::<(), _>(Errno::EIO).report(), |status| assert_eq!(status, 1));
        },
        // There is nobody to be told.
        rules: &[Rule::Absorbs(Sysno::writev, &[])],
    },
];

fn checked(block: *mut u8) -> Result<*mut u8, Errno> {
    if block.is_null() { Err(Errno::ENOMEM) } else { Ok(block) }
}
