//! Says hello, and makes use of each feature that is on, once: what `cargo xtask
//! sizes` tells of a feature is what that adds to a program which has none.
#![no_std]
#![no_main]

#[cfg(feature = "allocator")]
extern crate alloc;

use rawos::{Errno, fd};

rawos::entry!(main);

#[cfg(not(feature = "panic-handler"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    rawos::process::abort()
}

fn main() -> i32 {
    i32::from(say().is_err())
}

fn say() -> Result<(), Errno> {
    fd::write_all(fd::stdout(), b"Hello, world!\n")?;

    // A panic that may happen, for all that the compiler knows.
    #[cfg(feature = "panic-handler")]
    fd::write_all(fd::stdout(), &[core::hint::black_box(b"\n")[core::hint::black_box(0)]])?;

    #[cfg(feature = "allocator")]
    {
        let mut text = alloc::vec::Vec::new();
        text.extend_from_slice(core::hint::black_box(b"from the heap\n"));
        fd::write_all(fd::stdout(), &text)?;
    }

    #[cfg(feature = "embedded-io")]
    embedded_io::Write::write_all(
        &mut fd::FdWriter::<_, 64>::sized(fd::stdout()),
        core::hint::black_box(b"by a trait\n"),
    )?;

    #[cfg(feature = "rand_core")]
    core::hint::black_box(rand_core::TryRng::try_next_u64(&mut rawos::getrandom::SysRng)?);

    Ok(())
}
