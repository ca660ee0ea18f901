//! `inittab`, as BusyBox's init reads it: `TTY::ACTION:COMMAND`, a line each.
//!
//! What stands between the first two colons, the run levels, is ignored. With
//! one of the characters `` ~`!$^&*()=|\{}[];"'<>? `` the command is run by
//! `/bin/sh -c 'exec COMMAND'`, else its words are separated by blanks. A `-`
//! before it makes it a login shell, with a terminal of its own.
#![forbid(unsafe_code)]

use core::ffi::CStr;

use super::text::{Arena, Fault, Lines, Report, Words, has, index};

/// What only a shell knows how to treat.
const SPECIAL: &[u8] = b"~`!$^&*()=|\\{}[];\"'<>?";

/// The names of the actions, and what they stand for.
const ACTIONS: &[u8] = b"sysinit wait once respawn askfirst restart ctrlaltdel shutdown";
const KINDS: [Action; 8] = [
    Action::Sysinit,
    Action::Wait,
    Action::Once,
    Action::Respawn,
    Action::Askfirst,
    Action::Restart,
    Action::CtrlAltDel,
    Action::Shutdown,
];

/// When a line's command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// First of all; the next line waits for its end.
    Sysinit,
    /// After all of `Sysinit`, each waited for as well.
    Wait,
    /// After those, together with the services; not again.
    Once,
    /// Likewise, and again whenever it ended.
    Respawn,
    /// As `Respawn`, each time after somebody pressed Enter.
    Askfirst,
    /// Instead of this program, at SIGQUIT.
    Restart,
    /// At SIGINT, which Ctrl-Alt-Del gives.
    CtrlAltDel,
    /// Before everything is stopped; each is waited for.
    Shutdown,
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub line: u32,
    /// The terminal's name below `/dev`; empty for the console.
    pub tty: &'a CStr,
    pub action: Action,
    /// The command; its first word with the `-` of a login shell.
    pub command: Words<'a>,
}

/// Reads all lines; faulty ones are reported and skipped.
pub fn parse<'a>(
    text: &[u8],
    arena: &mut Arena<'a>,
    report: Report<'_>,
    add: &mut dyn FnMut(Entry<'a>) -> Result<(), Fault>,
) {
    let mut lines = Lines::new(text);
    while let Some((number, line)) = lines.plain() {
        if line.is_empty() || line.starts_with(b"#") {
            continue;
        }
        if let Err(fault) = entry(number, line, arena).and_then(&mut *add) {
            report(number, fault, line);
        }
    }
}

#[inline(never)]
fn entry<'a>(number: u32, line: &[u8], arena: &mut Arena<'a>) -> Result<Entry<'a>, Fault> {
    let mut fields = line.splitn(4, |byte| *byte == b':').map(<[u8]>::trim_ascii);
    let (tty, _levels) = (fields.next().unwrap_or_default(), fields.next());
    let (Some(action), Some(command)) = (fields.next(), fields.next()) else {
        return Err("not of the form TTY::ACTION:COMMAND");
    };
    let action = index(ACTIONS, action).and_then(|index| KINDS.get(index).copied());
    let action = action.ok_or("an unknown action")?;
    if has(command, 0) || has(tty, 0) {
        return Err("a NUL");
    }
    let tty = tty.strip_prefix(b"/dev/").unwrap_or(tty);
    if tty.starts_with(b"/") || tty.split(|byte| *byte == b'/').any(|part| part == b"..") {
        return Err("no terminal in /dev");
    }
    // A login shell's dash is right before it.
    let plain = command.strip_prefix(b"-").unwrap_or(command);
    if plain.first().is_none_or(u8::is_ascii_whitespace) {
        return Err("no command");
    }
    Ok(Entry { line: number, tty: arena.string(tty)?, action, command: words(command, arena)? })
}

fn words<'a>(command: &[u8], arena: &mut Arena<'a>) -> Result<Words<'a>, Fault> {
    let mark = arena.mark();
    let written = match command.iter().any(|byte| has(SPECIAL, *byte)) {
        true => {
            let plain = command.strip_prefix(b"-");
            let shell: &[u8] = if plain.is_some() { b"-/bin/sh" } else { b"/bin/sh" };
            let parts = [shell, b"\0-c\0exec ", plain.unwrap_or(command), b"\0"];
            parts.iter().try_for_each(|part| arena.extend(part))
        }
        false => {
            let mut words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
            words.try_for_each(|word| arena.word(word))
        }
    };
    if written.is_err() {
        arena.forget(mark);
    }
    written.map(|()| Words(arena.keep()))
}
