//! `examples/init`: as a container's init, and as process 1 of namespaces. On
//! machines it boots elsewhere.

use std::{
    collections::HashMap,
    ffi::CString,
    fs,
    io::{BufRead, BufReader, Read as _, Write as _},
    os::{
        fd::{AsRawFd as _, FromRawFd as _},
        unix::{ffi::OsStrExt as _, net::UnixStream, process::CommandExt as _},
    },
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use crate::{Linked::Fixed, Program, not_run, programs, runner, stripped, told, util::temp_dir};

/// How long a test waits for what comes at once: a guest is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// The path of another program that is linked as `init` is.
fn path_of(init: &Program, name: &str) -> String {
    let other = programs(name).into_iter().find(|program| program.linked == init.linked);
    other.expect("linked in every way").path.to_str().expect("UTF-8").to_owned()
}

/// What goes on in namespaces of its own, as process 1. `root` is its root
/// directory, if it is to have one.
#[allow(clippy::multiple_unsafe_ops_per_block, reason = "one after the other, all alike")]
fn in_namespaces(command: &mut Command, kinds: i32, root: Option<&Path>) {
    // SAFETY: takes nothing.
    let (uid, gid) = unsafe { (libc::getuid(), libc::getgid()) };
    let maps = [
        (c"/proc/self/uid_map", format!("0 {uid} 1")),
        (c"/proc/self/setgroups", "deny".to_owned()),
        (c"/proc/self/gid_map", format!("0 {gid} 1")),
    ];
    let root = root.map(|root| CString::new(root.as_os_str().as_bytes()).unwrap());
    let enter = move || {
        let result = |returned: i32| match returned {
            -1 => Err(std::io::Error::last_os_error()),
            _ => Ok(returned),
        };
        // SAFETY: these calls may be made between fork and exec, and get what
        // they want: numbers, and strings that outlive them.
        unsafe {
            let user = if uid == 0 { 0 } else { libc::CLONE_NEWUSER };
            result(libc::unshare(user | kinds))?;
            if user != 0 {
                for (path, text) in &maps {
                    let fd = result(libc::open(path.as_ptr(), libc::O_WRONLY))?;
                    libc::write(fd, text.as_ptr().cast(), text.len());
                    libc::close(fd);
                }
            }
            // The namespace of processes is the children's.
            let child = result(libc::fork())?;
            if child != 0 {
                // Among them a pipe at whose other end std waits for the exec.
                (0..1024).for_each(|fd| _ = libc::close(fd));
                let mut status = 0;
                while libc::waitpid(child, &mut status, 0) != child {}
                // As it ended: by the same status, or 200 and its signal.
                match libc::WIFSIGNALED(status) {
                    true => libc::_exit(200 + libc::WTERMSIG(status)),
                    false => libc::_exit(libc::WEXITSTATUS(status)),
                }
            }
            // Nothing is left over if the test fails.
            result(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            if let Some(root) = &root {
                let (none, private) = (std::ptr::null(), libc::MS_REC | libc::MS_PRIVATE);
                let all = libc::mount(none, c"/".as_ptr(), none, private, std::ptr::null());
                result(all)?;
                result(libc::chroot(root.as_ptr()))?;
                result(libc::chdir(c"/".as_ptr()))?;
            }
        }
        Ok(())
    };
    // SAFETY: as said there.
    unsafe { command.pre_exec(enter) };
}

/// Whether there can be such namespaces; says so if not.
fn has_namespaces(what: &str) -> bool {
    if runner().is_some() {
        not_run(format_args!("{what}: an emulator is no process of its own namespace"));
        return false;
    }
    let mut command = Command::new("/proc/self/exe");
    in_namespaces(command.arg("--list"), libc::CLONE_NEWPID | libc::CLONE_NEWNS, None);
    match command.stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() => true,
        result => {
            not_run(format_args!("{what}: no namespaces ({result:?})"));
            false
        }
    }
}

/// A program that is talked to.
struct Talk {
    child: Child,
    lines: Receiver<String>,
    input: Option<ChildStdin>,
}

impl Talk {
    fn new(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it runs");
        let (sender, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let other = sender.clone();
        thread::spawn(move || {
            BufReader::new(out)
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(sender.send(line)));
        });
        thread::spawn(move || {
            BufReader::new(err)
                .lines()
                .map_while(Result::ok)
                .for_each(|line| drop(other.send(line)));
        });
        let input = child.stdin.take();
        Self { child, lines, input }
    }

    /// The next line, within what a test is willing to wait.
    fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    /// The lines up to the first that `is` one.
    fn until(&self, is: impl Fn(&str) -> bool) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => lines.push(line),
                Err(error) => panic!("{error} after {lines:#?}"),
            }
            if is(lines.last().unwrap()) {
                return lines;
            }
        }
    }

    /// The process that is process 1 in its namespace, or the child itself.
    fn init(&self, inside: bool) -> i32 {
        let child = i32::try_from(self.child.id()).unwrap();
        if !inside {
            return child;
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some((pid, _)) = processes().into_iter().find(|(_, process)| process.0 == child)
            {
                return pid;
            }
        }
        panic!("no process in the namespace");
    }

    fn kill(&self, pid: i32, signal: i32) {
        // SAFETY: kill(2) takes two numbers.
        assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
    }
}

/// A terminal: what a program has, and the other end.
#[allow(clippy::multiple_unsafe_ops_per_block, reason = "one after the other, all alike")]
fn terminal() -> (fs::File, fs::File) {
    let (mut end, mut own) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: openpty(3) writes two descriptors, which are then nobody else's.
    unsafe {
        let made = libc::openpty(&mut end, &mut own, none, none.cast(), none.cast());
        assert_eq!(made, 0, "{}", std::io::Error::last_os_error());
        [end, own].iter().for_each(|fd| _ = libc::fcntl(*fd, libc::F_SETFD, libc::FD_CLOEXEC));
        (fs::File::from_raw_fd(own), fs::File::from_raw_fd(end))
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All processes: the parent's id and the state of each.
fn processes() -> HashMap<i32, (i32, char)> {
    let entries = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let of = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let state = fields.next()?.chars().next()?;
        Some((pid, (fields.next()?.parse().ok()?, state)))
    };
    pids.filter_map(of).collect()
}

/// How much memory a process has, in KiB.
fn resident(pid: i32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"));
    let text = rollup.or_else(|_| fs::read_to_string(format!("/proc/{pid}/status"))).unwrap();
    let line =
        text.lines().find_map(|line| line.strip_prefix("Rss:").or(line.strip_prefix("VmRSS:")));
    line.unwrap().trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn init_is_small() {
    for init in stripped("init") {
        let size = fs::metadata(&init.path).unwrap().len();
        // The others have their relocations, and what applies them, as well.
        let limit = if init.linked == Fixed { 48 } else { 50 };
        assert!(size <= limit * 1024, "{:?}: {size} bytes", init.linked);
    }
}

#[test]
fn init_exits_as_its_command_does() {
    for init in programs("init") {
        let code = match runner() {
            // The emulator starts the command as well.
            Some(runner) => {
                [&[crate::on_path(&runner[0]).display().to_string()], &runner[1..]].concat()
            }
            None => vec![],
        };
        let code = [code, vec![path_of(&init, "code")]].concat();
        let run = |args: &[&str]| {
            let args = code.iter().map(String::as_str).chain(args.iter().copied());
            let args: Vec<&str> = ["--"].into_iter().chain(args).collect();
            init.run(&args).status.code()
        };
        for status in [0, 1, 7, 255] {
            assert_eq!(run(&[&status.to_string()]), Some(status));
        }
        for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGUSR1] {
            assert_eq!(run(&["0", &signal.to_string()]), Some(128 + signal));
        }
    }
}

#[test]
fn init_says_what_is_wrong_with_the_command() {
    let tmp = temp_dir();
    let plain = tmp.path().join("plain").display().to_string();
    fs::write(&plain, b"x").unwrap();
    let init = programs("init").remove(0);
    let cases: [(&[&str], String, i32); 5] = [
        (&["--"], "init: no command after --".to_owned(), 125),
        (&["--", "/no/such"], "init: /no/such: ENOENT".to_owned(), 127),
        (&["--", "no such"], "init: no such: ENOENT".to_owned(), 127),
        (&["--", &plain], format!("init: {plain}: EACCES"), 126),
        (
            &["x"],
            "init: not process 1; usage: init -- COMMAND [ARGUMENT]... | init ctl COMMAND [NAME]"
                .into(),
            2,
        ),
    ];
    for (args, message, status) in cases {
        let output = init.run(args);
        let err = String::from_utf8_lossy(&output.stderr);
        // An emulator may know no subreapers, which is said before.
        let last = err.lines().last().unwrap_or_default();
        assert_eq!((last, output.status.code()), (&*message, Some(status)), "{args:?}");
    }
    let answer = init.run(&["ctl", "-s", "/no/such", "status"]);
    assert_eq!(told(&answer), (String::new(), "init ctl: ENOENT\n".into(), Some(2)));
}

#[test]
fn init_passes_signals_on() {
    if !has_namespaces("init: signals") {
        return;
    }
    for (init, inside) in programs("init").iter().flat_map(|init| [(init, false), (init, true)]) {
        let mut command = init.command();
        command.args(["--", &path_of(init, "service"), "signals"]);
        if inside {
            in_namespaces(&mut command, libc::CLONE_NEWPID, None);
        }
        let mut talk = Talk::new(&mut command);
        assert_eq!(talk.line(), "begin");
        let pid = talk.init(inside);
        for signal in [
            libc::SIGHUP,
            libc::SIGINT,
            libc::SIGQUIT,
            libc::SIGUSR1,
            libc::SIGUSR2,
            libc::SIGWINCH,
            libc::SIGCONT,
            libc::SIGTSTP,
            libc::SIGALRM,
            libc::SIGPIPE,
            34,
            64,
            libc::SIGTERM,
        ] {
            talk.kill(pid, signal);
            assert_eq!(talk.line(), format!("got {signal}"));
        }
        assert_eq!(talk.child.wait().unwrap().code(), Some(33));
    }
}

#[test]
fn init_ends_as_a_signal_ends_the_command() {
    if !has_namespaces("init: a signal") {
        return;
    }
    for (init, inside) in programs("init").iter().flat_map(|init| [(init, false), (init, true)]) {
        let mut command = init.command();
        command.args(["--", &path_of(init, "service"), "lines"]);
        if inside {
            in_namespaces(&mut command, libc::CLONE_NEWPID, None);
        }
        let mut talk = Talk::new(&mut command);
        assert_eq!(talk.line(), "begin");
        talk.kill(talk.init(inside), libc::SIGTERM);
        assert_eq!(talk.child.wait().unwrap().code(), Some(128 + libc::SIGTERM));
    }
}

#[test]
fn init_stops_with_its_command_and_goes_on() {
    if runner().is_some() {
        return not_run(format_args!("init: stopping under an emulator"));
    }
    let init = programs("init").remove(0);
    let mut command = init.command();
    command.args(["--", &path_of(&init, "service"), "lines"]);
    let mut talk = Talk::new(&mut command);
    assert_eq!(talk.line(), "begin");
    let pid = talk.init(false);
    talk.kill(pid, libc::SIGTSTP);
    let mut status = 0;
    // SAFETY: waitpid(2) writes the status.
    let waited = unsafe { libc::waitpid(pid, &mut status, libc::WUNTRACED) };
    assert_eq!((waited, libc::WIFSTOPPED(status)), (pid, true));
    talk.kill(pid, libc::SIGCONT);
    drop(talk.input.take());
    assert_eq!(talk.child.wait().unwrap().code(), Some(0));
}

#[test]
fn init_reaps_every_orphan() {
    if !has_namespaces("init: orphans") {
        return;
    }
    // A processor that is emulated is slow.
    let booted = std::env::var_os("RAWOS_BOOTED").is_some();
    let count = if booted { "2000" } else { "10000" };
    let init = programs("init").remove(0);
    for inside in [false, true] {
        let mut command = init.command();
        command.args(["--", &path_of(&init, "service"), "lines", count]);
        if inside {
            in_namespaces(&mut command, libc::CLONE_NEWPID, None);
        }
        let mut talk = Talk::new(&mut command);
        assert_eq!(talk.line(), "begin");
        let pid = talk.init(inside);
        talk.input.as_mut().unwrap().write_all(b"go\n").unwrap();
        let longest = Duration::from_secs(if booted { 10 } else { 1 });
        // Since when each zombie of its is one.
        let mut since = HashMap::new();
        let mut sample = || {
            let all = processes();
            let zombies: Vec<i32> = all
                .iter()
                .filter(|(_, (parent, state))| *parent == pid && *state == 'Z')
                .map(|(pid, _)| *pid)
                .collect();
            since.retain(|pid, _| zombies.contains(pid));
            for zombie in zombies {
                let first: &mut Instant = since.entry(zombie).or_insert_with(Instant::now);
                assert!(first.elapsed() < longest, "a zombie for too long");
            }
            since.len()
        };
        while talk.lines.try_recv().ok().as_deref() != Some("done") {
            sample();
        }
        // And soon all of them are gone; the command is what is left.
        let deadline = Instant::now() + PATIENCE;
        while sample() > 0 {
            assert!(Instant::now() < deadline);
        }
        let children = processes().into_values().filter(|(parent, _)| *parent == pid).count();
        assert_eq!(children, 1);
        drop(talk.input.take());
        assert_eq!(talk.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn init_needs_no_more_memory_after_many_orphans() {
    if !has_namespaces("init: memory") {
        return;
    }
    // A million with RAWOS_SOAK; fewer where a kernel is emulated.
    let count = match (std::env::var_os("RAWOS_SOAK"), std::env::var_os("RAWOS_BOOTED")) {
        (Some(_), _) => "1000000",
        (None, None) => "100000",
        (None, Some(_)) => "5000",
    };
    let init = programs("init").remove(0);
    let mut command = init.command();
    command.args(["--", &path_of(&init, "service"), "lines", count]);
    in_namespaces(&mut command, libc::CLONE_NEWPID, None);
    let mut talk = Talk::new(&mut command);
    assert_eq!(talk.line(), "begin");
    let pid = talk.init(true);
    let before = resident(pid);
    assert!(before < 200, "{before} KiB");
    talk.input.as_mut().unwrap().write_all(b"go\n").unwrap();
    let deadline = Instant::now() + 20 * PATIENCE;
    while talk.lines.recv_timeout(Duration::from_secs(1)).is_err() {
        assert!(Instant::now() < deadline);
    }
    let after = resident(pid);
    // The first orphan may touch a page or two of the program.
    assert!(after <= before + 16, "{before} KiB, then {after}");
}

/// The namespaces of a system.
const SYSTEM: i32 = libc::CLONE_NEWPID
    | libc::CLONE_NEWNS
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWNET
    | libc::CLONE_NEWIPC;

/// Writes what every system has below `root`.
fn write_base(root: &Path, init: &Program, inittab: &str) {
    for dir in ["etc/init", "proc", "sys", "dev", "run", "tmp", "bin"] {
        fs::create_dir_all(root.join(dir)).unwrap();
    }
    fs::copy(&init.path, root.join("bin/init")).unwrap();
    fs::copy(path_of(init, "service"), root.join("bin/service")).unwrap();
    fs::write(root.join("dev/null"), "").unwrap();
    fs::write(root.join("etc/inittab"), inittab).unwrap();
}

/// What a system's init answers.
fn ctl(init: &Program, pid: i32, args: &[&str]) -> (String, Option<i32>) {
    let socket = format!("/proc/{pid}/root/run/init.sock");
    let args = [&["ctl", "-s", &socket], args].concat();
    let output = init.run(&args);
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

/// The same, asked without the program for it: no answer in time is an error.
fn ask(pid: i32, request: &str) -> String {
    let socket = format!("/proc/{pid}/root/run/init.sock");
    let deadline = Instant::now() + PATIENCE;
    // It may not be there yet.
    let mut socket = loop {
        match UnixStream::connect(&socket) {
            Ok(socket) => break socket,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        thread::sleep(Duration::from_millis(20));
    };
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.write_all(format!("{request}\n").as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("an answer in time");
    answer
}

/// Writes the system that is booted below `root`.
fn write_system(root: &Path, init: &Program) {
    write_base(
        root,
        init,
        "# what is wrong here is reported\n\
        ::sysinit:/bin/service once\n\
        ::nonsense:/bin/service once\n\
        ::wait:/no/such/program\n\
        ::once:/bin/service once\n\
        ::shutdown:/bin/service once\n",
    );
    let write = |path: &str, text: &str| fs::write(root.join(path), text).unwrap();
    write("etc/hostname", "# a comment\nboxed\n");
    write("etc/passwd", "root:x:0:0::/:/bin/sh\nworker:x:65534:65533::/tmp:/bin/none\n");
    write("etc/group", "staff:x:65532:worker\n");
    let unit = |name: &str, unit: &str, service: &str| {
        let text = format!("[Unit]\n{unit}[Service]\n{service}");
        write(&format!("etc/init/{name}.service"), &text);
    };
    let crash = "ExecStart=/bin/service crash\nRestart=always\nRestartSec=10ms\n";
    unit("crash", "StartLimitBurst=3\n", crash);
    unit("orphans", "", "ExecStart=/bin/service orphans 0\n");
    unit("stubborn", "", "ExecStart=/bin/service stubborn\n");
    unit("base", "After=late\n", "Type=notify\nExecStart=/bin/service notify\n");
    unit("needy", "Requires=base.service\nWants=x\n", "ExecStart=/bin/service sleep\n");
    unit("lost", "Requires=nothing\n", "ExecStart=/bin/service sleep\n");
    unit("late", "After=base\n", "Type=oneshot\nExecStart=/bin/service once\n");
    unit(
        "worker",
        "",
        "User=worker\nExecStart=/bin/service who\nWorkingDirectory=/tmp\nNice=3\n\
        LimitNOFILE=90:100\nEnvironment='A=1 2' HOME=/elsewhere\n",
    );
    unit("empty", "", "");
}

#[test]
fn init_boots_a_system_in_namespaces() {
    if !has_namespaces("init: a system") {
        return;
    }
    // SAFETY: takes nothing.
    let root_user = unsafe { libc::getuid() } == 0;
    for (init, signal, ended) in
        [(Fixed, libc::SIGTERM, libc::SIGHUP), (Fixed, libc::SIGUSR2, libc::SIGINT)].map(
            |(linked, signal, ended)| {
                let init = programs("init").into_iter().find(|init| init.linked == linked);
                (init.expect("linked so"), signal, ended)
            },
        )
    {
        let tmp = temp_dir();
        write_system(tmp.path(), &init);
        let mut command = Command::new("/bin/init");
        command.env_clear().env("FROM_KERNEL", "1").args(["quiet", "-g", "500ms"]);
        in_namespaces(&mut command, SYSTEM, Some(tmp.path()));
        let mut talk = Talk::new(&mut command);
        let pid = talk.init(true);
        let mut log = talk.until(|line| line.contains("service crash failed"));
        let has =
            |log: &[String], part: &str| log.iter().filter(|line| line.contains(part)).count();

        let ctl = |args: &[&str]| ctl(&init, pid, args);
        // Everybody is where it is to be, if need be a little later.
        let status = |parts: &[&str]| {
            let deadline = Instant::now() + PATIENCE;
            loop {
                let (text, code) = ctl(&["status"]);
                if code == Some(0) && parts.iter().all(|part| text.contains(part)) {
                    return text;
                }
                assert!(Instant::now() < deadline, "{text}");
                thread::sleep(Duration::from_millis(20));
            }
        };
        let text = status(&[
            "crash failed, 2 restarts, pid 0\n",
            "orphans up, 0 restarts, pid ",
            "stubborn up, ",
            "base up, ",
            "needy up, ",
            "lost failed, 0 restarts, pid 0\n",
            "late done, ",
            "inittab:5 done, ",
        ]);
        println!("{text}");
        assert!(resident(pid) < 200, "{} KiB", resident(pid));
        let inside = |path: &str| fs::read_to_string(format!("/proc/{pid}/root/{path}"));
        if root_user {
            let deadline = Instant::now() + PATIENCE;
            let mut who = String::new();
            while !who.contains("env TERM") && Instant::now() < deadline {
                who = inside("run/log/worker.log").unwrap_or_default();
            }
            let expected = "ids (65534, 65533, 65534) groups [65532, 65533] cwd Some(\"/tmp\") nice 3 files 90:100 host boxed";
            let mut lines = who.lines();
            assert_eq!(lines.next(), Some(expected), "{who}");
            let vars: Vec<&str> = lines.collect();
            for var in
                ["A=1 2", "HOME=/elsewhere", "USER=worker", "SHELL=/bin/none", "FROM_KERNEL=1"]
            {
                assert!(vars.contains(&&*format!("env {var}")), "{var} in {vars:?}");
            }
        } else {
            crate::not_run_in_part(format_args!("init: another user, without root"));
        }

        // Commands from outside.
        assert_eq!(ctl(&["stop", "base"]), ("ok\n".to_owned(), Some(0)));
        status(&["base off, ", "needy off, "]);
        assert_eq!(ctl(&["start", "needy.service"]), ("ok\n".to_owned(), Some(0)));
        status(&["base up, ", "needy up, "]);
        assert_eq!(ctl(&["restart", "orphans"]), ("ok\n".to_owned(), Some(0)));
        status(&["orphans up, "]);
        assert_eq!(ctl(&["stop", "x"]), ("error: no such service\n".to_owned(), Some(1)));
        assert_eq!(ctl(&["dance"]).1, Some(1));

        talk.kill(pid, signal);
        log.extend(talk.until(|line| line.starts_with("init: end: ")));
        // As the kernel ends such a process: see reboot(2).
        assert_eq!(talk.child.wait().unwrap().code(), Some(200 + ended), "{log:#?}");
        for (part, count) in [
            ("init: started on a namespace", 1),
            ("/etc/inittab:3: an unknown action: ::nonsense:/bin/service once", 1),
            ("/etc/init/needy.service:3: an unknown key: Wants", 1),
            ("/etc/init/empty.service: no ExecStart", 1),
            ("service lost: Requires=nothing: no such service", 1),
            ("service lost failed: it requires", 1),
            (": a cycle", 1),
            ("init: line 2 started (pid ", 1),
            ("init: service inittab: /no/such/program: ENOENT", 1),
            ("init: service crash started (pid ", 3),
            ("init: service crash exited with status 3", 3),
            ("init: service crash restarts in 10 ms", 1),
            ("init: service crash restarts in 20 ms", 1),
            ("init: service crash failed: started too often", 1),
            ("init: service base ready", 2),
            ("init: service late done", 1),
            ("init: service needy started (pid ", 2),
            ("init: shutting down: ", 1),
            ("init: line 6 started (pid ", 1),
            ("init: service stubborn does not stop: killed", 1),
            ("init: service stubborn was killed by signal 9", 1),
        ] {
            assert_eq!(has(&log, part), count, "{part} in {log:#?}");
        }
        // What needs another starts after it, and stops before it.
        let at = |part: &str| log.iter().position(|line| line.contains(part)).expect(part);
        let last = |part: &str| log.iter().rposition(|line| line.contains(part)).expect(part);
        assert!(at("service base ready") < at("service needy started"), "{log:#?}");
        assert!(last("service needy stopped") < last("service base stopping"), "{log:#?}");
    }
}

#[test]
fn init_asks_first_and_waits_for_no_stopped_console() {
    if !has_namespaces("init: a terminal") {
        return;
    }
    let init = programs("init").remove(0);
    let tmp = temp_dir();
    write_base(
        tmp.path(),
        &init,
        "::askfirst:/bin/service once\n\
        ::once:/bin/service orphans 1000\n\
        ::ctrlaltdel:/bin/service once\n",
    );
    let (own, mut end) = terminal();
    let mut command = Command::new("/bin/init");
    let stream = || own.try_clone().unwrap();
    command.env_clear().args(["-g", "500ms"]).stdin(stream()).stdout(stream()).stderr(stream());
    in_namespaces(&mut command, SYSTEM, Some(tmp.path()));
    let child = command.spawn().expect("it runs");
    drop(command);
    let (sender, lines) = channel();
    let reader = BufReader::new(end.try_clone().unwrap());
    thread::spawn(move || {
        reader.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
    });
    let mut talk = Talk { child, lines, input: None };
    let pid = talk.init(true);
    talk.until(|line| line == "Press Enter to activate this console.");

    // Until so many orphans are reaped; the status then.
    let reaped = |status: &str| status.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
    let until = |count: u64| {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = ask(pid, "status");
            if reaped(&status) >= Some(count) {
                return status;
            }
            assert!(Instant::now() < deadline, "{status}");
            thread::sleep(Duration::from_millis(20));
        }
    };
    // Nobody pressed Enter.
    let waits = "\ninittab:1 up, 0 restarts, ";
    assert!(until(1000).contains(waits));

    // SAFETY: tcflow(3) takes two numbers.
    let flow = |action| assert_eq!(unsafe { libc::tcflow(own.as_raw_fd(), action) }, 0);
    flow(libc::TCOOFF);
    // This has something to be said.
    assert_eq!(ask(pid, "start inittab:2"), "ok\n");
    assert!(until(2000).contains(waits));
    flow(libc::TCOON);

    // What the terminal echoes is an empty line.
    end.write_all(b"\n").unwrap();
    talk.until(|line| line == "once");
    talk.until(|line| line.starts_with("init: service inittab:1 restarts in "));

    // Ctrl-Alt-Del.
    talk.kill(pid, libc::SIGINT);
    let lines = talk.until(|line| line == "once");
    assert!(lines.iter().any(|line| line.starts_with("init: line 3 started ")), "{lines:?}");
    assert!(reaped(&ask(pid, "status")).is_some());
    talk.kill(pid, libc::SIGUSR2);
    talk.until(|line| line == "init: end: power off");
    assert_eq!(talk.child.wait().unwrap().code(), Some(200 + libc::SIGINT));
}

#[test]
fn ctrl_alt_del_restarts_where_no_line_says_otherwise() {
    if !has_namespaces("init: Ctrl-Alt-Del") {
        return;
    }
    let init = programs("init").remove(0);
    let tmp = temp_dir();
    write_base(tmp.path(), &init, "::once:/bin/service sleep\n");
    let mut command = Command::new("/bin/init");
    in_namespaces(command.env_clear(), SYSTEM, Some(tmp.path()));
    let mut talk = Talk::new(&mut command);
    let pid = talk.init(true);
    talk.until(|line| line.starts_with("init: service inittab:1 started "));
    talk.kill(pid, libc::SIGINT);
    talk.until(|line| line == "init: end: restart");
    assert_eq!(talk.child.wait().unwrap().code(), Some(200 + libc::SIGHUP));
}
