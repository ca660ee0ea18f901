//! Files that describe a service, in the form of systemd's units.
//!
//! | section | key | value |
//! |---|---|---|
//! | `[Unit]` | `Description`, `Documentation` | anything; for people |
//! | | `After` | names of services to wait for, if they are to run at all |
//! | | `Requires` | those without which this one does not run; waited for as well |
//! | | `StartLimitBurst` | how often it may be started in quick succession; 5; 0 for no limit |
//! | `[Service]` | `Type` | `simple`, `oneshot` or `notify` |
//! | | `ExecStart` | the command, looked for in `PATH`; with `-` before it, its failing is no failure |
//! | | `User`, `Group` | names or numbers; without `Group`, the user's groups |
//! | | `Environment` | `NAME=value` as words |
//! | | `WorkingDirectory` | a path; with `-` before it, it may be missing |
//! | | `Nice` | -20 to 19 |
//! | | `LimitNOFILE` | `NUMBER`, `infinity`, or `SOFT:HARD` |
//! | | `Restart` | `no`, `on-success`, `on-failure`, `on-abnormal`, `on-abort` or `always` |
//! | | `RestartSec` | `5`, `100ms`, `1min 20s`; 100 ms |
//!
//! Names of services may end in `.service`; what ends in the name of another
//! kind of unit is reported and skipped. Lists may be given in several lines;
//! an empty value empties the list. `Requires` orders as `After` does, which
//! systemd's does not. `StartLimitBurst` may stand in `[Service]` too.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::{
    machine::{Policy, Restart, Type},
    text::{
        Arena, Fault, LINE, Line, Lines, Report, Words, has, index, number, small, span, split,
    },
};

/// What a file says of its service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unit<'a> {
    pub exec: Words<'a>,
    pub environment: Words<'a>,
    pub after: Words<'a>,
    pub requires: Words<'a>,
    pub user: Option<&'a CStr>,
    pub group: Option<&'a CStr>,
    pub directory: Option<&'a CStr>,
    /// Whether it does not matter if the directory is missing.
    pub directory_optional: bool,
    pub nice: Option<i32>,
    /// The soft and the hard limit of descriptors; `u64::MAX` for none.
    pub nofile: Option<(u64, u64)>,
    pub policy: Policy,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Unit,
    Service,
    Unknown,
}

/// Reads a file. Lines that are faulty or not known are reported and skipped;
/// a unit without a command, which is reported too, cannot be started.
#[inline(never)]
pub fn parse<'a>(text: &[u8], arena: &mut Arena<'a>, report: Report<'_>) -> Unit<'a> {
    let mut unit = Unit::default();
    each(text, &mut |number, line| {
        let set = line.and_then(|(section, key, value)| match section {
            // Its head was reported.
            Section::Unknown => Ok(()),
            _ => set(&mut unit, section, key, value, arena).map_err(|fault| (fault, value)),
        });
        match set {
            Err((UNKNOWN_KEY, _)) => {
                let key = line.map(|(_, key, _)| key).unwrap_or_default();
                report(number, UNKNOWN_KEY, key);
            }
            Err((fault, what)) => report(number, fault, what),
            Ok(()) => {}
        }
    });
    unit.environment = list(text, (Section::Service, b"Environment"), variable, arena, report);
    unit.after = list(text, (Section::Unit, b"After"), service, arena, report);
    unit.requires = list(text, (Section::Unit, b"Requires"), service, arena, report);
    if unit.exec.is_empty() {
        report(0, "no ExecStart", b"");
    }
    unit
}

const UNKNOWN_KEY: Fault = "an unknown key";
const NOT_VALID: Fault = "not a valid value";

/// An assignment, or what is wrong with which text.
type Assignment<'l> = Result<(Section, &'l [u8], &'l [u8]), (Fault, &'l [u8])>;

/// Calls `then` with each assignment.
fn each(text: &[u8], then: &mut dyn FnMut(u32, Assignment<'_>)) {
    let (mut lines, mut line) = (Lines::new(text), Line::new());
    let mut section = None;
    while let Some((number, fits)) = lines.next(&mut line) {
        let line = line.trim_ascii();
        if !fits {
            then(number, Err(("the line is too long", b"")));
        } else if let Some(name) = line.strip_prefix(b"[") {
            section = Some(match name {
                b"Unit]" => Section::Unit,
                b"Service]" => Section::Service,
                _ => {
                    then(number, Err(("an unknown section", line)));
                    Section::Unknown
                }
            });
        } else if let Some(equals) = line.iter().position(|byte| *byte == b'=') {
            let (key, value) = line.split_at(equals);
            let value = value.get(1..).unwrap_or_default();
            match section {
                Some(section) => then(number, Ok((section, key.trim_ascii(), value.trim_ascii()))),
                None => then(number, Err(("no section before it", line))),
            }
        } else if section != Some(Section::Unknown) {
            then(number, Err(("not of the form KEY=VALUE", line)));
        }
    }
}

/// The keys of both sections, in the order of `set`.
const KEYS: &[u8] = b"Description Documentation After Requires StartLimitBurst Environment Type \
    ExecStart User Group WorkingDirectory Nice LimitNOFILE Restart RestartSec";

/// Enters the value of a key that is no list.
#[inline(never)]
fn set<'a>(
    unit: &mut Unit<'a>,
    section: Section,
    key: &[u8],
    value: &[u8],
    arena: &mut Arena<'a>,
) -> Result<(), Fault> {
    let policy = &mut unit.policy;
    let number = index(KEYS, key).ok_or(UNKNOWN_KEY)?;
    // The first are of one section, the last of the other, one is of both.
    if number < 4 && section != Section::Unit || number > 4 && section != Section::Service {
        return Err(UNKNOWN_KEY);
    }
    match number {
        4 => policy.burst = small(value).ok_or(NOT_VALID)?,
        6 => policy.kind = choice(b"simple oneshot notify", &TYPES, value)?,
        7 => return command(unit, value, arena),
        8 => unit.user = string(value, arena)?,
        9 => unit.group = string(value, arena)?,
        10 => {
            let path = value.strip_prefix(b"-");
            if path.unwrap_or(value).first().is_some_and(|byte| *byte != b'/') {
                return Err("not an absolute path");
            }
            unit.directory = string(path.unwrap_or(value), arena)?;
            unit.directory_optional = path.is_some();
        }
        11 => {
            let below = value.strip_prefix(b"-");
            let size = small(below.unwrap_or(value)).and_then(|size| i32::try_from(size).ok());
            let nice = size.map(|size| if below.is_some() { -size } else { size });
            unit.nice = Some(nice.filter(|nice| (-20..=19).contains(nice)).ok_or(NOT_VALID)?);
        }
        12 => unit.nofile = Some(limit(value).ok_or(NOT_VALID)?),
        13 => {
            let names = b"no on-success on-failure on-abnormal on-abort always";
            policy.restart = choice(names, &RESTARTS, value)?;
        }
        14 => policy.delay = span(value).ok_or(NOT_VALID)?,
        // For people, or a list.
        _ => {}
    }
    Ok(())
}

const TYPES: [Type; 3] = [Type::Simple, Type::Oneshot, Type::Notify];
const RESTARTS: [Restart; 6] = [
    Restart::No,
    Restart::OnSuccess,
    Restart::OnFailure,
    Restart::OnAbnormal,
    Restart::OnAbort,
    Restart::Always,
];

/// What the name stands for.
fn choice<T: Copy>(names: &[u8], values: &[T], name: &[u8]) -> Result<T, Fault> {
    index(names, name).and_then(|index| values.get(index).copied()).ok_or(NOT_VALID)
}

fn command<'a>(unit: &mut Unit<'a>, value: &[u8], arena: &mut Arena<'a>) -> Result<(), Fault> {
    if value.is_empty() {
        (unit.exec, unit.policy.forgiven) = (Words::default(), false);
        return Ok(());
    }
    if !unit.exec.is_empty() {
        return Err("more than one ExecStart");
    }
    let forgiven = value.strip_prefix(b"-");
    let command = forgiven.unwrap_or(value).trim_ascii_start();
    if command.first().is_some_and(|first| has(b"@:+!|-", *first)) {
        return Err("an unknown prefix of a command");
    }
    let mark = arena.mark();
    if let Err(fault) = split(command, true, arena) {
        arena.forget(mark);
        return Err(fault);
    }
    (unit.exec, unit.policy.forgiven) = (Words(arena.keep()), forgiven.is_some());
    Ok(())
}

/// A value that is one string, without quotes; `None` if it is empty.
fn string<'a>(value: &[u8], arena: &mut Arena<'a>) -> Result<Option<&'a CStr>, Fault> {
    match value {
        b"" => Ok(None),
        _ if has(value, 0) => Err("a NUL"),
        _ if has(value, b'%') => Err("a specifier"),
        _ => arena.string(value).map(Some),
    }
}

fn limit(value: &[u8]) -> Option<(u64, u64)> {
    let one = |text: &[u8]| match text.trim_ascii() {
        b"infinity" => Some(u64::MAX),
        text => number(text),
    };
    let mut parts = value.splitn(2, |byte| *byte == b':');
    let soft = one(parts.next()?)?;
    let hard = parts.next().map_or(Some(soft), one)?;
    (soft <= hard).then_some((soft, hard))
}

/// All words of a key that may stand in several lines; `check` says which part
/// of a word is kept, if any.
fn list<'a>(
    text: &[u8],
    (section, wanted): (Section, &[u8]),
    check: fn(&[u8]) -> Result<&[u8], Fault>,
    arena: &mut Arena<'a>,
    report: Report<'_>,
) -> Words<'a> {
    each(text, &mut |number, line| {
        let Ok((found, key, value)) = line else { return };
        if (found, key) != (section, wanted) {
            return;
        }
        if value.is_empty() {
            return arena.forget(0);
        }
        let mut memory = [0; LINE + 1];
        let mut words = Arena::new(&mut memory);
        if let Err(fault) = split(value, false, &mut words) {
            return report(number, fault, value);
        }
        for word in Words(words.keep()).iter().map(CStr::to_bytes) {
            if let Err(fault) = check(word).and_then(|word| arena.word(word)) {
                report(number, fault, word);
            }
        }
    });
    Words(arena.keep())
}

fn variable(word: &[u8]) -> Result<&[u8], Fault> {
    match word.iter().position(|byte| *byte == b'=') {
        Some(1..) => Ok(word),
        _ => Err("not of the form NAME=VALUE"),
    }
}

/// The name of a service, without its ending.
pub fn service(word: &[u8]) -> Result<&[u8], Fault> {
    const OTHERS: &[u8] = b"target socket mount automount swap device path timer slice scope";
    let name = word.strip_suffix(b".service").unwrap_or(word);
    if name.is_empty() || has(name, b'/') || name.starts_with(b".") {
        return Err("no name of a service");
    }
    let ending = name.iter().rposition(|byte| *byte == b'.').and_then(|dot| name.get(dot + 1..));
    match ending.and_then(|ending| index(OTHERS, ending)) {
        Some(_) => Err("no service"),
        None => Ok(name),
    }
}
