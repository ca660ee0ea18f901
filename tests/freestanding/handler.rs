//! A handler returns to what it interrupted without a libc's help, and abort
//! ends the program although there is one.

use std::os::unix::process::ExitStatusExt as _;

use crate::{programs, told};

#[test]
fn a_handler_returns_three_thousand_times() {
    for program in programs("handler") {
        let expected = ("3000 calls\n".to_owned(), String::new(), Some(0));
        assert_eq!(told(&program.run(&[])), expected);
    }
}

#[test]
fn a_handler_that_returns_does_not_keep_abort_from_ending() {
    for program in programs("handler") {
        let output = program.run(&["abort"]);
        assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{output:?}");
        assert_eq!(output.stdout, b"3000 calls\n");
    }
}
