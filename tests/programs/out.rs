//! Formatted output without buffers: each piece is a write.

use core::fmt;

use rawos::fd;

/// Standard output.
pub struct Out;

impl fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        fd::write_all(fd::stdout(), text.as_bytes()).map_err(|_| fmt::Error)
    }
}
