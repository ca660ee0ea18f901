//! What the examples share: buffered output, and errors on standard error.
#![allow(dead_code, reason = "each program uses its own part")]

use core::fmt;

use heapless::Vec;
use rawos::{Errno, Result, fd, rt};

/// Standard output through a buffer. An error sticks: [`Out::finish`] has it.
pub struct Out {
    buf: Vec<u8, 16384>,
    error: Option<Errno>,
}

impl Out {
    pub const fn new() -> Self {
        Self { buf: Vec::new(), error: None }
    }

    pub fn put(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.buf.is_full() {
                self.flush();
            }
            let room = self.buf.capacity() - self.buf.len();
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            // It fits: there is `room` for it.
            let _ = self.buf.extend_from_slice(now);
            bytes = later;
        }
    }

    /// Whether output has failed, so that going on makes no sense.
    pub fn failed(&self) -> bool {
        self.error.is_some()
    }

    fn flush(&mut self) {
        if self.error.is_none() {
            self.error = fd::write_all(fd::stdout(), &self.buf).err();
        }
        self.buf.clear();
    }

    /// Writes what is left; the first error, if there was any.
    pub fn finish(&mut self) -> Result<()> {
        self.flush();
        self.error.map_or(Ok(()), Err)
    }
}

impl fmt::Write for Out {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Prints `program: what: text (NAME)` on standard error.
#[cold]
#[inline(never)]
pub fn complain(what: &[u8], errno: Errno) {
    let (text, name) = (errno.strerror().unwrap_or("Unknown error"), errno.name().unwrap_or("?"));
    say(&[what, b": ", text.as_bytes(), b" (", name.as_bytes(), b")"]);
}

/// Prints `program: ` and the parts on standard error, as one line. What is no
/// ASCII text becomes `?`: whoever chose a name is not to command the terminal.
#[cold]
#[inline(never)]
pub fn say(parts: &[&[u8]]) {
    let program = rt::args().next().map_or(&b"?"[..], |name| name.to_bytes());
    let mut line = Vec::<u8, 4608>::new();
    let mut put = |byte| {
        // A longer line goes out in pieces.
        if line.is_full() {
            print(&line);
            line.clear();
        }
        let _ = line.push(byte);
    };
    for part in [program, b": "].iter().chain(parts) {
        for byte in *part {
            put(if matches!(byte, b' '..=b'~') { *byte } else { b'?' });
        }
    }
    put(b'\n');
    print(&line);
}

fn print(line: &[u8]) {
    // Where standard error does not work, there is nowhere to say so.
    let _ = fd::write_all(fd::stderr(), line);
}
