//! Where the steps print: at once in the main thread. Of steps that run side
//! by side, each one's output stands together, shown when it ends.

use std::cell::RefCell;
use std::io::{self, Write};

thread_local! {
    static HELD: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// From now on this thread's output waits for [`show`].
pub fn hold() {
    HELD.with_borrow_mut(|held| *held = Some(Vec::new()));
}

pub fn write(bytes: &[u8]) -> io::Result<()> {
    HELD.with_borrow_mut(|held| match held {
        Some(held) => held.write_all(bytes),
        None => {
            let mut console = io::stdout().lock();
            console.write_all(bytes).and_then(|()| console.flush())
        }
    })
}

/// Writes a line. A console that cannot be written to is no reason to stop.
pub fn line(text: impl std::fmt::Display) {
    let _ = write(format!("{text}\n").as_bytes());
}

/// Shows what waited.
pub fn show() {
    let waited = HELD.with_borrow_mut(|held| held.as_mut().map(std::mem::take));
    let _ = io::stdout().lock().write_all(&waited.unwrap_or_default());
}
