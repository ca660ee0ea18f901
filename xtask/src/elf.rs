//! What a program's file says about it: its size, whether it asks for an
//! interpreter, and which symbols it leaves to others.

use std::path::Path;

use anyhow::{Context, Result};
use object::read::elf::ProgramHeader;
use object::{Object, ObjectSymbol, elf};

/// The names of the symbols that something else would have to define: what
/// `nm -u` prints. For a program whose symbols are not stripped.
pub fn undefined_symbols(program: &Path) -> Result<Vec<String>> {
    let bytes = read(program)?;
    let file = object::File::parse(&*bytes).with_context(|| program.display().to_string())?;
    let symbols = file.symbols().chain(file.dynamic_symbols());
    let undefined = symbols.filter(|symbol| symbol.is_undefined());
    let names = undefined.filter_map(|symbol| symbol.name().ok());
    Ok(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// Whether the file still has a table of its symbols.
pub fn has_symbols(program: &Path) -> Result<bool> {
    let bytes = read(program)?;
    let file = object::File::parse(&*bytes).with_context(|| program.display().to_string())?;
    Ok(file.symbols().next().is_some())
}

/// Whether the program wants another program (`ld.so`) to start it.
pub fn has_interpreter(program: &Path) -> Result<bool> {
    let bytes = read(program)?;
    let file = object::read::elf::ElfFile64::<object::Endianness>::parse(&*bytes)
        .with_context(|| program.display().to_string())?;
    let endian = file.endian();
    Ok(file.elf_program_headers().iter().any(|header| header.p_type(endian) == elf::PT_INTERP))
}

pub fn size(program: &Path) -> Result<u64> {
    Ok(program.metadata().with_context(|| program.display().to_string())?.len())
}

fn read(program: &Path) -> Result<Vec<u8>> {
    std::fs::read(program).with_context(|| program.display().to_string())
}
