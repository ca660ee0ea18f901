//! Reading the configuration.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use rawos::{
    Errno, Result,
    fs::{self, DirBuf},
};

use super::{
    events::System,
    file::{self, Path},
    inittab::{self, Action, Entry},
    log::{Log, Text, say},
    machine::{Machine, Policy, Restart},
    order::{MAX, Set, break_cycles},
    services::{Service, Task},
    text::{Arena, Fault, Words},
    unit,
};

/// The longest file.
const FILE: usize = 16384;

/// What the configuration is read with, and kept in.
pub struct Memory {
    words: [u8; 65536],
    file: [u8; FILE],
    entries: DirBuf<4096>,
}

impl Memory {
    pub const fn new() -> Self {
        Self { words: [0; 65536], file: [0; FILE], entries: DirBuf::sized() }
    }
}

/// Reads all there is below `config`.
#[inline(never)]
pub fn run(system: &mut System, config: &'static CStr, memory: &'static mut Memory) {
    let Memory { words, file, entries } = memory;
    let mut arena = Arena::new(words);
    inittab(system, config, file, &mut arena);
    units(system, config, file, entries, &mut arena);
    if system.services.is_empty() && system.lines.is_empty() {
        say!(system.log, WARNING, "nothing to start in %: a shell", config.to_bytes());
        let command = Words(b"-/bin/sh\0");
        let entry = Entry { line: 0, tty: c"", action: Action::Askfirst, command };
        let _ = add(system, entry, &mut arena);
    }
    order(system);
}

/// Reads a file, as far as there is room; a longer one is reported.
fn read<'f>(path: &Path, file: &'f mut [u8; FILE], log: &Log) -> Result<&'f [u8]> {
    let (text, all) = file::read(path.c_str(), file)?;
    if !all {
        say!(log, ERROR, "%: too long, the end is left out", path.bytes());
    }
    Ok(text)
}

/// Says what is wrong with which line.
fn fault(log: &Log, path: &[u8], line: u32, fault: Fault, text: &[u8]) {
    match (line, text) {
        (0, b"") => say!(log, ERROR, "%: %", path, fault),
        (0, _) => say!(log, ERROR, "%: %: %", path, fault, text),
        _ => say!(log, ERROR, "%:%: %: %", path, line, fault, text),
    }
}

fn inittab(
    system: &mut System,
    config: &'static CStr,
    file: &mut [u8; FILE],
    arena: &mut Arena<'static>,
) {
    let path = Path::new(&[config.to_bytes(), b"/inittab"]);
    let text = match read(&path, file, &system.log) {
        Ok(text) => text,
        Err(Errno::ENOENT) => return,
        Err(errno) => return say!(system.log, ERROR, "%: !", path.bytes(), errno),
    };
    let mut entries = heapless::Vec::<Entry<'static>, { MAX + super::events::LINES }>::new();
    let log = &system.log;
    inittab::parse(
        text,
        arena,
        &mut |line, what, text| fault(log, path.bytes(), line, what, text),
        &mut |entry| entries.push(entry).map_err(|_| "too many lines"),
    );
    for entry in entries {
        if let Err(what) = add(system, entry, arena) {
            fault(&system.log, path.bytes(), entry.line, what, b"");
        }
    }
}

/// Adds a line of the inittab, as a service if it is like one.
fn add(
    system: &mut System,
    entry: Entry<'static>,
    arena: &mut Arena<'static>,
) -> core::result::Result<(), Fault> {
    let policy = match entry.action {
        Action::Once => Policy::default(),
        Action::Respawn | Action::Askfirst => {
            Policy { restart: Restart::Always, delay: 1000, burst: 0, ..Policy::default() }
        }
        _ => return system.lines.push(entry).map_err(|_| "too many lines"),
    };
    let mut name = Text::new();
    name.parts(b"inittab:%", &[entry.line.into()]);
    let service = Service::new(arena.string(&name.0)?, Task::Line(entry), policy);
    system.services.push(service).map_err(|_| "too many services")
}

fn units(
    system: &mut System,
    config: &'static CStr,
    file: &mut [u8; FILE],
    entries: &mut DirBuf<4096>,
    arena: &mut Arena<'static>,
) {
    let dir = Path::new(&[config.to_bytes(), b"/init"]);
    let mut entries = match fs::scandir(dir.c_str(), entries) {
        Ok(entries) => entries,
        Err(Errno::ENOENT) => return,
        Err(errno) => return say!(system.log, ERROR, "%: !", dir.bytes(), errno),
    };
    let lines = system.services.len();
    while let Some(entry) = entries.next() {
        let file_name = match &entry {
            Ok(entry) => entry.name().to_bytes(),
            Err(errno) => return say!(system.log, ERROR, "%: !", dir.bytes(), *errno),
        };
        // Others may be what editors leave.
        let Some(name) = file_name.strip_suffix(b".service") else { continue };
        let path = Path::new(&[dir.bytes(), b"/", file_name]);
        if let Err(what) =
            unit::service(file_name).and_then(|_| unit(system, &path, name, file, arena))
        {
            fault(&system.log, path.bytes(), 0, what, b"");
        }
    }
    // The order of a directory is nobody's.
    if let Some(units) = system.services.get_mut(lines..) {
        sort(units);
    }
}

/// By name, as few as there are.
fn sort(units: &mut [Service]) {
    for sorted in 1..units.len() {
        let mut at = sorted;
        while let Some([before, after]) = units.get_mut(at.wrapping_sub(1)..=at)
            && before.name > after.name
        {
            core::mem::swap(before, after);
            at -= 1;
        }
    }
}

#[inline(never)]
fn unit(
    system: &mut System,
    path: &Path,
    name: &[u8],
    file: &mut [u8; FILE],
    arena: &mut Arena<'static>,
) -> core::result::Result<(), Fault> {
    let log = &system.log;
    let text = match read(path, file, log) {
        Ok(text) => text,
        Err(errno) => {
            say!(log, ERROR, "%: !", path.bytes(), errno);
            return Ok(());
        }
    };
    if name == b"init" {
        return Err("a name that init's own log has");
    }
    let unit = unit::parse(text, arena, &mut |line, what, text| {
        fault(log, path.bytes(), line, what, text)
    });
    if unit.exec.is_empty() {
        return Ok(());
    }
    let service = Service::new(arena.string(name)?, Task::Unit(unit), unit.policy);
    system.services.push(service).map_err(|_| "too many services")
}

/// Finds out who waits for whom.
fn order(system: &mut System) {
    let mut waits = [Set::default(); MAX];
    for index in 0..system.services.len() {
        let Some(service) = system.services.get(index) else { return };
        let Task::Unit(unit) = service.task else { continue };
        let (after, _) = members(system, service, unit.after, "After");
        let (requires, missing) = members(system, service, unit.requires, "Requires");
        if let Some(set) = waits.get_mut(index) {
            *set = Set(after.0 | requires.0);
        }
        if let Some(service) = system.services.get_mut(index) {
            (service.requires, service.missing) = (requires, missing);
        }
    }
    let count = system.services.len();
    break_cycles(waits.get_mut(..count).unwrap_or_default(), &mut |waits, on| {
        let name = |index| system.services.get(index).map_or(&b""[..], Service::shown);
        say!(system.log, ERROR, "service % does not wait for %: a cycle", name(waits), name(on));
    });
    for (service, waits) in system.services.iter_mut().zip(waits) {
        service.after = waits;
        // What it cannot wait for, it cannot insist on either.
        service.requires.0 &= waits.0;
    }
}

/// The services that the words name, and whether one is not there.
fn members(system: &System, of: &Service, words: Words<'_>, key: &str) -> (Set, bool) {
    let (mut set, mut missing) = (Set::default(), false);
    for name in words.iter() {
        match system.find(name.to_bytes()) {
            Some(index) => set.add(index),
            None => {
                missing = true;
                let (of, name) = (of.shown(), name.to_bytes());
                say!(system.log, WARNING, "service %: %=%: no such service", of, key, name);
            }
        }
    }
    (set, missing)
}

/// Wants every service, as at the start.
pub fn want_all(services: &mut [Service]) {
    services.iter_mut().map(|service| &mut service.machine).for_each(Machine::want);
}
