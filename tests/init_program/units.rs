//! The files of services.

use proptest::prelude::*;

use crate::{
    Reports, arena,
    init::{
        machine::{Policy, Restart, Type},
        text::Arena,
        unit::{Unit, parse},
    },
    memory, strings,
};

fn read(text: &str) -> (Unit<'static>, Vec<String>) {
    let (mut arena, mut reports) = (arena(), Reports::default());
    let unit = parse(text.as_bytes(), &mut arena, &mut |l, f, t| reports.add(l, f, t));
    (unit, reports.0)
}

#[test]
fn every_supported_key_is_read() {
    let (unit, reports) = read(
        "# a service\n\
        [Unit]\n\
        Description=Words, 100% of them: 'unbalanced\n\
        After=network.service log\n\
        Requires=log.service\n\
        StartLimitBurst=3\n\
        [Service]\n\
        Type=notify\n\
        ExecStart=/bin/x -a \\\n  'b c'\n\
        User=nobody\n\
        Group=65534\n\
        Environment=\"A=1 2\" B=3\n\
        Environment=C=\n\
        WorkingDirectory=/tmp/a b\n\
        Nice=-5\n\
        LimitNOFILE=1024:infinity\n\
        Restart=on-failure\n\
        RestartSec=1min 5ms\n\
        After=\n",
    );
    assert_eq!(reports, ["20: an unknown key: After"]);
    assert_eq!(strings(unit.exec), ["/bin/x", "-a", "b c"]);
    assert_eq!(strings(unit.after), ["network", "log"]);
    assert_eq!(strings(unit.requires), ["log"]);
    assert_eq!(strings(unit.environment), ["A=1 2", "B=3", "C="]);
    assert_eq!((unit.user, unit.group), (Some(c"nobody"), Some(c"65534")));
    assert_eq!((unit.directory, unit.directory_optional), (Some(c"/tmp/a b"), false));
    assert_eq!((unit.nice, unit.nofile), (Some(-5), Some((1024, u64::MAX))));
    let policy = Policy {
        kind: Type::Notify,
        restart: Restart::OnFailure,
        delay: 60_005,
        burst: 3,
        forgiven: false,
    };
    assert_eq!(unit.policy, policy);
}

#[test]
fn a_unit_without_more_has_the_defaults() {
    let (unit, reports) = read("[Service]\nExecStart=-/bin/x\nWorkingDirectory=-/x\n");
    assert_eq!(reports, Vec::<String>::new());
    assert_eq!(unit.policy, Policy { forgiven: true, ..Policy::default() });
    assert_eq!(strings(unit.exec), ["/bin/x"]);
    assert!(unit.directory_optional);
    assert_eq!((unit.user, unit.nice, unit.nofile), (None, None, None));
}

#[test]
fn empty_values_reset() {
    let (unit, reports) = read(
        "[Unit]\nAfter=a\nAfter=\nAfter=b\n[Service]\nExecStart=-/bin/a\nExecStart=\n\
        ExecStart=/bin/b\nUser=x\nUser=\nEnvironment=A=1\nEnvironment=\n",
    );
    assert_eq!(reports, Vec::<String>::new());
    assert_eq!(
        (strings(unit.after), strings(unit.exec)),
        (vec!["b".into()], vec!["/bin/b".into()])
    );
    assert_eq!((unit.user, unit.policy.forgiven), (None, false));
    assert!(unit.environment.is_empty());
}

#[test]
fn what_is_wrong_is_reported_with_its_line_and_skipped() {
    let (unit, reports) = read(
        "Type=simple\n\
        [Unit]\n\
        Wants=x\n\
        After=a.target b ../c\n\
        no assignment\n\
        [Service]\n\
        Type=forking\n\
        ExecStart=/bin/a $HOME\n\
        ExecStart=@/bin/a\n\
        ExecStart=/bin/a 'b\n\
        ExecStart=/bin/good\n\
        ExecStart=/bin/second\n\
        Environment=A=1 bad =x \n\
        WorkingDirectory=tmp\n\
        Nice=20\n\
        LimitNOFILE=9:1\n\
        Restart=sometimes\n\
        RestartSec=soon\n\
        StartLimitBurst=-1\n\
        User=%i\n\
        [Install]\n\
        WantedBy=multi-user.target\n\
        anything\n",
    );
    assert_eq!(
        reports,
        [
            "1: no section before it: Type=simple",
            "3: an unknown key: Wants",
            "5: not of the form KEY=VALUE: no assignment",
            "7: not a valid value: forking",
            "8: a variable ($ is written $$): /bin/a $HOME",
            "9: an unknown prefix of a command: @/bin/a",
            "10: a quote is not closed: /bin/a 'b",
            "12: more than one ExecStart: /bin/second",
            "14: not an absolute path: tmp",
            "15: not a valid value: 20",
            "16: not a valid value: 9:1",
            "17: not a valid value: sometimes",
            "18: not a valid value: soon",
            "19: not a valid value: -1",
            "20: a specifier: %i",
            "21: an unknown section: [Install]",
            "13: not of the form NAME=VALUE: bad",
            "13: not of the form NAME=VALUE: =x",
            "4: no service: a.target",
            "4: no name of a service: ../c",
        ]
    );
    assert_eq!(strings(unit.exec), ["/bin/good"]);
    assert_eq!(strings(unit.environment), ["A=1"]);
    assert_eq!(strings(unit.after), ["b"]);
    assert_eq!(unit.policy, Policy::default());
}

#[test]
fn a_unit_without_a_command_is_reported() {
    assert_eq!(read("[Service]\n").1, ["0: no ExecStart: "]);
    assert_eq!(read("").1, ["0: no ExecStart: "]);
}

const KEYS: &str = "(Type|ExecStart|User|Group|Environment|WorkingDirectory|Nice|LimitNOFILE|\
    Restart|RestartSec|StartLimitBurst|After|Requires|Description|\\[Unit\\]|\\[Service\\]|\\[x\\]|#|)";

proptest! {
    #![proptest_config(crate::cases())]

    #[test]
    fn any_file_is_read(text: Vec<u8>, room in 0..200usize) {
        let mut arena = Arena::new(memory(room));
        let mut lines = 0;
        parse(&text, &mut arena, &mut |line, _, _| lines = lines.max(line));
        prop_assert!(lines as usize <= text.split(|byte| *byte == b'\n').count());
    }

    #[test]
    fn any_values_are_taken_or_reported(
        keys in prop::collection::vec(KEYS, 0..20),
        values in prop::collection::vec("(=|)[ -~\\\\\"'%$]{0,30}(\\\\|)", 20),
    ) {
        let lines = keys.iter().zip(&values).map(|(key, value)| format!("{key}={value}\n"));
        let text: String = lines.collect();
        let (unit, _) = read(&format!("[Service]\n{text}"));
        // Whatever is kept is whole.
        for words in [unit.exec, unit.environment, unit.after, unit.requires] {
            prop_assert!(words.0.last().is_none_or(|last| *last == 0));
        }
        prop_assert!(unit.nice.is_none_or(|nice| (-20..=19).contains(&nice)));
    }
}
