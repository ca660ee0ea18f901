//! What the start hands to `main`, and that everything `main` needs is there.

use core::ptr;
use std::{
    collections::BTreeSet,
    ffi::{CString, OsStr},
    io,
    os::unix::{ffi::OsStrExt, process::CommandExt},
};

use crate::{not_run, programs, runner, told};

/// The values of the lines `key value` among `lines`.
fn values<'a>(lines: &'a [u8], key: &str) -> Vec<&'a [u8]> {
    let prefix = format!("{key} ");
    lines.split(|&byte| byte == b'\n').filter_map(|l| l.strip_prefix(prefix.as_bytes())).collect()
}

#[test]
fn arguments_arrive_as_they_are_in_both_directions() {
    for program in programs("args") {
        let odd = OsStr::from_bytes(b"not \xff UTF-8");
        let output = program.command().args(["one", "", "th ree"]).arg(odd).output().expect("runs");
        let expected = [program.name().as_bytes(), b"one", b"", b"th ree", odd.as_bytes()];
        assert_eq!(values(&output.stdout, "argc"), [b"5"]);
        assert_eq!(values(&output.stdout, "arg"), expected);
        let reversed: Vec<_> = values(&output.stdout, "gra").into_iter().rev().collect();
        assert_eq!(reversed, expected);
        assert!(output.status.success());
    }
}

#[test]
fn the_name_is_what_the_caller_says() {
    for program in programs("args") {
        if runner().is_some() {
            not_run(format_args!("argv[0] of a program is the emulator's to choose"));
            return;
        }
        let output = program.command().arg0("another name").output().expect("it runs");
        assert_eq!(values(&output.stdout, "arg"), [b"another name"]);
    }
}

#[test]
fn a_program_without_any_argument_starts() {
    for program in ["args", "fail"].into_iter().flat_map(programs) {
        if runner().is_some() {
            not_run(format_args!("an emulator needs an argument to run a program"));
            return;
        }
        let path = CString::new(program.name()).expect("no NUL");
        let mut command = program.command();
        let exec = move || {
            let none: [*const libc::c_char; 1] = [ptr::null()];
            // SAFETY: the path ends with a NUL, the two lists with a null.
            unsafe { libc::execve(path.as_ptr(), none.as_ptr(), none.as_ptr()) };
            Err(io::Error::last_os_error())
        };
        // SAFETY: execve(2) may be called between fork and exec.
        unsafe { command.pre_exec(exec) };
        let output = command.output().expect("it runs");
        if program.name().ends_with("fail") {
            let complaint = "?: No such file or directory (ENOENT)\n";
            assert_eq!(told(&output), (String::new(), complaint.into(), Some(1)));
        } else {
            // Linux 5.18 and later make one empty argument of none.
            let [argc] = values(&output.stdout, "argc")[..] else { panic!("no argc") };
            assert!([&b"0"[..], b"1"].contains(&argc));
            assert!(values(&output.stdout, "env").is_empty());
            assert!(output.status.success());
        }
    }
}

#[test]
fn the_environment_arrives_and_may_be_empty() {
    for program in programs("args") {
        let output = program.run(&[]);
        assert!(values(&output.stdout, "env").is_empty(), "{:?}", told(&output));

        let odd = OsStr::from_bytes(b"=\xff=");
        let output = program.command().env("A", "b").env("EMPTY", "").env("ODD", odd).output();
        let output = output.expect("it runs");
        // Who starts the program may put the variables in any order.
        let found: BTreeSet<_> = values(&output.stdout, "env").into_iter().collect();
        assert_eq!(found, BTreeSet::from([&b"A=b"[..], b"EMPTY=", b"ODD==\xff="]));
    }
}

#[test]
fn the_auxiliary_vector_and_the_stack_are_right() {
    for program in programs("args") {
        let output = program.run(&[]);
        // SAFETY: sysconf(3) takes an integer.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        let expected = format!("Some({page})");
        assert_eq!(values(&output.stdout, "page"), [expected.as_bytes()]);
        assert_eq!(values(&output.stdout, "auxv"), [b"true"]);
        assert_eq!(values(&output.stdout, "none"), [b"None"]);
        assert_eq!(values(&output.stdout, "same"), [format!("true {page}").as_bytes()]);
        // Whatever length the strings on the stack have.
        for len in 0..16 {
            let output = program.run(&[&"x".repeat(len)]);
            assert_eq!(values(&output.stdout, "misaligned"), [b"0"], "{len}");
        }
    }
}

#[test]
fn every_address_in_the_data_is_right() {
    for program in programs("relocs") {
        let expected = ("every address is right\n".into(), String::new(), Some(0));
        assert_eq!(told(&program.run(&[])), expected, "{}", program.name());
    }
}

#[test]
fn memcpy_and_its_kin_are_there() {
    for program in programs("memfns") {
        let expected = ("every byte is right\n".into(), String::new(), Some(0));
        assert_eq!(told(&program.run(&[])), expected, "{}", program.name());
    }
}

#[test]
fn the_heap_is_used_again() {
    for program in programs("heap") {
        let (out, err, code) = told(&program.run(&[]));
        assert!(out.ends_with("kept within it true\n"), "{out}{err}");
        assert_eq!((err, code), (String::new(), Some(0)));
    }
}
