//! A service's file of `examples/init`: what it says, and the lines reported.
#![no_main]
use std::ffi::CStr;

use libfuzzer_sys::fuzz_target;
use rawos_fuzz::text::{lines, number, words};

#[path = "../../examples/init"]
#[allow(dead_code)]
mod init {
    pub mod machine;
    pub mod text;
    pub mod unit;
}

use init::{
    machine::{Policy, Restart, Type},
    text::{Arena, Words, span},
    unit::parse,
};

type List = Vec<Vec<u8>>;

#[derive(Debug, Default, PartialEq)]
struct Unit {
    /// `ExecStart`, `Environment`, `After`, `Requires`.
    lists: [List; 4],
    /// `User`, `Group`, `WorkingDirectory`.
    strings: [Option<Vec<u8>>; 3],
    optional: bool,
    nice: Option<i32>,
    nofile: Option<(u64, u64)>,
    policy: Policy,
}

fn small(text: &[u8]) -> Option<u32> {
    number(text)?.try_into().ok()
}

/// The name of a service, if it is one.
fn service(word: &[u8]) -> Option<&[u8]> {
    let name = word.strip_suffix(b".service").unwrap_or(word);
    let kinds = "target socket mount automount swap device path timer slice scope";
    let other = kinds.split(' ').any(|kind| name.ends_with(format!(".{kind}").as_bytes()));
    (!other && !name.is_empty() && !name.contains(&b'/') && name[0] != b'.').then_some(name)
}

/// Adds the words to a list; how many of them, or of the values, are faulty.
fn add(list: &mut List, value: &[u8], check: impl Fn(&[u8]) -> Option<&[u8]>) -> usize {
    if value.is_empty() {
        list.clear();
        return 0;
    }
    let Some(words) = words(value, false) else { return 1 };
    let good: List = words.iter().filter_map(|word| check(word).map(<[u8]>::to_vec)).collect();
    let faults = words.len() - good.len();
    list.extend(good);
    faults
}

impl Unit {
    /// Takes a value; how many faults there are.
    fn set(&mut self, service_section: bool, key: &[u8], value: &[u8]) -> usize {
        let done = match (service_section, key) {
            (false, b"Description" | b"Documentation") => Some(()),
            (false, b"After") => return add(&mut self.lists[2], value, service),
            (false, b"Requires") => return add(&mut self.lists[3], value, service),
            (_, b"StartLimitBurst") => small(value).map(|burst| self.policy.burst = burst),
            (true, b"Environment") => {
                let good = |word: &[u8]| word.iter().position(|byte| *byte == b'=') > Some(0);
                return add(&mut self.lists[1], value, |word| good(word).then_some(word));
            }
            (true, b"Type") => match value {
                b"simple" => Some(self.policy.kind = Type::Simple),
                b"oneshot" => Some(self.policy.kind = Type::Oneshot),
                b"notify" => Some(self.policy.kind = Type::Notify),
                _ => None,
            },
            (true, b"ExecStart") => self.command(value),
            (true, b"User") => self.string(0, value),
            (true, b"Group") => self.string(1, value),
            (true, b"WorkingDirectory") => {
                let path = value.strip_prefix(b"-").unwrap_or(value);
                let fits = path.is_empty() || path[0] == b'/';
                let done = if fits { self.string(2, path) } else { None };
                done.map(|()| self.optional = value.starts_with(b"-"))
            }
            (true, b"Nice") => {
                let (sign, digits) = value.split_at(value.starts_with(b"-").into());
                let nice = number(digits).and_then(|nice| i32::try_from(nice).ok());
                let nice = nice.map(|nice| if sign.is_empty() { nice } else { -nice });
                nice.filter(|nice| (-20..20).contains(nice)).map(|nice| self.nice = Some(nice))
            }
            (true, b"LimitNOFILE") => {
                let one = |text: &[u8]| match text.trim_ascii() {
                    b"infinity" => Some(u64::MAX),
                    text => number(text),
                };
                let colon = value.iter().position(|byte| *byte == b':');
                let parts = colon.map_or((value, value), |at| (&value[..at], &value[at + 1..]));
                let limit = one(parts.0).zip(one(parts.1)).filter(|limit| limit.0 <= limit.1);
                limit.map(|limit| self.nofile = Some(limit))
            }
            (true, b"Restart") => {
                let restart = match value {
                    b"no" => Some(Restart::No),
                    b"on-success" => Some(Restart::OnSuccess),
                    b"on-failure" => Some(Restart::OnFailure),
                    b"on-abnormal" => Some(Restart::OnAbnormal),
                    b"on-abort" => Some(Restart::OnAbort),
                    b"always" => Some(Restart::Always),
                    _ => None,
                };
                restart.map(|restart| self.policy.restart = restart)
            }
            // `init_words` looks at that.
            (true, b"RestartSec") => span(value).map(|delay| self.policy.delay = delay),
            _ => None,
        };
        done.is_none().into()
    }

    fn string(&mut self, index: usize, value: &[u8]) -> Option<()> {
        let good = !value.contains(&0) && !value.contains(&b'%');
        good.then(|| self.strings[index] = (!value.is_empty()).then(|| value.to_vec()))
    }

    fn command(&mut self, value: &[u8]) -> Option<()> {
        if !value.is_empty() && !self.lists[0].is_empty() {
            return None;
        }
        let command = value.strip_prefix(b"-").unwrap_or(value).trim_ascii_start();
        let known = !command.first().is_some_and(|first| b"@:+!|-".contains(first));
        self.lists[0] = if known { words(command, true)? } else { return None };
        self.policy.forgiven = value.starts_with(b"-");
        Some(())
    }
}

/// What the file says, and which lines are faulty, as often as they are.
fn read(text: &[u8]) -> (Unit, Vec<u32>) {
    let (mut unit, mut faults) = (Unit::default(), Vec::new());
    // Whether it is that of services, if it is known at all.
    let mut section = None;
    for (number, line) in lines(text) {
        let line = line.as_deref().map(<[u8]>::trim_ascii);
        let count = match (line, section) {
            (None, _) => 1,
            (Some(b"[Unit]"), _) => (section = Some(Some(false)), 0).1,
            (Some(b"[Service]"), _) => (section = Some(Some(true)), 0).1,
            (Some([b'[', ..]), _) => (section = Some(None), 1).1,
            (_, Some(None)) => 0,
            (Some(line), section) => match (line.iter().position(|byte| *byte == b'='), section) {
                (Some(at), Some(Some(section))) => {
                    unit.set(section, line[..at].trim_ascii(), line[at + 1..].trim_ascii())
                }
                _ => 1,
            },
        };
        faults.extend(std::iter::repeat_n(number, count));
    }
    if unit.lists[0].is_empty() {
        faults.push(0);
    }
    faults.sort_unstable();
    (unit, faults)
}

fuzz_target!(|data: &[u8]| {
    let mut faults = Vec::new();
    let mut memory = vec![0; 2 * data.len() + 1];
    let unit = parse(data, &mut Arena::new(&mut memory), &mut |number, _, _| faults.push(number));
    faults.sort_unstable();
    let list = |words: Words<'_>| words.iter().map(|word| word.to_bytes().to_vec()).collect();
    let string = |string: Option<&CStr>| string.map(|string| string.to_bytes().to_vec());
    let ours = Unit {
        lists: [unit.exec, unit.environment, unit.after, unit.requires].map(list),
        strings: [unit.user, unit.group, unit.directory].map(string),
        optional: unit.directory_optional,
        nice: unit.nice,
        nofile: unit.nofile,
        policy: unit.policy,
    };
    assert_eq!((ours, faults), read(data));
    // With less room, what does not fit is reported.
    let mut memory = vec![0; data.len() / 4];
    parse(data, &mut Arena::new(&mut memory), &mut |_, _, _| {});
});
