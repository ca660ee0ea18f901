//! `examples/ticks.rs`: its tasks run beside one another, to the end.

use std::{
    io::{BufRead as _, BufReader},
    process::Stdio,
};

use crate::{programs, told};

#[test]
fn ticks_ends_at_the_last_tick() {
    for program in programs("ticks") {
        let expected = "tick 1\ntick 2\ntick 3\n3 ticks\n".to_owned();
        assert_eq!(told(&program.run(&["3", "2"])), (expected, String::new(), Some(0)));
        assert_eq!(told(&program.run(&["0", "0"])).0, "0 ticks\n");
        assert_eq!(told(&program.run(&["x"])).2, Some(2));
    }
}

#[test]
fn ticks_hears_signals_meanwhile() {
    for program in programs("ticks") {
        let mut command = program.command();
        let mut child =
            command.args(["1000000", "1"]).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        // From the first tick on, signals are read.
        assert_eq!(lines.next().as_deref(), Some("tick 1"));
        for (signal, name) in [(libc::SIGUSR1, "SIGUSR1"), (libc::SIGTERM, "SIGTERM")] {
            // SAFETY: the process is ours, and was not waited for.
            assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
            assert!(lines.any(|line| line == name));
        }
        assert_eq!(lines.next(), None);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}
