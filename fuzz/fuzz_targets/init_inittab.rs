//! An inittab of `examples/init`: each line is an entry, or reported, in turn.
#![no_main]
use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;

#[path = "../../examples/init"]
#[allow(dead_code)]
mod init {
    pub mod inittab;
    pub mod text;
}

use init::{
    inittab::{Action, parse},
    text::Arena,
};

const ACTIONS: [(&[u8], Action); 8] = [
    (b"sysinit", Action::Sysinit),
    (b"wait", Action::Wait),
    (b"once", Action::Once),
    (b"respawn", Action::Respawn),
    (b"askfirst", Action::Askfirst),
    (b"restart", Action::Restart),
    (b"ctrlaltdel", Action::CtrlAltDel),
    (b"shutdown", Action::Shutdown),
];

type Entry = (Vec<u8>, Action, Vec<Vec<u8>>);

/// What a line says; `None` if it is faulty.
fn entry(line: &[u8]) -> Option<Entry> {
    let fields: Vec<&[u8]> = line.splitn(4, |byte| *byte == b':').map(<[u8]>::trim_ascii).collect();
    let [tty, _, action, command] = fields[..] else { return None };
    let action = ACTIONS.iter().find(|known| known.0 == action)?.1;
    let tty = tty.strip_prefix(b"/dev/").unwrap_or(tty);
    let above = tty.starts_with(b"/") || tty.split(|byte| *byte == b'/').any(|part| part == b"..");
    let (dash, plain) = command.split_at(command.starts_with(b"-").into());
    if above || [tty, command].concat().contains(&0) || plain.trim_ascii_start() != plain {
        return None;
    }
    let words: Vec<Vec<u8>> =
        match plain.iter().any(|byte| b"~`!$^&*()=|\\{}[];\"'<>?".contains(byte)) {
            true => vec![[dash, b"/bin/sh"].concat(), b"-c".into(), [b"exec ", plain].concat()],
            false => {
                let words = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
                words.map(<[u8]>::to_vec).collect()
            }
        };
    (!plain.is_empty()).then(|| (tty.to_vec(), action, words))
}

fn read(text: &[u8], room: usize) -> Vec<(u32, Option<Entry>)> {
    let (mut memory, found) = (vec![0; room], RefCell::new(Vec::new()));
    let mut report = |number, _: &str, _: &[u8]| found.borrow_mut().push((number, None));
    parse(text, &mut Arena::new(&mut memory), &mut report, &mut |entry| {
        let words = entry.command.iter().map(|word| word.to_bytes().to_vec()).collect();
        let entry = (entry.line, Some((entry.tty.to_bytes().to_vec(), entry.action, words)));
        found.borrow_mut().push(entry);
        Ok(())
    });
    found.into_inner()
}

fuzz_target!(|data: &[u8]| {
    let numbered = data.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).zip(1..);
    let lines = numbered.filter(|(line, _)| !line.is_empty() && !line.starts_with(b"#"));
    let expected: Vec<_> = lines.map(|(line, number)| (number, entry(line))).collect();
    assert_eq!(read(data, 20 * data.len() + 20), expected);
    // With less room, less of them.
    let some = read(data, data.len() / 2);
    assert_eq!(some.len(), expected.len());
    for (ours, theirs) in some.iter().zip(&expected) {
        assert!(ours.0 == theirs.0 && (ours.1.is_none() || ours == theirs));
    }
});
