//! A static-PIE puts its own addresses right: there is no other loader.
//!
//! Until that is done, nothing may use an address that waits for it. So this
//! runs as a call of its own, made by the first instructions of the program,
//! and does not call, not even in a build without optimisation.

use linux_raw_sys::{
    auxvec::{AT_PHDR, AT_PHNUM},
    elf::{
        DT_NULL, DT_RELA, DT_RELASZ, DT_SYMTAB, Elf_Dyn, Elf_Phdr, Elf_Rela, Elf_Sym, PT_DYNAMIC,
        R_RELATIVE, SHN_UNDEF,
    },
};

use super::block;

const DT_RELRSZ: usize = 35;
const DT_RELR: usize = 36;

/// Adds to each address in the image by how much the kernel moved it.
///
/// # Safety
/// Only `_start_pie` may call this: once, before anything else, with the block
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

    let (mut rela, mut rela_size, mut relr, mut relr_size, mut symbols) = (0, 0, 0, 0, 0);
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
            DT_SYMTAB => symbols = value,
            _ => {}
        }
        next = next.wrapping_add(1);
    }

    // Some linkers leave an address to its symbol, though nothing but the
    // program itself could define it. A symbol that nothing defines is a weak
    // one, whose address is the zero that is there already.
    let symbols = base.wrapping_add(symbols).cast::<Elf_Sym>();
    let mut next = base.wrapping_add(rela).cast::<Elf_Rela>();
    let end = next.wrapping_byte_add(rela_size);
    while next != end {
        // SAFETY: the table that the linker wrote lies between `next` and `end`.
        let entry = unsafe { &*next };
        next = next.wrapping_add(1);
        let mut address = base.wrapping_add(entry.r_addend);
        let symbol = (entry.r_info >> 32) as usize;
        if symbol != 0 {
            // SAFETY: the linker's table of symbols has this one.
            let symbol = unsafe { &*symbols.wrapping_add(symbol) };
            if symbol.st_shndx == SHN_UNDEF {
                continue;
            }
            address = address.wrapping_add(symbol.st_value);
        } else if entry.r_info != R_RELATIVE as u64 {
            continue;
        }
        let place = base.wrapping_add(entry.r_offset).cast::<*mut u8>();
        // SAFETY: the linker says that an address is to be written there, and
        // nothing else in the program runs yet.
        unsafe { *place = address };
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
