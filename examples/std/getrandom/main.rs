//! rawos as the source of the crate `getrandom`, and so of all that gets its random
//! numbers there: `cargo run` in this directory, where `.cargo/config.toml` has the
//! cfg that it takes.
#![allow(clippy::std_instead_of_core, reason = "a std program")]

use std::{
    mem::MaybeUninit,
    slice,
    sync::atomic::{AtomicUsize, Ordering},
};

use getrandom::Error;

/// How often `getrandom` has asked.
static ASKED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: the name is that which `getrandom` asks programs to define.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(dest: *mut u8, len: usize) -> Result<(), Error> {
    ASKED.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller has `len` bytes there, initialised or not, to be written.
    let dest = unsafe { slice::from_raw_parts_mut(dest.cast::<MaybeUninit<u8>>(), len) };
    match rawos::getrandom::urandom(dest) {
        Ok((_, [])) => Ok(()),
        Ok(_) => Err(Error::UNEXPECTED),
        Err(errno) => Err(Error::new_custom(errno.raw() as u16)),
    }
}

fn main() -> Result<(), Error> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)?;
    let number = getrandom::u64()?;
    println!("{key:02x?} {number}");
    println!("asked {} times", ASKED.load(Ordering::Relaxed));
    Ok(())
}
