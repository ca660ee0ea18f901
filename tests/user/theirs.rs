//! What glibc's `fgetpwent_r` and `fgetgrent_r` find in a text, and texts.

use std::{
    fs::File,
    io::{Seek as _, Write as _},
};

use proptest::prelude::*;

use crate::glibc::{self, Group, User};

/// Fewer cases where an emulator makes them slow.
pub fn cases() -> ProptestConfig {
    let slow = ["RAWOS_BOOTED", "RAWOS_RUNNER"].iter().any(|name| std::env::var_os(name).is_some());
    if slow { ProptestConfig::with_cases(30) } else { ProptestConfig::default() }
}

/// A file with the text, at its start.
pub fn file(text: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(text).unwrap();
    file.rewind().unwrap();
    file
}

pub fn users(text: &[u8]) -> Vec<User> {
    glibc::users(&glibc::readable(text))
}

pub fn groups(text: &[u8]) -> Vec<Group> {
    glibc::groups(&glibc::readable(text))
}

/// Texts that are nearly files of users or groups: `fields` colons and what
/// may stand between them, and pure noise.
pub fn texts(fields: usize) -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        8 => "[0-9]{1,4}",
        1 => "[ \t\u{b}]?[-+]?[0-9]{0,3}[ x]?",
        1 => prop_oneof![
            Just("4294967294"), Just("4294967295"), Just("4294967296"), Just("-1"), Just("-0"),
            Just("18446744073709551615"), Just("18446744073709551616"), Just("-18446744073709551615"),
            Just("99999999999999999999999"), Just("-99999999999999999999999"), Just("007"),
        ].prop_map(String::from),
    ];
    let name = prop_oneof![6 => "[ab]{0,3}", 2 => "[-+][ab]{0,2}", 1 => "[#@ \t\r]{1,2}[ab]?"];
    let field = prop_oneof![6 => "[xa/]{0,4}", 2 => "[ab]{0,2}(,[ \t]?[ab]{0,2}){0,5}", 1 => number.clone()];
    let line = (name, "[x]?", prop::collection::vec(number, 2), prop::collection::vec(field, 0..6))
        .prop_map(move |(name, passwd, numbers, rest)| {
            let mut all = vec![name, passwd];
            all.extend(numbers.into_iter().take(fields));
            all.extend(rest);
            all.join(":")
        });
    let noise = "[-+a:,# \t01\0\u{c}]{0,12}";
    let line = prop_oneof![5 => (line, 0..40_usize).prop_map(|(mut line, cut)| {
        // Some are cut off somewhere.
        if let (Some((at, _)), true) = (line.char_indices().nth(cut), cut < 8) {
            line.truncate(at);
        }
        line
    }), 1 => noise];
    (prop::collection::vec(line, 0..8), any::<bool>()).prop_map(|(lines, end)| {
        let mut text = lines.join("\n");
        if end {
            text.push('\n');
        }
        text.into_bytes()
    })
}
