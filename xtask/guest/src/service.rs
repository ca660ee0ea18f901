//! The services of a guest whose process 1 is `examples/init`, and the one that
//! looks how it does. On std and libc, as what it judges is not.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::io::{self, Read, Write};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// How many mounts there are at the end that stay.
const MANY: usize = 60;

fn main() -> ExitCode {
    let done = match env::args().nth(1).as_deref() {
        Some("crash") => return ExitCode::from(3),
        Some("stubborn") => stubborn(),
        Some("base") => base(),
        Some("user") => user(),
        // The file that `base` makes before it says that it is ready.
        Some("needs") => fs::read_to_string("/run/base").map(|text| say(&format!("needs {text}"))),
        Some("check") => check(),
        _ => Err(io::Error::other("which service?")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("failed: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A whole line at once, among those of others.
fn say(line: &str) {
    let _ = io::stdout().write_all(format!("{line}\n").as_bytes());
}

fn sleep_for_ever() -> ! {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

/// Ignores the request to end.
fn stubborn() -> io::Result<()> {
    // SAFETY: no handler is installed.
    unsafe { libc::signal(libc::SIGTERM, libc::SIG_IGN) };
    say("stubborn");
    sleep_for_ever()
}

/// What another service needs: takes a while to be ready, and says so.
fn base() -> io::Result<()> {
    thread::sleep(Duration::from_millis(500));
    fs::write("/run/base", "what base made")?;
    let socket = env::var("NOTIFY_SOCKET").map_err(io::Error::other)?;
    UnixDatagram::unbound()?.send_to(b"READY=1\nSTATUS=at work", socket)?;
    sleep_for_ever()
}

/// Says as whom, and with what, it runs.
fn user() -> io::Result<()> {
    let status = fs::read_to_string("/proc/self/status")?;
    for name in ["Uid:", "Gid:", "Groups:", "CapEff:"] {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        say(&line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    let limits = fs::read_to_string("/proc/self/limits")?;
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    say(&files.split_whitespace().collect::<Vec<_>>().join(" "));
    // SAFETY: it takes nothing but numbers.
    let nice = unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    say(&format!("nice {nice}, in {}", env::current_dir()?.display()));
    say(&format!("GREETING={}", env::var("GREETING").unwrap_or_default()));
    sleep_for_ever()
}

/// Looks at process 1 for three seconds, in which orphans come at 1,250 a second;
/// tells what it saw, and ends the system.
fn check() -> io::Result<()> {
    let mut zombies: BTreeMap<String, Instant> = BTreeMap::new();
    let mut oldest = Duration::ZERO;
    let mut looks = 0;
    let (start, before) = (Instant::now(), reaped()?);
    while start.elapsed() < Duration::from_secs(3) {
        let now: Vec<String> = zombies_of_init()?;
        zombies.retain(|pid, _| now.contains(pid));
        for pid in now {
            oldest = oldest.max(zombies.entry(pid).or_insert_with(Instant::now).elapsed());
        }
        looks += 1;
        thread::sleep(Duration::from_millis(50));
    }
    let (passed, count) = (start.elapsed().as_millis(), reaped()? - before);
    say(&format!(
        "orphans a second: {} ({count} in {passed} ms)",
        u128::from(count) * 1000 / passed
    ));
    say(&format!("oldest zombie {} ms in {looks} looks", oldest.as_millis()));
    let maps = fs::read_to_string("/proc/1/smaps_rollup")?;
    let resident = maps.lines().find(|line| line.starts_with("Rss:")).unwrap_or_default();
    say(&format!("resident {}", resident.split_whitespace().nth(1).unwrap_or_default()));
    let stat = fs::read_to_string("/proc/1/stat")?;
    let times: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    say(&format!("process 1 used {} and {} ticks", times[12], times[13]));
    let mounts = fs::read_to_string("/proc/mounts")?;
    for line in mounts.lines() {
        let mut fields = line.split(' ');
        let (place, kind) = (fields.nth(1), fields.next());
        say(&format!("mounted {} on {}", kind.unwrap_or_default(), place.unwrap_or_default()));
    }
    let flags = fs::read_to_string("/sys/class/net/lo/flags")?;
    say(&format!("loopback flags {}", flags.trim()));
    say(&format!("host {}", fs::read_to_string("/proc/sys/kernel/hostname")?.trim()));
    for arguments in [&["restart", "user"][..], &["stop", "needs"], &["start", "none"], &["status"]]
    {
        let answer = Command::new("/init").arg("ctl").args(arguments).output()?;
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        say(&format!("ctl {}: {}", arguments.join(" "), answer.status));
        text.lines().for_each(|line| say(&format!("ctl| {line}")));
        String::from_utf8_lossy(&answer.stderr)
            .lines()
            .for_each(|line| say(&format!("ctl! {line}")));
    }
    for log in ["user", "needs", "stubborn"] {
        for dir in ["/var/log", "/run/log"] {
            let text = fs::read_to_string(format!("{dir}/{log}.log")).unwrap_or_default();
            text.lines().for_each(|line| say(&format!("{log}| {line}")));
        }
    }
    mount_many()?;
    // Whether the three keys restart the machine, or send a signal.
    say(&format!("ctrl-alt-del {}", fs::read_to_string("/proc/sys/kernel/ctrl-alt-del")?.trim()));
    for signal in [libc::SIGINT, libc::SIGUSR2] {
        // SAFETY: it takes nothing but numbers.
        unsafe { libc::kill(1, signal) };
    }
    Ok(())
}

/// How many orphans process 1 has reaped, as it says itself.
fn reaped() -> io::Result<u64> {
    let mut socket = UnixStream::connect("/run/init.sock")?;
    socket.write_all(b"status\n")?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    let number = answer.split(' ').nth(1).and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(answer))
}

/// Makes the table of mounts longer than process 1 reads at once: by file systems
/// that stay, for each has another on it that is the kernel's.
fn mount_many() -> io::Result<()> {
    for number in 0..MANY {
        let place = format!("/many/{number:0200}");
        for (kind, place) in [(c"ramfs", place.clone()), (c"proc", format!("{place}/proc"))] {
            fs::create_dir_all(&place)?;
            let place = CString::new(place).map_err(io::Error::other)?;
            let (kind, none) = (kind.as_ptr(), std::ptr::null());
            // SAFETY: mount(2) reads the strings during the call; no data.
            if unsafe { libc::mount(kind, place.as_ptr(), kind, 0, none) } != 0 {
                return Err(io::Error::last_os_error());
            }
        }
    }
    say(&format!("a table of {} KiB", fs::read("/proc/mounts")?.len() / 1024));
    Ok(())
}

/// The children of process 1 that ended and were not waited for.
fn zombies_of_init() -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // It may be gone by now.
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
        if name.parse::<u32>().is_ok() && fields.get(1..3) == Some(&["Z", "1"]) {
            found.push(name);
        }
    }
    Ok(found)
}
