//! A static-PIE puts its own addresses right: there is no other loader.
//!
//! Until that is done, nothing may use an address that waits for it. So this
//! runs as a call of its own, made by the first instructions of the program,
//! and does not call, not even in a build without optimisation.

use linux_raw_sys::{
    auxvec::{AT_PHDR, AT_PHNUM},
    elf::{DT_NULL, DT_RELA, DT_RELASZ, Elf_Dyn, Elf_Phdr, Elf_Rela, PT_DYNAMIC, R_RELATIVE},
};

use super::block;

const DT_RELRSZ: usize = 35;
const DT_RELR: usize = 36;

/// Adds to each address in the image by how much the kernel moved it.
///
/// # Safety
/// Only `_start` may call this: once, before anything else, with the block
/// that the kernel left on the stack and the run-time address of `_DYNAMIC`.
#[doc(hidden)]
pub unsafe extern "C" fn relocate(block: *const usize, dynamic: *const Elf_Dyn) {
    let mut headers = core::ptr::null::<Elf_Phdr>();
    let mut count = 0;
    // SAFETY: the caller's promise; nothing writes to the block.
    let mut vector = unsafe { block::vector(block) };
    while let Some((kind, value)) = vector.next_entry() {
        match kind as u32 {
            AT_PHDR => headers = value.cast(),
            AT_PHNUM => count = value.addr(),
            _ => {}
        }
    }

    let mut base = core::ptr::null_mut::<u8>();
    let end = headers.wrapping_add(count);
    while headers != end {
        // SAFETY: the kernel says that a header is there.
        let header = unsafe { &*headers };
        if header.p_type == PT_DYNAMIC {
            base = dynamic.cast_mut().cast::<u8>().wrapping_sub(header.p_vaddr);
        }
        headers = headers.wrapping_add(1);
    }

    let (mut rela, mut rela_size, mut relr, mut relr_size) = (0, 0, 0, 0);
    let mut next = dynamic;
    loop {
        // SAFETY: the dynamic section ends with `DT_NULL`, and so the loop.
        let entry = unsafe { &*next };
        // SAFETY: both fields of the union are the same 64 bits.
        let value = unsafe { entry.d_un.d_ptr };
        match entry.d_tag {
            DT_NULL => break,
            DT_RELA => rela = value,
            DT_RELASZ => rela_size = value,
            DT_RELR => relr = value,
            DT_RELRSZ => relr_size = value,
            _ => {}
        }
        next = next.wrapping_add(1);
    }

    // Other types of relocation stand for symbols that are nowhere defined
    // (weak ones); their value is the zero that is there already.
    let mut next = base.wrapping_add(rela).cast::<Elf_Rela>();
    let end = next.wrapping_byte_add(rela_size);
    while next != end {
        // SAFETY: the table that the linker wrote lies between `next` and `end`.
        let entry = unsafe { &*next };
        if entry.r_info as u32 == R_RELATIVE {
            let place = base.wrapping_add(entry.r_offset).cast::<*mut u8>();
            // SAFETY: the linker says that an address is to be written there,
            // and nothing else in the program runs yet.
            unsafe { *place = base.wrapping_add(entry.r_addend) };
        }
        next = next.wrapping_add(1);
    }

    // An even entry is the place of an address; an odd one is a bitmap of the
    // 63 places after the last: bit 1 for the first of them.
    let mut next = base.wrapping_add(relr).cast::<usize>();
    let end = next.wrapping_byte_add(relr_size);
    let mut place = base.cast::<usize>();
    while next != end {
        // SAFETY: the table that the linker wrote lies between `next` and `end`.
        let entry = unsafe { *next };
        let mut places = if entry & 1 == 0 {
            place = base.wrapping_add(entry).cast();
            1
        } else {
            entry >> 1
        };
        let after = place.wrapping_add(if entry & 1 == 0 { 1 } else { 63 });
        while places != 0 {
            if places & 1 != 0 {
                // SAFETY: the linker says that an address is there, and
                // nothing else in the program runs yet.
                let address = unsafe { *place };
                // SAFETY: as above.
                unsafe { *place = address.wrapping_add(base.addr()) };
            }
            places >>= 1;
            place = place.wrapping_add(1);
        }
        place = after;
        next = next.wrapping_add(1);
    }
}
