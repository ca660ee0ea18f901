//! memcpy, memmove, memset, memcmp, bcmp and strlen, as C has them and in its calling convention:
//! arguments in `a0 a1 a2`, result in `a0`. Overwritten are only registers a call may overwrite:
//! `a1` to `a7`, `t0` to `t2`. The instructions are those of RV64I alone. All words are loaded and
//! stored aligned: where the hardware does not do it otherwise, the kernel or the firmware emulates
//! it, hundreds of times slower.
//!
//! | | below 16 | from 16, both aligned alike | from 16, otherwise |
//! |---|---|---|---|
//! | memcpy | bytes | bytes up to an aligned address, blocks of 32, words of 8, bytes | the same, but each word is put together of two |
//! | memmove | bytes | upwards: memcpy; downwards: words of 8 | upwards: memcpy; downwards: bytes |
//! | memset | bytes | blocks of 32, bytes before and after | |
//! | memcmp, bcmp | bytes | words of 8, bytes before and after | bytes |
//!
//! This is assembly because no optimiser can turn it into a call to itself: a loop in Rust that
//! copies bytes may become a call to memcpy, also the loop that was to be memcpy. Each function has
//! a section of its own, so that a program carries only those it calls, and two names: `rawos_memcpy`
//! for this crate alone, and `memcpy` for the compiler, weak so that a program may have that of a
//! libc as well: the linker then takes either.
//!
//! No function touches a byte outside of its buffers, except that strlen reads whole aligned words,
//! which never reach into a page that the string is not in.

use core::arch::global_asm;

/// A function in a section of its own, under `rawos_` and weak names.
macro_rules! function {
    ($first:literal $(= $alias:literal)*: $($line:literal)*) => {
        global_asm!(
            concat!(".pushsection .text.rawos_", $first, ",\"ax\",@progbits"),
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

// What is stored was loaded from there or further up, in this order, so an
// overlap with the destination below the source is allowed.
function! { "memcpy":
    "mv a3, a0" // destination of the next byte
    "add a4, a0, a2" // end
    "mv t0, a4" // where the bytes of 1: end
    "li a5, 16"
    "bltu a2, a5, 1f"
    "addi t0, a0, 7"
    "andi t0, t0, -8"
    "xor a5, a0, a1"
    "andi a5, a5, 7"
    "beqz a5, 1f"
    "addi t0, t0, 8" // at 6: a whole word of the source lies before the next byte
    "1:"
    "beq a3, t0, 2f"
    "lbu a5, 0(a1)"
    "addi a1, a1, 1"
    "sb a5, 0(a3)"
    "addi a3, a3, 1"
    "j 1b"

    "2:"
    "beq a3, a4, 9f"
    "andi a5, a1, 7"
    "bnez a5, 6f"
    "addi t0, a4, -32"
    "j 4f"
    "3:"
    "ld a2, 0(a1)"
    "ld a5, 8(a1)"
    "ld a6, 16(a1)"
    "ld a7, 24(a1)"
    "sd a2, 0(a3)"
    "sd a5, 8(a3)"
    "sd a6, 16(a3)"
    "sd a7, 24(a3)"
    "addi a1, a1, 32"
    "addi a3, a3, 32"
    "4:"
    "bgeu t0, a3, 3b"
    "andi t0, a4, -8"
    "5:"
    "beq a3, t0, 9f"
    "ld a5, 0(a1)"
    "addi a1, a1, 8"
    "sd a5, 0(a3)"
    "addi a3, a3, 8"
    "j 5b"

    // The source is a5 = 1 to 7 bytes beyond an aligned address.
    "6:"
    "mv a6, a5"
    "sub a1, a1, a6"
    "slli t1, a6, 3" // so many bits belong to bytes that are done
    "neg t2, t1" // shifts go modulo 64
    "ld a2, 0(a1)"
    "addi t0, a4, -16" // up to here the next word of the source is whole
    "j 8f"
    "7:"
    "ld a5, 8(a1)"
    "addi a1, a1, 8"
    "srl a2, a2, t1"
    "sll a7, a5, t2"
    "or a2, a2, a7"
    "sd a2, 0(a3)"
    "addi a3, a3, 8"
    "mv a2, a5"
    "8:"
    "bgeu t0, a3, 7b"
    "add a1, a1, a6"
    "9:"
    "mv t0, a4"
    "bne a3, a4, 1b"
    "ret"
}

function! { "memmove":
    "sub a5, a0, a1"
    "bltu a5, a2, 1f"
    "tail rawos_memcpy" // the destination does not start within the source
    "1:"
    "add a3, a0, a2" // ends
    "add a1, a1, a2"
    "mv t0, a0" // where the bytes of 2: end, downwards
    "andi a5, a5, 7"
    "bnez a5, 2f"
    "li a5, 16"
    "bltu a2, a5, 2f"
    "andi t0, a3, -8"
    "2:"
    "beq a3, t0, 3f"
    "addi a1, a1, -1"
    "addi a3, a3, -1"
    "lbu a5, 0(a1)"
    "sb a5, 0(a3)"
    "j 2b"
    "3:"
    "beq a3, a0, 6f"
    "addi t0, a0, 8" // from here on a whole word lies below
    "4:"
    "bltu a3, t0, 5f"
    "addi a1, a1, -8"
    "addi a3, a3, -8"
    "ld a5, 0(a1)"
    "sd a5, 0(a3)"
    "j 4b"
    "5:"
    "mv t0, a0"
    "bne a3, a0, 2b"
    "6:"
    "ret"
}

function! { "memset":
    "mv a3, a0" // the next byte
    "add a4, a0, a2" // end
    "mv a5, a4" // where the bytes of 1: end
    "li t0, 16"
    "bltu a2, t0, 1f"
    "andi a1, a1, 255" // the byte, eight times
    "slli a5, a1, 8"
    "or a1, a1, a5"
    "slli a5, a1, 16"
    "or a1, a1, a5"
    "slli a5, a1, 32"
    "or a1, a1, a5"
    "addi a5, a0, 7"
    "andi a5, a5, -8"
    "1:"
    "beq a3, a5, 2f"
    "sb a1, 0(a3)"
    "addi a3, a3, 1"
    "j 1b"
    "2:"
    "beq a3, a4, 5f"
    "addi a5, a4, -32"
    "j 4f"
    "3:"
    "sd a1, 0(a3)"
    "sd a1, 8(a3)"
    "sd a1, 16(a3)"
    "sd a1, 24(a3)"
    "addi a3, a3, 32"
    "4:"
    "bgeu a5, a3, 3b"
    "mv a5, a4"
    "j 1b"
    "5:"
    "ret"
}

function! { "memcmp" = "bcmp":
    "add a4, a0, a2" // end
    "mv t0, a4" // where the bytes of 1: end
    "xor a5, a0, a1"
    "andi a5, a5, 7"
    "bnez a5, 1f"
    "li a5, 16"
    "bltu a2, a5, 1f"
    "addi t0, a0, 7"
    "andi t0, t0, -8"
    "1:"
    "beq a0, t0, 2f"
    "lbu a2, 0(a0)"
    "lbu a3, 0(a1)"
    "addi a0, a0, 1"
    "addi a1, a1, 1"
    "beq a2, a3, 1b"
    "sub a0, a2, a3"
    "ret"
    "2:"
    "beq a0, a4, 5f"
    "addi a5, a4, -8" // up to here a whole word is left
    "3:"
    "bltu a5, a0, 4f"
    "ld a2, 0(a0)"
    "ld a3, 0(a1)"
    "bne a2, a3, 4f" // the bytes will tell
    "addi a0, a0, 8"
    "addi a1, a1, 8"
    "j 3b"
    "4:"
    "mv t0, a4"
    "j 1b"
    "5:"
    "li a0, 0"
    "ret"
}

// A word w has a byte 0 if, and only if, (w - 0x01..01) & !w & 0x80..80 is not 0.
function! { "strlen":
    "mv a1, a0"
    "1:"
    "andi a2, a1, 7"
    "beqz a2, 2f"
    "lbu a2, 0(a1)"
    "beqz a2, 5f"
    "addi a1, a1, 1"
    "j 1b"
    "2:"
    "li a3, 0x01010101"
    "slli a4, a3, 32"
    "add a3, a3, a4"
    "slli a4, a3, 7"
    "3:"
    "ld a2, 0(a1)"
    "addi a1, a1, 8"
    "sub a5, a2, a3"
    "not a2, a2"
    "and a5, a5, a2"
    "and a5, a5, a4"
    "beqz a5, 3b"
    "addi a1, a1, -9" // this word has the 0
    "4:"
    "addi a1, a1, 1"
    "lbu a2, 0(a1)"
    "bnez a2, 4b"
    "5:"
    "sub a0, a1, a0"
    "ret"
}
