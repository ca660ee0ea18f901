//! What the files look like: no loader, nothing writable that may run.

use object::{
    Endianness,
    elf::{self, FileHeader64},
    read::elf::{FileHeader, ProgramHeader, Sym},
};

use crate::{Linked::Fixed, Program, programs};

const NAMES: [&str; 9] =
    ["args", "code", "fail", "heap", "hello", "memfns", "panics", "relocs", "secure"];

/// Calls `look` with each program and its content.
fn each(look: impl Fn(&Program, &[u8], &FileHeader64<Endianness>)) {
    for program in NAMES.into_iter().flat_map(programs) {
        let data = std::fs::read(&program.path).expect("a file");
        let header = FileHeader64::<Endianness>::parse(&*data).expect("an ELF file");
        look(&program, &data, header);
    }
}

#[test]
fn no_program_asks_for_a_loader() {
    each(|program, data, header| {
        let endian = header.endian().expect("an order of bytes");
        let segments = header.program_headers(endian, data).expect("program headers");
        let has = |kind| segments.iter().any(|segment| segment.p_type(endian) == kind);
        let fixed = program.linked == Fixed;
        assert!(!has(elf::PT_INTERP), "{}", program.name());
        assert_eq!(has(elf::PT_DYNAMIC), !fixed, "{}", program.name());
        let kind = if fixed { elf::ET_EXEC } else { elf::ET_DYN };
        assert_eq!(header.e_type(endian), kind, "{}", program.name());
    });
}

#[test]
fn no_symbol_is_left_undefined() {
    each(|program, data, header| {
        let endian = header.endian().expect("an order of bytes");
        let sections = header.sections(endian, data).expect("sections");
        for kind in [elf::SHT_SYMTAB, elf::SHT_DYNSYM] {
            let symbols = sections.symbols(endian, data, kind).expect("symbols");
            // The first stands for none.
            for symbol in symbols.iter().skip(1) {
                let name = String::from_utf8_lossy(symbol.name(endian, symbols.strings()).unwrap());
                assert!(!symbol.is_undefined(endian), "{}: {name}", program.name());
            }
        }
    });
}

#[test]
fn nothing_writable_may_run() {
    each(|program, data, header| {
        let endian = header.endian().expect("an order of bytes");
        let segments = header.program_headers(endian, data).expect("program headers");
        for segment in segments {
            let both = elf::PF_W | elf::PF_X;
            assert_ne!(segment.p_flags(endian) & both, both, "{}", program.name());
        }
        let stack = segments.iter().any(|segment| segment.p_type(endian) == elf::PT_GNU_STACK);
        assert!(stack, "{}: without it, the stack may run", program.name());
    });
}
