//! `examples/run.rs`: other programs without libc are what it runs.

use std::{
    io::{Read as _, Write as _},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    path::Path,
    process::{ChildStdin, Output, Stdio},
    thread,
    time::Duration,
};

use crate::{Program, close, not_run, programs, runner, told, util::temp_dir};

/// The words that run the program called `name`, linked as `run` is.
pub fn words(run: &Program, name: &str, args: &[&str]) -> Vec<String> {
    let program = programs(name).into_iter().find(|program| program.linked == run.linked);
    let program = program.expect("linked in every way").path;
    let mut words = runner().unwrap_or_default();
    if let Some(first) = words.first_mut().filter(|first| !first.contains('/')) {
        let path = std::env::var("PATH").expect("PATH");
        let mut found = path.split(':').map(|dir| format!("{dir}/{first}"));
        *first = found.find(|file| Path::new(file).exists()).expect("the emulator");
    }
    words.push(program.to_str().expect("UTF-8").to_owned());
    words.extend(args.iter().map(|arg| (*arg).to_owned()));
    words
}

/// What `run` made of the command, with options before it.
fn output(run: &Program, options: &[&str], command: &[String]) -> Output {
    run.command().args(options).args(command).output().expect("it runs")
}

#[test]
fn run_exits_as_its_command_does() {
    for run in programs("run") {
        for code in [0, 1, 7, 255] {
            let command = words(&run, "code", &[&code.to_string()]);
            assert_eq!(
                told(&output(&run, &[], &command)),
                (String::new(), String::new(), Some(code))
            );
            let options = ["-s", "-n", "1", "-t", "100", "-k", "100", "--"];
            assert_eq!(output(&run, &options, &command).status.code(), Some(code));
            // No limits.
            let options = ["-t", "0", "-k", "0.0"];
            assert_eq!(output(&run, &options, &command).status.code(), Some(code));
        }
    }
}

#[test]
fn run_changes_the_environment() {
    for run in programs("run") {
        let vars = |options: &[&str]| {
            let mut command = run.command();
            command.env("A", "1").env("B", "2").env("C", "3").args(options);
            let output = command.args(words(&run, "args", &[])).output().expect("it runs");
            assert_eq!(output.status.code(), Some(0));
            let out = String::from_utf8(output.stdout).expect("text");
            let vars = out.lines().filter_map(|line| line.strip_prefix("env "));
            let mut vars: Vec<String> = vars.map(str::to_owned).collect();
            vars.sort();
            vars
        };
        assert_eq!(vars(&[]), ["A=1", "B=2", "C=3"]);
        assert_eq!(vars(&["-u", "B", "C=4", "D=", "C=5"]), ["A=1", "C=5", "D="]);
        assert_eq!(vars(&["-i"]), Vec::<String>::new());
        assert_eq!(vars(&["-i", "-C", "/proc", "X=a=b"]), ["X=a=b"]);
    }
}

#[test]
fn run_ends_what_takes_too_long() {
    for run in programs("run") {
        let mut command = run.command();
        command.args(["-t", "0.2"]).args(words(&run, "cat", &[]));
        // Standard input that never ends.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(b"input").unwrap();
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert_eq!((out.as_str(), child.wait().unwrap().code()), ("input", Some(124)));

        // A signal that does not end it, and then one that does.
        let mut command = run.command();
        command.args(["-t", "0.2", "-S", "28", "-k", "0.2"]).args(words(&run, "cat", &[]));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let input = child.stdin.take();
        // Which is for all its group.
        assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
        drop(input);
    }
}

/// Whether nobody reads this any more, soon.
fn is_unread(mut keys: ChildStdin) -> bool {
    (0..500).any(|_| {
        thread::sleep(Duration::from_millis(10));
        keys.write_all(b"x").is_err()
    })
}

#[test]
fn run_ends_what_its_command_has_started() {
    for run in programs("run") {
        let inner = words(&run, "run", &[]);
        for (options, code) in
            [(&["-t", "0.2", "-S", "9"][..], None), (&["-s", "-t", "0.2", "-S", "9"], Some(137))]
        {
            let mut command = run.command();
            command.args(options).args(&inner).args(words(&run, "cat", &[]));
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
            let keys = child.stdin.take().unwrap();
            assert_eq!(child.wait().unwrap().code(), code);
            assert!(is_unread(keys), "{options:?}");
        }
    }
}

#[test]
fn run_passes_signals_on() {
    for run in programs("run") {
        for options in [&[][..], &["-t", "100"], &["-s"]] {
            let mut command = run.command();
            command.args(options).args(words(&run, "cat", &[]));
            let heard = || {
                // Whoever started the tests may ignore it.
                // SAFETY: installs no handler.
                unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
                Ok(())
            };
            // SAFETY: sigaction(2) may be called between fork and exec.
            unsafe { command.pre_exec(heard) };
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut keys = child.stdin.take().unwrap();
            // The command runs.
            keys.write_all(b"x").unwrap();
            child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
            // SAFETY: the process is our child.
            assert_eq!(unsafe { libc::kill(child.id() as i32, libc::SIGHUP) }, 0);
            assert_eq!(child.wait().unwrap().code(), Some(129), "{options:?}");
            assert!(is_unread(keys), "{options:?}");
        }
    }
}

#[test]
fn run_ends_a_stopped_command_too() {
    for run in programs("run") {
        // A signal that does nothing: what the command prints shows that it
        // went on before it was killed.
        let stopped = words(&run, "code", &["3", &libc::SIGSTOP.to_string()]);
        let output = output(&run, &["-t", "0.5", "-S", "28", "-k", "30"], &stopped);
        assert_eq!(told(&output), ("went on\n".to_owned(), String::new(), Some(124)));
    }
}

#[test]
fn run_learns_the_status_where_children_are_ignored() {
    for run in programs("run") {
        let mut command = run.command();
        let ignore = || {
            // SAFETY: installs no handler.
            unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
            Ok(())
        };
        // SAFETY: sigaction(2) may be called between fork and exec.
        unsafe { command.pre_exec(ignore) };
        let output = command.args(words(&run, "code", &["7"])).output().expect("it runs");
        assert_eq!(told(&output), (String::new(), String::new(), Some(7)));
    }
}

#[test]
fn run_looks_in_the_path_of_the_new_environment() {
    if runner().is_some() {
        return not_run(format_args!("run: a foreign program by its name"));
    }
    for run in programs("run") {
        let code = words(&run, "code", &[]).remove(0);
        let code = Path::new(&code);
        let dir = format!("PATH=/nowhere:{}", code.parent().unwrap().display());
        let name = code.file_name().unwrap().to_str().unwrap().to_owned();
        assert_eq!(output(&run, &[&dir], &[name.clone(), "9".to_owned()]).status.code(), Some(9));
        let name_of = run.name();
        let expected = format!("{name_of}: {name}: No such file or directory (ENOENT)\n");
        assert_eq!(
            told(&output(&run, &["PATH=/nowhere"], &[name])),
            (String::new(), expected, Some(127))
        );
    }
}

#[test]
fn run_says_what_is_wrong() {
    let tmp = temp_dir();
    let plain = tmp.path().join("plain").display().to_string();
    std::fs::write(&plain, b"x").unwrap();
    let run = programs("run").remove(0);
    let name = run.name();
    let usage = "usage: run [OPTION]... [NAME=VALUE]... COMMAND [ARGUMENT]...";
    let cases: [(&[&str], String, i32); 11] = [
        (&[], usage.to_owned(), 125),
        (&["-i", "A=1"], usage.to_owned(), 125),
        (&["-x", "a"], "unknown option -x".to_owned(), 125),
        (&["-t"], "missing value of -t".to_owned(), 125),
        (&["-t", "1.x", "a"], "not a valid value: 1.x".to_owned(), 125),
        (&["-t", "1.0000000001", "a"], "not a valid value: 1.0000000001".to_owned(), 125),
        (&["-S", "65", "a"], "not a valid value: 65".to_owned(), 125),
        (&["-U", "root", "a"], "not a valid value: root".to_owned(), 125),
        (&["-C", "/no/such", "a"], "/no/such: No such file or directory (ENOENT)".to_owned(), 125),
        (&["/no/such"], "/no/such: No such file or directory (ENOENT)".to_owned(), 127),
        (&[&plain], format!("{plain}: Permission denied (EACCES)"), 126),
    ];
    for (args, message, status) in cases {
        let expected = (String::new(), format!("{name}: {message}\n"), Some(status));
        assert_eq!(told(&run.run(args)), expected, "{args:?}");
    }
}

#[test]
fn run_gives_privileges_up() {
    // SAFETY: takes nothing.
    if unsafe { libc::geteuid() } != 0 || runner().is_some() {
        return not_run(format_args!("run -U: it takes root, and no emulator"));
    }
    let tmp = temp_dir();
    let secret = tmp.path().join("secret");
    std::fs::write(&secret, b"x").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for run in programs("run") {
        // Where nobody may run it too.
        let copy = tmp.path().join("cat");
        let cat = words(&run, "cat", &[]).remove(0);
        std::fs::copy(cat, &copy).unwrap();
        let command = [&copy, &secret].map(|path| path.to_str().unwrap().to_owned());
        assert_eq!(output(&run, &[], &command).status.code(), Some(0));
        let refused = output(&run, &["-U", "65534:65534"], &command);
        let expected =
            format!("{}: {}: Permission denied (EACCES)\n", copy.display(), secret.display());
        assert_eq!(told(&refused), (String::new(), expected, Some(1)));
        // With descriptors closed it works, too.
        let mut closed = run.command();
        close(closed.args(words(&run, "code", &["3"])), 0b111);
        assert_eq!(closed.status().unwrap().code(), Some(3));
    }
}
