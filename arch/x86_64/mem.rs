//! memcpy, memmove, memset, memcmp, bcmp and strlen, as C has them and in its calling convention
//! (System V): arguments in `rdi rsi rdx`, result in `rax`. Overwritten are only registers a call may
//! overwrite (`rax rcx rdx rsi rdi r8`, `xmm0` to `xmm5`, the flags); the direction flag is clear on
//! entry and stays so. SSE2 and nothing newer, so that nobody has to ask the CPU what it can do.
//!
//! | | below 16 | 16 to 32 | above 32 | from 1024 |
//! |---|---|---|---|---|
//! | memcpy | two words of 8 or 4 that may overlap; bytes | two vectors | first and last 32 bytes; between them aligned blocks of 32 | `rep movsb`, where that is fast |
//! | memmove | memcpy | memcpy | to 64, or upwards: memcpy; else its blocks, downwards | the same |
//! | memset | `rep stosb` | two vectors | as memcpy | `rep stosb` |
//! | memcmp, bcmp | bytes | vectors, the last may overlap | the same | the same |
//!
//! This is assembly because no optimiser can turn it into a call to itself: a loop in Rust that
//! copies bytes may become a call to memcpy, also the loop that was to be memcpy. Each function has
//! a section of its own, so that a program carries only those it calls, and two names: `rawos_memcpy`
//! for this crate alone, and `memcpy` for the compiler, weak so that a program may have that of a
//! libc as well: the linker then takes either.
//! Nothing is aligned: padding would cost more bytes than it saves cycles. No label is made of the
//! digits 0 and 1 alone, since assemblers have taken `1b` for a binary number.
//!
//! No function touches a byte outside of its buffers, except that strlen reads whole aligned vectors,
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

// Up to 64 bytes, what is stored last was loaded before the first store, so
// any overlap is allowed; beyond, one with the destination below the source.
function! { "memcpy":
    "mov rax, rdi"
    "cmp rdx, 16"
    "jae 6f"
    "cmp edx, 8"
    "jae 5f"
    "cmp edx, 4"
    "jae 4f"
    "sub edx, 1"
    "jb 3f" // 0 bytes
    "mov cl, [rsi]"
    "je 2f" // 1 byte
    "movzx esi, word ptr [rsi + rdx - 1]" // the last two of 2 or 3
    "mov [rdi + rdx - 1], si"
    "2:"
    "mov [rdi], cl"
    "3:"
    "ret"
    "4:"
    "mov ecx, [rsi]"
    "mov esi, [rsi + rdx - 4]"
    "mov [rdi], ecx"
    "mov [rdi + rdx - 4], esi"
    "ret"
    "5:"
    "mov rcx, [rsi]"
    "mov rsi, [rsi + rdx - 8]"
    "mov [rdi], rcx"
    "mov [rdi + rdx - 8], rsi"
    "ret"

    "6:"
    "movups xmm0, [rsi]"
    "movups xmm1, [rsi + rdx - 16]"
    "cmp rdx, 32"
    "jbe 5f"
    "movups xmm2, [rsi + 16]"
    "movups xmm3, [rsi + rdx - 32]"
    "cmp rdx, 1024"
    "jae 7f"
    "2:"
    "mov ecx, edi" // offset of the first multiple of 32 beyond the destination's start
    "not ecx"
    "and ecx, 31"
    "inc ecx"
    "lea r8, [rdx - 32]" // from here on the last 32 bytes do
    "jmp 4f"
    "3:"
    "movups xmm4, [rsi + rcx]"
    "movups xmm5, [rsi + rcx + 16]"
    "movups [rdi + rcx], xmm4"
    "movups [rdi + rcx + 16], xmm5"
    "add rcx, 32"
    "4:"
    "cmp rcx, r8"
    "jb 3b"
    "movups [rdi + 16], xmm2"
    "movups [rdi + rdx - 32], xmm3"
    "5:"
    "movups [rdi], xmm0"
    "movups [rdi + rdx - 16], xmm1"
    "ret"

    // Two neighbourhoods of the source where some CPUs move a string byte by
    // byte, twenty times slower than 2:.
    "7:"
    "mov ecx, edi"
    "sub ecx, esi"
    "cmp ecx, -64"
    "jae 2b" // the destination is less than 64 bytes below
    "dec ecx"
    "test ecx, 4096 - 32"
    "jz 2b" // it is 1 to 32 bytes above, modulo 4096
    "mov rcx, rdx"
    "rep movsb"
    "ret"
}

function! { "memmove":
    "mov rcx, rdi"
    "sub rcx, rsi"
    "cmp rcx, rdx"
    "jae rawos_memcpy" // the destination does not start within the source
    "cmp rdx, 64"
    "jbe rawos_memcpy"
    "mov rax, rdi"
    "movups xmm0, [rsi]"
    "movups xmm1, [rsi + 16]"
    "movups xmm2, [rsi + rdx - 32]"
    "movups xmm3, [rsi + rdx - 16]"
    "lea r8d, [rdi + rdx]" // offset of the last aligned block that ends by the destination's end
    "and r8d, 31"
    "lea rcx, [rdx - 32]"
    "sub rcx, r8"
    "2:"
    "movups xmm4, [rsi + rcx]"
    "movups xmm5, [rsi + rcx + 16]"
    "movups [rdi + rcx], xmm4"
    "movups [rdi + rcx + 16], xmm5"
    "sub rcx, 32"
    "ja 2b" // at offset 0 or below, the first 32 bytes do
    "movups [rdi], xmm0"
    "movups [rdi + 16], xmm1"
    "movups [rdi + rdx - 32], xmm2"
    "movups [rdi + rdx - 16], xmm3"
    "ret"
}

function! { "memset":
    "lea rcx, [rdx - 16]"
    "cmp rcx, 1024 - 16"
    "jae 4f" // below 16, from 1024
    "movd xmm0, esi" // the byte, 16 times
    "punpcklbw xmm0, xmm0"
    "pshuflw xmm0, xmm0, 0"
    "punpcklqdq xmm0, xmm0"
    "mov rax, rdi"
    "movups [rdi], xmm0"
    "movups [rdi + rcx], xmm0"
    "cmp edx, 32"
    "jbe 5f"
    "movups [rdi + 16], xmm0"
    "movups [rdi + rcx - 16], xmm0"
    "lea rcx, [rdi + rcx - 16]" // from here on the last 32 bytes are done
    "add rdi, 32"
    "and rdi, -32"
    "jmp 3f"
    "2:"
    "movups [rdi], xmm0"
    "movups [rdi + 16], xmm0"
    "add rdi, 32"
    "3:"
    "cmp rdi, rcx"
    "jb 2b"
    "ret"
    "4:"
    "push rdi"
    "mov eax, esi"
    "mov rcx, rdx"
    "rep stosb"
    "pop rax"
    "5:"
    "ret"
}

function! { "memcmp" = "bcmp":
    "xor ecx, ecx"
    "sub rdx, 16" // offset of the last vector
    "jb 4f"
    "2:"
    "movups xmm0, [rdi + rcx]"
    "movups xmm1, [rsi + rcx]"
    "pcmpeqb xmm0, xmm1"
    "pmovmskb eax, xmm0"
    "sub eax, 0xffff" // 0, or the lowest bit that is set is the first difference's
    "jne 3f"
    "add rcx, 16"
    "cmp rcx, rdx"
    "jbe 2b"
    "lea r8, [rdx + 16]"
    "cmp rcx, r8"
    "je 6f" // with eax = 0
    "mov rcx, rdx"
    "jmp 2b"
    "3:"
    "bsf eax, eax"
    "add rcx, rax"
    "movzx eax, byte ptr [rdi + rcx]"
    "movzx ecx, byte ptr [rsi + rcx]"
    "sub eax, ecx"
    "ret"
    "4:"
    "add edx, 16"
    "xor eax, eax"
    "5:"
    "cmp ecx, edx"
    "je 6f"
    "movzx eax, byte ptr [rdi + rcx]"
    "movzx r8d, byte ptr [rsi + rcx]"
    "inc ecx"
    "sub eax, r8d"
    "je 5b"
    "6:"
    "ret"
}

function! { "strlen":
    "mov rax, rdi"
    "and rax, -16"
    "pxor xmm0, xmm0"
    "pcmpeqb xmm0, [rax]"
    "pmovmskb edx, xmm0"
    "pxor xmm0, xmm0"
    "mov ecx, edi"
    "and ecx, 15"
    "shr edx, cl" // forget the bytes before the string
    "shl edx, cl"
    "jmp 3f"
    "2:"
    "add rax, 16"
    "pcmpeqb xmm0, [rax]" // if no byte is 0, all of xmm0 is again
    "pmovmskb edx, xmm0"
    "3:"
    "test edx, edx"
    "jz 2b"
    "bsf edx, edx"
    "sub rax, rdi"
    "add rax, rdx"
    "ret"
}
