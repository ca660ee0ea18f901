//! What a failing system call must lead to.

use std::{collections::BTreeMap, sync::LazyLock};

use syscalls::Sysno;

/// A function of rawos on trial.
pub struct Row {
    /// Its path, as `fs::open` or `fs::Dir::next`, and if need be what is special: `fs::open (a link)`.
    pub name: &'static str,
    /// Sets the scene, and makes the call.
    pub run: fn(&mut crate::trial::Trial),
    /// Where it does other than fail with the errno of its system call.
    pub rules: &'static [Rule],
}

impl Row {
    /// A call that fails as its system calls do.
    pub const fn new(name: &'static str, run: fn(&mut crate::trial::Trial)) -> Self {
        Self { name, run, rules: &[] }
    }

    /// The name of the function: without what else is said of the row.
    pub fn function(&self) -> &'static str {
        self.name.split_once(" (").map_or(self.name, |(function, _)| function)
    }

    /// With these exceptions.
    pub const fn but(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }
}

/// An exception, each with its reason next to it.
#[derive(Clone, Copy)]
pub enum Rule {
    /// The function succeeds all the same if this call fails so; with any errno if there is none.
    Absorbs(Sysno, &'static [i32]),
    /// The function fails with the last errno if this call fails so; any if there is none.
    Turns(Sysno, &'static [i32], i32),
    /// The rule holds for the nth such call alone, counted from 1.
    On(usize, &'static Self),
    /// The rule holds for the nth such call and those after it.
    From(usize, &'static Self),
    /// This call is not made to fail.
    Untried(Sysno),
    /// Where nothing fails, the function fails so.
    Plain(i32),
    /// The process ends with this wait status, and the function does not return.
    Ends(i32),
    /// To close a descriptor of the caller is what it is for.
    Closes,
    /// It changes which signals are blocked, ignored or caught: that is what it is for.
    Signals,
    /// Nothing stands in for this call, newer than Linux 4.19: where it is missing or forbidden,
    /// the function fails so.
    Needs(Sysno),
    /// EINTR is told: whoever calls has asked for it.
    Interrupts(Sysno),
    /// So many of each call are made to fail, not two; those after the second with few errnos.
    Each(usize),
    /// Undisturbed it may fail so, for want of a privilege or of what the file system can do: then
    /// it is not tried.
    Lacks(i32),
    /// Directories do not tell what their entries are, as on some file systems.
    Untyped,
    /// What it fails with where a read or a write moves less than was asked for; what was moved stays.
    Short(i32),
    /// A failed call leaves files, as documented.
    Partial,
    /// If this call fails, what it was to remove stays: a child that is not waited for, a file, a
    /// mapping.
    Stays(Sysno),
    /// The row is of a kernel or a sandbox where this call always fails so.
    Without(Sysno, i32),
    /// A mapping stays, for later calls.
    Maps,
    /// Fails so in the trials, too, which its manual page does not tell.
    Tries(Sysno, &'static [i32]),
    /// A rule for the ioctl with this request alone.
    Request(u32, &'static Self),
    /// The supervisor answers this call in the kernel's place (of ioctls, the one with this
    /// request): what the machine may lack, or is to be spared. Below zero is an errno.
    Answers(Sysno, Option<u32>, i64),
    /// In namespaces of its own, by the flags of unshare(2); takes privilege.
    Apart(i32),
}

/// newfstatat(2), whose number the tables name differently.
pub const NEWFSTATAT: Sysno = Sysno::new(libc::SYS_newfstatat as usize).expect("it has a number");

/// What a kernel says of a name that is longer than most: it is read with more room.
pub const LONG_NAME: Rule = Rule::Absorbs(Sysno::getdents64, &[libc::EINVAL]);

/// How the function ends undisturbed.
pub fn plain(row: &Row) -> i32 {
    row.rules
        .iter()
        .find_map(|rule| if let Rule::Plain(errno) = *rule { Some(errno) } else { None })
        .unwrap_or(0)
}

/// How the function ends with short reads and writes.
pub fn short(row: &Row) -> i32 {
    let short = |rule: &Rule| if let Rule::Short(errno) = *rule { Some(errno) } else { None };
    row.rules.iter().find_map(short).unwrap_or_else(|| plain(row))
}

/// The calls that always fail, with their errno.
pub fn without(row: &Row) -> Vec<(Sysno, i32)> {
    let is = |rule: &Rule| {
        if let Rule::Without(call, errno) = *rule { Some((call, errno)) } else { None }
    };
    row.rules.iter().filter_map(is).collect()
}

/// How the function must end if the nth `call`, counted from 0, perhaps an ioctl with this
/// request, fails with `errno`: 0 is success.
pub fn expected(row: &Row, call: Sysno, request: u64, errno: i32, nth: usize) -> i32 {
    let named = |errnos: &[i32]| errnos.is_empty() || errnos.contains(&errno);
    for rule in row.rules {
        let rule = match rule {
            Rule::Request(of, rule) if u64::from(*of) == request => rule,
            Rule::On(of, rule) if *of == nth + 1 => rule,
            Rule::From(of, rule) if *of <= nth + 1 => rule,
            rule => rule,
        };
        match *rule {
            Rule::Absorbs(of, errnos) if of == call && named(errnos) => return plain(row),
            // A signal is answered by another try, and not turned into another errno.
            Rule::Turns(of, errnos, to)
                if of == call
                    && named(errnos)
                    && (errno != libc::EINTR || errnos.contains(&errno)) =>
            {
                return to;
            }
            Rule::Needs(of) if of == call && is_missing(errno) => return errno,
            Rule::Interrupts(of) if of == call && errno == libc::EINTR => return errno,
            _ => {}
        }
    }
    let retried = errno == libc::EINTR;
    // What closing fails with is told by `fd::close` alone, and there is a rule for that.
    let dropped = call == Sysno::close;
    if retried || dropped || (is_new(call) && is_missing(errno)) { plain(row) } else { errno }
}

/// How many of each call are made to fail.
pub fn each(row: &Row) -> usize {
    let each = |rule: &Rule| match rule {
        Rule::Each(count) => Some(*count),
        _ => None,
    };
    row.rules.iter().find_map(each).unwrap_or(2)
}

/// Whether the row is not tried where it fails so undisturbed.
pub fn is_lacking(row: &Row, errno: i32) -> bool {
    row.rules.iter().any(|rule| match rule {
        Rule::Lacks(lacks) => *lacks == errno,
        Rule::Needs(_) => errno == libc::ENOSYS,
        _ => false,
    })
}

/// The wait status of a process that the function ends.
pub fn ends(row: &Row) -> Option<i32> {
    row.rules
        .iter()
        .find_map(|rule| if let Rule::Ends(status) = *rule { Some(status) } else { None })
}

/// What a missing call fails with, and one that a sandbox forbids.
pub fn is_missing(errno: i32) -> bool {
    [libc::ENOSYS, libc::EPERM].contains(&errno)
}

/// Newer than Linux 4.19.
pub fn is_new(call: Sysno) -> bool {
    call as i32 >= 424
}

/// The call's name, the same on every architecture.
pub fn name_of(call: Sysno) -> &'static str {
    if call == NEWFSTATAT { "newfstatat" } else { call.name() }
}

/// The call of that name.
pub fn named(name: &str) -> Option<Sysno> {
    if name == "newfstatat" { Some(NEWFSTATAT) } else { name.parse().ok() }
}

/// What the supervisor answers to this call.
pub fn answer(row: &Row, call: i32, request: u64) -> Option<i64> {
    row.rules.iter().find_map(|rule| match *rule {
        Rule::Answers(of, only, value)
            if of as i32 == call && only.is_none_or(|only| u64::from(only) == request) =>
        {
            Some(value)
        }
        _ => None,
    })
}

/// The namespaces that the row needs.
pub fn apart(row: &Row) -> Option<i32> {
    row.rules.iter().find_map(|rule| match rule {
        Rule::Apart(flags) => Some(*flags),
        _ => None,
    })
}

/// Whether what is left is a file that is new, or one that is gone, or a mount.
pub fn is_file(left: &str) -> bool {
    left.starts_with("new: ") || left.starts_with("gone: ")
}

/// Whether a trial in which `call` fails may leave this.
pub fn may_leave(row: &Row, call: Option<Sysno>, left: &str) -> bool {
    row.rules.iter().any(|rule| match rule {
        Rule::Partial => is_file(left),
        Rule::Stays(of) => Some(*of) == call && !left.contains("descriptor"),
        Rule::Closes => left.starts_with("a closed descriptor"),
        Rule::Maps => left.starts_with("a new mapping"),
        _ => false,
    })
}

/// Every errno that this call is made to fail with: those of its manual page, and for new ones
/// those of a kernel or a sandbox without it.
pub fn errnos(row: &Row, call: Sysno) -> Vec<i32> {
    static TABLE: LazyLock<BTreeMap<&str, Vec<i32>>> = LazyLock::new(|| {
        let known = (1..134).filter_map(rawos::Errno::from_raw);
        let numbers: BTreeMap<_, _> =
            known.filter_map(|errno| Some((errno.name()?, errno.raw()))).collect();
        let number = |name: &str| *numbers.get(name).unwrap_or_else(|| panic!("{name}: no errno"));
        let lines = include_str!("errnos.tsv").lines().filter_map(|line| line.split_once('\t'));
        lines.map(|(call, names)| (call, names.split_whitespace().map(number).collect())).collect()
    });
    let name = name_of(call);
    let known = TABLE.get(name).unwrap_or_else(|| panic!("{name}: not in errnos.tsv"));
    let mut errnos = known.clone();
    if is_new(call) {
        errnos.extend([libc::ENOSYS, libc::EPERM]);
    }
    for rule in row.rules {
        match rule {
            Rule::Tries(of, more) if *of == call => errnos.extend(*more),
            _ => {}
        }
    }
    errnos.sort_unstable();
    errnos.dedup();
    errnos
}
