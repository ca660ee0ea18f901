//! The example: what it prints, what it does when it cannot, how big it is.

use std::{fs::OpenOptions, process::Stdio};

use object::{
    Endianness,
    elf::{EM_X86_64, FileHeader64},
    read::elf::FileHeader,
};

use crate::{Linked::Fixed, close, programs, stripped, told};

#[test]
fn hello_prints_its_line_and_nothing_else() {
    for hello in programs("hello") {
        assert_eq!(told(&hello.run(&[])), ("Hello, world!\n".into(), String::new(), Some(0)));
    }
}

#[test]
fn hello_reports_a_full_disk() {
    for hello in programs("hello") {
        let full = OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
        let mut command = hello.command();
        command.stdout(full).stderr(Stdio::piped());
        let output = command.spawn().and_then(|child| child.wait_with_output()).expect("it runs");
        let complaint = "hello: cannot write to standard output\n";
        assert_eq!(told(&output), (String::new(), complaint.into(), Some(1)));
    }
}

#[test]
fn hello_reports_a_closed_output() {
    for hello in programs("hello") {
        let mut command = hello.command();
        close(&mut command, 0b010);
        let complaint = "hello: cannot write to standard output\n";
        let output = command.output().expect("it runs");
        assert_eq!(told(&output), (String::new(), complaint.into(), Some(1)));
    }
}

#[test]
fn hello_is_at_most_a_kibibyte() {
    for hello in stripped("hello") {
        let data = std::fs::read(&hello.path).expect("a file");
        let header = FileHeader64::<Endianness>::parse(&*data).expect("an ELF file");
        let x86_64 = header.e_machine(Endianness::Little) == EM_X86_64;
        // The kibibyte is for x86_64. A static-PIE has tables of its own, and
        // instructions of four bytes need a little more.
        let most = match hello.linked {
            Fixed if x86_64 => 1024,
            Fixed => 1152,
            _ => 2560,
        };
        assert!(data.len() <= most, "{} has {} bytes", hello.name(), data.len());
    }
}
