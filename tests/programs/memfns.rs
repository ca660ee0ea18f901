//! Copies, moves, fills and compares, by the compiler's calls to `memcpy` and
//! its kin.
#![no_std]
#![no_main]

use core::{ffi::CStr, hint::black_box};

use rawos::{Errno, fd};

rawos::entry!(main);

const SIZE: usize = 5000;

fn main() -> Result<i32, Errno> {
    let mut source = [0u8; SIZE];
    for (i, byte) in source.iter_mut().enumerate() {
        *byte = (i % 251) as u8 + 1;
    }
    for len in [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 255, 1000, 4096, SIZE - 1] {
        let mut copy = black_box([0u8; SIZE]);
        let len = black_box(len);
        copy[..len].copy_from_slice(&source[..len]);
        if copy[..len] != source[..len] || copy[len..].iter().any(|&byte| byte != 0) {
            return Ok(10);
        }
        let mut moved = black_box(source);
        moved.copy_within(..len, 1);
        if moved[1..=len] != source[..len] || moved[0] != source[0] {
            return Ok(11);
        }
        moved.copy_within(1..=len, 0);
        if moved[..len] != source[..len] {
            return Ok(12);
        }
        copy[..len].fill(black_box(0x5a));
        if copy.iter().filter(|&&byte| byte == 0x5a).count() != len {
            return Ok(13);
        }
        if len > 0 {
            copy[..len].copy_from_slice(&source[..len]);
            copy[len - 1] += 1;
            if copy[..len] <= source[..len] {
                return Ok(14);
            }
            copy[len - 1] = 0;
            let text = CStr::from_bytes_until_nul(&copy).map_err(|_| Errno::EILSEQ)?;
            // SAFETY: the text ends with a NUL, and nobody writes to it.
            let again = unsafe { CStr::from_ptr(black_box(text.as_ptr())) };
            if again.count_bytes() != len - 1 {
                return Ok(15);
            }
        }
    }
    fd::write_all(fd::stdout(), b"every byte is right\n")?;
    Ok(0)
}
