//! The lines of an inittab.

use proptest::prelude::*;

use crate::{
    Reports, arena,
    init::inittab::{Action, Entry, parse},
    strings,
};

fn read(text: &[u8]) -> (Vec<Entry<'static>>, Vec<String>) {
    let (mut arena, mut reports, mut entries) = (arena(), Reports::default(), Vec::new());
    let mut add = |entry| {
        entries.push(entry);
        Ok(())
    };
    parse(text, &mut arena, &mut |l, f, t| reports.add(l, f, t), &mut add);
    (entries, reports.0)
}

#[test]
fn every_action_of_busybox_is_known() {
    let text = b"# comment\n\
        ::sysinit:/etc/init.d/rcS\n\
        ::wait:/bin/a  b\n\
        tty1::askfirst:-/bin/sh\n\
        tty2:2345:respawn:/sbin/getty 38400 tty2\n\
        /dev/ttyS0::once:echo $HOME > /tmp/x\n\
        ::ctrlaltdel:/sbin/reboot\n\
        ::shutdown:-umount -a -r; sync\n\
        ::restart:/sbin/init\n";
    let (entries, reports) = read(text);
    assert_eq!(reports, Vec::<String>::new());
    let told: Vec<_> = entries
        .iter()
        .map(|e| (e.line, e.tty.to_str().unwrap(), e.action, strings(e.command)))
        .collect();
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            (2, "", Action::Sysinit, words(&["/etc/init.d/rcS"])),
            (3, "", Action::Wait, words(&["/bin/a", "b"])),
            (4, "tty1", Action::Askfirst, words(&["-/bin/sh"])),
            (5, "tty2", Action::Respawn, words(&["/sbin/getty", "38400", "tty2"])),
            (6, "ttyS0", Action::Once, words(&["/bin/sh", "-c", "exec echo $HOME > /tmp/x"])),
            (7, "", Action::CtrlAltDel, words(&["/sbin/reboot"])),
            (8, "", Action::Shutdown, words(&["-/bin/sh", "-c", "exec umount -a -r; sync"])),
            (9, "", Action::Restart, words(&["/sbin/init"])),
        ]
    );
}

#[test]
fn faulty_lines_are_reported_and_skipped() {
    let (entries, reports) = read(
        b"nonsense\n::initdefault:x\n::once:\n::once:-\n../x::once:a\n/etc/x::once:a\n\
        ::once:a\0b\n  ::once:good: colon  \n::once:- /bin/sh\n",
    );
    assert_eq!(
        reports,
        [
            "1: not of the form TTY::ACTION:COMMAND: nonsense",
            "2: an unknown action: ::initdefault:x",
            "3: no command: ::once:",
            "4: no command: ::once:-",
            "5: no terminal in /dev: ../x::once:a",
            "6: no terminal in /dev: /etc/x::once:a",
            "7: a NUL: ::once:a\0b",
            "9: no command: ::once:- /bin/sh",
        ]
    );
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].line, strings(entries[0].command)),
        (8, vec!["good:".into(), "colon".into()])
    );
}

#[test]
fn what_cannot_be_added_is_reported() {
    let (mut arena, mut reports) = (arena(), Reports::default());
    parse(b"::once:a\n", &mut arena, &mut |l, f, t| reports.add(l, f, t), &mut |_| Err("full"));
    assert_eq!(reports.0, ["1: full: ::once:a"]);
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn any_file_is_read(text: Vec<u8>) {
        let (entries, _) = read(&text);
        prop_assert!(entries.iter().all(|entry| !entry.command.is_empty()));
    }

    #[test]
    fn any_line_is_an_entry_or_reported(
        tty in "[a-z/.]{0,8}", action in "sysinit|wait|once|respawn|askfirst|x", command in "[ -~]{0,40}",
    ) {
        let (entries, reports) = read(format!("{tty}::{action}:{command}").as_bytes());
        prop_assert_eq!(entries.len() + reports.len(), if tty.starts_with('#') { 0 } else { 1 });
    }
}
