//! How a program ends: by what `main` returns, or by a panic.

use std::os::unix::process::{CommandExt as _, ExitStatusExt};

use crate::{close, not_run, programs, runner, told};

#[test]
fn the_exit_status_is_what_main_returns() {
    for program in programs("code") {
        for (code, status) in
            [("0", 0), ("1", 1), ("77", 77), ("255", 255), ("256", 0), ("-1", 255)]
        {
            let expected = (String::new(), String::new(), Some(status));
            assert_eq!(told(&program.run(&[code])), expected);
        }
    }
}

#[test]
fn an_error_is_a_line_and_status_1() {
    for program in programs("fail") {
        for (args, text) in [
            (&[][..], "No such file or directory (ENOENT)"),
            (&["28"], "No space left on device (ENOSPC)"),
            (&["133"], "Memory page has hardware error (EHWPOISON)"),
            (&["41"], "Unknown error (41)"),
            (&["4000"], "Unknown error (4000)"),
        ] {
            let complaint = format!("{}: {text}\n", program.name());
            assert_eq!(told(&program.run(args)), (String::new(), complaint, Some(1)));
        }
    }
}

#[test]
fn an_error_that_cannot_be_told_is_still_status_1() {
    for program in programs("fail") {
        let mut command = program.command();
        close(&mut command, 0b100);
        assert_eq!(told(&command.output().expect("it runs")).2, Some(1));
    }
}

#[test]
fn a_panic_says_where_and_aborts() {
    for program in programs("panics") {
        let output = program.run(&[]);
        let (out, err, _) = told(&output);
        let (place, message) = err
            .strip_prefix(&format!("{}: panicked at ", program.name()))
            .and_then(|rest| rest.split_once(": "))
            .unwrap_or_else(|| panic!("{err}"));
        let mut parts = place.rsplitn(3, ':');
        assert!(parts.next().is_some_and(|column| column.parse::<u32>().is_ok()), "{err}");
        assert!(parts.next().is_some_and(|line| line.parse::<u32>().is_ok()), "{err}");
        assert!(parts.next().is_some_and(|file| file.ends_with("panics.rs")), "{err}");
        assert_eq!((&*out, first_line(message)), ("", "first None, 42"));
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    }
}

#[test]
fn a_long_panic_message_is_whole() {
    for program in programs("panics") {
        let output = program.run(&["long"]);
        let (_, err, _) = told(&output);
        let message = format!(": {}end", " ".repeat(997));
        assert!(first_line(&err).ends_with(&message), "{err}");
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    }
}

#[test]
fn a_panic_in_a_panic_ends_the_program_too() {
    for program in programs("panics") {
        let output = program.run(&["nested"]);
        let (_, err, _) = told(&output);
        let expected = format!("{}: panicked while panicking at ", program.name());
        assert!(err.starts_with(&expected), "{err}");
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    }
}

#[test]
fn a_panic_aborts_though_the_signal_is_ignored_and_blocked() {
    for program in programs("panics") {
        let output = program.run(&["ignored"]);
        let (_, err, _) = told(&output);
        assert!(first_line(&err).ends_with("ignored Ok(0) blocked Ok(0)"), "{err}");
        assert_eq!(output.status.signal(), Some(libc::SIGABRT));
    }
}

/// What the program said; an emulator adds lines of its own.
fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A seccomp filter that refuses `exit_group` with EPERM, as sandboxes may.
fn refuse_exit_group() -> std::io::Result<()> {
    let op = |code: u32, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf, k };
    let mut filter = [
        op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, libc::SYS_exit_group as u32),
        op(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ERRNO | libc::EPERM as u32),
        op(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: filter.as_mut_ptr() };
    // SAFETY: prctl(2) takes integers here.
    let first = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
    // SAFETY: prctl(2) reads the filter, whose length is given.
    let second = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
    match (first, second) {
        (0, 0) => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}

#[test]
fn a_program_that_may_not_exit_traps() {
    if runner().is_some() {
        return not_run(format_args!("the filter would be the emulator's"));
    }
    for program in programs("hello") {
        let mut command = program.command();
        // SAFETY: prctl(2) may be called between fork and exec.
        unsafe { command.pre_exec(refuse_exit_group) };
        let output = command.output().unwrap();
        let signal = output.status.signal();
        let trap = if cfg!(target_arch = "aarch64") { libc::SIGTRAP } else { libc::SIGILL };
        assert_eq!((output.stdout.as_slice(), signal), (&b"Hello, world!\n"[..], Some(trap)));
    }
}
