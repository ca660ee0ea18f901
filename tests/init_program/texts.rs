//! Words and spans of time.

use proptest::prelude::*;

use crate::{
    arena,
    init::text::{Arena, Fault, Line, Lines, Words, span, split},
    memory, strings,
};

fn words(value: &str) -> Result<Vec<String>, Fault> {
    let mut arena = arena();
    split(value.as_bytes(), true, &mut arena).map(|()| strings(Words(arena.keep())))
}

#[test]
fn words_are_split_as_systemd_does() {
    let cases: [(&str, &[&str]); 14] = [
        ("", &[]),
        ("  a  b\tc ", &["a", "b", "c"]),
        ("'a b' \"c d\"", &["a b", "c d"]),
        ("a'b c'd", &["ab cd"]),
        ("--x=\"y z\"", &["--x=y z"]),
        ("'' \"\"", &["", ""]),
        ("\"it's\" 'say \"hi\"'", &["it's", "say \"hi\""]),
        (r"a\sb \x41\x62 \101", &["a b", "Ab", "A"]),
        (r"\u00e4", &[]),
        (r#""\"" '\'' \\"#, &["\"", "'", "\\"]),
        (r"\n\t", &["\n\t"]),
        ("100%% $$HOME $ a$ $1", &["100%", "$HOME", "$", "a$", "$1"]),
        ("a\\ b", &[]),
        ("ä ö", &["ä", "ö"]),
    ];
    for (value, expected) in cases {
        match value {
            "a\\ b" | r"\u00e4" => assert_eq!(words(value), Err("an unknown escape")),
            _ => assert_eq!(words(value).unwrap(), expected, "{value}"),
        }
    }
}

#[test]
fn what_is_no_word_is_refused() {
    for (value, fault) in [
        ("'a", "a quote is not closed"),
        ("\"a'", "a quote is not closed"),
        ("a\\", "an unknown escape"),
        (r"\q", "an unknown escape"),
        (r"\x4", "an unknown escape"),
        (r"\x00", "a NUL"),
        (r"\777", "an unknown escape"),
        ("a\0b", "a NUL"),
        ("%n", "a specifier (% is written %%)"),
        ("%", "a specifier (% is written %%)"),
        ("${A}", "a variable ($ is written $$)"),
        ("$A", "a variable ($ is written $$)"),
    ] {
        assert_eq!(words(value), Err(fault), "{value:?}");
    }
}

#[test]
fn spans_have_units() {
    for (text, millis) in [
        ("5", Some(5000)),
        ("0", Some(0)),
        ("100ms", Some(100)),
        ("1min 20s", Some(80_000)),
        ("1min20s", Some(80_000)),
        ("1.5", Some(1500)),
        ("0.25s", Some(250)),
        ("2 h", Some(7_200_000)),
        ("1d", Some(86_400_000)),
        ("1us", Some(1)),
        ("", None),
        ("s", None),
        ("-1", None),
        ("1x", None),
        ("1.s.", None),
        (".5", None),
        ("99999999999999999999", None),
        ("18446744073709551615d", None),
        ("18446744073709551s 18446744073709551s", None),
    ] {
        assert_eq!(span(text.as_bytes()), millis, "{text}");
    }
}

#[test]
fn lines_continue_after_a_backslash() {
    let text = b"# c\n\n a \\\n# within\n  b\\\n;x\nc\nd\\";
    let (mut lines, mut line) = (Lines::new(text), Line::new());
    let mut all = Vec::new();
    while let Some((number, fits)) = lines.next(&mut line) {
        all.push((number, fits, String::from_utf8(line.to_vec()).unwrap()));
    }
    assert_eq!(all, [(3, true, "a  b c".into()), (8, true, "d ".into())]);

    let long = [&[b'x'; 3000][..], b"\ny"].concat();
    let mut lines = Lines::new(&long);
    assert_eq!(lines.next(&mut line), Some((1, false)));
    assert_eq!((lines.next(&mut line), &line[..]), (Some((2, true)), &b"y"[..]));
    assert_eq!(lines.next(&mut line), None);
}

#[test]
fn a_full_arena_takes_nothing_in_part() {
    let mut arena = Arena::new(memory(4));
    assert_eq!(arena.string(b"abc").unwrap(), c"abc");
    assert!(arena.string(b"").is_err());
    let mut arena = Arena::new(memory(4));
    assert!(arena.string(b"abcd").is_err());
    assert_eq!(arena.string(b"xyz").unwrap(), c"xyz");
}

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn any_bytes_are_words_or_a_fault(value: Vec<u8>, dollar: bool) {
        let mut arena = arena();
        if split(&value, dollar, &mut arena).is_ok() {
            let kept = arena.keep();
            // None is lost: each ends in its NUL, and holds no other.
            let sum: usize = Words(kept).iter().map(|word| word.to_bytes_with_nul().len()).sum();
            prop_assert_eq!(sum, kept.len());
        }
    }

    #[test]
    fn plain_words_come_back(list: Vec<String>) {
        let quoted: Vec<String> = list.iter().map(|word| {
            let word: String = word.chars().filter(|c| *c != '\0').collect();
            format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
        }).collect();
        let expected: Vec<String> =
            list.iter().map(|word| word.chars().filter(|c| *c != '\0').collect()).collect();
        let mut arena = arena();
        split(quoted.join(" ").as_bytes(), false, &mut arena).unwrap();
        prop_assert_eq!(strings(Words(arena.keep())), expected);
    }

    #[test]
    fn any_bytes_are_a_span_or_none(text: Vec<u8>) {
        let _ = span(&text);
    }
}
