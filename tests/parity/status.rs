//! Python's reading of wait statuses, names of signals, and priorities.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use rawos::{
    process::{
        self, Pid, PriorityWho, WaitIdType, WaitOptions, WaitStatus, setpriority,
        waitstatus_to_exitcode,
    },
    signal::Signal,
};

#[test]
fn every_status_reads_as_python_reads_it() {
    let script = "
import os
for status in range(0x10000):
    try: code = os.waitstatus_to_exitcode(status)
    except ValueError: code = '-'
    print(code,
          os.WEXITSTATUS(status) if os.WIFEXITED(status) else '-',
          os.WTERMSIG(status) if os.WIFSIGNALED(status) else '-',
          os.WSTOPSIG(status) if os.WIFSTOPPED(status) else '-',
          int(os.WIFCONTINUED(status)),
          int(os.WIFSIGNALED(status) and os.WCOREDUMP(status)))";
    let mut count = 0;
    for (raw, line) in crate::python(script, &[], false).lines().enumerate() {
        let status = WaitStatus(raw as i32);
        let or_dash = |number: Option<i32>| number.map_or("-".to_owned(), |n| n.to_string());
        let ours = format!(
            "{} {} {} {} {} {}",
            or_dash(waitstatus_to_exitcode(status).ok()),
            or_dash(status.exit_status()),
            or_dash(status.term_signal().map(|signal| signal.0)),
            or_dash(status.stop_signal().map(|signal| signal.0)),
            u8::from(status.is_continued()),
            u8::from(status.core_dumped()),
        );
        assert_eq!(ours, line, "{raw:#x}");
        count += 1;
    }
    assert_eq!(count, 0x10000);
}

#[test]
fn every_signal_python_names() {
    let script = "
import signal
for number in sorted(signal.valid_signals()):
    try: name = signal.Signals(number).name
    except ValueError: name = '-'
    print(number, name, signal.strsignal(number))";
    let mut count = 0;
    for line in crate::python(script, &[], false).lines() {
        let mut parts = line.splitn(3, ' ');
        let signal = Signal(parts.next().unwrap().parse().unwrap());
        assert_eq!(signal.name().unwrap_or("-"), parts.next().unwrap(), "{line}");
        let text = parts.next().unwrap();
        if let Some(ours) = signal.strsignal() {
            assert_eq!(ours, text);
        } else {
            assert_eq!(text, format!("Real-time signal {}", signal.0 - Signal::RTMIN.0));
        }
        count += 1;
    }
    assert_eq!(count, 62, "31 and 31");
}

/// How Python children end, by what they do to themselves.
#[test]
#[allow(clippy::zombie_processes, reason = "rawos waits for it")]
fn every_way_a_python_child_ends() {
    let ways = [
        ("os._exit(0)", 0),
        ("os._exit(200)", 200),
        ("os._exit(256 + 7)", 7),
        ("raise SystemExit(5)", 5),
        ("os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 3)", -37),
        ("resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); os.abort()", -6),
    ];
    for (way, expected) in ways {
        // An emulator has other numbers for these than its host, which runs Python.
        if crate::util::runner().is_some() && way.contains("SIGRTMIN") {
            continue;
        }
        let script = format!("import os, resource, signal; {way}");
        let child = Command::new("python3").arg("-c").arg(script).spawn().expect("python3");
        let which = WaitIdType::Pid(Pid(child.id() as i32));
        let ended = process::waitid(which, WaitOptions::EXITED | WaitOptions::NOWAIT);
        let (_, status, usage) =
            process::wait4(Pid(child.id() as i32), WaitOptions::empty()).unwrap().unwrap();
        assert_eq!(waitstatus_to_exitcode(status), Ok(expected), "{way}");
        assert_eq!(ended.unwrap().unwrap().wait_status(), status, "{way}");
        let used = usage.ru_utime() + usage.ru_stime();
        assert!(usage.ru_maxrss() > 1000 && !used.is_zero(), "{usage:?}");
    }
}

#[test]
fn a_priority_that_is_set_is_the_one_python_sees() {
    let script = "
import os, sys
for line in sys.stdin:
    print(os.getpriority(os.PRIO_PROCESS, 0), os.nice(0), flush=True)";
    let mut command = Command::new("python3");
    command.arg("-c").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python3");
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let who = PriorityWho::Process(Pid(child.id() as i32));
    for value in [process::getpriority(who).unwrap().max(0), 3, 10, 19] {
        setpriority(who, value).unwrap();
        input.write_all(b"\n").unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), format!("{value} {value}"));
        assert_eq!(process::getpriority(who), Ok(value));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}
