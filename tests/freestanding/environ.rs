//! The environment of a program without libc.

use crate::{programs, runner};

#[test]
fn it_is_the_kernels_block_until_it_is_changed() {
    for program in programs("environ") {
        let mut command = program.command();
        command.args(["A", "B", "C", "ADDED", "A=x"]).envs([
            ("A", "1"),
            ("B", "2"),
            ("PATH", ":/x"),
        ]);
        let output = command.output().expect("it runs");
        let text = String::from_utf8(output.stdout).unwrap();
        // The emulator has threads of its own, which the kernel counts.
        let set = if runner().is_some() { "Err(EOPNOTSUPP)" } else { "Ok(())" };
        let expected = format!(
            "A=1\nB=2\nC Ok(None)\nADDED Ok(None)\nA=x Err(EINVAL)\n\
             A=changed\nB Ok(None)\nC Ok(None)\nADDED=1\nA=x Err(EINVAL)\n\
             path \npath /x\nsetuid {set}\n"
        );
        assert_eq!(text, expected);
        assert!(output.status.success());
    }
}
