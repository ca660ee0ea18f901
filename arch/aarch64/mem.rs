//! memcpy, memmove, memset, memcmp, bcmp and strlen, as C has them and in its calling convention
//! (AAPCS64): arguments in `x0 x1 x2`, result in `x0`. Overwritten are only registers a call may
//! overwrite: `x1` to `x8`, `v0` to `v5`, the flags. Loads and stores need not be aligned, which Linux
//! grants to every program for its own memory.
//!
//! | | below 16 | 16 to 32 | above 32 |
//! |---|---|---|---|
//! | memcpy | two words of 8 or 4 that may overlap; bytes | two vectors | first and last 32 bytes; between them aligned blocks of 32 |
//! | memmove | memcpy | memcpy | to 64, or upwards: memcpy; else its blocks, downwards |
//! | memset | bytes | two vectors | as memcpy |
//! | memcmp, bcmp | below 8 bytes; then words of 8, the last may overlap | the same | the same |
//!
//! This is assembly because no optimiser can turn it into a call to itself: a loop in Rust that
//! copies bytes may become a call to memcpy, also the loop that was to be memcpy. Each function has
//! a section of its own, so that a program carries only those it calls, and two names: `rawos_memcpy`
//! for this crate alone, and `memcpy` for the compiler, weak so that a program may have that of a
//! libc as well: the linker then takes either.
//!
//! No function touches a byte outside of its buffers, except that strlen reads whole aligned vectors,
//! which never reach into a page that the string is not in.

use core::arch::global_asm;

/// A function in a section of its own, under `rawos_` and weak names.
macro_rules! function {
    ($first:literal $(= $alias:literal)*: $($line:literal)*) => {
        global_asm!(
            concat!(".pushsection .text.rawos_", $first, ",\"ax\",@progbits\n.p2align 2"),
            function!(@open $first), $(function!(@open $alias),)*
            $($line,)*
            function!(@close $first), $(function!(@close $alias),)*
            ".popsection",
        );
    };
    (@open $name:literal) => {
        concat!(
            ".globl rawos_", $name, "\n.hidden rawos_", $name, "\n.weak ", $name, "\n",
            ".type rawos_", $name, ", @function\n.type ", $name, ", @function\n",
            "rawos_", $name, ":\n", $name, ":",
        )
    };
    (@close $name:literal) => {
        concat!(".size rawos_", $name, ", . - rawos_", $name, "\n.size ", $name, ", . - ", $name)
    };
}

// Up to 64 bytes, what is stored last was loaded before the first store, so
// any overlap is allowed; beyond, one with the destination below the source.
function! { "memcpy":
    "add x4, x1, x2" // ends
    "add x5, x0, x2"
    "cmp x2, #16"
    "b.lo 5f"
    "ldr q0, [x1]"
    "ldur q1, [x4, #-16]"
    "cmp x2, #32"
    "b.ls 4f"
    "ldr q2, [x1, #16]"
    "ldur q3, [x4, #-32]"
    "add x6, x0, #32" // the first multiple of 32 beyond the destination's start
    "and x6, x6, #~31"
    "sub x7, x6, x0"
    "add x1, x1, x7"
    "sub x8, x5, #32" // from here on the last 32 bytes do
    "b 3f"
    "2:"
    "ldp q4, q5, [x1], #32"
    "stp q4, q5, [x6], #32"
    "3:"
    "cmp x6, x8"
    "b.lo 2b"
    "str q2, [x0, #16]"
    "stur q3, [x5, #-32]"
    "4:"
    "str q0, [x0]"
    "stur q1, [x5, #-16]"
    "ret"

    "5:"
    "tbz x2, #3, 6f"
    "ldr x6, [x1]"
    "ldur x7, [x4, #-8]"
    "str x6, [x0]"
    "stur x7, [x5, #-8]"
    "ret"
    "6:"
    "tbz x2, #2, 7f"
    "ldr w6, [x1]"
    "ldur w7, [x4, #-4]"
    "str w6, [x0]"
    "stur w7, [x5, #-4]"
    "ret"
    "7:"
    "cbz x2, 8f"
    "lsr x2, x2, #1" // of 1, 2 or 3 bytes the first, the middle one, the last
    "ldrb w6, [x1]"
    "ldrb w7, [x1, x2]"
    "ldurb w8, [x4, #-1]"
    "strb w6, [x0]"
    "strb w7, [x0, x2]"
    "sturb w8, [x5, #-1]"
    "8:"
    "ret"
}

function! { "memmove":
    "sub x3, x0, x1"
    "cmp x3, x2"
    "b.hs 1f" // the destination does not start within the source
    "cmp x2, #64"
    "b.hi 2f"
    "1:"
    "b rawos_memcpy"
    "2:"
    "add x4, x1, x2" // ends
    "add x5, x0, x2"
    "ldp q0, q1, [x1]"
    "ldp q2, q3, [x4, #-32]"
    "and x6, x5, #~31" // the last multiple of 32 in the destination, or its end
    "sub x7, x5, x6"
    "sub x4, x4, x7"
    "add x8, x0, #32" // down from here the first 32 bytes do
    "3:"
    "ldp q4, q5, [x4, #-32]!"
    "stp q4, q5, [x6, #-32]!"
    "cmp x6, x8"
    "b.hi 3b"
    "stp q0, q1, [x0]"
    "stp q2, q3, [x5, #-32]"
    "ret"
}

function! { "memset":
    "cmp x2, #16"
    "b.lo 3f"
    "dup v0.16b, w1"
    "add x5, x0, x2"
    "str q0, [x0]"
    "stur q0, [x5, #-16]"
    "cmp x2, #32"
    "b.ls 4f"
    "str q0, [x0, #16]"
    "str q0, [x5, #-32]!"
    "add x6, x0, #32"
    "and x6, x6, #~31"
    "b 2f"
    "1:"
    "stp q0, q0, [x6], #32"
    "2:"
    "cmp x6, x5" // from there on the last 32 bytes are done
    "b.lo 1b"
    "ret"
    "3:"
    "subs x2, x2, #1"
    "b.lo 4f"
    "strb w1, [x0, x2]"
    "b 3b"
    "4:"
    "ret"
}

function! { "memcmp" = "bcmp":
    "mov x5, #0"
    "subs x2, x2, #8" // offset of the last word
    "b.lo 3f"
    "1:"
    "ldr x3, [x0, x5]"
    "ldr x4, [x1, x5]"
    "cmp x3, x4"
    "b.ne 2f"
    "add x5, x5, #8"
    "cmp x5, x2"
    "b.ls 1b"
    "add x6, x2, #8"
    "cmp x5, x6"
    "b.eq 5f"
    "mov x5, x2"
    "b 1b"
    "2:"
    "rev x3, x3" // the first byte in memory is to count most
    "rev x4, x4"
    "cmp x3, x4"
    "cset w0, ne"
    "cneg w0, w0, lo"
    "ret"
    "3:"
    "add x2, x2, #8"
    "4:"
    "cmp x5, x2"
    "b.eq 5f"
    "ldrb w3, [x0, x5]"
    "ldrb w4, [x1, x5]"
    "add x5, x5, #1"
    "subs w3, w3, w4"
    "b.eq 4b"
    "mov w0, w3"
    "ret"
    "5:"
    "mov w0, #0"
    "ret"
}

// A comparison with 0 makes a byte of each byte, and the narrowing shift a
// nibble of each of these: their 64 bits fit a general register.
function! { "strlen":
    "and x2, x0, #~15"
    "ldr q0, [x2]"
    "cmeq v0.16b, v0.16b, #0"
    "shrn v0.8b, v0.8h, #4"
    "fmov x3, d0"
    "lsl x4, x0, #2" // four times the address's low four bits: shifts go modulo 64
    "lsr x3, x3, x4" // forget the bytes before the string
    "lsl x3, x3, x4"
    "b 2f"
    "1:"
    "ldr q0, [x2, #16]!"
    "cmeq v0.16b, v0.16b, #0"
    "shrn v0.8b, v0.8h, #4"
    "fmov x3, d0"
    "2:"
    "cbz x3, 1b"
    "rbit x3, x3"
    "clz x3, x3"
    "sub x0, x2, x0"
    "add x0, x0, x3, lsr #2"
    "ret"
}
