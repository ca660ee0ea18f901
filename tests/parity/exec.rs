//! Python's `exec*p*`, `posix_spawn` and `spawn*` on the same files.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use rawos::{
    Errno,
    process::{self, FileAction, SpawnMode, SpawnOptions, WaitOptions},
};

use crate::{python, util::temp_dir};

/// Directories with a `prog` in each that can be executed, or not, or is none.
fn scene(top: &Path) {
    let kinds: [(&str, &[u8], u32); 6] = [
        ("good", b"#!/bin/sh\nexit 6\n", 0o755),
        ("plain", b"x", 0o644),
        ("noexec", b"\x01\x02", 0o755),
        ("lost", b"#!/no/such/interpreter\n", 0o755),
        ("empty", b"", 0o755),
        ("other", b"#!/bin/sh\nexit 7\n", 0o711),
    ];
    for (dir, content, mode) in kinds {
        let path = top.join(dir).join("prog");
        fs::create_dir(top.join(dir)).unwrap();
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::create_dir_all(top.join("dir/prog")).unwrap();
    fs::create_dir(top.join("none")).unwrap();
    fs::write(top.join("file"), b"").unwrap();
}

/// Every list of up to three of these directories, as a `PATH`.
fn paths(top: &Path) -> Vec<String> {
    let dirs = ["good", "plain", "noexec", "lost", "empty", "dir", "none", "file", "other", ""];
    let dirs = dirs.map(|dir| match dir {
        "" => String::new(),
        dir => top.join(dir).display().to_string(),
    });
    let mut lists: Vec<String> = dirs.to_vec();
    for first in &dirs {
        for second in &dirs {
            lists.push(format!("{first}:{second}"));
        }
    }
    for list in [[6, 1, 0], [7, 6, 6], [2, 1, 6], [1, 2, 6], [6, 7, 6], [3, 6, 8]] {
        lists.push(list.map(|number: usize| dirs[number].as_str()).join(":"));
    }
    lists
}

/// The outcome of a command: its status, or the name of the error.
fn outcome(spawned: rawos::Result<process::Pid>) -> String {
    match spawned {
        Err(errno) => errno.name().unwrap().to_owned(),
        Ok(pid) => {
            let (_, status) = process::waitpid(pid, WaitOptions::empty()).unwrap().unwrap();
            status.exit_status().unwrap().to_string()
        }
    }
}

#[test]
fn programs_are_looked_for_as_python_does() {
    let tmp = temp_dir();
    scene(tmp.path());
    let lists = paths(tmp.path());
    // A child that says what its exec came to by its pipe.
    let script = r#"
import os, sys, errno
for path in sys.argv[1:]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.execvpe("prog", ["prog"], {"PATH": path})
        except OSError as e:
            os.write(writer, errno.errorcode[e.errno].encode())
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 100).decode()
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    print(said or os.waitstatus_to_exitcode(status))
"#;
    let args: Vec<&str> = lists.iter().map(String::as_str).collect();
    let theirs = python(script, &args, false);
    let options = SpawnOptions::new().search_env(true);
    let ours: Vec<String> = lists
        .iter()
        .map(|path| {
            let path = std::ffi::CString::new(format!("PATH={path}")).unwrap();
            outcome(process::posix_spawnp("prog", [c"prog"], [path.as_c_str()], &options))
        })
        .collect();
    for ((path, ours), theirs) in lists.iter().zip(&ours).zip(theirs.lines()) {
        assert_eq!(ours, theirs, "{path:?}");
    }
    assert_eq!(ours.len(), theirs.lines().count());
    let of = |wanted: &str| ours.iter().filter(|ours| *ours == wanted).count();
    assert!(of("6") > 10 && of("EACCES") > 10 && of("ENOEXEC") > 10 && of("ENOENT") > 5);
}

#[test]
fn spawnvpe_returns_what_python_s_does() {
    let tmp = temp_dir();
    scene(tmp.path());
    let lists = paths(tmp.path());
    let script = r#"
import os, sys
for path in sys.argv[1:]:
    print(os.spawnvpe(os.P_WAIT, "prog", ["prog"], {"PATH": path}))
print(os.spawnve(os.P_WAIT, "/bin/sh", ["sh", "-c", "kill -15 $$"], {}))
"#;
    // A few are enough: each is a fork of Python's.
    let lists = &lists[..30];
    let args: Vec<&str> = lists.iter().map(String::as_str).collect();
    let theirs = python(script, &args, false);
    let mut ours = String::new();
    for path in lists {
        let path = std::ffi::CString::new(format!("PATH={path}")).unwrap();
        let env = [path.as_c_str()];
        let code = process::spawnvpe(SpawnMode::Wait, "prog", [c"prog"], env).unwrap();
        ours += &format!("{code}\n");
    }
    let argv = [c"sh", c"-c", c"kill -15 $$"];
    let code = process::spawnve(SpawnMode::Wait, "/bin/sh", argv, []).unwrap();
    ours += &format!("{code}\n");
    assert_eq!(ours, theirs);
}

#[test]
fn posix_spawn_reports_what_python_s_does() {
    let tmp = temp_dir();
    scene(tmp.path());
    let top = tmp.path().display().to_string();
    let script = r#"
import os, sys, errno
top = sys.argv[1]
def spawn(path, **options):
    try:
        pid = os.posix_spawn(path, ["prog"], {}, **options)
    except OSError as e:
        return print(errno.errorcode[e.errno])
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
for path in ["good/prog", "plain/prog", "noexec/prog", "lost/prog", "empty/prog", "dir/prog",
             "none/prog", "file/prog", "file", "dir"]:
    spawn(top + "/" + path)
good = top + "/good/prog"
for actions in [[(os.POSIX_SPAWN_DUP2, 77, 78)],
                [(os.POSIX_SPAWN_CLOSE, 77)],
                [(os.POSIX_SPAWN_OPEN, 5, top + "/none/x", os.O_RDONLY, 0)],
                [(os.POSIX_SPAWN_OPEN, 5, top + "/file", os.O_RDONLY | os.O_DIRECTORY, 0)],
                [(os.POSIX_SPAWN_OPEN, 5, top + "/file", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, 5, 5)]]:
    spawn(good, file_actions=actions)
spawn(good, setpgroup=0)
spawn(good, setpgroup=1 << 22)
spawn(good, scheduler=(os.SCHED_FIFO, os.sched_param(0)))
spawn(good, scheduler=(None, os.sched_param(0)))
"#;
    let theirs = python(script, &[&top], false);
    let mut ours = String::new();
    let mut spawn = |path: String, options: SpawnOptions<'_>| {
        ours += &outcome(process::posix_spawn(path.as_str(), [c"prog"], [], &options));
        ours += "\n";
    };
    for path in [
        "good/prog",
        "plain/prog",
        "noexec/prog",
        "lost/prog",
        "empty/prog",
        "dir/prog",
        "none/prog",
        "file/prog",
        "file",
        "dir",
    ] {
        spawn(format!("{top}/{path}"), SpawnOptions::new());
    }
    let good = format!("{top}/good/prog");
    let file = |name: &str| std::ffi::CString::new(format!("{top}/{name}")).unwrap();
    let (none, file) = (file("none/x"), file("file"));
    use rawos::{
        fs::{Mode, OFlags},
        sched::{Policy, SchedParam},
    };
    let open = |path, flags| FileAction::Open(5, path, flags, Mode::empty());
    for actions in [
        &[FileAction::Dup2(77, 78)][..],
        &[FileAction::Close(77)],
        &[open(&none, OFlags::RDONLY)],
        &[open(&file, OFlags::RDONLY | OFlags::DIRECTORY)],
        &[open(&file, OFlags::RDONLY), FileAction::Dup2(5, 5)],
    ] {
        spawn(good.clone(), SpawnOptions::new().file_actions(actions));
    }
    let zero = SchedParam { sched_priority: 0 };
    spawn(good.clone(), SpawnOptions::new().setpgroup(process::Pid(0)));
    spawn(good.clone(), SpawnOptions::new().setpgroup(process::Pid(1 << 22)));
    spawn(good.clone(), SpawnOptions::new().scheduler(Some(Policy::FIFO), zero));
    spawn(good, SpawnOptions::new().scheduler(None, zero));
    assert_eq!(ours, theirs);
}

#[test]
fn exit_statuses_have_python_s_values() {
    let script = "import os\nfor n in sorted(dir(os)):\n    if n.startswith('EX_'): print(n, getattr(os, n))";
    let ours = [
        ("EX_CANTCREAT", process::EX_CANTCREAT),
        ("EX_CONFIG", process::EX_CONFIG),
        ("EX_DATAERR", process::EX_DATAERR),
        ("EX_IOERR", process::EX_IOERR),
        ("EX_NOHOST", process::EX_NOHOST),
        ("EX_NOINPUT", process::EX_NOINPUT),
        ("EX_NOPERM", process::EX_NOPERM),
        ("EX_NOUSER", process::EX_NOUSER),
        ("EX_OK", process::EX_OK),
        ("EX_OSERR", process::EX_OSERR),
        ("EX_OSFILE", process::EX_OSFILE),
        ("EX_PROTOCOL", process::EX_PROTOCOL),
        ("EX_SOFTWARE", process::EX_SOFTWARE),
        ("EX_TEMPFAIL", process::EX_TEMPFAIL),
        ("EX_UNAVAILABLE", process::EX_UNAVAILABLE),
        ("EX_USAGE", process::EX_USAGE),
    ];
    let ours: String = ours.iter().map(|(name, status)| format!("{name} {status}\n")).collect();
    assert_eq!(ours, python(script, &[], false));
}

#[test]
fn system_and_popen_tell_what_python_s_do() {
    let commands = [c"exit 0", c"exit 3", c"kill -9 $$", c"no-such-command 2> /dev/null"];
    let script = r#"
import os, sys
for command in sys.argv[1:]:
    pipe = os.popen(command)
    pipe.read()
    print(os.system(command), pipe.close() or 0)
"#;
    let args: Vec<&str> = commands.iter().map(|command| command.to_str().unwrap()).collect();
    let mut ours = String::new();
    for command in commands {
        let system = process::system(command).unwrap();
        let popen = process::popen(command, process::PopenMode::Read).unwrap().close().unwrap();
        // Python's `close` shifts the exit code, also that of a signal.
        let code = process::waitstatus_to_exitcode(popen).unwrap();
        ours += &format!("{} {}\n", system.0, code << 8);
    }
    assert_eq!(ours, python(script, &args, false));
    assert_eq!(process::posix_spawn("", [c"x"], [], &SpawnOptions::new()), Err(Errno::ENOENT));
}
