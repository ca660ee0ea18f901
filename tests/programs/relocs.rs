//! Has addresses in its data, of every kind that the loader of a static-PIE
//! must put right, and uses each of them.
#![no_std]
#![no_main]

use core::{
    fmt::Display,
    hint::black_box,
    sync::atomic::{AtomicPtr, Ordering::Relaxed},
};

use rawos::{Errno, fd};

rawos::entry!(main);

static NUMBERS: [u32; 200] = {
    let mut numbers = [0; 200];
    let mut i = 0;
    while i < numbers.len() {
        numbers[i] = (i * i) as u32;
        i += 1;
    }
    numbers
};

/// Addresses side by side: more than one bitmap of the compact table holds.
static DENSE: [&u32; 200] = {
    let mut dense = [&NUMBERS[0]; 200];
    let mut i = 0;
    while i < dense.len() {
        dense[i] = &NUMBERS[i];
        i += 1;
    }
    dense
};

/// Addresses with gaps between them.
static SPARSE: [(usize, &u32, usize); 150] = {
    let mut sparse = [(0, &NUMBERS[0], 0); 150];
    let mut i = 0;
    while i < sparse.len() {
        sparse[i] = (i, &NUMBERS[i], !i);
        i += 1;
    }
    sparse
};

static FUNCTIONS: [fn(u32) -> u32; 3] = [|n| n + 1, |n| n * 2, |n| n ^ 0xff];
/// A name that other objects could see: without LTO, GNU ld for riscv64 leaves
/// its address to the symbol.
#[unsafe(no_mangle)]
extern "C" fn relocs_global(number: u32) -> u32 {
    number + 3
}

static GLOBALS: [extern "C" fn(u32) -> u32; 1] = [relocs_global];
static NAMES: [&str; 4] = ["one", "two", "three", "four"];
static OBJECTS: [&(dyn Display + Sync); 2] = [&7u32, &"seven"];
static WRITABLE: AtomicPtr<u32> = AtomicPtr::new((&raw const NUMBERS[9]).cast_mut());

fn main() -> Result<i32, Errno> {
    for (i, &number) in black_box(&DENSE).iter().enumerate() {
        if *number != (i * i) as u32 || !core::ptr::eq(number, &NUMBERS[i]) {
            return Ok(10);
        }
    }
    for (i, &(before, number, after)) in black_box(&SPARSE).iter().enumerate() {
        if *number != (i * i) as u32 || before != i || after != !i {
            return Ok(11);
        }
    }
    let mut number = 20;
    for function in black_box(&FUNCTIONS) {
        number = function(number);
    }
    if number != (42 ^ 0xff) {
        return Ok(12);
    }
    if black_box(&GLOBALS)[0](39) != 42 {
        return Ok(17);
    }
    if black_box(&NAMES).iter().map(|name| name.len()).sum::<usize>() != 15 {
        return Ok(13);
    }
    // SAFETY: the pointer is that of an element of `NUMBERS`.
    if unsafe { *WRITABLE.load(Relaxed) } != 81 {
        return Ok(14);
    }
    let mut text = Text([0; 16], 0);
    for object in black_box(&OBJECTS) {
        if core::fmt::write(&mut text, format_args!("{object} ")).is_err() {
            return Ok(15);
        }
    }
    if text.0.get(..text.1) != Some(b"7 seven ") {
        return Ok(16);
    }
    fd::write_all(fd::stdout(), b"every address is right\n")?;
    Ok(0)
}

struct Text([u8; 16], usize);

impl core::fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.1 + text.len();
        let room = self.0.get_mut(self.1..end).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.1 = end;
        Ok(())
    }
}
