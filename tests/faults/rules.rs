//! What a failing system call must lead to.

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
    /// Undisturbed it may fail so, for want of a privilege: then it is not tried.
    Lacks(i32),
    /// To close a descriptor of the caller is what it is for.
    Closes,
    /// It changes which signals are blocked, ignored or caught: that is what it is for.
    Signals,
    /// Nothing stands in for this call, newer than Linux 4.19: where it is missing or forbidden,
    /// the function fails so.
    Needs(Sysno),
    /// EINTR is told: whoever calls has asked for it.
    Interrupts(Sysno),
    /// A failed call leaves files, as documented.
    Partial,
    /// If this call fails, what it was to remove stays: a child that is not waited for, a file, a
    /// mapping.
    Stays(Sysno),
}

/// How the function must end if nothing fails: 0 is success.
pub fn plain(row: &Row) -> i32 {
    let plain = |rule: &Rule| if let Rule::Plain(errno) = *rule { Some(errno) } else { None };
    row.rules.iter().find_map(plain).unwrap_or(0)
}

/// How the function must end if the nth `call`, counted from 0, fails with `errno`: 0 is success.
pub fn expected(row: &Row, call: Sysno, errno: i32, nth: usize) -> i32 {
    let named = |errnos: &[i32]| errnos.is_empty() || errnos.contains(&errno);
    for rule in row.rules {
        let rule = match rule {
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

/// The wait status of a process that the function ends.
pub fn ends(row: &Row) -> Option<i32> {
    row.rules
        .iter()
        .find_map(|rule| if let Rule::Ends(status) = *rule { Some(status) } else { None })
}

/// What a missing call fails with, and one that a sandbox forbids.
fn is_missing(errno: i32) -> bool {
    [libc::ENOSYS, libc::EPERM].contains(&errno)
}

/// Newer than Linux 4.19.
pub fn is_new(call: Sysno) -> bool {
    call as i32 >= 424
}

pub fn is_partial(row: &Row, call: Option<Sysno>) -> bool {
    row.rules.iter().any(|rule| match rule {
        Rule::Partial => true,
        Rule::Stays(of) => Some(*of) == call,
        _ => false,
    })
}

/// Every errno that this call is made to fail with: those of its manual page, and for new ones
/// those of a kernel or a sandbox without it.
pub fn errnos(call: Sysno) -> Vec<i32> {
    let line = include_str!("errnos.tsv").lines().find_map(|line| {
        let (name, errnos) = line.split_once('\t')?;
        (name == call.name()).then_some(errnos)
    });
    let name = |name: &str| {
        let found =
            (1..134).filter_map(rawos::Errno::from_raw).find(|errno| errno.name() == Some(name));
        found.unwrap_or_else(|| panic!("{name}: no errno")).raw()
    };
    let mut errnos: Vec<i32> = line.unwrap_or_default().split_whitespace().map(name).collect();
    if is_new(call) {
        errnos.extend([libc::ENOSYS, libc::EPERM]);
    }
    errnos.sort_unstable();
    errnos.dedup();
    errnos
}
