//! Works on the heap, gives everything back, and says how much memory it took.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::{alloc::alloc, format, string::String, vec, vec::Vec};
use core::{alloc::Layout, fmt::Write, hint::black_box};

use rawos::{Errno, fs};

mod out;

rawos::entry!(main);

fn main() -> Result<i32, Errno> {
    let mut peaks = [0; 3];
    for peak in &mut peaks {
        *peak = strings(1_000_000)?;
    }
    if !large_blocks() {
        return Ok(10);
    }
    if !odd_layouts() {
        return Ok(11);
    }
    // What was freed is used again: the later rounds take nothing more.
    let [first, .., last] = peaks;
    let kept = last <= first + first / 10;
    writeln!(out::Out, "peak {} MiB, kept within it {kept}", last / 1024)
        .map_err(|_| Errno::EIO)?;
    Ok(if kept { 0 } else { 12 })
}

/// A million strings made, sorted and freed; returns the most memory the
/// program ever had, in KiB.
fn strings(count: u64) -> Result<usize, Errno> {
    let mut random = 1u64;
    let mut strings: Vec<String> = (0..count)
        .map(|_| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{:x}", random >> 20)
        })
        .collect();
    strings.sort_unstable();
    let sorted = strings.windows(2).all(|pair| pair[0] <= pair[1]);
    strings.retain(|string| string.len() % 2 == 0);
    for string in &mut strings {
        string.push_str("some more, so that it moves");
    }
    drop(black_box(strings));
    if sorted { resident_peak() } else { Err(Errno::EBADMSG) }
}

/// `VmHWM` of `/proc/self/status`.
fn resident_peak() -> Result<usize, Errno> {
    let file = fs::open(c"/proc/self/status", fs::OFlags::RDONLY, fs::Mode::empty())?;
    let mut buf = vec![0; 4096];
    let len = rawos::fd::read(&file, buf.as_mut_slice())?;
    let text = core::str::from_utf8(&buf[..len]).map_err(|_| Errno::EILSEQ)?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    Ok(number.unwrap_or(0)) // qemu-user has no such line
}

/// Grows and shrinks one block through all sizes, small to large and back.
fn large_blocks() -> bool {
    let mut bytes: Vec<u8> = Vec::new();
    for round in 0..26 {
        bytes.resize(1 << round, round as u8);
    }
    let right = bytes.iter().enumerate().all(|(i, &byte)| usize::from(byte) == bits(i));
    for round in (0..26).rev() {
        bytes.truncate(1 << round);
        bytes.shrink_to_fit();
    }
    let zeros = vec![0u8; 3_000_000];
    right && bytes == [0] && zeros.iter().all(|&byte| byte == 0)
}

/// How many bits `number` has.
fn bits(number: usize) -> usize {
    (usize::BITS - number.leading_zeros()) as usize
}

/// Alignments up to 2 MiB, and a size that no kernel has.
fn odd_layouts() -> bool {
    for shift in 0..22 {
        for size in [1, 1000, 200_000] {
            let Ok(layout) = Layout::from_size_align(size, 1 << shift) else { return false };
            // SAFETY: the size is not zero.
            let block = unsafe { alloc(layout) };
            if block.is_null() || block.addr() % (1 << shift) != 0 {
                return false;
            }
            // SAFETY: the block has `size` bytes.
            unsafe { block.write_bytes(0xa5, size) };
            // SAFETY: the block is of this layout and not used any more.
            unsafe { alloc::alloc::dealloc(block, layout) };
        }
    }
    let mut vec: Vec<u8> = Vec::new();
    vec.try_reserve(1 << 62).is_err() && vec.try_reserve(100).is_ok()
}
