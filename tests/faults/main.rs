//! Every system call that a function makes fails in every way that its manual page knows, and
//! the function fails with that errno, or does what its doc says instead. It leaves no
//! descriptor, no mapping, no child and no half-made file.
//!
//! A row (`rows/`) is one call of a function in a child of this process; `supervisor.rs` stands
//! between that child and the kernel; `rules.rs` says what is expected. The exceptions stand next
//! to the rows, with their reason.
#![allow(clippy::std_instead_of_core, clippy::alloc_instead_of_core, reason = "tests have std")]

mod rows;
mod rules;
mod scene;
mod short;
mod supervisor;
mod trial;

#[path = "../util/mod.rs"]
mod util;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::Write as _,
};

use rawos::Errno;
use syscalls::Sysno;

use rules::{Row, Rule, expected, is_new, name_of};
use supervisor::{NOT_HERE, Plan, Seen, run};

/// What the functions call: name, then the calls. `cargo xtask faults --write` adds to it.
const DOCUMENTED: &str = include_str!("../../docs/syscalls/calls.tsv");

fn errno_name(errno: i32) -> String {
    if errno == 0 {
        return "success".to_owned();
    }
    Errno::from_raw(errno).map_or_else(|| errno.to_string(), |e| e.name().unwrap_or("?").to_owned())
}

fn name(call: i32) -> String {
    usize::try_from(call)
        .ok()
        .and_then(Sysno::new)
        .map_or_else(|| call.to_string(), |c| name_of(c).to_owned())
}

/// A call, and of ioctl(2), which is many, its request.
type Kind = (Sysno, u64);

fn shown((call, request): Kind) -> String {
    let name = name_of(call);
    if request == 0 { name.to_owned() } else { format!("{name} {request:#x}") }
}

/// Whether this process may give its children these namespaces.
fn may_be_apart(flags: i32) -> bool {
    let tried = util::again::child(|| i32::from(!scene::apart(flags)));
    util::again::libc_wait(tried, 0) == 0
}

/// What was wrong, and what became of each fault.
#[derive(Default)]
struct Report {
    complaints: Vec<String>,
    /// Errnos that did not lead to what was expected, by what they led to.
    surprises: BTreeMap<String, BTreeSet<String>>,
    /// By function and call: outcome, and the errnos that led to it.
    outcomes: BTreeMap<(String, String), BTreeMap<String, BTreeSet<String>>>,
    /// By function: every call that it was seen to make.
    calls: BTreeMap<String, BTreeSet<String>>,
    trials: usize,
}

impl Report {
    /// Runs the row once; complains of what holds for every plan.
    fn trial(&mut self, row: &Row, plan: &Plan, what: &str) -> Seen {
        let mut seen = run(row, plan);
        self.trials += 1;
        self.calls
            .entry(row.function().to_owned())
            .or_default()
            .extend(seen.calls.iter().map(|(call, _)| name(*call)));
        if seen.errno.is_none() && rules::ends(row) == Some(seen.status) {
            (seen.errno, seen.status) = (Some(0), 0);
        }
        let mut wrong = String::new();
        if seen.status == NOT_HERE << 8 {
            return seen;
        }
        if seen.hung {
            wrong += "hangs; ";
        } else if seen.errno.is_none() {
            write!(wrong, "did not return (wait status {:#x}); ", seen.status).expect("room");
        } else if seen.status != 0 {
            write!(wrong, "then the child ended with {:#x}; ", seen.status).expect("room");
        }
        let call = match plan {
            Plan::Nth(call, ..) => Some(*call),
            _ => None,
        };
        if seen.errno == Some(0) && row.rules.iter().any(|r| matches!(r, Rule::Signals)) {
            seen.left.retain(|left| !left.starts_with("signals"));
        }
        let part_stays = matches!(plan, Plan::Short) && rules::short(row) != rules::plain(row);
        let stays = |left: &String| {
            (part_stays && rules::is_file(left)) || rules::may_leave(row, call, left)
        };
        for left in seen.left.drain(..).filter(|left| !stays(left)) {
            write!(wrong, "{left}; ").expect("room");
        }
        if !wrong.is_empty() {
            self.complaints.push(format!("{}: {what}: {wrong}", row.name));
        }
        seen
    }

    /// Compares with the rules, and notes the outcome.
    fn judge(&mut self, row: &Row, (call, request): Kind, errno: i32, nth: usize, seen: &Seen) {
        let Some(got) = seen.errno else { return };
        let wanted = expected(row, call, request, errno, nth);
        if got != wanted {
            let wanted = if wanted == errno { "that" } else { &errno_name(wanted) };
            let (call, nth, got) = (shown((call, request)), nth + 1, errno_name(got));
            let what = format!("{}: {call} number {nth} fails: {got}, not {wanted}", row.name);
            self.surprises.entry(what).or_default().insert(errno_name(errno));
        }
        let outcome = match got {
            got if got == rules::plain(row) && errno == libc::EINTR => "retried".to_owned(),
            got if got == rules::plain(row) => "succeeds all the same".to_owned(),
            got if got == errno => "fails so".to_owned(),
            got => format!("fails with {}", errno_name(got)),
        };
        let key = (row.name.to_owned(), name_of(call).to_owned());
        self.outcomes.entry(key).or_default().entry(outcome).or_default().insert(errno_name(errno));
    }

    fn expect(&mut self, row: &Row, what: &str, seen: &Seen, wanted: i32) {
        if seen.errno.is_some_and(|errno| errno != wanted) {
            let (got, wanted) = (errno_name(seen.errno.unwrap_or(0)), errno_name(wanted));
            self.complaints.push(format!("{}: {what}: {got}, not {wanted}", row.name));
        }
    }

    fn row(&mut self, row: &Row) {
        if rules::apart(row).is_some_and(|flags| !may_be_apart(flags)) {
            return util::not_run_in_part(format!("{}: namespaces need privilege", row.name));
        }
        let plain = self.trial(row, &Plan::Nothing, "undisturbed");
        if let Some(errno) = plain.errno.filter(|errno| rules::is_lacking(row, *errno)) {
            return util::not_run_in_part(format!("{}: {}", row.name, errno_name(errno)));
        }
        if plain.status == NOT_HERE << 8 {
            return util::not_run_in_part(format!("{}: what it needs is not here", row.name));
        }
        let undisturbed = rules::plain(row);
        self.expect(row, "undisturbed", &plain, undisturbed);
        let without = rules::without(row);
        let mut counts = BTreeMap::<Kind, usize>::new();
        for (call, request) in &plain.requests {
            let Some(call) = Sysno::new(*call as usize) else { continue };
            let untried = |rule: &Rule| matches!(rule, Rule::Untried(of) if *of == call);
            if !row.rules.iter().any(untried) && without.iter().all(|(of, _)| *of != call) {
                *counts.entry((call, *request)).or_default() += 1;
            }
        }
        for ((call, request), count) in counts {
            let mut errnos = rules::errnos(row, call);
            let booted = std::env::var_os("RAWOS_BOOTED").is_some();
            if booted {
                // An emulated processor takes long: EINTR and another. What is missing is so always,
                // below.
                let missing = |errno: i32| is_new(call) && rules::is_missing(errno);
                let turns = |errno: i32| errno == libc::EINTR;
                let other = errnos.iter().copied().find(|e| !turns(*e) && !missing(*e));
                errnos.retain(|errno| turns(*errno) || other == Some(*errno));
            }
            for errno in errnos {
                let few = [libc::EINTR, libc::ENOENT, libc::EMFILE].contains(&errno);
                let most = if booted {
                    1
                } else if few {
                    rules::each(row)
                } else {
                    2
                };
                for nth in 0..count.min(most) {
                    let plan = Plan::Nth(call, request, nth, errno);
                    let shown = shown((call, request));
                    let what = format!("{shown} number {} {}", nth + 1, errno_name(errno));
                    let seen = self.trial(row, &plan, &what);
                    if !seen.met {
                        self.complaints.push(format!("{}: {what}: was not called", row.name));
                    }
                    self.judge(row, (call, request), errno, nth, &seen);
                }
            }
            if is_new(call) {
                for errno in [libc::ENOSYS, libc::EPERM] {
                    let plan = Plan::Always([call as i32].into(), errno);
                    let what = format!("{} always {}", name_of(call), errno_name(errno));
                    let seen = self.trial(row, &plan, &what);
                    self.expect(row, &what, &seen, expected(row, call, 0, errno, 0));
                }
            }
        }
        // A plan that meets no call is the undisturbed trial once more.
        let made = |of: fn(Sysno) -> bool| {
            plain.calls.iter().filter_map(|(call, _)| Sysno::new(*call as usize)).any(of)
        };
        for errno in [libc::ENOSYS, libc::EPERM].into_iter().filter(|_| made(is_new)) {
            let all = Plan::Always((424..1024).collect(), errno);
            let what = format!("everything new {}", errno_name(errno));
            let seen = self.trial(row, &all, &what);
            // The first that is needed ends it.
            let known = seen.calls.iter().filter_map(|(call, _)| Sysno::new(*call as usize));
            let told =
                known.filter(|call| is_new(*call)).map(|call| expected(row, call, 0, errno, 0));
            let wanted = told.clone().find(|errno| *errno != undisturbed).unwrap_or(undisturbed);
            self.expect(row, &what, &seen, wanted);
        }
        if made(short::moves) {
            let seen = self.trial(row, &Plan::Short, "short reads and writes");
            self.expect(row, "short reads and writes", &seen, rules::short(row));
        }
        self.documented(row);
    }

    /// With no call but the documented ones it works; another one would kill it.
    fn documented(&mut self, row: &Row) {
        let mut lines = DOCUMENTED.lines().filter_map(|line| line.split_once('\t'));
        let documented =
            lines.find(|(name, _)| *name == row.function()).map_or("", |(_, calls)| calls);
        let mut documented: BTreeSet<&str> = documented.split_whitespace().collect();
        let made = &self.calls[row.function()];
        if std::env::var_os("RAWOS_SYSCALLS").is_some() {
            // They are to be written anew.
            documented = made.iter().map(String::as_str).collect();
        }
        let unknown: Vec<&String> =
            made.iter().filter(|call| !documented.contains(call.as_str())).collect();
        if !unknown.is_empty() {
            self.complaints.push(format!("{}: undocumented calls: {unknown:?}", row.name));
        }
        let number = |name: &&str| rules::named(name).map(|call| call as i32);
        let plan = Plan::Only(documented.iter().filter_map(number).collect());
        let seen = self.trial(row, &plan, "with the documented calls alone");
        self.expect(row, "with the documented calls alone", &seen, rules::plain(row));
    }
}

/// Tries the rows of one room, in a process that has one thread.
fn room(test: &str, rows: &[Row]) {
    if util::runner().is_some() {
        return util::not_run("qemu-user has no seccomp");
    }
    util::again::alone(test, || {
        let wanted = std::env::var("RAWOS_ROW").ok();
        let _program = scene::Program::build();
        let mut report = Report::default();
        if !short::is_possible() {
            util::not_run_in_part("short reads and writes, and directories that tell no types");
        }
        supervisor::warm_heap();
        for row in rows.iter().filter(|row| wanted.as_ref().is_none_or(|name| name == row.name)) {
            report.row(row);
        }
        report.write();
        for (what, errnos) in &report.surprises {
            report.complaints.push(format!("{what}, for {errnos:?}"));
        }
        let (n, trials) = (report.complaints.len(), report.trials);
        assert!(n == 0, "{n} complaints in {trials} trials:\n{}", report.complaints.join("\n"));
    });
}

impl Report {
    /// Adds to the files that the environment names: the table of outcomes, and the calls.
    fn write(&self) {
        let append = |variable: &str, text: String| {
            let Some(path) = std::env::var_os(variable) else { return };
            let mut file =
                fs::OpenOptions::new().append(true).create(true).open(path).expect("it opens");
            file.write_all(text.as_bytes()).expect("it is written");
        };
        let mut outcomes = String::new();
        for ((function, call), by) in &self.outcomes {
            for (outcome, errnos) in by {
                let errnos = errnos.iter().cloned().collect::<Vec<_>>().join(" ");
                writeln!(outcomes, "{function}\t{call}\t{outcome}\t{errnos}").expect("room");
            }
        }
        append("RAWOS_FAULTS", outcomes);
        let mut calls = String::new();
        for (function, made) in &self.calls {
            let made = made.iter().cloned().collect::<Vec<_>>().join(" ");
            writeln!(calls, "{function}\t{made}").expect("room");
        }
        append("RAWOS_SYSCALLS", calls);
    }
}

/// A test for each file of rows.
macro_rules! rooms {
    ($($room:ident),* $(,)?) => { $(
        #[test]
        fn $room() {
            room(stringify!($room), rows::$room::ROWS);
        }
    )* };
}

rooms! {
    boot, caps, chance, exec, fd_buffers, fd_io, fd_own, fs_attr, fs_copy, fs_link, fs_list,
    fs_open, fs_remove, fs_tree, fs_xattr, ids, loops, machine, mounts, roots, rt, signal,
    sockets, spawn, terminal_names, terminals, users, wait, waits,
}
